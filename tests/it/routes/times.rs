//! Times in parameters and in the query: epoch numbers, and what `tz` decides.

use serde_json::{Value, json};

use crate::harness::{TestApp, line};

const SEARCH: &str = "/api/v1/logs/search";

fn ids(page: &Value) -> Vec<&str> {
    page["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn an_epoch_number_is_understood_by_its_size() {
    let app = TestApp::new();
    // At 11:59:50 and 11:59:30; the numbers below are 11:59:40.
    app.store.put([line("after", 10), line("before", 30)]).await;

    for number in ["1795262380", "1795262380.0", "1795262380000", "1795262380000000", "1795262380000000000"] {
        let page = app.get_as("sre", &format!("{SEARCH}?from={number}")).await.json();
        assert_eq!(ids(&page), ["after"], "from={number}");
        let page = app.get_as("sre", &format!("{SEARCH}?to={number}")).await.json();
        assert_eq!(ids(&page), ["before"], "to={number}");
        let page = app.get_as("sre", &format!("{SEARCH}?query=timestamp:%3E={number}")).await.json();
        assert_eq!(ids(&page), ["after"], "timestamp:>={number}");
    }
    let body = app.call("POST", SEARCH).token("sre").json(&json!({"from": 1_795_262_380})).send().await;
    assert_eq!(ids(&body.json()), ["after"]);
}

#[tokio::test]
async fn a_time_without_an_offset_is_one_of_tz_and_refused_without_it() {
    let app = TestApp::new();
    app.store.put([line("after", 10), line("before", 30)]).await;

    for parameters in [
        "from=2026-11-21T20:59:40&tz=Asia/Seoul",
        "from=2026-11-21%2020:59:40&tz=%2B09:00",
        "from=2026-11-21T11:59:40&tz=UTC",
        "query=timestamp:%3E=2026-11-21T20:59:40&tz=Asia/Seoul",
        "query=timestamp:%5B2026-11-21T20:59:40%20TO%20now%5D&tz=Asia/Seoul",
    ] {
        let answer = app.get_as("sre", &format!("{SEARCH}?{parameters}")).await;
        assert_eq!(answer.status, 200, "{parameters}: {}", answer.text());
        assert_eq!(ids(&answer.json()), ["after"], "{parameters}");
    }
    for parameters in ["from=2026-11-21T11:59:40", "query=timestamp:%3E=2026-11-21T11:59:40"] {
        let problem = app.get_as("sre", &format!("{SEARCH}?{parameters}")).await.problem(400, 3007);
        assert!(problem["detail"].as_str().unwrap().contains("tz"), "{problem}");
    }
}

#[tokio::test]
async fn days_of_date_math_are_those_of_tz() {
    let app = TestApp::new();
    // At 12:00:00 UTC it is 21:00 in Seoul: the day there began 21 hours ago, in UTC 12 hours ago.
    app.store.put([line("today-in-seoul", 20 * 3_600), line("today", 11 * 3_600)]).await;

    for asked in ["from=now/d", "from=now-2d&query=timestamp:now/d"] {
        let utc = app.get_as("sre", &format!("{SEARCH}?{asked}")).await.json();
        let seoul = app.get_as("sre", &format!("{SEARCH}?{asked}&tz=Asia/Seoul")).await.json();
        assert_eq!(ids(&utc), ["today"], "{asked}");
        assert_eq!(ids(&seoul), ["today", "today-in-seoul"], "{asked}");
    }
}
