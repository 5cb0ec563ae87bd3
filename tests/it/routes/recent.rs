//! `GET /api/v1/logs/recent/{service}`.

use serde_json::json;

use super::search::keys;
use crate::harness::{TestApp, line};

const RECENT: &str = "/api/v1/logs/recent";

#[tokio::test]
async fn the_newest_lines_of_the_service_come_as_a_page_of_a_search() {
    let app = TestApp::new();
    let mut other = line("c", 0);
    other.service = "auth-service".to_owned();
    app.store.put([line("a", 2), line("b", 1), other]).await;
    app.store.put_security([line("s", 1)]).await;

    let answer = app.get_as("sre", &format!("{RECENT}/gateway?limit=1")).await;
    let page = answer.json();
    let cursor = page["page"]["next_cursor"].as_str().unwrap();
    let rest = app.get_as("sre", &format!("{RECENT}/gateway?limit=1&cursor={cursor}")).await.json();

    assert_eq!(keys(&page), ["items", "page", "total", "took_ms", "cache", "completeness", "warnings"]);
    assert_eq!(page["items"][0]["id"], "b");
    assert_eq!(page["total"], json!({"value": 2, "relation": "eq"}));
    assert_eq!(rest["items"][0]["id"], "a");
    assert_eq!(rest["page"]["next_cursor"], json!(null));
}

#[tokio::test]
async fn a_service_that_wrote_nothing_has_an_empty_page() {
    let app = TestApp::new();

    for service in ["nobody", "A", "0", "context", "values", &"x".repeat(63)] {
        let answer = app.get_as("sre", &format!("{RECENT}/{service}")).await;

        assert_eq!(answer.status, 200, "{service}: {}", answer.text());
        assert_eq!(answer.json()["items"], json!([]));
    }
}

#[tokio::test]
async fn what_is_no_name_of_a_service_is_400_or_404() {
    let app = TestApp::new();

    for name in [
        ".",
        "..",
        ".security",
        "*",
        "a,b",
        "-a",
        "a:b",
        "%3Ca%3E",
        "_all",
        "%EA%B0%80",
        "a%20b",
        "a%2Fb",
        "%2f",
        &"x".repeat(64),
    ] {
        let problem = app.get_as("sre", &format!("{RECENT}/{name}")).await.problem(400, 3000);
        assert_eq!(problem["errors"][0]["pointer"], "service", "{name}");
    }
    app.get_as("sre", &format!("{RECENT}/a%00")).await.problem(400, 3092);
    app.get_as("sre", &format!("{RECENT}/")).await.problem(404, 3083);
    app.get_as("sre", &format!("{RECENT}/a/b")).await.problem(404, 3083);
    app.get_as("sre", RECENT).await.problem(404, 3014);
    app.get_as("sre", &format!("{RECENT}/a?b")).await.problem(400, 3000);
}

#[tokio::test]
async fn a_cursor_of_one_service_does_not_open_on_another() {
    let app = TestApp::new();
    app.store.put([line("a", 2), line("b", 1)]).await;

    let first = app.get_as("sre", &format!("{RECENT}/gateway?limit=1")).await.json();
    let cursor = first["page"]["next_cursor"].as_str().unwrap();
    let next = app.get_as("sre", &format!("{RECENT}/gateway?limit=1&cursor={cursor}")).await;
    let other = app.get_as("sre", &format!("{RECENT}/auth-service?limit=1&cursor={cursor}")).await;

    assert_eq!(next.json()["items"][0]["id"], "a");
    other.problem(400, 3009);
}

#[tokio::test]
async fn a_service_outside_the_scope_is_403_whether_or_not_it_exists() {
    let app = TestApp::new();
    app.store.put([line("a", 1)]).await;

    let exists = app.get_as("viewer@auth-service", &format!("{RECENT}/gateway")).await.problem(403, 3010);
    let does_not = app.get_as("viewer@auth-service", &format!("{RECENT}/nobody")).await.problem(403, 3010);

    assert_eq!(exists["detail"], does_not["detail"]);
    assert_eq!(
        app.get_as("viewer@gateway", &format!("{RECENT}/gateway")).await.json()["items"][0]["id"],
        "a"
    );
}
