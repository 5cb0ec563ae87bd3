//! What can go wrong in a store, named by what can be done about it. What it means to a caller is said by the service
//! that asked.

/// Shorthand for what a store returns.
pub type StoreResult<T> = Result<T, StoreError>;

/// A failure of a store. "Not found" is none: that is `Ok(None)`.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Nobody answers: connection refused, name not found, all nodes down.
    #[error("{store} is unavailable: {reason}")]
    Unavailable {
        /// Which store.
        store: &'static str,
        /// What the transport said.
        reason: String,
    },
    /// The deadline passed.
    #[error("{store} did not answer within {timeout_ms} ms")]
    Timeout {
        /// Which store.
        store: &'static str,
        /// The deadline.
        timeout_ms: u64,
    },
    /// The store asks for less load.
    #[error("{store} is overloaded")]
    Overloaded {
        /// Which store.
        store: &'static str,
    },
    /// The answer cannot be right: HTML, cut off, of the wrong type.
    #[error("{store} gave an answer that cannot be right: {reason}")]
    BadAnswer {
        /// Which store.
        store: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// Lines that are written here would not be read: other indices are configured.
    #[error("{store} is only read here: logs.indices names indices of others")]
    ReadOnly {
        /// Which store.
        store: &'static str,
    },
    /// The store's own access rules forbid to read.
    #[error("{store} forbids reading: {reason}")]
    Unreadable {
        /// Which store.
        store: &'static str,
        /// What the store said.
        reason: String,
    },
    /// The store's own access rules forbid to change something.
    #[error("{store} forbids this: {reason}")]
    Forbidden {
        /// Which store.
        store: &'static str,
        /// What the store said.
        reason: String,
    },
    /// The store understood and says no.
    #[error("{store} refuses this: {reason}")]
    Rejected {
        /// Which store.
        store: &'static str,
        /// What the store said.
        reason: String,
    },
    /// A setting cannot be used; found before anything is sent.
    #[error("{reason}")]
    Misconfigured {
        /// Which setting, and what is wrong with it.
        reason: String,
    },
    /// The store is there, but nobody has prepared it for our lines.
    #[error("{store} is not prepared: {reason}")]
    Unprepared {
        /// Which store.
        store: &'static str,
        /// What is missing.
        reason: String,
    },
    /// A field cannot be asked this way in the indices that are read.
    #[error("{store} cannot answer: {field} {reason}")]
    Unsupported {
        /// Which store.
        store: &'static str,
        /// Our name of the field.
        field: String,
        /// Why, to follow the name.
        reason: String,
    },
    /// What a walk through pages stood on is no longer there.
    #[error("{store} no longer holds the point in time of the cursor")]
    Gone {
        /// Which store.
        store: &'static str,
    },
    /// No room left.
    #[error("{store} has no disk space left")]
    Full {
        /// Which store.
        store: &'static str,
    },
    /// What is stored cannot be read.
    #[error("{store} holds something unreadable: {reason}")]
    Corrupt {
        /// Which store.
        store: &'static str,
        /// Where and what.
        reason: String,
    },
}
