//! A document, whoever wrote it, as a log line. Every document is one.

use serde_json::{Map, Value};

use crate::model::ordered_leaf::CONTEXT_ORDERED;
use crate::model::{Level, LogContext, LogEntry, LogField, LogId, Micros};
use crate::repository::elastic::layout::FieldNames;
use crate::repository::elastic::query::UNKNOWN_SERVICE;
use crate::repository::elastic::write::CONTEXT_SENT;

/// Key of the context for a level in other words than ours.
const LEVEL_RAW: &str = "level_raw";

/// Makes a line of whatever a document holds under these names; `nanos` is the time that it was sorted by.
pub(crate) fn line(
    document_id: String,
    mut source: Map<String, Value>,
    nanos: Option<i64>,
    names: &FieldNames,
) -> LogEntry {
    let sorted = nanos.map(|nanos| Micros::new(nanos.div_euclid(1_000)));
    let mut take = |field: LogField| take_field(&mut source, names.of(field));
    let timestamp = settled_time(take(LogField::Timestamp).and_then(|value| time(&value)), sorted);
    let received_at = take(LogField::ReceivedAt).and_then(|value| time(&value));
    let level = take(LogField::Level);
    let mut text = |field: LogField| take(field).map(text);
    let mut entry = LogEntry {
        id: LogId::stored(text(LogField::Id).unwrap_or(document_id)),
        client_id: text(LogField::ClientId),
        timestamp,
        received_at,
        level: Level::default(),
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
        context: context(source, names),
    };
    if let Some(written) = level {
        set_level(&mut entry, written);
    }
    entry
}

/// A value as text: strings as they are, a list of one as its item, everything else as JSON.
pub(crate) fn text(value: Value) -> String {
    match value {
        Value::String(text) => text,
        Value::Array(mut items) if items.len() == 1 => items.pop().map(text).unwrap_or_default(),
        other @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => {
            other.to_string()
        }
    }
}

/// Takes the value at the first path that has one. An object is no value: other fields may be in it.
fn take_field(source: &mut Map<String, Value>, paths: &[String]) -> Option<Value> {
    paths.iter().find_map(|path| take_at(source, path))
}

/// Takes the value at a dotted path, whether the document writes it as nested objects, as one dotted key, or as a mixture.
fn take_at(members: &mut Map<String, Value>, path: &str) -> Option<Value> {
    match members.get(path) {
        Some(Value::Null) => drop(members.shift_remove(path)),
        Some(Value::Object(_)) | None => {}
        Some(_) => return members.shift_remove(path),
    }
    let splits = path.match_indices('.').filter_map(|(at, _)| Some((path.get(..at)?, path.get(at + 1..)?)));
    for (head, tail) in splits {
        let Some(Value::Object(inner)) = members.get_mut(head) else { continue };
        let Some(value) = take_at(inner, tail) else { continue };
        if inner.is_empty() {
            members.shift_remove(head);
        }
        return Some(value);
    }
    None
}

/// What belongs to no field, with the members of the objects that are context by name.
fn context(mut source: Map<String, Value>, names: &FieldNames) -> LogContext {
    let objects: Vec<_> = names.of(LogField::Context).iter().filter(|prefix| !prefix.is_empty()).collect();
    // As it was sent, where the object itself holds only a part of it; nobody but us writes it so.
    let is_ours = names.of(LogField::Context) == [LogField::Context.spec().elastic];
    if let (true, Some(Value::String(sent))) = (is_ours, source.get(CONTEXT_SENT))
        && serde_json::from_str::<Map<String, Value>>(sent).is_ok()
    {
        return LogContext::from_json(sent.trim().to_owned());
    }
    if is_ours {
        source.shift_remove(CONTEXT_ORDERED);
    }
    let mut context = Map::new();
    for prefix in objects {
        match source.shift_remove(prefix) {
            Some(Value::Object(members)) => context.extend(members),
            Some(Value::Null) | None => {}
            Some(other) => drop(context.insert(prefix.clone(), other)),
        }
    }
    if context.is_empty() {
        return source.into();
    }
    for (key, value) in source {
        context.entry(key).or_insert(value);
    }
    context.into()
}

/// Reads the level; what was written stands beside it unless only the case differs.
fn set_level(entry: &mut LogEntry, written: Value) {
    let word = text(written.clone());
    entry.level = Level::parse(&word).unwrap_or_default();
    let is_ours = entry.level.as_str().eq_ignore_ascii_case(word.trim());
    if !is_ours && !entry.context.contains_key(LEVEL_RAW) {
        entry.context.insert(LEVEL_RAW.to_owned(), written);
    }
}

