//! `GET /api/v1/logs/histogram`.

use serde_json::json;
use trailproof::model::{Level, LogEntry};

use super::search::keys;
use crate::harness::{TestApp, line};

const HISTOGRAM: &str = "/api/v1/logs/histogram";

#[tokio::test]
async fn buckets_cover_the_window_and_carry_the_offset_of_the_zone() {
    let app = TestApp::new();
    let info = LogEntry { level: Level::Info, ..line("c", 30) };
    app.store.put([line("a", 10), line("b", 20), info, line("d", 1_900)]).await;

    let window = "from=2026-11-21T11:15:00Z&to=2026-11-21T12:00:00Z";
    let answer =
        app.get_as("sre", &format!("{HISTOGRAM}?{window}&interval=15m&by=level&tz=Asia/Seoul")).await.json();

    assert_eq!(keys(&answer), ["interval", "tz", "buckets", "total", "took_ms", "cache", "completeness"]);
    assert_eq!((&answer["interval"], &answer["tz"]), (&json!("15m"), &json!("Asia/Seoul")));
    let bucket = |from: &str, to: &str, count: u64, by: serde_json::Value| {
        json!({"from": format!("2026-11-21T{from}:00+09:00"), "to": format!("2026-11-21T{to}:00+09:00"),
            "count": count, "by": by})
    };
    let expected = json!([
        bucket("20:15", "20:30", 1, json!({"error": 1})),
        bucket("20:30", "20:45", 0, json!({})),
        bucket("20:45", "21:00", 3, json!({"error": 2, "info": 1})),
    ]);
    assert_eq!(answer["buckets"], expected);
    assert_eq!(answer["total"], json!({"value": 4, "relation": "eq"}));
    assert_eq!(answer["cache"], "none");
    assert_eq!(answer["completeness"]["partial"], false);
}

#[tokio::test]
async fn without_parameters_it_is_the_last_day_in_utc_not_split() {
    let app = TestApp::new();
    app.store.put([line("a", 10)]).await;

    let answer = app.get_as("viewer", HISTOGRAM).await.json();

    let buckets = answer["buckets"].as_array().unwrap();
    assert_eq!((&answer["interval"], &answer["tz"]), (&json!("15m"), &json!("UTC")));
    assert!((96..=98).contains(&buckets.len()), "{}", buckets.len());
    assert_eq!(keys(buckets.last().unwrap()), ["from", "to", "count"]);
    assert!(buckets[0]["from"].as_str().unwrap().ends_with('Z'), "{}", buckets[0]);
}

#[tokio::test]
async fn a_day_is_a_day_also_when_the_clock_is_set_back() {
    let app = TestApp::new();

    let window = "from=2026-10-24T00:00:00%2B02:00&to=2026-10-27T00:00:00%2B01:00";
    let answer =
        app.get_as("sre", &format!("{HISTOGRAM}?{window}&interval=1d&tz=Europe/Berlin")).await.json();

    let starts: Vec<_> =
        answer["buckets"].as_array().unwrap().iter().map(|bucket| bucket["from"].as_str().unwrap()).collect();
    let expected = ["2026-10-24T00:00:00+02:00", "2026-10-25T00:00:00+02:00", "2026-10-26T00:00:00+01:00"];
    assert_eq!(starts, expected);
}

#[tokio::test]
async fn lines_by_service_are_those_of_the_caller() {
    let app = TestApp::new();
    let other = LogEntry { service: "auth-service".to_owned(), ..line("b", 10) };
    app.store.put([line("a", 10), other]).await;

    let all = app.get_as("sre", &format!("{HISTOGRAM}?time_range=1m&interval=1h&by=service")).await.json();
    let own = app
        .get_as("viewer@gateway", &format!("{HISTOGRAM}?time_range=1m&interval=1h&by=service"))
        .await
        .json();

    let last = |answer: &serde_json::Value| answer["buckets"].as_array().unwrap()[0]["by"].clone();
    assert_eq!(last(&all), json!({"auth-service": 1, "gateway": 1}));
    assert_eq!(last(&own), json!({"gateway": 1}));
}

#[tokio::test]
async fn what_cannot_be_cut_is_refused() {
    let app = TestApp::new();

    for query in ["interval=fast", "interval=0s", "by=user_id", "tz=Mars/Base", "limit=5", "cursor=x"] {
        app.get_as("sre", &format!("{HISTOGRAM}?{query}")).await.problem(400, 3000);
    }
    app.get_as("sre", &format!("{HISTOGRAM}?interval=1s")).await.problem(422, 3015);
    app.get_as("sre", &format!("{HISTOGRAM}?time_range=32d")).await.problem(422, 3005);
    app.get_as("viewer@gateway", &format!("{HISTOGRAM}?service=other")).await.problem(403, 3010);
}
