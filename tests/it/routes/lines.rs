//! `GET /api/v1/logs/{id}` and `/{id}/context`.

use serde_json::{Value, json};
use trailproof::model::LogEntry;

use super::search::keys;
use crate::harness::{TestApp, line};

fn ids(items: &Value) -> Vec<&str> {
    items.as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap()).collect()
}

fn of(service: &str, id: &str, age_seconds: i64) -> LogEntry {
    LogEntry { service: service.to_owned(), ..line(id, age_seconds) }
}

#[tokio::test]
async fn a_line_is_found_by_its_id_as_it_stands_in_a_page() {
    let app = TestApp::new();
    app.store.put([line("a", 1)]).await;

    let found = app.get_as("sre", "/api/v1/logs/a").await;
    let page = app.get_as("sre", "/api/v1/logs/search").await.json();

    assert_eq!(found.status, 200);
    assert_eq!(found.json(), page["items"][0]);
}

#[tokio::test]
async fn a_line_that_does_not_exist_or_must_not_be_seen_is_404_in_the_same_words() {
    let app = TestApp::new();
    app.store.put([line("a", 1)]).await;
    app.store.put_security([line("s", 1)]).await;

    for path in ["", "/context"] {
        let details: Vec<_> = [
            app.get_as("sre", &format!("/api/v1/logs/b{path}")).await,
            app.get_as("viewer@auth-service", &format!("/api/v1/logs/a{path}")).await,
            app.get_as("developer@gateway", &format!("/api/v1/logs/s{path}")).await,
            app.get_as("sre", &format!("/api/v1/logs/{}{path}", "x".repeat(600))).await,
            app.get_as("sre", &format!("/api/v1/logs/%EA%B0%80{path}")).await,
        ]
        .iter()
        .map(|answer| answer.problem(404, 3014)["detail"].to_string())
        .collect();
        assert!(details.windows(2).all(|pair| pair[0] == pair[1]), "{details:?}");
    }
    assert_eq!(app.get_as("auditor", "/api/v1/logs/s").await.json()["id"], "s");
}

#[tokio::test]
async fn a_name_of_a_route_is_never_an_id() {
    let app = TestApp::new();
    app.store.put(["search", "errors", "fields", "histogram", "tail"].map(|id| line(id, 1))).await;

    for route in ["search", "errors", "fields", "histogram"] {
        let answer = app.get_as("sre", &format!("/api/v1/logs/{route}")).await;
        assert_eq!(answer.json()["id"], json!(null), "{route}");
    }
}

#[tokio::test]
async fn the_neighbours_of_a_line_come_in_order_on_both_sides() {
    let app = TestApp::new();
    let lines = (0..50).map(|index| line(&format!("l{index:02}"), 100 - index));
    app.store.put(lines).await;
    app.store.put([of("auth-service", "other", 75)]).await;

    let default = app.get_as("sre", "/api/v1/logs/l25/context").await.json();
    let few = app.get_as("sre", "/api/v1/logs/l25/context?before=2&after=1").await.json();
    let same = app.get_as("sre", "/api/v1/logs/other/context?same=service").await.json();
    let none = app.get_as("sre", "/api/v1/logs/l25/context?before=0&after=0").await.json();

    assert_eq!(keys(&default), ["before", "line", "after"]);
    assert_eq!((ids(&default["before"]).len(), ids(&default["after"]).len()), (20, 20));
    assert_eq!(ids(&few["before"]), ["l23", "l24"]);
    assert_eq!(few["line"]["id"], "l25");
    assert_eq!(ids(&few["after"]), ["other"]);
    assert_eq!((&same["before"], &same["after"]), (&json!([]), &json!([])));
    assert_eq!((&none["before"], &none["after"]), (&json!([]), &json!([])));
}

#[tokio::test]
async fn neighbours_are_those_of_the_own_services_only() {
    let app = TestApp::new();
    app.store.put([line("a", 3), of("auth-service", "b", 2), line("c", 1)]).await;

    let seen = app.get_as("viewer@gateway", "/api/v1/logs/a/context").await.json();

    assert_eq!(ids(&seen["after"]), ["c"]);
}

#[tokio::test]
async fn sides_that_cannot_be_read_are_400_and_long_ones_422() {
    let app = TestApp::new();
    app.store.put([line("a", 1)]).await;
    let path = "/api/v1/logs/a/context";

    for query in ["before=x", "after=", "after=1.5", "same=level", "same=", "limit=5", "before=1&before=1"] {
        app.get_as("sre", &format!("{path}?{query}")).await.problem(400, 3000);
    }
    for query in ["before=501", "after=-1", "before=99999999999999999999"] {
        app.get_as("sre", &format!("{path}?{query}")).await.problem(422, 3006);
    }
}
