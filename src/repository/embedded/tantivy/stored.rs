//! A line as it lies in the index: without the id and the time, which columns hold anyway.
//!
//! The form is postcard's: it is read several times faster than JSON, and a page is mostly reading. The context stays
//! the JSON text that it is, since most lines are only passed on.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use tantivy::schema::document::{DeserializeError, DocumentDeserialize, DocumentDeserializer};

use crate::model::{Level, LogContext, LogEntry, LogId, Micros};

type Text<'a> = Option<Cow<'a, str>>;

/// The stored members of a line.
#[derive(Serialize, Deserialize)]
pub(super) struct StoredLine<'a> {
    level: Level,
    #[serde(borrow)]
    service: Cow<'a, str>,
    #[serde(borrow)]
    message: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) request_id: Text<'a>,
    #[serde(borrow)]
    pub(super) trace_id: Text<'a>,
    #[serde(borrow)]
    pub(super) span_id: Text<'a>,
    #[serde(borrow)]
    user_id: Text<'a>,
    #[serde(borrow)]
    path: Text<'a>,
    #[serde(borrow)]
    method: Text<'a>,
    #[serde(borrow)]
    client_ip: Text<'a>,
    #[serde(borrow)]
    user_agent: Text<'a>,
    #[serde(borrow)]
    component: Text<'a>,
    /// JSON text of an object; empty when there is none.
    #[serde(borrow)]
    context: Cow<'a, str>,
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
            context: entry.context.to_json().into(),
        }
    }
}

impl<'a> StoredLine<'a> {
    /// The bytes of a line.
    pub(super) fn encode(&self) -> Result<Vec<u8>, postcard::Error> {
        postcard::to_stdvec(self)
    }

    /// Reads the bytes of a line.
    pub(super) fn decode(bytes: &'a [u8]) -> Result<Self, postcard::Error> {
        postcard::from_bytes(bytes)
    }

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
            context: LogContext::from_json(self.context.into_owned()),
        }
    }
}

/// The stored bytes of a line. Nothing else is stored in its document.
pub(super) struct Source(Vec<u8>);

impl Source {
    /// Reads the line.
    pub(super) fn line(&self) -> Result<StoredLine<'_>, String> {
        StoredLine::decode(&self.0).map_err(|error| format!("source of a document: {error}"))
    }
}

impl DocumentDeserialize for Source {
    fn deserialize<'de, D: DocumentDeserializer<'de>>(mut deserializer: D) -> Result<Self, DeserializeError> {
        let field = deserializer.next_field::<Vec<u8>>()?;
        field
            .map(|(_, bytes)| Self(bytes))
            .ok_or_else(|| DeserializeError::custom("a document without source"))
    }
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

        let bytes = StoredLine::from(&entry).encode().unwrap();
        let stored = StoredLine::decode(&bytes).unwrap();

        assert_eq!(stored.into_entry(entry.id.clone(), entry.timestamp), entry);
    }
}
