//! `POST /api/v1/logs`.

use std::io::Write as _;
use std::time::Duration;

use serde_json::json;
use trailproof::http::Surface;

use crate::harness::{Behaviour, TestApp, line};

fn ndjson(ids: &[&str]) -> String {
    ids.iter().map(|id| serde_json::to_string(&line(id, 1)).unwrap() + "\n").collect()
}

#[tokio::test]
async fn lines_that_are_all_stored_are_200() {
    let app = TestApp::new();

    let call =
        app.call("POST", "/api/v1/logs").token("service").header("content-type", "application/x-ndjson");
    let answer = call.body(ndjson(&["a", "b"])).send().await;

    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.json(), json!({"stored": 2, "refused": 0, "errors": []}));
    assert_eq!(app.store.count().await, 2);
    let metrics = app.metrics.text().unwrap();
    assert!(metrics.contains("trailproof_log_lines_total{outcome=\"stored\"} 2\n"), "{metrics}");
}

#[tokio::test]
async fn some_refused_is_207_and_none_stored_422_and_both_name_the_lines() {
    let app = TestApp::new();

    let bad = r#"{"timestamp":"2026-02-30T00:00:00Z"}"#;
    let some = app.call("POST", "/api/v1/logs").token("admin").body(ndjson(&["a"]) + bad).send().await;
    let none = app.call("POST", "/api/v1/logs").token("admin").body(format!("{bad}\n\n{bad}\n")).send().await;
    let empty = app.call("POST", "/api/v1/logs").token("admin").send().await;

    assert_eq!(some.status, 207);
    assert_eq!(some.json()["errors"][0]["line"], 2);
    assert_eq!(some.json()["errors"][0]["code"], 3012);
    let problem = none.problem(422, 3012);
    assert_eq!(problem["errors"][1]["line"], 3, "{problem}");
    empty.problem(422, 3012);
    let metrics = app.metrics.text().unwrap();
    assert!(metrics.contains("trailproof_log_lines_total{outcome=\"refused\"} 3\n"), "{metrics}");
}

#[tokio::test]
async fn every_usual_name_for_lines_of_json_is_taken() {
    let app = TestApp::new();

    for media_type in ["application/x-ndjson", "application/ndjson", "application/jsonl", "application/json"]
    {
        let call = app.call("POST", "/api/v1/logs").token("service").header("content-type", media_type);
        let answer = call.body(ndjson(&["a", "b"])).send().await;

        assert_eq!(answer.json()["stored"], 2, "{media_type}: {}", answer.text());
    }
}

#[tokio::test]
async fn gzip_is_unpacked() {
    let app = TestApp::new();
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(ndjson(&["a"]).as_bytes()).unwrap();

    let call = app.call("POST", "/api/v1/logs").token("service").header("content-encoding", "gzip");
    let answer = call.body(encoder.finish().unwrap()).send().await;

    assert_eq!(answer.json()["stored"], 1, "{}", answer.text());
}

#[tokio::test]
async fn a_body_over_5_mib_is_413_and_another_type_415() {
    let app = TestApp::new();

    let large = app.call("POST", "/api/v1/logs").token("service").body(vec![b'\n'; 5 * 1024 * 1024 + 1]);
    large.send().await.problem(413, 3086);
    let form = app.call("POST", "/api/v1/logs").token("service").body("a=b");
    form.header("content-type", "application/x-www-form-urlencoded").send().await.problem(415, 3087);
}

#[tokio::test]
async fn an_unknown_parameter_is_400() {
    let app = TestApp::new();

    let answer =
        app.call("POST", "/api/v1/logs?index=other").token("service").body(ndjson(&["a"])).send().await;

    answer.problem(400, 3000);
    assert_eq!(app.store.count().await, 0);
}

#[tokio::test]
async fn a_store_that_is_down_or_defect_is_never_a_success() {
    let app = TestApp::new();

    app.store.behave(Behaviour::IsDown);
    let down = app.call("POST", "/api/v1/logs").token("service").body(ndjson(&["a"])).send().await;
    app.store.behave(Behaviour::Panics);
    let defect = app.call("POST", "/api/v1/logs").token("service").body(ndjson(&["a"])).send().await;

    down.problem(503, 3050);
    defect.problem(500, 3099);
}

#[tokio::test]
async fn a_write_goes_on_when_its_request_has_given_up() {
    let app = TestApp::with(Surface::Everything, |limits| limits.request_time = Duration::from_millis(20));
    app.store.behave(Behaviour::Hangs);

    let answer = app.call("POST", "/api/v1/logs").token("service").body(ndjson(&["a"])).send().await;

    answer.problem(504, 3094);
    assert_eq!(app.lifecycle.tasks().len(), 1);
}
