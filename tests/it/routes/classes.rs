//! What follows from the class of a route: every search is measured and paced, and nothing else; the open routes are few.

use std::sync::Arc;

use serde_json::Value;
use trailproof::http::{self, SearchRate, Surface, openapi_document};

use crate::harness::{TestStore, call, line, state};

/// Method, path and declaration of every operation of the document.
fn operations() -> Vec<(String, String, Value)> {
    let document: Value = serde_json::from_str(&openapi_document().unwrap()).unwrap();
    let paths = document["paths"].as_object().unwrap().iter();
    let operations = paths.flat_map(|(path, item)| {
        let methods = item.as_object().unwrap().iter();
        methods.map(|(method, operation)| (method.to_uppercase(), path.clone(), operation.clone()))
    });
    operations.collect()
}

/// The path with the examples of the document in it.
fn filled(path: &str, operation: &Value) -> String {
    let parameters = operation["parameters"].as_array().into_iter().flatten();
    parameters.filter(|parameter| parameter["in"] == "path").fold(path.to_owned(), |path, parameter| {
        let example =
            parameter["example"].as_str().map_or_else(|| parameter["example"].to_string(), str::to_owned);
        path.replace(&format!("{{{}}}", parameter["name"].as_str().unwrap()), &example)
    })
}

/// Searches that were counted, however they ended.
fn measured(metrics: &str) -> u64 {
    let counts = metrics.lines().filter_map(|line| line.strip_prefix("log_search_requests_total{"));
    counts.map(|line| line.rsplit(' ').next().unwrap().parse::<u64>().unwrap()).sum()
}

#[tokio::test]
async fn every_route_that_reads_log_lines_is_measured_and_paced_and_no_other_is() {
    let mut searches = 0;
    for (method, path, operation) in operations() {
        let store = Arc::new(TestStore::new());
        store.put([line("a", 1)]).await;
        let (_health, mut state) = state(&store, |_| {});
        state.rate = Arc::new(SearchRate::new(1, 1));
        let metrics = Arc::clone(&state.metrics);
        let router = http::assemble(http::routes(Surface::Everything), state).unwrap();
        let send = async || {
            let call = call(router.clone(), &method, &filled(&path, &operation)).token("admin");
            let call = if method == "POST" { call.json(&serde_json::json!({})) } else { call };
            call.head().await
        };

        let first = send().await;
        let second = send().await;

        let is_search =
            path.starts_with("/api/v1/logs") && (method.as_str(), path.as_str()) != ("POST", "/api/v1/logs");
        let shown = format!("{method} {path}: {first} {second}");
        assert_ne!(first, 429, "{shown}");
        assert_eq!(second == 429, is_search, "{shown}");
        assert_eq!(measured(&metrics.text().unwrap()), u64::from(is_search), "{shown}");
        searches += usize::from(is_search);
    }
    assert_eq!(searches, 12);
}

#[test]
fn the_open_routes_of_the_document_are_these() {
    let is_open = |operation: &Value| {
        operation["security"].as_array().unwrap().iter().any(|needed| needed.as_object().unwrap().is_empty())
    };
    let open: Vec<_> = operations()
        .into_iter()
        .filter(|(.., operation)| is_open(operation))
        .map(|(_, path, _)| path)
        .collect();

    assert_eq!(open, ["/errors/{code}", "/health", "/health/ready", "/health/live", "/metrics"]);
}
