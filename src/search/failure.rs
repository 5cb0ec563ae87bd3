//! What a failure of the log store means to somebody who reads lines.

use crate::error::{Error, ErrorCode};
use crate::repository::StoreError;

/// Tells the reader what failed, and the log why. To be called once, where the store was asked.
///
/// What a server said may hold addresses and names of its own: that goes to the log, not to the caller.
pub(super) fn told(error: &StoreError) -> Error {
    let (code, detail) = match error {
        // The reader's own to know and to put right: no fault of the store.
        StoreError::Unsupported { field, reason, .. } => {
            return Error::new(ErrorCode::UnsupportedOperation, format!("{field} {reason}")).at("query");
        }
        StoreError::Unavailable { .. } => {
            (ErrorCode::EngineUnavailable, "the search engine cannot be reached; try again in a few seconds")
        }
        StoreError::Timeout { .. } => {
            (ErrorCode::EngineTimeout, "the search engine did not answer in time; try a narrower query")
        }
        StoreError::Overloaded { .. } => {
            (ErrorCode::EngineOverloaded, "the search engine refuses more work; try again in a few seconds")
        }
        StoreError::BadAnswer { .. } => {
            (ErrorCode::EngineBadAnswer, "the search engine gave an answer that cannot be right")
        }
        StoreError::Unreadable { .. } | StoreError::Forbidden { .. } => (
            ErrorCode::EngineUnreadable,
            "the search engine does not let this server read these indices; its user lacks the privilege",
        ),
        StoreError::Unprepared { .. } => (
            ErrorCode::EngineUnprepared,
            "the indices for log lines are not there; run `trailproof es bootstrap` once",
        ),
        StoreError::Gone { .. } => (
            ErrorCode::CursorExpired,
            "cursor: it has expired in the search engine; start again without a cursor",
        ),
        StoreError::Full { .. } => {
            (ErrorCode::StorageFull, "the disk of the search engine is full; free some space and try again")
        }
        StoreError::ReadOnly { .. }
        | StoreError::Rejected { .. }
        | StoreError::Misconfigured { .. }
        | StoreError::Corrupt { .. } => {
            (ErrorCode::Internal, "the request failed inside the server; its log says why")
        }
    };
    tracing::warn!(%error, code = code.number(), "log lines could not be read");
    Error::new(code, detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "10.1.2.3:9200 said no";

    #[test]
    fn a_field_that_cannot_be_asked_is_the_readers_to_know() {
        let (field, reason) = ("context.a".to_owned(), "is not indexed".to_owned());

        let error = told(&StoreError::Unsupported { store: "elasticsearch", field, reason });

        assert_eq!(error.code, ErrorCode::UnsupportedOperation);
        assert_eq!(error.detail, "context.a is not indexed");
    }

    #[test]
    fn what_a_server_said_stays_inside() {
        let (store, reason) = ("elasticsearch", || SECRET.to_owned());
        for (failure, code) in [
            (StoreError::Unavailable { store, reason: reason() }, ErrorCode::EngineUnavailable),
            (StoreError::BadAnswer { store, reason: reason() }, ErrorCode::EngineBadAnswer),
            (StoreError::Forbidden { store, reason: reason() }, ErrorCode::EngineUnreadable),
            (StoreError::Unprepared { store, reason: reason() }, ErrorCode::EngineUnprepared),
            (StoreError::Rejected { store, reason: reason() }, ErrorCode::Internal),
        ] {
            let error = told(&failure);

            assert_eq!(error.code, code);
            assert!(!error.detail.contains(SECRET), "{}", error.detail);
        }
    }
}
