//! A log line as a tantivy document, and back.

use std::net::{IpAddr, Ipv6Addr};

use serde_json::Value;
use tantivy::TantivyDocument;

use super::hashed;
use super::row_id::RowId;
use super::schema::{KEY_END, LineSchema};
use crate::model::field::is_findable;
use crate::model::{Level, LogEntry, LogField, LogKind};
use crate::repository::{Fingerprint, LineToStore};

/// Number of a kind in its column.
pub(super) const fn kind_number(kind: LogKind) -> u64 {
    match kind {
        LogKind::App => 0,
        LogKind::Error => 1,
        LogKind::Security => 2,
    }
}

/// Number of a level in its terms and column.
pub(super) const fn level_number(level: Level) -> u64 {
    match level {
        Level::Trace => 0,
        Level::Debug => 1,
        Level::Info => 2,
        Level::Warn => 3,
        Level::Error => 4,
        Level::Fatal => 5,
    }
}

/// An address as the 128 bits of its column; IPv4 is mapped into IPv6.
pub(super) const fn address_bits(address: IpAddr) -> Ipv6Addr {
    match address {
        IpAddr::V4(address) => address.to_ipv6_mapped(),
        IpAddr::V6(address) => address,
    }
}

/// Turns a line, received at this time and stored as these bytes, into a document.
pub(super) fn to_document(
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
    for (key, value) in entry.context.iter() {
        add_leaves(schema, &mut document, &mut key.clone(), value);
    }
    document.add_bytes(schema.source, source);
    document
}

/// What stands for a fingerprint in the index; equal ones are told apart by the lines.
pub(super) fn fingerprint_number(fingerprint: Fingerprint) -> u64 {
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

/// Adds every leaf below `value` as `path␀text`. Recursion is bounded: the JSON reader allows 128 levels.
fn add_leaves(schema: &LineSchema, document: &mut TantivyDocument, path: &mut String, value: &Value) {
    match value {
        Value::Null => {}
        Value::Bool(flag) => add_leaf(schema, document, path, if *flag { "true" } else { "false" }),
        Value::Number(number) => add_leaf(schema, document, path, &number.to_string()),
        Value::String(text) => add_leaf(schema, document, path, text),
        Value::Array(items) => items.iter().for_each(|item| add_leaves(schema, document, path, item)),
        Value::Object(members) => {
            let length = path.len();
            for (key, member) in members {
                path.push('.');
                path.push_str(key);
                add_leaves(schema, document, path, member);
                path.truncate(length);
            }
        }
    }
}

fn add_leaf(schema: &LineSchema, document: &mut TantivyDocument, path: &str, text: &str) {
    if is_findable(text) {
        document.add_text(schema.context, format!("{path}{KEY_END}{text}"));
    }
}
