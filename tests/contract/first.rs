//! Words, fields, windows, pages and refusals.

use crate::engine::{Engine, ids};

const CORPUS: &str = r#"{"id":"a","timestamp":"2026-11-21T11:00:00Z","level":"error","service":"auth-service","message":"token refresh failed: redis pool exhausted","context":{"order_id":42}}
{"id":"b","timestamp":"2026-11-21T11:30:00Z","level":"info","service":"gateway","message":"GET /api/v1/orders 200","path":"/api/v1/orders","client_ip":"10.1.2.3"}
{"id":"c","timestamp":"2026-11-21T11:45:00Z","level":"WARN","service":"event-service","message":"결제실패: 한도 초과"}
{"id":"d","timestamp":"2026-11-20T11:00:00Z","level":"info","service":"gateway","message":"yesterday's token"}
"#;

pub(crate) async fn finds_by_word_field_and_conjunction_within_the_window(engine: &Engine) {
    engine.ingest(CORPUS.to_owned()).await.unwrap();

    for (query, expected) in [
        ("", vec!["c", "b", "a"]),
        ("token", vec!["a"]),
        ("TOKEN refresh", vec!["a"]),
        ("\"redis pool\"", vec!["a"]),
        ("\"pool redis\"", vec![]),
        ("service:gateway", vec!["b"]),
        ("level:warning", vec!["c"]),
        ("결제", vec!["c"]),
        ("service:auth-service AND level:error", vec!["a"]),
        ("NOT level:error", vec!["c", "b"]),
        ("client_ip:10.0.0.0/8", vec!["b"]),
        ("context.order_id:42", vec!["a"]),
        ("path:/api*", vec!["b"]),
    ] {
        assert_eq!(engine.ids(&[("query", query)]).await, expected, "{query}");
    }
    assert_eq!(engine.ids(&[("query", "token"), ("time_range", "7d")]).await, ["a", "d"]);
    assert_eq!(engine.ids(&[("sort", "asc"), ("from", "now-1h"), ("limit", "1")]).await, ["b"]);
}

pub(crate) async fn a_walk_by_cursor_gives_every_line_once(engine: &Engine) {
    let line = |number: usize| {
        format!("{{\"id\":\"n{number:03}\",\"timestamp\":\"2026-11-21T11:00:00Z\",\"message\":\"m\"}}\n")
    };
    engine.ingest((0..95).map(line).collect()).await.unwrap();

    let mut found = Vec::new();
    let mut cursor: Option<String> = None;
    loop {
        let mut parameters = vec![("limit", "10")];
        parameters.extend(cursor.as_deref().map(|cursor| ("cursor", cursor)));
        let page = engine.search(&parameters).await.unwrap();
        assert_eq!(page.total.unwrap().value, 95);
        found.extend(ids(&page));
        cursor = page.next_cursor;
        if cursor.is_none() {
            break;
        }
    }

    let expected: Vec<_> = (0..95).rev().map(|number| format!("n{number:03}")).collect();
    assert_eq!(found, expected);
}

pub(crate) async fn a_refused_line_is_named_and_the_others_are_found(engine: &Engine) {
    let body =
        "{\"id\":\"good\",\"message\":\"m\"}\n{\"id\":\"bad\",\"timestamp\":\"2026-02-30T00:00:00Z\"}\n";

    let answer = engine.ingest(body.to_owned()).await.unwrap();

    assert_eq!((answer.stored, answer.refused, answer.errors[0].line), (1, 1, Some(2)));
    assert_eq!(engine.ids(&[]).await, ["good"]);
}

pub(crate) async fn a_prefix_finds_every_word_that_begins_so(engine: &Engine) {
    // Every request brings one word of its own beside fifteen that all have.
    for request in 0..6 {
        let line = |number: usize| {
            let stem = number % 16;
            let own = if stem == 15 { format!("st3mx{request}") } else { format!("st3m{stem:02}") };
            let message = format!("{own} of job-{request}{number:03}");
            format!("{{\"timestamp\":\"2026-11-21T11:00:00Z\",\"message\":\"{message}\"}}\n")
        };
        engine.send((0..480).map(line).collect()).await.unwrap();
    }
    engine.refresh().await;

    for (query, expected) in
        [("st3m*", 2_880), ("st3mx*", 180), ("st3m0*", 1_800), ("job-1*", 480), ("job-12*", 100)]
    {
        let found = engine.search(&[("query", query), ("limit", "1")]).await.unwrap();
        assert_eq!(found.total.unwrap().value, expected, "{query}");
    }
    let line =
        |number| format!("{{\"timestamp\":\"2026-11-21T11:30:00Z\",\"message\":\"task-7{number}\"}}\n");
    let many: String = (0..3_000).map(line).collect();
    engine.ingest(many).await.unwrap();
    assert_eq!(engine.search(&[("query", "task-7*")]).await.unwrap().total.unwrap().value, 3_000);
}
