//! A log line as a tantivy document, and back.

use std::borrow::Cow;
use std::net::Ipv6Addr;

use serde_json::Value;
use tantivy::TantivyDocument;

use super::super::hashed;
use super::super::row_id::RowId;
use super::super::schema::{KEY_END, LineSchema, kind_number, level_number};
use crate::model::field::is_findable;
use crate::model::log_context::for_each_leaf;
use crate::model::normal::nfc;
use crate::model::ordered_leaf::{address_bits, ordered_terms};
use crate::model::{LogEntry, LogField};
use crate::repository::{Fingerprint, LineToStore};

/// Turns a line, received at this time and stored as these bytes, into a document.
pub(crate) fn to_document(
    schema: &LineSchema,
    line: &LineToStore,
    received: i64,
    source: &[u8],
) -> TantivyDocument {
    let entry = &line.entry;
    let mut document = TantivyDocument::new();
    document.add_i64(schema.time, entry.timestamp.get());
    document.add_i64(schema.received, received);
    document.add_u64(schema.kind, kind_number(line.kind));
    document.add_u64(schema.level, level_number(entry.level));
    match RowId::new(entry.id.as_str()) {
        RowId::Packed(bits) => document.add_ip_addr(schema.id_packed, Ipv6Addr::from_bits(bits)),
        RowId::Text(text) => document.add_text(schema.id_text, text),
    }
    if let Some(fingerprint) = line.fingerprint {
        document.add_u64(schema.fingerprint, fingerprint_number(fingerprint));
    }
    document.add_text(schema.words, &entry.message);
    document.add_text(schema.parts, &entry.message);
    for (field, place) in &schema.ids {
        if let Some(value) = keyword_value(entry, *field) {
            document.add_u64(*place, hashed::hash(value));
        }
    }
    for (field, place) in &schema.keywords {
        if let Some(value) = keyword_value(entry, *field) {
            document.add_text(*place, value);
        }
    }
    if let Some(address) = entry.client_ip.as_deref().and_then(|text| text.parse().ok()) {
        document.add_ip_addr(schema.client_ip, address_bits(address));
    }
    for_each_leaf(&entry.context, |path, value| add_leaf(schema, &mut document, path, value));
    for term in ordered_terms(&entry.context) {
        document.add_text(schema.context_ordered, term);
    }
    document.add_bytes(schema.source, source);
    document
}

/// What stands for a fingerprint in the index; equal ones are told apart by the lines.
pub(crate) fn fingerprint_number(fingerprint: Fingerprint) -> u64 {
    u64::try_from(fingerprint.bits() >> 64).unwrap_or_default()
}

/// The value of a keyword field of a line.
fn keyword_value(entry: &LogEntry, field: LogField) -> Option<&str> {
    match field {
        LogField::Id => Some(entry.id.as_str()),
        LogField::ClientId => entry.client_id.as_deref(),
        LogField::Service => Some(&entry.service),
        LogField::RequestId => entry.request_id.as_deref(),
        LogField::TraceId => entry.trace_id.as_deref(),
        LogField::SpanId => entry.span_id.as_deref(),
        LogField::UserId => entry.user_id.as_deref(),
        LogField::Path => entry.path.as_deref(),
        LogField::Method => entry.method.as_deref(),
        LogField::UserAgent => entry.user_agent.as_deref(),
        LogField::Component => entry.component.as_deref(),
        LogField::Timestamp
        | LogField::ReceivedAt
        | LogField::Level
        | LogField::Message
        | LogField::ClientIp
        | LogField::Context => None,
    }
}

/// Adds a leaf as `path␀text`, in the form in which texts are compared.
fn add_leaf(schema: &LineSchema, document: &mut TantivyDocument, path: &str, value: &Value) {
    let text = match value {
        Value::String(text) => nfc(text),
        other => Cow::Owned(other.to_string()),
    };
    if is_findable(&text) {
        document.add_text(schema.context, format!("{}{KEY_END}{text}", nfc(path)));
    }
}
