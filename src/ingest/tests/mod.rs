//! Tests of whole bodies: what each logger writes, the rules of a line, and bodies that nobody should send.

mod bodies;
mod formats;
mod properties;
mod rules;

use serde_json::Value;

use super::body::{Decoded, decode};
use super::options::{BodyKind, IngestOptions};
use crate::error::Result;
use crate::model::{LogId, Micros};
use crate::repository::LineToStore;

/// The time of receipt in these tests.
fn now() -> Micros {
    Micros::parse_rfc3339("2026-11-21T12:00:00Z").unwrap()
}

fn options(content: BodyKind) -> IngestOptions<'static> {
    IngestOptions { content, service: None, kind: None, now: now() }
}

/// Decodes with the ids `made-1`, `made-2` ….
fn decode_with(body: &[u8], options: &IngestOptions<'_>) -> Result<Decoded> {
    let mut made = 0;
    decode(body, options, &mut || {
        made += 1;
        LogId::stored(format!("made-{made}"))
    })
}

/// The one line that a JSON object becomes.
fn stored(line: &str) -> LineToStore {
    let decoded = decode_with(line.as_bytes(), &options(BodyKind::Ndjson)).unwrap();
    assert_eq!(decoded.refusals, [], "{line}");
    decoded.lines.into_iter().next().unwrap().1
}

/// The context of the one line that a JSON object becomes.
fn context_of(line: &str) -> Value {
    Value::Object((*stored(line).entry.context).clone())
}

/// Why a line is refused.
fn refusal(line: &str) -> String {
    let decoded = decode_with(line.as_bytes(), &options(BodyKind::Ndjson)).unwrap();
    assert_eq!(decoded.lines, [], "{line}");
    decoded.refusals.into_iter().next().unwrap().detail.unwrap()
}
