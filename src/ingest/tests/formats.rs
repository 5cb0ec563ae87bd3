//! Each logger's lines, as they were written, against the lines that are stored.

use serde_json::{Value, json};

use super::*;

macro_rules! fixture {
    ($name:literal) => {
        include_str!(concat!("../../../tests/fixtures/formats/", $name))
    };
}

/// Compares with a file of one `{"line","kind","entry"}` a stored line.
fn assert_becomes(content: BodyKind, body: &str, expected: &str) {
    let decoded = decode_with(body.as_bytes(), &options(content)).unwrap();

    let entry = |(line, stored): &(usize, LineToStore)| json!({"line": line, "kind": stored.kind, "entry": stored.entry});
    let actual: Vec<_> = decoded.lines.iter().map(entry).collect();
    let expected: Vec<Value> = expected.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let printed: Vec<_> = actual.iter().map(Value::to_string).collect();
    assert_eq!(decoded.refusals, []);
    assert_eq!(actual, expected, "stored were:\n{}", printed.join("\n"));
}

#[test]
fn our_own_lines() {
    assert_becomes(BodyKind::Ndjson, fixture!("trailproof.ndjson"), fixture!("trailproof.expected.ndjson"));
}

#[test]
fn pino_lines_of_nestjs_services() {
    assert_becomes(BodyKind::Ndjson, fixture!("pino_nestjs.ndjson"), fixture!("pino_nestjs.expected.ndjson"));
}

#[test]
fn ecs_lines_with_dotted_keys() {
    assert_becomes(BodyKind::Ndjson, fixture!("ecs_dotted.ndjson"), fixture!("ecs_dotted.expected.ndjson"));
}

#[test]
fn ecs_lines_with_nested_objects() {
    assert_becomes(BodyKind::Ndjson, fixture!("ecs_nested.ndjson"), fixture!("ecs_nested.expected.ndjson"));
}

#[test]
fn lines_of_an_elasticsearch_node() {
    let expected = fixture!("elasticsearch_server.expected.ndjson");
    assert_becomes(BodyKind::Ndjson, fixture!("elasticsearch_server.ndjson"), expected);
}

#[test]
fn logstash_lines_of_logback() {
    let expected = fixture!("logstash_logback.expected.ndjson");
    assert_becomes(BodyKind::Ndjson, fixture!("logstash_logback.ndjson"), expected);
}

#[test]
fn text_of_postgresql() {
    assert_becomes(BodyKind::Text, fixture!("postgresql.log"), fixture!("postgresql.expected.ndjson"));
}

#[test]
fn text_of_dpkg() {
    assert_becomes(BodyKind::Text, fixture!("dpkg.log"), fixture!("dpkg.expected.ndjson"));
}

#[test]
fn text_of_syslog() {
    assert_becomes(BodyKind::Text, fixture!("syslog.log"), fixture!("syslog.expected.ndjson"));
}
