//! The rules of a JSON line, one test each.

use serde_json::json;

use super::*;
use crate::ingest::entry::MAX_MESSAGE_BYTES;
use crate::model::{Level, LogKind};

#[test]
fn a_missing_timestamp_is_the_time_of_receipt_and_says_so() {
    for line in [r#"{"message":"m"}"#, r#"{"timestamp":null}"#] {
        assert_eq!(stored(line).entry.timestamp, now());
        assert_eq!(context_of(line), json!({"time_source": "receipt"}));
    }
}

#[test]
fn a_timestamp_that_cannot_be_read_refuses_the_line() {
    assert_eq!(refusal(r#"{"timestamp":"2026-02-30T00:00:00Z"}"#), "timestamp: impossible date 2026-02-30");
    assert!(refusal(r#"{"time":"soon"}"#).starts_with("timestamp: not a time"));
    assert!(refusal(r#"{"@timestamp":"2300-01-01T00:00:00Z"}"#).starts_with("timestamp: outside the years"));
}

#[test]
fn the_level_is_one_of_ours_and_the_original_is_kept_unless_only_its_case_differs() {
    for (sent, level, raw) in [
        (json!("error"), Level::Error, json!(null)),
        (json!("ERROR"), Level::Error, json!(null)),
        (json!("Warning"), Level::Warn, json!("Warning")),
        (json!(" warn"), Level::Warn, json!(" warn")),
        (json!(60), Level::Fatal, json!(60)),
        (json!("30"), Level::Info, json!("30")),
        (json!(35), Level::Info, json!(35)),
        (json!("loud"), Level::Info, json!("loud")),
        (json!(""), Level::Info, json!("")),
        (json!(true), Level::Info, json!(true)),
        (json!(null), Level::Info, json!(null)),
    ] {
        let line = json!({"time": 1, "level": sent}).to_string();

        assert_eq!(stored(&line).entry.level, level, "{line}");
        assert_eq!(context_of(&line).get("level_raw").cloned().unwrap_or_default(), raw, "{line}");
    }
}

#[test]
fn a_service_is_trimmed_and_may_be_missing_but_not_too_long() {
    let with = |line: &str, service| {
        let options = IngestOptions { service, ..options(BodyKind::Ndjson) };
        decode_with(line.as_bytes(), &options).unwrap().lines.remove(0).1.entry.service
    };
    let long = "가".repeat(86);

    assert_eq!(with(r#"{"service":" gateway "}"#, Some("other")), "gateway");
    assert_eq!(with(r#"{"serviceName":7}"#, None), "7");
    assert_eq!(with(r#"{"service":" "}"#, Some(" other ")), "other");
    assert_eq!(with(r#"{"service":["a"]}"#, None), "unknown");
    assert_eq!(refusal(&format!(r#"{{"service":"{long}"}}"#)), "service: longer than 255 bytes; shorten it");
}

#[test]
fn an_id_that_is_allowed_is_the_clients_and_any_other_is_context() {
    for (line, client_id, context) in [
        (r#"{"id":"a-1.b:C_d"}"#, Some("a-1.b:C_d"), json!({})),
        (r#"{"id":42}"#, Some("42"), json!({})),
        (r#"{"id":"a b"}"#, None, json!({"id": "a b"})),
        (r#"{"id":""}"#, None, json!({})),
        (r#"{"id":{"a":1}}"#, None, json!({"id": {"a": 1}})),
        (
            r#"{"client_id":"app-7","received_at":"x"}"#,
            None,
            json!({"client_id": "app-7", "received_at": "x"}),
        ),
        (r"{}", None, json!({})),
    ] {
        let mut entry = stored(line).entry;
        entry.context.shift_remove("time_source");

        assert_eq!((entry.id.as_str(), entry.client_id.as_deref()), ("made-1", client_id), "{line}");
        assert_eq!(Value::Object((*entry.context).clone()), context, "{line}");
        assert_eq!(entry.received_at, Some(now()), "{line}");
    }
}

#[test]
fn the_same_line_sent_again_has_the_same_fingerprint_and_any_other_line_another() {
    let fingerprint = |line: &str| stored(line).fingerprint;
    let line = r#"{"id":"a","timestamp":"2026-11-21T00:00:00Z","message":"m","order":7}"#;
    let later = IngestOptions { now: now().plus(60_000_000), ..options(BodyKind::Ndjson) };
    let without_time = br#"{"id":"a","message":"m"}"#;

    assert_eq!(fingerprint(r#"{"message":"m"}"#), None);
    assert_eq!(fingerprint(line), fingerprint(line));
    assert_eq!(
        decode_with(without_time, &later).unwrap().lines[0].1.fingerprint,
        decode_with(without_time, &options(BodyKind::Ndjson)).unwrap().lines[0].1.fingerprint
    );
    for (from, to) in [
        (r#""a""#, r#""b""#),
        ("00Z", "01Z"),
        (r#""timestamp":"2026-11-21T00:00:00Z","#, ""),
        (r#""m""#, r#""n""#),
        (":7", ":8"),
        (r#""order""#, r#""kind":"security","order""#),
        (r#""order""#, r#""service":"s","order""#),
    ] {
        assert_ne!(fingerprint(line), fingerprint(&line.replace(from, to)), "{to}");
    }
}

#[test]
fn an_address_is_spelled_canonically_or_kept_beside() {
    for (sent, address, raw) in [
        ("203.0.113.7", Some("203.0.113.7"), None),
        ("::ffff:203.0.113.7", Some("203.0.113.7"), None),
        (" 2001:DB8::0:1 ", Some("2001:db8::1"), None),
        ("203.0.113.7, 10.0.0.1", None, Some("203.0.113.7, 10.0.0.1")),
        ("", None, None),
    ] {
        let entry = stored(&json!({"clientIp": sent}).to_string()).entry;

        assert_eq!(entry.client_ip.as_deref(), address, "{sent}");
        assert_eq!(entry.context.get("client_ip_raw").and_then(Value::as_str), raw, "{sent}");
    }
}

#[test]
fn a_message_is_text_whatever_was_sent() {
    for (line, message) in [
        (r#"{"msg":"text"}"#, "text"),
        (r#"{"message":{"a":[1,"b"]}}"#, r#"{"a":[1,"b"]}"#),
        (r#"{"message":7.5}"#, "7.5"),
        (r#"{"message":null}"#, ""),
        (r"{}", ""),
        (r#"{"message":"nul \u0000 stays"}"#, "nul \0 stays"),
    ] {
        assert_eq!(stored(line).entry.message, message, "{line}");
    }
}

#[test]
fn a_message_over_its_limit_refuses_the_line() {
    let line = |bytes| format!(r#"{{"message":"{}"}}"#, "x".repeat(bytes));

    assert_eq!(stored(&line(MAX_MESSAGE_BYTES)).entry.message.len(), MAX_MESSAGE_BYTES);
    assert!(refusal(&line(MAX_MESSAGE_BYTES + 1)).starts_with("message: longer than 262144 bytes"));
}

#[test]
fn a_field_takes_any_scalar_and_leaves_the_rest_to_the_context() {
    let line = r#"{"time":1,"userId":12016,"path":true,"requestId":["a","b"],"traceId":null,"component":""}"#;

    let entry = stored(line).entry;

    assert_eq!((entry.user_id.as_deref(), entry.path.as_deref()), (Some("12016"), Some("true")));
    assert_eq!((entry.request_id, entry.trace_id), (None, None));
    assert_eq!(entry.component.as_deref(), Some(""));
    assert_eq!(context_of(line), json!({"requestId": ["a", "b"]}));
}

#[test]
fn a_field_that_is_too_long_is_cut_between_characters() {
    let agent = "가".repeat(2_000);
    let entry = stored(&json!({"userAgent": agent}).to_string()).entry;

    assert_eq!(entry.user_agent.unwrap(), "가".repeat(1_365));
    assert_eq!(entry.context.get("user_agent_bytes"), Some(&json!(6_000)));
}

#[test]
fn the_context_is_what_was_sent_and_loses_nothing() {
    for (line, context) in [
        (r#"{"b":1,"a":null,"context":{"c":2}}"#, json!({"c": 2, "b": 1, "a": null})),
        (
            r#"{"a":1,"context":{"a":2},"additionalContext":{"a":3,"b":4}}"#,
            json!({"a": 2, "a_2": 3, "b": 4, "a_3": 1}),
        ),
        (r#"{"a":1,"context":{"a":1}}"#, json!({"a": 1})),
        (r#"{"additionalContext":"words"}"#, json!({"additionalContext": "words"})),
        (r#"{"context":"RouterExplorer"}"#, json!({"context": "RouterExplorer"})),
        (r#"{"context":null}"#, json!({})),
        (
            r#"{"level":"loud","context":{"level_raw":"mine"}}"#,
            json!({"level_raw": "loud", "level_raw_2": "mine"}),
        ),
        (r#"{"level":"warn","context":{"level_raw":"warning"}}"#, json!({"level_raw": "warning"})),
        (
            r#"{"cluster.name":"x","cluster":{"name":"y"}}"#,
            json!({"cluster.name": "x", "cluster": {"name": "y"}}),
        ),
        (
            r#"{"service":{"version":"1"},"log":{},"http":"1.1"}"#,
            json!({"service": {"version": "1"}, "log": {}, "http": "1.1"}),
        ),
    ] {
        let line = line.replacen('{', r#"{"time":1,"#, 1);

        assert_eq!(context_of(&line), context, "{line}");
    }
}

#[test]
fn of_two_names_of_a_field_the_first_of_the_table_wins() {
    for line in
        [r#"{"time":1,"serviceName":"b","serviceId":"a"}"#, r#"{"time":1,"serviceId":"a","serviceName":"b"}"#]
    {
        assert_eq!(stored(line).entry.service, "a");
        assert_eq!(context_of(line), json!({"serviceName": "b"}));
    }
    assert_eq!(context_of(r#"{"time":1,"msg":"same","message":"same"}"#), json!({}));
}

#[test]
fn a_key_that_stands_twice_keeps_its_last_value() {
    let line = r#"{"time":1,"level":"error","level":"warn","path":"/a","path":null,"a":1,"a":2}"#;

    let entry = stored(line).entry;

    assert_eq!((entry.level, entry.path), (Level::Warn, None));
    assert_eq!(context_of(line), json!({"a": 2}));
}

#[test]
fn the_sender_names_security_and_the_level_decides_the_rest() {
    for (line, of_request, kind) in [
        (r#"{"kind":"security"}"#, None, LogKind::Security),
        (r#"{"kind":"Security","level":"fatal"}"#, Some(LogKind::App), LogKind::Security),
        (r#"{"kind":"app","level":"error"}"#, None, LogKind::Error),
        (r#"{"kind":"error"}"#, Some(LogKind::Error), LogKind::App),
        (r#"{"kind":null}"#, Some(LogKind::Security), LogKind::Security),
    ] {
        let options = IngestOptions { kind: of_request, ..options(BodyKind::Ndjson) };

        let stored = decode_with(line.as_bytes(), &options).unwrap().lines.remove(0).1;

        assert_eq!(stored.kind, kind, "{line}");
        assert_eq!(stored.entry.context.get("kind"), None);
    }
    assert_eq!(refusal(r#"{"kind":"audit"}"#), "kind: unknown word; use app, error or security");
    assert_eq!(refusal(r#"{"kind":7}"#), "kind: unknown word; use app, error or security");
}

#[test]
fn texts_are_composed_and_the_context_stays_as_it_was_sent() {
    let line = "{\"message\":\"cafe\u{301} \u{1100}\u{1161}\",\"service\":\"cafe\u{301}\",\"user_id\":\"e\u{301}\",\"note\":\"e\u{301}\"}";

    let entry = stored(line).entry;

    assert_eq!((entry.message.as_str(), entry.service.as_str()), ("café 가", "café"));
    assert_eq!(entry.user_id.as_deref(), Some("é"));
    assert_eq!(entry.context["note"], "e\u{301}");
}
