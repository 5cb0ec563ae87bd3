//! The id of a log line.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Id of a log line: 1 to 128 characters of `A-Za-z0-9._:-`; ours are `UUIDv7`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LogId(String);

impl LogId {
    /// Longest id that is kept, in bytes.
    pub const MAX_BYTES: usize = 128;

    /// Takes an id as a client sent it; `None` when it is empty, too long or holds another character.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b':' | b'-');
        let fits = !text.is_empty() && text.len() <= Self::MAX_BYTES;
        (fits && text.bytes().all(is_allowed)).then(|| Self(text.to_owned()))
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
        assert!(LogId::new("0193-a.b_c:D").is_some());
        assert_eq!(LogId::new(""), None);
        assert_eq!(LogId::new("a b"), None);
        assert_eq!(LogId::new("가"), None);
        assert!(LogId::new(&"x".repeat(128)).is_some());
        assert_eq!(LogId::new(&"x".repeat(129)), None);
    }
}
