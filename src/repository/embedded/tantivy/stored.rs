//! A line as it lies in the index: its JSON without the id and the time, which columns hold anyway.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::model::{Level, LogEntry, LogId, Micros};

type Text<'a> = Option<Cow<'a, str>>;

#[derive(Serialize, Deserialize)]
pub(super) struct StoredLine<'a> {
    level: Level,
    #[serde(borrow)]
    service: Cow<'a, str>,
    #[serde(borrow)]
    message: Cow<'a, str>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub(super) request_id: Text<'a>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub(super) trace_id: Text<'a>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub(super) span_id: Text<'a>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    user_id: Text<'a>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    path: Text<'a>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    method: Text<'a>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    client_ip: Text<'a>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    user_agent: Text<'a>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    component: Text<'a>,
    #[serde(default, skip_serializing_if = "is_empty")]
    context: Cow<'a, Map<String, Value>>,
}

impl<'a> From<&'a LogEntry> for StoredLine<'a> {
    fn from(entry: &'a LogEntry) -> Self {
        let text = |value: &'a Option<String>| value.as_deref().map(Cow::Borrowed);
        Self {
            level: entry.level,
            service: Cow::Borrowed(&entry.service),
            message: Cow::Borrowed(&entry.message),
            request_id: text(&entry.request_id),
            trace_id: text(&entry.trace_id),
            span_id: text(&entry.span_id),
            user_id: text(&entry.user_id),
            path: text(&entry.path),
            method: text(&entry.method),
            client_ip: text(&entry.client_ip),
            user_agent: text(&entry.user_agent),
            component: text(&entry.component),
            context: Cow::Borrowed(&entry.context),
        }
    }
}

impl StoredLine<'_> {
    /// The whole line again.
    pub(super) fn into_entry(self, id: LogId, timestamp: Micros) -> LogEntry {
        let text = |value: Text<'_>| value.map(Cow::into_owned);
        LogEntry {
            id,
            timestamp,
            level: self.level,
            service: self.service.into_owned(),
            message: self.message.into_owned(),
            request_id: text(self.request_id),
            trace_id: text(self.trace_id),
            span_id: text(self.span_id),
            user_id: text(self.user_id),
            path: text(self.path),
            method: text(self.method),
            client_ip: text(self.client_ip),
            user_agent: text(self.user_agent),
            component: text(self.component),
            context: self.context.into_owned(),
        }
    }
}

#[expect(clippy::ptr_arg, reason = "serde hands over the field itself")]
fn is_empty(context: &Cow<'_, Map<String, Value>>) -> bool {
    context.is_empty()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_line_comes_back_as_it_was() {
        let entry: LogEntry = serde_json::from_value(json!({
            "id": "a", "timestamp": "2026-11-21T00:00:00Z", "level": "warn", "service": "s", "message": "line\nbreak",
            "request_id": "r", "trace_id": "t", "span_id": "p", "user_id": "u", "path": "/x", "method": "GET",
            "client_ip": "10.0.0.1", "user_agent": "ua \"quoted\"", "component": "c", "context": {"b": [1, 2.5], "a": null}
        }))
        .unwrap();

        let bytes = serde_json::to_vec(&StoredLine::from(&entry)).unwrap();
        let stored: StoredLine<'_> = serde_json::from_slice(&bytes).unwrap();

        assert!(!String::from_utf8_lossy(&bytes).contains("timestamp"));
        assert_eq!(stored.into_entry(entry.id.clone(), entry.timestamp), entry);
    }
}
