//! The subscriber: JSON lines on standard error, or a compact form where a person watches a terminal.

use std::io::IsTerminal as _;

use tracing_subscriber::EnvFilter;

/// Why logging could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// The level cannot be read.
    #[error(
        "log level '{level}' is unknown; use trace, debug, info, warn or error, or directives such as info,trailproof::http=debug"
    )]
    Level {
        /// What was configured.
        level: String,
    },
    /// Something else has set up logging before.
    #[error("logging is set up already")]
    Taken,
}

/// Sends log lines of `level` and above to standard error, for the rest of the process.
///
/// `level` is a word (`info`) or a list of directives (`info,trailproof::http=debug`). One JSON object a line; in a
/// terminal a compact form with colours instead. Control characters are escaped in both.
///
/// # Errors
///
/// An unreadable level, or a second call.
pub fn init(level: &str) -> Result<(), LogError> {
    let filter = filter(level)?;
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let outcome = if std::io::stderr().is_terminal() {
        lines.compact().try_init()
    } else {
        lines.json().flatten_event(true).with_current_span(true).with_span_list(false).try_init()
    };
    outcome.map_err(|_| LogError::Taken)
}

fn filter(level: &str) -> Result<EnvFilter, LogError> {
    let unknown = || LogError::Level { level: level.to_owned() };
    let is_word = level.chars().all(|character| character.is_ascii_alphabetic());
    if is_word && level.parse::<tracing::Level>().is_err() {
        return Err(unknown());
    }
    EnvFilter::try_new(level).map_err(|_| unknown())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_level_words_and_directives() {
        for level in ["info", "DEBUG", "info,trailproof::http=debug"] {
            assert!(filter(level).is_ok(), "{level}");
        }
    }

    #[test]
    fn refuses_a_word_that_is_no_level_and_names_it() {
        for level in ["loud", "", "info,trailproof=loud"] {
            let error = filter(level).unwrap_err();

            assert!(error.to_string().contains(&format!("'{level}'")), "{error}");
        }
    }
}
