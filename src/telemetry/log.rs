//! The subscriber: JSON lines on standard error, or a compact form where a person watches a terminal.

use std::io::IsTerminal as _;

use serde::Deserialize;
use tracing_subscriber::filter::LevelFilter;

/// Why logging could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// Something else has set up logging before.
    #[error("logging is set up already")]
    Taken,
}

/// Least level of the server's own log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogLevel {
    /// A person must act.
    Error,
    /// Something is not as it should be.
    Warn,
    /// What an operator wants to know.
    Info,
    /// What helps to find a fault.
    Debug,
    /// Everything.
    Trace,
}

impl LogLevel {
    /// Every level, the least talkative first.
    pub const ALL: [Self; 5] = [Self::Error, Self::Warn, Self::Info, Self::Debug, Self::Trace];

    /// The word in the configuration.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warn => "warn",
            Self::Info => "info",
            Self::Debug => "debug",
            Self::Trace => "trace",
        }
    }

    const fn filter(self) -> LevelFilter {
        match self {
            Self::Error => LevelFilter::ERROR,
            Self::Warn => LevelFilter::WARN,
            Self::Info => LevelFilter::INFO,
            Self::Debug => LevelFilter::DEBUG,
            Self::Trace => LevelFilter::TRACE,
        }
    }
}

/// Sends log lines of `level` and above to standard error, for the rest of the process.
///
/// One JSON object a line; in a terminal a compact form with colours instead. Control characters are escaped in both.
///
/// # Errors
///
/// A second call.
pub fn init(level: LogLevel) -> Result<(), LogError> {
    let lines = tracing_subscriber::fmt().with_max_level(level.filter()).with_writer(std::io::stderr);
    let outcome = if std::io::stderr().is_terminal() {
        lines.compact().try_init()
    } else {
        lines.json().flatten_event(true).with_current_span(true).with_span_list(false).try_init()
    };
    outcome.map_err(|_| LogError::Taken)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_of_a_level_is_read_as_that_level() {
        for level in LogLevel::ALL {
            let word = serde_json::Value::from(level.as_str());

            assert_eq!(serde_json::from_value::<LogLevel>(word).unwrap(), level);
            assert_eq!(level.filter().to_string(), level.as_str());
        }
    }
}
