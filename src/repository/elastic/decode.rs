//! Answers of a search to our types. Tolerant of every document, strict about the frame around them: a frame that is
//! not complete must not look like an empty result.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::STORE;
use super::answer::unavailable;
use crate::model::page::{Relation, Row, Rows};
use crate::model::{Completeness, Level, LogEntry, LogField, LogId, Micros, Position, Total, TotalMode};
use crate::repository::{StoreError, StoreResult};

/// Service of a line that names none.
const UNKNOWN_SERVICE: &str = "unknown";

/// Answer of `_search`.
#[derive(Debug, Deserialize)]
pub(super) struct SearchAnswer {
    timed_out: bool,
    #[serde(rename = "_shards")]
    shards: Shards,
    pub(super) hits: Hits,
    #[serde(default)]
    pub(super) aggregations: Map<String, Value>,
}

#[derive(Debug, Deserialize)]
struct Shards {
    total: u64,
    failed: u64,
}

/// The lines of an answer.
#[derive(Debug, Deserialize)]
pub(super) struct Hits {
    total: Option<HitCount>,
    hits: Vec<Hit>,
}

#[derive(Debug, Deserialize)]
struct HitCount {
    value: u64,
    relation: Relation,
}

/// One document.
#[derive(Debug, Deserialize)]
pub(super) struct Hit {
    #[serde(rename = "_id")]
    id: String,
    #[serde(rename = "_source", default)]
    source: Map<String, Value>,
    #[serde(default)]
    sort: Vec<Value>,
}

impl SearchAnswer {
    /// Refuses an answer that a server gave up on: which lines it holds is a matter of chance.
    pub(super) fn finished(self, timeout_ms: u64) -> StoreResult<Self> {
        if self.timed_out {
            return Err(StoreError::Timeout { store: STORE, timeout_ms });
        }
        if self.shards.total > 0 && self.shards.failed >= self.shards.total {
            return Err(unavailable("no shard answered"));
        }
        Ok(self)
    }

    /// Whether all shards answered.
    pub(super) fn completeness(&self) -> Completeness {
        Completeness {
            partial: self.shards.failed > 0,
            failed_shards: self.shards.failed,
            ..Completeness::default()
        }
    }

    /// Whether there was no index at all to search.
    pub(super) fn searched_nothing(&self) -> bool {
        self.shards.total == 0
    }

    /// How many lines were counted.
    pub(super) fn total(&self, mode: TotalMode) -> Option<Total> {
        let count = self.hits.total.as_ref()?;
        match mode {
            TotalMode::Bounded => Some(Total::bounded(count.value)),
            TotalMode::Exact => Some(Total { value: count.value, relation: count.relation }),
            TotalMode::None => None,
        }
    }

    /// The lines in order.
    pub(super) fn into_rows(self, mode: TotalMode) -> Rows {
        let (total, completeness) = (self.total(mode), self.completeness());
        Rows { rows: self.hits.hits.into_iter().map(Hit::into_row).collect(), total, completeness }
    }
}

impl Hit {
    fn into_row(self) -> Row {
        let sorted_by_time = self.sort.first().and_then(Value::as_i64);
        let sorted_by_id = self.sort.get(1).and_then(Value::as_str).map(str::to_owned);
        let entry = entry(self.id, self.source, sorted_by_time);
        let position = Position {
            time: sorted_by_time.unwrap_or_else(|| entry.timestamp.nanos()),
            id: sorted_by_id.unwrap_or_else(|| entry.id.as_str().to_owned()),
        };
        Row { entry, position }
    }
}

/// Makes a line of whatever a document holds; `nanos` is its time where the document shows none that can be read.
fn entry(document_id: String, mut source: Map<String, Value>, nanos: Option<i64>) -> LogEntry {
    let mut take = |field: LogField| source.remove(field.spec().elastic).filter(|value| !value.is_null());
    let timestamp = take(LogField::Timestamp)
        .and_then(|value| time(&value))
        .or_else(|| nanos.map(|nanos| Micros::new(nanos.div_euclid(1_000))))
        .unwrap_or_default();
    let context = match take(LogField::Context) {
        Some(Value::Object(context)) => context,
        Some(other) => Map::from_iter([("value".to_owned(), other)]),
        None => Map::new(),
    };
    let mut text = |field: LogField| take(field).map(text);
    LogEntry {
        id: LogId::stored(text(LogField::Id).unwrap_or(document_id)),
        timestamp,
        level: text(LogField::Level).and_then(|word| Level::parse(&word)).unwrap_or_default(),
        service: text(LogField::Service).unwrap_or_else(|| UNKNOWN_SERVICE.to_owned()),
        message: text(LogField::Message).unwrap_or_default(),
        request_id: text(LogField::RequestId),
        trace_id: text(LogField::TraceId),
        span_id: text(LogField::SpanId),
        user_id: text(LogField::UserId),
        path: text(LogField::Path),
        method: text(LogField::Method),
        client_ip: text(LogField::ClientIp),
        user_agent: text(LogField::UserAgent),
        component: text(LogField::Component),
        context: context.into(),
    }
}

/// A value as text: strings as they are, a list of one as its item, everything else as JSON.
pub(super) fn text(value: Value) -> String {
    match value {
        Value::String(text) => text,
        Value::Array(mut items) if items.len() == 1 => items.pop().map(text).unwrap_or_default(),
        other @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => {
            other.to_string()
        }
    }
}

