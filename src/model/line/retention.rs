//! How long lines are kept.

use crate::model::LogKind;

/// Days for which lines are kept, by kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetentionDays {
    /// Application lines.
    pub app: u32,
    /// Error lines.
    pub error: u32,
    /// Security lines.
    pub security: u32,
}

impl Default for RetentionDays {
    fn default() -> Self {
        Self { app: 30, error: 90, security: 365 }
    }
}

impl RetentionDays {
    /// Days for lines of a kind.
    #[must_use]
    pub const fn of(&self, kind: LogKind) -> u32 {
        match kind {
            LogKind::App => self.app,
            LogKind::Error => self.error,
            LogKind::Security => self.security,
        }
    }
}
