//! The six log levels and every spelling that means one of them.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Severity of a log line, in rising order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Finest detail.
    Trace,
    /// For developers.
    Debug,
    /// Normal operation; also what an unreadable level becomes.
    #[default]
    Info,
    /// Unusual, yet handled.
    Warn,
    /// A request or task failed.
    Error,
    /// The process or a whole function is lost.
    Fatal,
}

impl Level {
    /// All levels, lowest first.
    pub const ALL: [Self; 6] = [Self::Trace, Self::Debug, Self::Info, Self::Warn, Self::Error, Self::Fatal];

    /// Our word for the level, as it stands in every answer.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Trace => "trace",
            Self::Debug => "debug",
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Error => "error",
            Self::Fatal => "fatal",
        }
    }

    /// Lower-case words that mean this level, ours first: common loggers, syslog, .NET, Java, pino numbers.
    #[must_use]
    pub const fn spellings(self) -> &'static [&'static str] {
        match self {
            Self::Trace => &["trace", "verbose", "finest", "10"],
            Self::Debug => &["debug", "fine", "20"],
            Self::Info => &["info", "information", "informational", "notice", "30"],
            Self::Warn => &["warn", "warning", "40"],
            Self::Error => &["error", "err", "severe", "50"],
            Self::Fatal => &["fatal", "critical", "crit", "alert", "emerg", "emergency", "panic", "60"],
        }
    }

    /// Reads a level in any case and any known spelling; `None` when no level is meant.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let word = text.trim();
        Self::ALL
            .into_iter()
            .find(|level| level.spellings().iter().any(|known| known.eq_ignore_ascii_case(word)))
    }

    /// This level and all above it.
    #[must_use]
    pub(crate) fn and_above(self) -> Vec<Self> {
        Self::ALL.into_iter().filter(|level| *level >= self).collect()
    }
}

impl fmt::Display for Level {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_in_any_case_reads_as_its_level() {
        for level in Level::ALL {
            for spelling in level.spellings() {
                assert_eq!(Level::parse(&spelling.to_uppercase()), Some(level), "{spelling}");
            }
        }
        assert_eq!(Level::parse("loud"), None);
        assert_eq!(Level::parse(""), None);
    }

    #[test]
    fn no_spelling_means_two_levels() {
        let mut all: Vec<_> = Level::ALL.iter().flat_map(|level| level.spellings()).collect();
        let count = all.len();
        all.sort_unstable();
        all.dedup();

        assert_eq!(all.len(), count);
    }

    #[test]
    fn and_above_holds_the_level_itself_and_the_worse_ones() {
        assert_eq!(Level::Error.and_above(), [Level::Error, Level::Fatal]);
        assert_eq!(Level::Trace.and_above().len(), 6);
    }
}
