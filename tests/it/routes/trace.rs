//! `GET /api/v1/logs/trace/{id}`.

use serde_json::json;
use trailproof::model::{Level, LogEntry};

use super::search::keys;
use crate::harness::{TestApp, line};

const TRACE: &str = "/api/v1/logs/trace";

fn step(id: &str, age_seconds: i64, service: &str, level: Level) -> LogEntry {
    LogEntry {
        request_id: Some("r-1".to_owned()),
        trace_id: Some("t-1".to_owned()),
        service: service.to_owned(),
        level,
        ..line(id, age_seconds)
    }
}

#[tokio::test]
async fn a_request_is_told_from_its_first_line_to_its_last() {
    let app = TestApp::new();
    // Ten days ago: without a window it looks as far back as the caller may.
    let begin = 10 * 86_400;
    app.store
        .put([
            step("c", begin - 3, "gateway", Level::Error),
            step("a", begin, "gateway", Level::Info),
            step("b", begin, "auth-service", Level::Error),
            line("other", begin),
        ])
        .await;

    let by_request = app.get_as("sre", &format!("{TRACE}/r-1")).await.json();
    let by_trace = app.get_as("sre", &format!("{TRACE}/t-1")).await.json();

    assert_eq!(keys(&by_request), ["items", "services", "first_error", "gaps"]);
    let ids: Vec<_> = by_request["items"].as_array().unwrap().iter().map(|item| &item["id"]).collect();
    assert_eq!(ids, ["a", "b", "c"]);
    let services = json!([{"service": "gateway", "count": 2}, {"service": "auth-service", "count": 1}]);
    assert_eq!(by_request["services"], services);
    assert_eq!(by_request["first_error"], by_request["items"][1]);
    assert_eq!(by_request["gaps"], json!([{"after": "b", "seconds": 3.0}]));
    assert_eq!(by_trace, by_request);
}

#[tokio::test]
async fn an_id_that_nobody_wrote_is_empty() {
    let app = TestApp::new();

    for id in ["nobody", "%EA%B0%80", &"x".repeat(700)] {
        let answer = app.get_as("viewer@gateway", &format!("{TRACE}/{id}")).await;

        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(answer.json(), json!({"items": [], "services": [], "first_error": null, "gaps": []}));
    }
}

#[tokio::test]
async fn only_lines_of_the_own_services_are_told() {
    let app = TestApp::new();
    app.store.put([step("a", 2, "gateway", Level::Info), step("b", 1, "auth-service", Level::Error)]).await;

    let answer = app.get_as("viewer@gateway", &format!("{TRACE}/r-1")).await.json();

    assert_eq!(answer["items"].as_array().unwrap().len(), 1);
    assert_eq!(answer["first_error"], json!(null));
}

#[tokio::test]
async fn a_window_narrows_it_and_an_order_makes_no_sense() {
    let app = TestApp::new();
    app.store.put([step("a", 7_200, "gateway", Level::Info), step("b", 1, "gateway", Level::Info)]).await;

    let answer = app.get_as("sre", &format!("{TRACE}/r-1?time_range=1h")).await.json();

    assert_eq!(answer["items"].as_array().unwrap().len(), 1);
    for query in ["sort=desc", "limit=5", "cursor=x", "total=none", "request_id=a", "fields=id"] {
        app.get_as("sre", &format!("{TRACE}/r-1?{query}")).await.problem(400, 3000);
    }
}
