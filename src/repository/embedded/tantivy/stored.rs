//! A line as it lies in the index: without the id and its two times, which columns hold anyway.
//!
//! The form is postcard's: it is read several times faster than JSON, and a page is mostly reading. The context stays
//! the JSON text that it is, since most lines are only passed on.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use tantivy::directory::OwnedBytes;

use crate::model::{Level, LogContext, LogEntry, LogId, Micros};

type Text<'a> = Option<Cow<'a, str>>;

/// The stored members of a line.
#[derive(Serialize, Deserialize)]
pub(super) struct StoredLine<'a> {
    #[serde(borrow)]
    pub(super) client_id: Text<'a>,
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
            client_id: text(&entry.client_id),
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
    pub(super) fn into_entry(self, id: LogId, timestamp: Micros, received_at: Micros) -> LogEntry {
        let text = |value: Text<'_>| value.map(Cow::into_owned);
        LogEntry {
            id,
            client_id: text(self.client_id),
            timestamp,
            received_at: Some(received_at),
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

/// How tantivy begins a document of one value: their number, a variable-length integer.
const ONE_VALUE: u8 = 0x81;
/// How it marks a value of bytes.
const BYTES: u8 = 4;
/// The byte that ends a variable-length integer has this bit.
const STOP: u8 = 0x80;

/// The stored bytes of a line. Nothing else is stored in its document.
pub(super) struct Source(OwnedBytes);

impl Source {
    /// Finds the line in the bytes of its document: tantivy's own way copies it byte by byte, which is a fifth of a page.
    pub(super) fn of(document: &OwnedBytes) -> Result<Self, String> {
        let line = match document.as_slice() {
            // The number of the field, which is always the same, then the type and the length.
            [ONE_VALUE, _, _, _, _, BYTES, rest @ ..] => {
                let digits = rest.iter().take_while(|byte| **byte & STOP == 0).count() + 1;
                let length = rest
                    .iter()
                    .take(digits)
                    .rev()
                    .fold(0_usize, |length, byte| (length << 7) | usize::from(*byte & !STOP));
                rest.get(digits..).filter(|line| line.len() == length).map(<[u8]>::len)
            }
            _ => None,
        };
        let start = line.and_then(|length| document.len().checked_sub(length));
        let start = start.ok_or_else(|| "a document that is not one stored line".to_owned())?;
        Ok(Self(document.slice(start..document.len())))
    }

    /// Its bytes.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// Reads the line.
    pub(super) fn line(&self) -> Result<StoredLine<'_>, String> {
        StoredLine::decode(&self.0).map_err(|error| format!("source of a document: {error}"))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_line_comes_back_as_it_was() {
        let entry: LogEntry = serde_json::from_value(json!({
            "id": "a", "client_id": "b", "received_at": "2026-11-21T00:00:01Z",
            "timestamp": "2026-11-21T00:00:00Z", "level": "warn", "service": "s", "message": "line\nbreak",
            "request_id": "r", "trace_id": "t", "span_id": "p", "user_id": "u", "path": "/x", "method": "GET",
            "client_ip": "10.0.0.1", "user_agent": "ua \"quoted\"", "component": "c", "context": {"b": [1, 2.5], "a": null}
        }))
        .unwrap();

        let bytes = StoredLine::from(&entry).encode().unwrap();
        let stored = StoredLine::decode(&bytes).unwrap();

        let received_at = entry.received_at.unwrap();
        assert_eq!(stored.into_entry(entry.id.clone(), entry.timestamp, received_at), entry);
    }

    #[test]
    fn what_is_not_one_line_is_no_source() {
        let document = |head: &[u8], line: &[u8]| OwnedBytes::new([head, line].concat());
        let long = [7; 300];

        let found = Source::of(&document(&[0x81, 12, 0, 0, 0, 4, 0x2c, 0x82], &long)).unwrap();
        assert_eq!(found.0.as_slice(), long);
        assert!(Source::of(&document(&[0x81, 12, 0, 0, 0, 4, 0x80], b"")).unwrap().0.is_empty());
        for head in [
            &[0x82, 12, 0, 0, 0, 4, 0x83][..],
            &[0x81, 12, 0, 0, 0, 0, 0x83],
            &[0x81, 12, 0, 0, 0, 4, 0x84],
            &[0x81],
            &[],
        ] {
            assert!(Source::of(&document(head, b"abc")).is_err(), "{head:?}");
        }
    }
}
