//! Log line to the document that is stored.

use std::borrow::Cow;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::model::field::is_findable;
use crate::model::normal::{is_nfc, nfc};
use crate::model::ordered_leaf::ordered_terms;
use crate::model::{LogEntry, Micros};
use crate::repository::LineToStore;

/// A line under the names of our indices; the field table decides them, and a test compares.
#[derive(Serialize)]
pub(crate) struct Document<'a> {
    id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_id: Option<&'a str>,
    #[serde(rename = "@timestamp")]
    timestamp: Micros,
    #[serde(skip_serializing_if = "Option::is_none")]
    received_at: Option<Micros>,
    level: &'static str,
    service: &'a str,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trace_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    span_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    method: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_ip: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_agent: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    component: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    context: Option<Cow<'a, Map<String, Value>>>,
    #[serde(rename = "context_sent", skip_serializing_if = "Option::is_none")]
    context_sent: Option<String>,
    /// Numbers and addresses of the context in an order, see `model::ordered_leaf`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    context_ordered: Vec<String>,
}

/// Name of the member that keeps a context as it was sent, where `context` holds only what is indexed of it. It is mapped
/// nowhere, so it is stored and not searched.
pub(crate) const CONTEXT_SENT: &str = "context_sent";

/// Begins the id of a document that is made of a fingerprint.
const OF_FINGERPRINT: &str = "sent-";

/// The id of the document of a line: the same for the same line, sent again, where its sender has named it, and that of the line
/// for all others.
pub(crate) fn document_id(line: &LineToStore) -> Cow<'_, str> {
    match line.fingerprint {
        Some(fingerprint) => format!("{OF_FINGERPRINT}{:032x}", fingerprint.bits()).into(),
        None => line.entry.id.as_str().into(),
    }
}

/// Whether an id is made of a fingerprint: nobody but us gives such ones.
pub(crate) fn is_of_fingerprint(id: &str) -> bool {
    let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    id.strip_prefix(OF_FINGERPRINT).is_some_and(|digits| digits.len() == 32 && digits.bytes().all(is_digit))
}

impl<'a> From<&'a LogEntry> for Document<'a> {
    fn from(entry: &'a LogEntry) -> Self {
        let sent = (!entry.context.is_empty()).then_some(&*entry.context);
        // OpenSearch knows no limit for the leaves of an object, and would find or refuse what others ignore.
        let findable = sent.and_then(as_indexed);
        let context_sent = findable.is_some().then(|| entry.context.to_json());
        Self {
            id: entry.id.as_str(),
            client_id: entry.client_id.as_deref(),
            timestamp: entry.timestamp,
            received_at: entry.received_at,
            level: entry.level.as_str(),
            service: &entry.service,
            message: &entry.message,
            request_id: entry.request_id.as_deref(),
            trace_id: entry.trace_id.as_deref(),
            span_id: entry.span_id.as_deref(),
            user_id: entry.user_id.as_deref(),
            path: entry.path.as_deref(),
            method: entry.method.as_deref(),
            client_ip: entry.client_ip.as_deref(),
            user_agent: entry.user_agent.as_deref(),
            component: entry.component.as_deref(),
            context: findable.map(Cow::Owned).or(sent.map(Cow::Borrowed)),
            context_sent,
            context_ordered: sent.map(ordered_terms).unwrap_or_default(),
        }
    }
}

/// The members of a context without the leaves that are too long to be found, and with keys and texts in the form in which
/// they are compared; `None` when they are so already.
fn as_indexed(members: &Map<String, Value>) -> Option<Map<String, Value>> {
    (!members.iter().all(|(key, value)| is_nfc(key) && is_indexable(value))).then(|| indexed_members(members))
}