/// The time as it was written, which may be finer than what the index knows; but only where both mean the same moment.
fn settled_time(written: Option<Micros>, sorted: Option<Micros>) -> Micros {
    match (written, sorted) {
        (Some(written), Some(sorted)) if written.millis() != sorted.millis() => sorted,
        (Some(time), _) | (None, Some(time)) => time,
        (None, None) => Micros::default(),
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
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::*;
    use crate::model::Preset;

    fn line_of(source: Value, preset: Preset) -> LogEntry {
        let Value::Object(source) = source else { panic!("a document is an object") };
        line("doc".to_owned(), source, None, &FieldNames::new(preset, &BTreeMap::new()))
    }

    fn json_of(source: Value, preset: Preset) -> Value {
        serde_json::to_value(line_of(source, preset)).unwrap()
    }

    #[test]
    fn a_line_of_ours_comes_back_as_it_was() {
        let line = json!({"id": "a", "level": "error", "service": "gw", "message": "m",
            "client_ip": "10.0.0.1", "context": {"b": 1, "a": [true]}});
        let mut stored = line.clone();
        stored["@timestamp"] = json!("2026-11-21T00:00:00.123456Z");
        stored["context_ordered"] = json!(["b\u{0}p5011"]);

        let mut shown = json_of(stored, Preset::Trailproof);

        assert_eq!(
            shown.as_object_mut().unwrap().remove("timestamp").unwrap(),
            "2026-11-21T00:00:00.123456Z"
        );
        assert_eq!(shown, line);
    }

    #[test]
    fn a_context_that_was_kept_apart_comes_back_whole() {
        let line = line_of(
            json!({"id": "a", "context": {"b": 1}, "context_sent": "{\"a\":\"long\",\"b\":1}"}),
            Preset::Trailproof,
        );

        assert_eq!(serde_json::to_string(&line.context).unwrap(), "{\"a\":\"long\",\"b\":1}");
    }

    #[test]
    fn a_document_without_anything_is_still_a_line() {
        let line = line_of(json!({}), Preset::Trailproof);

        assert_eq!((line.id.as_str(), line.level, line.service.as_str()), ("doc", Level::Info, "unknown"));
        assert_eq!((line.timestamp, line.context.is_empty()), (Micros::new(0), true));
    }

    #[test]
    fn values_of_other_types_are_read_as_text_and_objects_are_none() {
        let line = line_of(
            json!({"id": 7, "@timestamp": "yesterday", "level": 50, "service": ["gw"], "message": ["a", 1],
                "user_id": null, "path": true, "method": {"verb": "GET"}, "context": "text"}),
            Preset::Trailproof,
        );

        assert_eq!((line.id.as_str(), line.level, line.service.as_str()), ("7", Level::Error, "gw"));
        assert_eq!((line.message.as_str(), line.path.as_deref()), ("[\"a\",1]", Some("true")));
        assert_eq!((line.user_id.as_deref(), line.method.as_deref()), (None, None));
        let context = serde_json::to_value(&line.context).unwrap();
        assert_eq!(context, json!({"context": "text", "method": {"verb": "GET"}, "level_raw": 50}));
    }

    #[test]
    fn documents_of_filebeat_are_read_dotted_or_nested() {
        let nested = json!({"@timestamp": "2026-11-21T00:00:00.123Z", "log": {"level": "ERROR", "offset": 7},
            "service": {"name": "auth"}, "message": "m", "http": {"request": {"id": "r", "method": "GET"}},
            "host": {"name": "web-1"}});
        let dotted = json!({"@timestamp": "2026-11-21T00:00:00.123Z", "log.level": "ERROR", "log.offset": 7,
            "service.name": "auth", "message": "m", "http.request": {"id": "r", "method": "GET"}, "host.name": "web-1"});

        let from_nested = line_of(nested, Preset::Ecs);
        let from_dotted = line_of(dotted, Preset::Ecs);

        assert_eq!(
            (from_nested.service.as_str(), from_nested.level, from_nested.request_id.as_deref()),
            ("auth", Level::Error, Some("r"))
        );
        assert_eq!(
            serde_json::to_value(&from_nested.context).unwrap(),
            json!({"log": {"offset": 7}, "host": {"name": "web-1"}})
        );
        let without_context = |line: LogEntry| LogEntry { context: LogContext::default(), ..line };
        assert_eq!(without_context(from_dotted), without_context(from_nested));
    }

    #[test]
    fn lines_of_the_services_are_read_with_their_context() {
        let line = line_of(
            json!({"timestamp": "2026-11-21T00:00:00Z", "level": 40, "msg": "slow", "serviceId": "gateway",
                "requestId": "r", "clientIp": "10.0.0.1", "additionalContext": {"tenant": "t"}, "pid": 7}),
            Preset::Pino,
        );

        assert_eq!(
            (line.level, line.message.as_str(), line.service.as_str()),
            (Level::Warn, "slow", "gateway")
        );
        let context = serde_json::to_value(&line.context).unwrap();
        assert_eq!(context, json!({"tenant": "t", "pid": 7, "level_raw": 40}));
    }

    #[test]
    fn the_first_name_that_has_a_value_counts() {
        let service = |source| line_of(source, Preset::Logstash).service;

        assert_eq!(service(json!({"service": {"name": "a"}, "application": "b"})), "a");
        assert_eq!(service(json!({"service": "c", "application": "b"})), "c");
        assert_eq!(service(json!({"service": null, "application": "b"})), "b");
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
    fn a_time_in_other_units_is_the_one_that_the_index_knows() {
        let sorted = Micros::parse_rfc3339("2026-11-21T00:00:00.123Z").unwrap();

        assert_eq!(settled_time(Some(Micros::from_millis(1_795_219_200)), Some(sorted)), sorted);
        assert_eq!(settled_time(Some(sorted.plus(456)), Some(sorted)), sorted.plus(456));
        assert_eq!(settled_time(None, Some(sorted)), sorted);
    }
}
