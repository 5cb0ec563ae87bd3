//! What a route asks of its caller.

use crate::model::Permission;

/// What a route asks of its caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::http) enum Access {
    /// Nothing.
    Open,
    /// Credentials of somebody with a role that holds this permission.
    Needs(Permission),
}
