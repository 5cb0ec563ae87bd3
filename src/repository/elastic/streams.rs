//! What we write: one stream of documents for each kind of line, and one for audit events.

use crate::model::LogKind;

/// A stream of documents; `<name>-<env>` is the alias, or the data stream, that it is written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stream {
    /// Lines of a kind.
    Logs(LogKind),
    /// Audit events. Never under `logs-*-*`, which newer servers change into a mode that does not keep documents as sent.
    AuditEvents,
}

impl Stream {
    /// All streams.
    pub(super) const ALL: [Self; 4] = [
        Self::Logs(LogKind::App),
        Self::Logs(LogKind::Error),
        Self::Logs(LogKind::Security),
        Self::AuditEvents,
    ];

    /// Name without the environment.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Logs(LogKind::App) => "logs-app",
            Self::Logs(LogKind::Error) => "logs-error",
            Self::Logs(LogKind::Security) => "logs-security",
            Self::AuditEvents => "audit-events",
        }
    }
}