fn is_indexable(value: &Value) -> bool {
    match value {
        Value::String(text) => is_nfc(text) && is_findable(text),
        Value::Array(items) => items.iter().all(is_indexable),
        Value::Object(members) => members.iter().all(|(key, value)| is_nfc(key) && is_indexable(value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => true,
    }
}

fn indexed_members(members: &Map<String, Value>) -> Map<String, Value> {
    let mut kept = Map::new();
    for (key, value) in members {
        let Some(value) = indexed(value) else { continue };
        let key = nfc(key).into_owned();
        // Two keys may differ in nothing but their form.
        let both = match kept.shift_remove(&key) {
            Some(before) => Value::Array(vec![before, value]),
            None => value,
        };
        kept.insert(key, both);
    }
    kept
}

/// What is indexed of a value; `None` when it is a leaf that is too long.
fn indexed(value: &Value) -> Option<Value> {
    Some(match value {
        Value::String(text) => Value::String(Some(nfc(text)).filter(|text| is_findable(text))?.into_owned()),
        Value::Array(items) => items.iter().filter_map(indexed).collect(),
        Value::Object(members) => Value::Object(indexed_members(members)),
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::LogKind;
    use crate::model::field::FIELDS;
    use crate::model::ordered_leaf::CONTEXT_ORDERED;
    use crate::repository::Fingerprint;

    #[test]
    fn a_document_has_the_names_of_the_field_table_in_its_order() {
        let mut full = serde_json::Map::new();
        for field in &FIELDS {
            full.insert(field.name.to_owned(), field.example.into());
        }
        full.insert("context".to_owned(), json!({"order_id": "42"}));
        let entry: LogEntry = serde_json::from_value(full.into()).unwrap();

        let document = serde_json::to_value(Document::from(&entry)).unwrap();

        let names: Vec<_> = document.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(names[..FIELDS.len()], FIELDS.map(|field| field.elastic));
        assert_eq!(names[FIELDS.len()..], [CONTEXT_ORDERED]);
        assert_eq!(document["@timestamp"], "2026-11-21T00:00:00.123456Z");
    }

    #[test]
    fn a_line_that_its_sender_has_named_is_written_under_its_fingerprint() {
        let entry: LogEntry = serde_json::from_value(json!({
            "id": "019365a0-7c1b-7d3e-9f2a-6b1f0c2d4e5f", "timestamp": "2026-11-21T00:00:00Z", "level": "warn",
            "service": "gw",
        }))
        .unwrap();
        let line = |fingerprint| LineToStore { kind: LogKind::App, entry: entry.clone(), fingerprint };
        let named = line(Some(Fingerprint::of(b"a")));

        assert_eq!(document_id(&named), "sent-ca978112ca1bbdcafac231b39a23dc4d");
        assert_eq!(document_id(&line(None)), entry.id.as_str());
        assert!(is_of_fingerprint(&document_id(&named)));
        for other in [entry.id.as_str(), "sent-", "sent-CA978112CA1BBDCAFAC231B39A23DC4D", "ca978112"] {
            assert!(!is_of_fingerprint(other), "{other}");
        }
    }

    #[test]
    fn leaves_that_are_too_long_are_kept_apart() {
        let long = "x".repeat(8_192);
        let context = json!({"a": {"b": long, "c": 1}, "d": [long, "e"], "f": long});
        let entry: LogEntry = serde_json::from_value(json!({
            "id": "a", "timestamp": "2026-11-21T00:00:00Z", "level": "warn", "service": "gw", "context": context,
        }))
        .unwrap();

        let document = serde_json::to_value(Document::from(&entry)).unwrap();

        assert_eq!(document["context"], json!({"a": {"c": 1}, "d": ["e"]}));
        assert_eq!(document[CONTEXT_SENT], context.to_string());
    }

    #[test]
    fn keys_and_texts_are_indexed_in_their_composed_form_and_kept_as_sent() {
        let context = json!({"e\u{301}": ["cafe\u{301}", 1], "é": "x", "n": "\u{1100}\u{1161}"});
        let entry: LogEntry = serde_json::from_value(json!({
            "id": "a", "timestamp": "2026-11-21T00:00:00Z", "level": "warn", "service": "gw", "context": context,
        }))
        .unwrap();

        let document = serde_json::to_value(Document::from(&entry)).unwrap();

        assert_eq!(document["context"], json!({"é": [["café", 1], "x"], "n": "가"}));
        assert_eq!(document[CONTEXT_SENT], context.to_string());
        assert_eq!(document[CONTEXT_ORDERED], json!(["é\u{0}p5011"]));
    }

    #[test]
    fn what_is_absent_is_left_out() {
        let entry: LogEntry = serde_json::from_value(json!({
            "id": "a", "timestamp": "2026-11-21T00:00:00Z", "level": "warn", "service": "gw",
        }))
        .unwrap();

        let document = serde_json::to_string(&Document::from(&entry)).unwrap();

        assert_eq!(
            document,
            r#"{"id":"a","@timestamp":"2026-11-21T00:00:00.000000Z","level":"warn","service":"gw","message":""}"#
        );
    }
}
