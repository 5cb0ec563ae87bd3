//! What a query text is read against, and what it means.

use crate::model::{Micros, Query};

/// What the text of a query means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Parsed {
    /// The condition; `All` for a blank text.
    pub query: Query,
    /// Sentences about what is legal but likely a slip.
    pub warnings: Vec<String>,
    /// Sentences for whoever finds nothing: what else could have been meant, and how it is asked for.
    pub hints: Vec<String>,
}

/// What a query text is read against.
#[derive(Clone, Debug)]
pub(crate) struct ParseContext {
    /// The time that `now` means.
    pub now: Micros,
    /// Zone of days and of times without offset, where one is named.
    pub zone: Option<jiff::tz::TimeZone>,
}
