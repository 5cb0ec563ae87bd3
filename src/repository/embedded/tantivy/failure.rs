//! Why a commit failed, in a form that every request that waits for it can be told.

use std::io::{self, ErrorKind};

use tantivy::{IndexWriter, TantivyError};

use super::STORE;
use crate::repository::StoreError;

/// What systems say when a file can grow no further; some layers below us keep only that text.
const FULL: [&str; 3] = ["No space left on device", "Disk quota exceeded", "File too large"];

/// Why a commit failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// The disk, the quota or a limit on the size of files.
    Full,
    /// Anything else.
    Other(String),
}

impl Failure {
    /// Asks a writer whose thread has died what it died of; its other methods only say that it did.
    pub(super) fn of_dead(writer: &mut IndexWriter) -> Self {
        match writer.prepare_commit() {
            Err(error) => Self::from(error),
            Ok(_) => Self::Other("the writer stopped without a reason".to_owned()),
        }
    }

    /// The failure as the caller of a store is told.
    pub(super) fn to_store_error(&self) -> StoreError {
        match self {
            Self::Full => StoreError::Full { store: STORE },
            Self::Other(reason) => StoreError::Unavailable { store: STORE, reason: reason.clone() },
        }
    }
}

impl From<&io::Error> for Failure {
    fn from(error: &io::Error) -> Self {
        match error.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => Self::Full,
            _ => Self::from(error.to_string()),
        }
    }
}

impl From<TantivyError> for Failure {
    fn from(error: TantivyError) -> Self {
        match &error {
            TantivyError::IoError(source) => Self::from(source.as_ref()),
            other => Self::from(other.to_string()),
        }
    }
}

impl From<String> for Failure {
    fn from(text: String) -> Self {
        if FULL.iter().any(|words| text.contains(words)) { Self::Full } else { Self::Other(text) }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn every_way_of_having_no_room_counts_as_full() {
        for number in [28, 122, 27] {
            let error = io::Error::from_raw_os_error(number);

            assert_eq!(Failure::from(&error), Failure::Full, "{error}");
            assert_eq!(Failure::from(TantivyError::ErrorInThread(format!("{error:?}"))), Failure::Full);
            assert_eq!(Failure::from(TantivyError::IoError(Arc::new(error))), Failure::Full);
        }
    }

    #[test]
    fn another_error_keeps_its_text() {
        let error = io::Error::from_raw_os_error(13);

        assert!(matches!(Failure::from(&error), Failure::Other(text) if text.contains("Permission denied")));
    }
}
