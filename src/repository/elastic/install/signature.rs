//! The note that everything we install carries, by which we know our own again.

use serde_json::{Value, json};

/// Version of the templates and policies; grows with every change of them.
pub(crate) const VERSION: u64 = 3;
/// Who keeps them.
pub(crate) const MANAGED_BY: &str = "trailproof";

/// The note itself.
pub(crate) fn meta() -> Value {
    json!({"managed_by": MANAGED_BY, "version": VERSION})
}
