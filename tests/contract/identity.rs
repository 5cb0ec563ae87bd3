//! What a client's `id` does, and what it does not: no line is lost by it, and no writer hides another's.

use std::collections::BTreeSet;
use std::time::Duration;

use trailproof::error::ErrorCode;
use trailproof::model::LogEntry;

use crate::callers::sre;
use crate::engine::{Engine, ids};

const LINES: usize = 5_000;

/// Some programs number their messages, and not their lines.
pub(crate) async fn lines_with_one_client_id_are_all_kept_and_met_once(engine: &Engine) {
    let line = |number: usize| {
        let second = number % 60;
        format!(
            "{{\"id\":22943,\"time\":\"2026-11-21T11:00:{second:02}Z\",\"service\":\"mongo\",\"msg\":\"accepted {number}\"}}\n"
        )
    };
    let answer = engine.ingest((0..LINES).map(line).collect()).await.unwrap();
    assert_eq!((answer.stored, answer.refused), (LINES, 0));

    for (sort, limit) in [("desc", "50"), ("asc", "617")] {
        let met = walk(engine, &[("query", "id:22943"), ("sort", sort), ("limit", limit)]).await;

        let messages: BTreeSet<_> = met.iter().map(|entry| &entry.message).collect();
        let own: BTreeSet<_> = met.iter().map(|entry| entry.id.as_str()).collect();
        assert_eq!((met.len(), messages.len(), own.len()), (LINES, LINES, LINES), "{sort} {limit}");
    }
}

pub(crate) async fn the_same_line_sent_again_is_one_line_and_any_other_is_kept(engine: &Engine) {
    let body = r#"{"id":"a","timestamp":"2026-11-21T11:00:00Z","service":"shop","message":"sold"}
{"id":"b","service":"shop","message":"without a time"}
{"id":"a","timestamp":"2026-11-21T11:00:00Z","service":"shop","message":"sold"}
{"timestamp":"2026-11-21T11:00:00Z","service":"shop","message":"without an id"}
"#;
    let others = r#"{"id":"a","timestamp":"2026-11-21T11:00:01Z","service":"shop","message":"sold"}
{"id":"a","timestamp":"2026-11-21T11:00:00Z","service":"shop","message":"sold","context":{"count":2}}
{"id":"a","timestamp":"2026-11-21T11:00:00Z","service":"shop","message":"sold","kind":"security"}
"#;
    for _ in 0..3 {
        let answer = engine.ingest(body.to_owned()).await.unwrap();
        assert_eq!((answer.stored, answer.refused), (4, 0));
        engine.clock.advance(Duration::from_mins(20));
    }
    engine.ingest(others.to_owned()).await.unwrap();

    let named = async |query| engine.search(&[("query", query)]).await.unwrap().items;
    assert_eq!(named("without a time").await.len(), 1);
    assert_eq!(named("without an id").await.len(), 3);
    assert_eq!(named("id:a").await.len(), 4);
    if engine.cluster.is_none() {
        engine.clock.advance(Duration::from_mins(41));
        engine.ingest(body.to_owned()).await.unwrap();
        assert_eq!(named("without a time").await.len(), 2);
    }
}

pub(crate) async fn two_services_with_one_client_id_hide_nothing_from_each_other(engine: &Engine) {
    let line = |service: &str| {
        format!(
            "{{\"id\":\"req-7\",\"timestamp\":\"2026-11-21T11:00:00Z\",\"service\":\"{service}\",\"message\":\"m\"}}\n"
        )
    };
    engine.ingest([line("shop"), line("bank")].concat()).await.unwrap();

    for query in ["id:req-7", "client_id:req-7", "id:req-*", "client_id:[req-1 TO req-8]", "client_id:*"] {
        let found = engine.search(&[("query", query)]).await.unwrap();

        let mut services: Vec<_> = found.items.iter().map(|entry| entry.service.as_str()).collect();
        services.sort_unstable();
        assert_eq!((services, ids(&found)), (vec!["bank", "shop"], vec!["req-7".to_owned(); 2]), "{query}");
        for entry in &found.items {
            let by_id = engine.service.get_log(&sre(), entry.id.as_str()).await.unwrap();
            assert_eq!((&by_id.service, &by_id.client_id), (&entry.service, &entry.client_id));
            let query = format!("id:{}", entry.id);
            assert_eq!(engine.search(&[("query", &query)]).await.unwrap().items, std::slice::from_ref(entry));
        }
    }
    let refused = engine.service.get_log(&sre(), "req-7").await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::LineNotFound);
    assert_eq!(engine.ids(&[("query", "received_at:>=now")]).await.len(), 2);
    assert_eq!(engine.ids(&[("query", "received_at:<now")]).await, Vec::<String>::new());
}

/// Every line of a search, page by page.
async fn walk(engine: &Engine, given: &[(&str, &str)]) -> Vec<LogEntry> {
    let mut met = Vec::new();
    let mut cursor: Option<String> = None;
    loop {
        let after: Vec<_> = cursor.as_deref().map(|cursor| ("cursor", cursor)).into_iter().collect();
        let page = engine.search(&[given, &after].concat()).await.unwrap();
        met.extend(page.items);
        cursor = page.next_cursor;
        if cursor.is_none() || met.len() > LINES {
            return met;
        }
    }
}
