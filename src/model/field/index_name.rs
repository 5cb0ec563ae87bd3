//! Names of indices as the configuration gives them: patterns that are read, and the environment in the names of our own.

use std::fmt;
use std::str::FromStr;

use serde::Deserialize;

/// Longest name of an index, in bytes, that Elasticsearch takes.
const MAX_PATTERN_BYTES: usize = 255;
/// Longest environment, in bytes.
const MAX_ENV_BYTES: usize = 32;

/// A text that is no name; says what one looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// No pattern of indices.
    #[error(
        "must hold names of indices: lower-case letters, digits and . _ - + : *, that begin with none of - _ + :"
    )]
    Pattern,
    /// No environment.
    #[error("must be 1 to 32 lower-case letters, digits, - and _, of which the first is a letter or a digit")]
    Env,
}

/// The name of an index, with a cluster before a colon if it is of another one; a star stands for any characters.
///
/// It is safe in the path of an address, alone and in a comma list.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct IndexPattern(String);

impl IndexPattern {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for IndexPattern {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let is_allowed = |byte: u8| {
            byte.is_ascii_lowercase()
                || byte.is_ascii_digit()
                || matches!(byte, b'_' | b'-' | b'.' | b'*' | b':' | b'+')
        };
        let begins_well = !text.starts_with(['-', '_', '+', ':']);
        // Two colons ask for documents that the cluster could not take in; dots alone lead to another address.
        let means_indices = !text.contains("::") && !matches!(text, "" | "." | "..");
        if begins_well && means_indices && text.len() <= MAX_PATTERN_BYTES && text.bytes().all(is_allowed) {
            Ok(Self(text.to_owned()))
        } else {
            Err(NameError::Pattern)
        }
    }
}

/// The environment that our indices belong to: the last part of their names, as in `logs-app-dev`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct EnvName(String);

impl EnvName {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for EnvName {
    /// `dev`.
    fn default() -> Self {
        Self("dev".to_owned())
    }
}

impl FromStr for EnvName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let is_allowed =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'-');
        let begins_well = !text.is_empty() && !text.starts_with(['-', '_']);
        if begins_well && text.len() <= MAX_ENV_BYTES && text.bytes().all(is_allowed) {
            Ok(Self(text.to_owned()))
        } else {
            Err(NameError::Env)
        }
    }
}

impl TryFrom<String> for IndexPattern {
    type Error = NameError;

    fn try_from(text: String) -> Result<Self, NameError> {
        text.parse()
    }
}

impl TryFrom<String> for EnvName {
    type Error = NameError;

    fn try_from(text: String) -> Result<Self, NameError> {
        text.parse()
    }
}

impl fmt::Display for IndexPattern {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl fmt::Display for EnvName {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_would_leave_the_path_or_mean_something_else_are_refused() {
        for text in [
            "",
            ".",
            "..",
            "a/b",
            "a,b",
            "-a",
            "_all",
            "+a",
            ":a",
            "<a-{now/d}>",
            "a::failures",
            "a b",
            "A",
            "a%2f",
            "a?b",
            "a#b",
            "가",
            &"x".repeat(256),
        ] {
            assert_eq!(text.parse::<IndexPattern>(), Err(NameError::Pattern), "{text}");
        }
        for text in ["", "Prod", "a*", "-a", "_a", "a/b", "a.b", "가", &"x".repeat(33)] {
            assert_eq!(text.parse::<EnvName>(), Err(NameError::Env), "{text}");
        }
    }

    #[test]
    fn names_that_servers_take_are_taken() {
        for text in ["*", "logs-*", "far:logs-app", "*:a", ".ds-a", "a_b+c", "7", &"x".repeat(255)] {
            assert_eq!(text.parse::<IndexPattern>().unwrap().as_str(), text);
        }
        for text in ["dev", "eu-1", "a_b", "7", &"x".repeat(32)] {
            assert_eq!(text.parse::<EnvName>().unwrap().as_str(), text);
        }
    }
}
