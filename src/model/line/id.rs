//! The id of a log line.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Id of a log line, given to it at its receipt: a `UUIDv7`, unless somebody else has written the line into an index.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LogId(String);

impl LogId {
    /// Longest id of a client, in bytes.
    pub(crate) const MAX_CLIENT_BYTES: usize = 128;

    /// Whether a text may be the id that a client gives to a line: 1 to 128 characters of `A-Za-z0-9._:-`.
    #[must_use]
    pub(crate) fn is_allowed(text: &str) -> bool {
        let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b':' | b'-');
        (1..=Self::MAX_CLIENT_BYTES).contains(&text.len()) && text.bytes().all(is_allowed)
    }

    /// Takes an id as an engine stored it, whatever characters a foreign writer chose.
    #[must_use]
    pub fn stored(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<uuid::Uuid> for LogId {
    fn from(uuid: uuid::Uuid) -> Self {
        Self(uuid.to_string())
    }
}

impl fmt::Display for LogId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_what_is_allowed_and_nothing_else() {
        for allowed in ["0193-a.b_c:D", &"x".repeat(128)] {
            assert!(LogId::is_allowed(allowed), "{allowed}");
        }
        for other in ["", "a b", "가", &"x".repeat(129)] {
            assert!(!LogId::is_allowed(other), "{other}");
        }
    }
}
