//! A log line as it is stored and answered, and the kinds of lines.

use serde::{Deserialize, Serialize};

use crate::model::{Level, LogContext, LogId, Micros};

/// One log line under our own names; absent fields are left out on the wire.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LogEntry {
    /// Unique id, given at receipt.
    pub id: LogId,
    /// Id that the sender gave it; other lines may have the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// When the line was written.
    pub timestamp: Micros,
    /// When it was taken in, where that is known. Answered only where it is asked for.
    #[serde(default, skip_serializing)]
    pub received_at: Option<Micros>,
    /// Severity.
    pub level: Level,
    /// Service that wrote it.
    pub service: String,
    /// The text.
    #[serde(default)]
    pub message: String,
    /// Id of the request across services.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// W3C trace id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace_id: Option<String>,
    /// W3C span id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub span_id: Option<String>,
    /// Acting user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<String>,
    /// URL path.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// HTTP method.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// Address of the client, in canonical form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_ip: Option<String>,
    /// User agent of the client.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_agent: Option<String>,
    /// Part of the service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub component: Option<String>,
    /// Everything else that was sent.
    #[serde(default, skip_serializing_if = "LogContext::is_empty")]
    pub context: LogContext,
}

impl LogEntry {
    /// The kind under which a line is stored when its sender names none.
    #[must_use]
    pub fn natural_kind(&self) -> LogKind {
        if self.level >= Level::Error { LogKind::Error } else { LogKind::App }
    }
}

/// A line is stored once, under one kind; kinds differ in who may read them and how long they are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogKind {
    /// Everything else.
    App,
    /// Level error and above.
    Error,
    /// Named by the sender (`kind=security`).
    Security,
}

impl LogKind {
    /// All kinds.
    pub const ALL: [Self; 3] = [Self::App, Self::Error, Self::Security];

    /// The word in index names and parameters.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::App => "app",
            Self::Error => "error",
            Self::Security => "security",
        }
    }
}

/// A set of kinds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct KindSet {
    /// Application lines below level error.
    pub app: bool,
    /// Lines of level error and above.
    pub error: bool,
    /// Security lines.
    pub security: bool,
}

impl KindSet {
    /// What everyone who may search reads.
    pub const APP_AND_ERROR: Self = Self { app: true, error: true, security: false };
    /// All kinds.
    pub const ALL: Self = Self { app: true, error: true, security: true };
    /// Security lines only.
    pub const SECURITY: Self = Self { app: false, error: false, security: true };

    /// The kinds in the set.
    #[must_use]
    pub fn kinds(self) -> Vec<LogKind> {
        LogKind::ALL.into_iter().filter(|kind| self.contains(*kind)).collect()
    }

    /// The kinds that are in both sets.
    #[must_use]
    pub(crate) const fn and(self, other: Self) -> Self {
        Self {
            app: self.app && other.app,
            error: self.error && other.error,
            security: self.security && other.security,
        }
    }

    /// Whether `kind` is in the set.
    #[must_use]
    pub const fn contains(self, kind: LogKind) -> bool {
        match kind {
            LogKind::App => self.app,
            LogKind::Error => self.error,
            LogKind::Security => self.security,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_back_what_it_writes_and_leaves_out_what_is_absent() {
        let json = r#"{"id":"a","timestamp":"2026-11-21T00:00:00.000001Z","level":"warn","service":"gateway","message":"m","context":{"b":1,"a":2}}"#;

        let entry: LogEntry = serde_json::from_str(json).unwrap();

        assert_eq!(serde_json::to_string(&entry).unwrap(), json);
        assert_eq!(entry.natural_kind(), LogKind::App);
    }
}
