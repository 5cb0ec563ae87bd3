//! What can go wrong in a store, named by what the caller can do about it.

use crate::error::{Error, ErrorCode};

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

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        // What a server said may hold addresses and names of its own: that goes to the log, not to the caller.
        let (code, detail) = match &error {
            // The caller's own to know and to fix: no fault of the store.
            StoreError::Unsupported { field, reason, .. } => {
                return Self::new(ErrorCode::UnsupportedOperation, format!("{field} {reason}")).at("query");
            }
            StoreError::Unavailable { .. } => (
                ErrorCode::EngineUnavailable,
                "the search engine cannot be reached; try again in a few seconds",
            ),
            StoreError::Timeout { .. } => {
                (ErrorCode::EngineTimeout, "the search engine did not answer in time; try a narrower query")
            }
            StoreError::Overloaded { .. } => (
                ErrorCode::EngineOverloaded,
                "the search engine refuses more work; try again in a few seconds",
            ),
            StoreError::BadAnswer { .. } => {
                (ErrorCode::EngineBadAnswer, "the search engine gave an answer that cannot be right")
            }
            StoreError::Forbidden { .. } => {
                (ErrorCode::EngineReadOnly, "the search engine grants this server no write")
            }
            StoreError::ReadOnly { .. } => (
                ErrorCode::EngineReadOnly,
                "this server reads the indices of others and would not find your lines; send them elsewhere",
            ),
            StoreError::Unreadable { .. } => (
                ErrorCode::EngineUnreadable,
                "the search engine does not let this server read these indices; its user lacks the privilege",
            ),
            StoreError::Full { .. } => (ErrorCode::StorageFull, "no disk space is left for log lines"),
            StoreError::Unprepared { .. } => (
                ErrorCode::EngineUnprepared,
                "the indices for log lines are not there; run `trailproof es bootstrap` once",
            ),
            StoreError::Gone { .. } => (
                ErrorCode::CursorExpired,
                "cursor: it has expired in the search engine; start again without a cursor",
            ),
            StoreError::Rejected { .. } | StoreError::Misconfigured { .. } | StoreError::Corrupt { .. } => {
                (ErrorCode::Internal, "the request failed inside the server; its log says why")
            }
        };
        tracing::warn!(%error, code = code.number(), "store failed");
        Self::new(code, detail)
    }
}