/// Reads a time as other writers store it: with an offset, without one (UTC), or in epoch milliseconds.
fn time(value: &Value) -> Option<Micros> {
    if let Some(millis) = value.as_i64() {
        return Some(Micros::from_millis(millis));
    }
    let text = match value {
        Value::Array(items) => items.first()?.as_str()?,
        other => other.as_str()?,
    };
    Micros::parse_rfc3339(text)
        .or_else(|| Micros::parse_rfc3339(&format!("{text}Z")))
        .or_else(|| text.parse().ok().map(Micros::from_millis))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn answer(mut changes: Value) -> SearchAnswer {
        let mut frame =
            json!({"timed_out": false, "_shards": {"total": 3, "failed": 0}, "hits": {"hits": []}});
        frame.as_object_mut().unwrap().append(changes.as_object_mut().unwrap());
        serde_json::from_value(frame).unwrap()
    }

    fn row(hit: Value) -> Row {
        serde_json::from_value::<Hit>(hit).unwrap().into_row()
    }

    #[test]
    fn a_line_of_ours_comes_back_as_it_was() {
        let row = row(json!({"_id": "a", "sort": [1_795_219_200_123_456_000_i64, "a"], "_source": {
            "id": "a", "@timestamp": "2026-11-21T00:00:00.123456Z", "level": "error", "service": "gw",
            "message": "m", "client_ip": "10.0.0.1", "context": {"b": 1, "a": [true]}}}));

        assert_eq!(row.position, Position { time: 1_795_219_200_123_456_000, id: "a".to_owned() });
        assert_eq!(
            serde_json::to_value(&row.entry).unwrap(),
            json!({"id": "a", "timestamp": "2026-11-21T00:00:00.123456Z", "level": "error", "service": "gw",
                "message": "m", "client_ip": "10.0.0.1", "context": {"b": 1, "a": [true]}})
        );
    }

    #[test]
    fn a_document_without_anything_is_still_a_line() {
        let row = row(json!({"_id": "x y"}));

        assert_eq!(row.entry.id.as_str(), "x y");
        assert_eq!((row.entry.level, row.entry.service.as_str()), (Level::Info, "unknown"));
        assert_eq!((row.entry.timestamp, row.position.id.as_str()), (Micros::new(0), "x y"));
    }

    #[test]
    fn values_of_other_types_are_read_as_text() {
        let row = row(json!({"_id": "a", "sort": [5_000, null], "_source": {
            "id": 7, "@timestamp": "yesterday", "level": 50, "service": ["gw"], "message": {"a": 1},
            "user_id": null, "path": true, "method": ["GET", "PUT"], "context": "text"}}));

        let entry = row.entry;
        assert_eq!((entry.id.as_str(), entry.timestamp), ("7", Micros::new(5)));
        assert_eq!(
            (entry.level, entry.service.as_str(), entry.message.as_str()),
            (Level::Error, "gw", "{\"a\":1}")
        );
        assert_eq!((entry.user_id, entry.path.as_deref()), (None, Some("true")));
        assert_eq!(entry.method.as_deref(), Some("[\"GET\",\"PUT\"]"));
        assert_eq!(entry.context["value"], "text");
    }

    #[test]
    fn times_of_other_writers_are_read() {
        let expected = Micros::parse_rfc3339("2026-11-21T00:00:00.123Z");

        for written in [
            json!("2026-11-21T00:00:00.123Z"),
            json!("2026-11-21T09:00:00.123999999+09:00"),
            json!("2026-11-21T00:00:00.123"),
            json!(1_795_219_200_123_i64),
            json!("1795219200123"),
            json!(["2026-11-21T00:00:00.123Z"]),
        ] {
            assert_eq!(time(&written).map(Micros::millis), expected.map(Micros::millis), "{written}");
        }
        assert_eq!(time(&json!({"a": 1})), None);
    }

    #[test]
    fn an_answer_that_was_given_up_or_that_no_shard_gave_is_an_error() {
        let given_up = answer(json!({"timed_out": true})).finished(8_000);
        let no_shard = answer(json!({"_shards": {"total": 2, "failed": 2}})).finished(8_000);

        assert!(matches!(given_up, Err(StoreError::Timeout { timeout_ms: 8_000, .. })));
        assert!(matches!(no_shard, Err(StoreError::Unavailable { .. })));
        assert!(answer(json!({"_shards": {"total": 0, "failed": 0}})).finished(8_000).is_ok());
    }

    #[test]
    fn failed_shards_make_a_partial_answer() {
        let rows = answer(json!({"_shards": {"total": 3, "failed": 1}})).into_rows(TotalMode::None);

        assert_eq!((rows.completeness.partial, rows.completeness.failed_shards), (true, 1));
    }

    #[test]
    fn a_frame_without_its_parts_is_no_answer() {
        for frame in [
            json!({}),
            json!({"timed_out": false, "hits": {"hits": []}}),
            json!({"timed_out": false, "_shards": {"total": 1, "failed": 0}}),
            json!({"timed_out": false, "_shards": {"total": 1, "failed": 0}, "hits": {}}),
        ] {
            assert!(serde_json::from_value::<SearchAnswer>(frame.clone()).is_err(), "{frame}");
        }
    }

    #[test]
    fn totals_are_bounded_exact_or_absent() {
        let counted = |value: u64, relation: &str| {
            answer(json!({"hits": {"total": {"value": value, "relation": relation}, "hits": []}}))
        };

        assert_eq!(counted(10_000, "eq").total(TotalMode::Bounded), Some(Total::exactly(10_000)));
        assert_eq!(
            counted(10_001, "gte").total(TotalMode::Bounded),
            Some(Total { value: 10_000, relation: Relation::Gte })
        );
        assert_eq!(counted(123_456, "eq").total(TotalMode::Exact), Some(Total::exactly(123_456)));
        assert_eq!(answer(json!({})).total(TotalMode::None), None);
    }
}
