//! What a failure of the log store means to somebody who sends lines.

use crate::error::{Error, ErrorCode};
use crate::repository::StoreError;

/// Tells the sender what failed, and the log why. To be called once, where the store was asked.
///
/// What a server said may hold addresses and names of its own: that goes to the log, not to the sender.
pub(super) fn told(error: &StoreError) -> Error {
    let (code, detail) = match error {
        StoreError::Unavailable { .. } => (
            ErrorCode::EngineUnavailable,
            "the search engine cannot be reached; send the lines again in a few seconds",
        ),
        StoreError::Timeout { .. } => {
            (ErrorCode::EngineTimeout, "the search engine did not answer in time; send the lines again")
        }
        StoreError::Overloaded { .. } => (
            ErrorCode::EngineOverloaded,
            "the search engine refuses more work; send the lines again in a few seconds",
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
            "the search engine does not let this server see its indices; its user lacks the privilege",
        ),
        StoreError::Full { .. } => (ErrorCode::StorageFull, "no disk space is left for log lines"),
        StoreError::Unprepared { .. } => (
            ErrorCode::EngineUnprepared,
            "the indices for log lines are not there; run `trailproof es bootstrap` once",
        ),
        StoreError::Unsupported { .. }
        | StoreError::Gone { .. }
        | StoreError::Rejected { .. }
        | StoreError::Misconfigured { .. }
        | StoreError::Corrupt { .. } => {
            (ErrorCode::Internal, "the lines could not be stored; the log of the server says why")
        }
    };
    tracing::warn!(%error, code = code.number(), "log lines could not be stored");
    Error::new(code, detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sender_is_told_what_to_do_with_the_lines_and_never_what_a_server_said() {
        let (store, secret) = ("elasticsearch", "10.1.2.3:9200 said no");
        for (failure, code, advice) in [
            (
                StoreError::Timeout { store, timeout_ms: 8_000 },
                ErrorCode::EngineTimeout,
                "send the lines again",
            ),
            (StoreError::Overloaded { store }, ErrorCode::EngineOverloaded, "send the lines again"),
            (StoreError::ReadOnly { store }, ErrorCode::EngineReadOnly, "send them elsewhere"),
            (
                StoreError::Forbidden { store, reason: secret.to_owned() },
                ErrorCode::EngineReadOnly,
                "no write",
            ),
            (StoreError::Corrupt { store, reason: secret.to_owned() }, ErrorCode::Internal, "the log"),
        ] {
            let error = told(&failure);

            assert_eq!(error.code, code);
            assert!(error.detail.contains(advice) && !error.detail.contains(secret), "{}", error.detail);
        }
    }
}
