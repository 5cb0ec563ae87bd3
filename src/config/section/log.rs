//! Section `log`: the server's own log.

use serde::Deserialize;

use crate::config::key::Key;
use crate::config::kind::{Complaint, Kind, word};
use crate::telemetry::LogLevel;

pub(super) const TABLE: Key = Key::table("log", &[Key::value("level", "LOG_LEVEL", Kind::Text(level))]);

/// Section `log`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Log {
    /// Least level that is written.
    pub level: LogLevel,
}

fn level(text: &str) -> Result<String, Complaint> {
    word(text, &LogLevel::ALL.map(LogLevel::as_str))
}
