//! Section `retention`: when log lines are deleted.

use serde::Deserialize;

use crate::config::key::Key;
use crate::config::kind::Kind;
use crate::model::RetentionDays;

const DAYS: Kind = Kind::Number { min: 1, max: 36_500 };

pub(super) const TABLE: Key = Key::table(
    "retention",
    &[
        Key::value("app_days", "TRAILPROOF_RETENTION_APP_DAYS", DAYS),
        Key::value("error_days", "TRAILPROOF_RETENTION_ERROR_DAYS", DAYS),
        Key::value("security_days", "TRAILPROOF_RETENTION_SECURITY_DAYS", DAYS),
        Key::value(
            "every_seconds",
            "TRAILPROOF_RETENTION_EVERY_SECONDS",
            Kind::Number { min: 1, max: 86_400 },
        ),
    ],
);

/// Section `retention`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retention {
    /// Days for application lines.
    pub app_days: u32,
    /// Days for error lines.
    pub error_days: u32,
    /// Days for security lines.
    pub security_days: u32,
    /// Seconds between two looks for lines that are too old.
    pub every_seconds: u64,
}

impl Retention {
    /// Days for which lines are kept, by kind.
    #[must_use]
    pub const fn days(&self) -> RetentionDays {
        RetentionDays { app: self.app_days, error: self.error_days, security: self.security_days }
    }
}
