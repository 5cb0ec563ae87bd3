//! Who may call what: tokens, roles, and routes that forgot to say.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use trailproof::http::{self, Class, Routes, SearchRate, Surface};
use trailproof::telemetry::labels::SearchEndpoint;
use utoipa_axum::routes;

use crate::harness::{TestApp, TestStore, call, state};

#[utoipa::path(get, path = "/planted", responses((status = 200)))]
async fn undeclared() {}

#[utoipa::path(get, path = "/planted", responses((status = 200)), security(("bearer" = ["logs:everything"])))]
async fn misspelt() {}

#[utoipa::path(get, path = "/planted", responses((status = 200)), security(()))]
async fn open() {}

#[utoipa::path(get, path = "/planted", responses((status = 200)), security(("bearer" = ["logs:search"])))]
async fn declared() {}

#[utoipa::path(
    get, path = "/planted", responses((status = 200)),
    security(("bearer" = ["logs:search"]), ("bearer" = ["logs:write"]))
)]
async fn ambiguous() {}

#[utoipa::path(get, path = "/planted", responses((status = 200)), security(("apiKey" = ["logs:search"])))]
async fn of_an_unknown_scheme() {}

#[utoipa::path(get, path = "/defect", responses((status = 200)), security(("bearer" = ["logs:search"])))]
async fn defect() {
    panic!("planted panic");
}

const SEARCH: Class = Class::Search(SearchEndpoint::Search);

fn with(planted: Routes) -> Result<axum::Router, http::UndeclaredRoute> {
    let (_health, state) = state(&Arc::new(TestStore::new()), |_| {});
    http::assemble(http::routes(Surface::Everything).merge(planted), state)
}

#[test]
fn a_route_without_one_known_permission_does_not_start_and_is_named() {
    for planted in [routes!(undeclared), routes!(misspelt), routes!(ambiguous), routes!(of_an_unknown_scheme)]
    {
        let error = with(Routes::default().add(SEARCH, planted)).unwrap_err();

        assert!(error.to_string().contains("GET /planted"), "{error}");
    }
    assert!(with(Routes::default().add(SEARCH, routes!(declared))).is_ok());
}

#[test]
fn a_route_whose_class_is_not_that_of_its_permission_does_not_start() {
    for class in [Class::Caller, Class::Ingest, Class::Open] {
        let error = with(Routes::default().add(class, routes!(declared))).unwrap_err();

        let text = error.to_string();
        assert!(text.contains("GET /planted") && text.contains("'logs:search'"), "{text}");
    }
    let open = with(Routes::default().add(SEARCH, routes!(open))).unwrap_err();
    assert!(open.fault.contains("an open route"), "{}", open.fault);
}

#[tokio::test]
async fn whoever_searches_too_fast_is_told_to_wait_and_nobody_else_is() {
    let (_health, mut state) = state(&Arc::new(TestStore::new()), |_| {});
    state.rate = Arc::new(SearchRate::new(1, 3));
    let router = http::assemble(http::routes(Surface::Everything), state).unwrap();
    let get = async |role: &str, path: &str| call(router.clone(), "GET", path).token(role).send().await;

    for path in ["search", "errors", "histogram"] {
        assert_eq!(get("sre", &format!("/api/v1/logs/{path}")).await.status, 200, "{path}");
    }
    let refused = get("sre", "/api/v1/logs/search").await;
    let other_caller = get("viewer", "/api/v1/logs/search").await;
    let no_search = get("sre", "/api/v1/me").await;

    refused.problem(429, 3093);
    assert_eq!(refused.header("retry-after"), "1");
    assert!(other_caller.status == 200 && no_search.status == 200);
}

#[tokio::test]
async fn a_panic_is_answered_and_its_words_stay_inside() {
    let router = with(Routes::default().add(SEARCH, routes!(defect))).unwrap();

    let answer = call(router, "GET", "/defect").token("sre").send().await;

    let problem = answer.problem(500, 3099);
    assert!(!problem.to_string().contains("planted"), "{problem}");
}

#[tokio::test]
async fn without_a_good_token_there_is_no_answer_but_401() {
    let app = TestApp::new();
    let path = "/api/v1/logs/search";

    app.call("GET", path).send().await.problem(401, 3080);
    for value in ["Basic c3Jl", "Bearer", "Bearer ", "sre"] {
        let answer = app.call("GET", path).header("authorization", value).send().await;
        assert_eq!(answer.status, 401, "{value}");
        assert_eq!(answer.header("www-authenticate"), "Bearer");
    }
    app.get_as("unknown", path).await.problem(401, 3081);
    app.call("GET", path).token("sre").token("sre").send().await.problem(401, 3081);
    app.call("GET", "/api/v1/logs/search?access_token=sre").send().await.problem(401, 3080);
    assert_eq!(app.call("GET", path).header("authorization", "bearer sre").send().await.status, 200);
    assert_eq!(app.call("HEAD", path).send().await.status, 401);
}

#[tokio::test]
async fn a_role_without_the_permission_is_told_which_one_it_lacks() {
    let app = TestApp::new();

    let problem = app.get_as("service", "/api/v1/logs/search").await.problem(403, 3082);
    assert!(problem["detail"].as_str().unwrap().contains("logs:search"), "{problem}");
    app.call("POST", "/api/v1/logs").token("sre").body("{}").send().await.problem(403, 3082);
}

#[tokio::test]
async fn permission_is_checked_before_the_body_has_arrived() {
    let app = TestApp::new();
    let never = || Body::from_stream(futures_util::stream::pending::<Result<Vec<u8>, std::io::Error>>());

    let anonymous = app.call("POST", "/api/v1/logs").body(never()).send();
    let answer =
        tokio::time::timeout(Duration::from_secs(5), anonymous).await.expect("not waiting for the body");

    answer.problem(401, 3080);
    let large = vec![b' '; 6 * 1024 * 1024];
    app.call("POST", "/api/v1/logs").token("viewer").body(large).send().await.problem(403, 3082);
}

#[tokio::test]
async fn probes_metrics_and_documentation_need_no_token_and_mind_no_bad_one() {
    let app = TestApp::new();

    for path in
        ["/health", "/health/live", "/health/ready", "/metrics", "/docs", "/openapi.json", "/errors/3003"]
    {
        assert_eq!(app.call("GET", path).send().await.status, 200, "{path}");
        assert_eq!(app.get_as("unknown", path).await.status, 200, "{path}");
    }
}
