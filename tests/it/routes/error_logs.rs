//! `GET /api/v1/logs/errors`.

use serde_json::json;
use trailproof::model::Level;

use super::search::keys;
use crate::harness::{TestApp, line};

const ERRORS: &str = "/api/v1/logs/errors";

#[tokio::test]
async fn errors_come_with_their_number_per_service_over_the_whole_window() {
    let app = TestApp::new();
    let mut fatal = line("f", 3);
    (fatal.service, fatal.level) = ("auth-service".to_owned(), Level::Fatal);
    let mut warning = line("w", 0);
    warning.level = Level::Warn;
    app.store.put([line("a", 2), line("b", 1), fatal, warning]).await;
    app.store.put_security([line("s", 1)]).await;

    let page = app.get_as("sre", &format!("{ERRORS}?limit=1")).await.json();

    let expected = ["items", "page", "total", "took_ms", "cache", "completeness", "warnings", "by_service"];
    assert_eq!(keys(&page), expected);
    assert_eq!(page["items"].as_array().unwrap().len(), 1);
    assert_eq!(page["items"][0]["id"], "b");
    let by_service = json!([{"service": "gateway", "count": 2}, {"service": "auth-service", "count": 1}]);
    assert_eq!(page["by_service"], by_service);
    assert_eq!(page["total"]["value"], 3);
}

#[tokio::test]
async fn parameters_narrow_the_page_and_the_numbers() {
    let app = TestApp::new();
    let mut other = line("c", 1);
    other.service = "auth-service".to_owned();
    app.store.put([line("a", 2), line("b", 3_700), other]).await;

    let page = app.get_as("sre", &format!("{ERRORS}?time_range=1h&service=gateway")).await.json();
    let scoped = app.get_as("developer@auth-service", ERRORS).await.json();

    assert_eq!(page["by_service"], json!([{"service": "gateway", "count": 1}]));
    assert_eq!(scoped["by_service"], json!([{"service": "auth-service", "count": 1}]));
    assert_eq!(scoped["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_level_that_is_none_is_400_and_one_below_error_finds_nothing() {
    let app = TestApp::new();
    app.store.put([line("a", 2)]).await;

    for level in ["", "loud", "error,loud", "error,,warn"] {
        app.get_as("sre", &format!("{ERRORS}?level={level}")).await.problem(400, 3000);
    }
    let crit = app.get_as("sre", &format!("{ERRORS}?level=CRIT")).await.json();
    let info = app.get_as("sre", &format!("{ERRORS}?level=info")).await.json();

    assert_eq!((&crit["items"], &info["items"]), (&json!([]), &json!([])));
    assert_eq!(info["by_service"], json!([]));
}
