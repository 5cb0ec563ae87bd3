//! Where a value comes from, and what is wrong with it.

use std::fmt;

/// Characters of foreign text that a message repeats.
const MAX_SHOWN_CHARS: usize = 60;

/// Where a setting was given; orders problems the way they are listed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// Nowhere: the default holds.
    Default,
    /// In a configuration file.
    File {
        /// Path as it was given.
        path: String,
        /// Line from 1; none when the whole file is meant.
        line: Option<usize>,
        /// Column from 1, of a syntax error.
        column: Option<usize>,
    },
    /// In `.env`.
    DotEnv {
        /// Line from 1; none when the whole file is meant.
        line: Option<usize>,
    },
    /// In this environment variable.
    Environment(String),
    /// By this flag of the command line.
    Flag(&'static str),
}

impl Origin {
    /// A line of a configuration file.
    pub(crate) fn line(path: &str, line: usize) -> Self {
        Self::File { path: path.to_owned(), line: Some(line), column: None }
    }

    /// A whole configuration file.
    pub(crate) fn file(path: &str) -> Self {
        Self::File { path: path.to_owned(), line: None, column: None }
    }

    /// The words behind `#` in `config show --origin`.
    pub(crate) fn describe(&self) -> String {
        match self {
            Self::Default => "default".to_owned(),
            Self::File { .. } => format!("file {self}"),
            Self::DotEnv { .. } => self.to_string(),
            Self::Environment(_) => format!("environment {self}"),
            Self::Flag(_) => format!("flag {self}"),
        }
    }
}

/// The place in front of a problem: `trailproof.toml:12`, `.env:3`, `TRAILPROOF_HTTP_BIND`, `--port`.
impl fmt::Display for Origin {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => out.write_str("default.toml"),
            Self::File { path, line: None, .. } => out.write_str(path),
            Self::File { path, line: Some(line), column: None } => write!(out, "{path}:{line}"),
            Self::File { path, line: Some(line), column: Some(column) } => {
                write!(out, "{path}:{line}:{column}")
            }
            Self::DotEnv { line: None } => out.write_str(".env"),
            Self::DotEnv { line: Some(line) } => write!(out, ".env:{line}"),
            Self::Environment(variable) => out.write_str(variable),
            Self::Flag(flag) => out.write_str(flag),
        }
    }
}

/// One thing that is wrong with a configuration.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Problem {
    pub(crate) origin: Origin,
    pub(crate) message: String,
}

impl Problem {
    pub(crate) fn new(origin: Origin, message: impl Into<String>) -> Self {
        Self { origin, message: message.into() }
    }
}

/// Everything that is wrong with a configuration; prints one line each, never with a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigErrors(Vec<Problem>);

impl ConfigErrors {
    /// Sorts problems by place and drops what is said twice.
    pub(crate) fn new(mut problems: Vec<Problem>) -> Self {
        problems.sort();
        problems.dedup();
        Self(problems)
    }

    /// The lines, in order of place.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        self.0.iter().map(|problem| format!("{}: {}", problem.origin, problem.message)).collect()
    }
}

impl fmt::Display for ConfigErrors {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.lines().join("\n"))
    }
}

impl std::error::Error for ConfigErrors {}

/// Foreign text on one line, without control characters, cut to a readable length.
pub(crate) fn shown(text: &str) -> String {
    let mut line: String = text.chars().take(MAX_SHOWN_CHARS).flat_map(printable).collect();
    if text.chars().nth(MAX_SHOWN_CHARS).is_some() {
        line.push('…');
    }
    line
}

fn printable(character: char) -> Vec<char> {
    if character == '\'' || character == '"' {
        return vec![character];
    }
    character.escape_debug().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_foreign_text_on_one_line() {
        assert_eq!(shown("a\nb\u{1b}[31m"), "a\\nb\\u{1b}[31m");
        assert_eq!(shown("it's"), "it's");
        assert_eq!(shown(&"x".repeat(61)), format!("{}…", "x".repeat(60)));
    }
}
