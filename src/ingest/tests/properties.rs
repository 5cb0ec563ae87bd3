//! What holds for every body, also for those that nobody would write.

use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::ingest::entry::MAX_MESSAGE_BYTES;
use crate::ingest::options::body_kind;
use crate::model::LogField;
use crate::model::field::FIELDS;

const KINDS: [BodyKind; 4] = [BodyKind::Ndjson, BodyKind::JsonArray, BodyKind::JsonObject, BodyKind::Text];

/// Every name of the table, the keys with a rule of their own, and some without.
fn key() -> impl Strategy<Value = String> {
    let names = FIELDS.iter().flat_map(|field| field.aliases.iter().chain([&field.name]));
    let others = ["kind", "log", "http", "request", "level_raw", "time_source", "a", "a_2"];
    let known: Vec<&'static str> = names.copied().chain(others).collect();
    prop_oneof![4 => proptest::sample::select(known).prop_map(str::to_owned), 1 => "\\PC{0,6}"]
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        "[0-9TZ:. +,-]{0,30}".prop_map(Value::from),
        proptest::sample::select(vec!["warn", "security", "2026-11-21T09:00:00Z", "::ffff:1.2.3.4"])
            .prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            vec((key(), inner), 0..4).prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

fn assert_storable(stored: &LineToStore) {
    let entry = &stored.entry;
    assert!(entry.timestamp.is_line_time());
    assert!(entry.client_id.as_deref().is_none_or(LogId::is_allowed));
    assert!(!entry.service.is_empty() && entry.service.len() <= 255 && entry.service.trim() == entry.service);
    assert!(entry.message.len() <= MAX_MESSAGE_BYTES);
    assert!(entry.client_ip.as_deref().is_none_or(|ip| ip.parse::<std::net::IpAddr>().is_ok()));
    let wire = serde_json::to_string(entry).unwrap();
    let read = serde_json::from_str::<crate::model::LogEntry>(&wire).unwrap();
    assert_eq!(&crate::model::LogEntry { received_at: entry.received_at, ..read }, entry);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_panic(body in vec(any::<u8>(), 0..400), content_type in ".{0,20}") {
        body_kind(Some(&content_type), &body).ok();
        for content in KINDS {
            if let Ok(decoded) = decode_with(&body, &options(content)) {
                decoded.lines.iter().for_each(|(_, stored)| assert_storable(stored));
            }
        }
    }

    #[test]
    fn no_text_panics(body in "[<\\[ ]{0,2}(\\PC|[0-9:, TZ+-]|\n){0,60}") {
        if let Ok(decoded) = decode_with(body.as_bytes(), &options(BodyKind::Text)) {
            decoded.lines.iter().for_each(|(_, stored)| assert_storable(stored));
        }
    }

    #[test]
    fn every_line_is_stored_well_or_refused(lines in vec(vec((key(), value()), 0..8), 1..4)) {
        let objects: Vec<Value> =
            lines.into_iter().map(|members| Value::Object(members.into_iter().collect())).collect();
        let ndjson = objects.iter().map(Value::to_string).collect::<Vec<_>>().join("\n");

        let by_line = decode_with(ndjson.as_bytes(), &options(BodyKind::Ndjson)).unwrap();
        let by_array = decode_with(json!(objects).to_string().as_bytes(), &options(BodyKind::JsonArray)).unwrap();

        prop_assert_eq!(by_line.lines.len() + by_line.refusals.len(), objects.len());
        by_line.lines.iter().for_each(|(_, stored)| assert_storable(stored));
        prop_assert_eq!(by_line, by_array);
    }

    #[test]
    fn an_answer_can_be_sent_again_and_becomes_a_line_of_its_own(members in vec((key(), value()), 0..8)) {
        let sent = json!({LogField::Timestamp.name(): 1, "context": Value::Object(members.into_iter().collect())});
        let first = stored(&sent.to_string()).entry;

        let second = stored(&serde_json::to_string(&first).unwrap()).entry;

        let named = crate::model::LogEntry { client_id: Some(first.id.to_string()), ..first };
        prop_assert_eq!(named, second);
    }
}
