//! Which parameters the log routes take, and who may call them.

use crate::harness::{TestApp, line};

/// Every log route that reads, with what stands in its path.
const ROUTES: [&str; 11] = [
    "search",
    "recent/gateway",
    "errors",
    "security",
    "a",
    "a/context",
    "histogram",
    "trace/r-1",
    "fields",
    "fields/service/values",
    "tail",
];

#[tokio::test]
async fn an_unknown_parameter_is_400_on_every_route_and_is_named() {
    let app = TestApp::new();
    app.store.put([line("a", 1)]).await;

    for route in ROUTES {
        let problem =
            app.get_as("admin", &format!("/api/v1/logs/{route}?nonsense=1")).await.problem(400, 3000);
        assert_eq!(problem["errors"][0]["pointer"], "nonsense", "{route}");
    }
    app.get_as("admin", "/api/v1/me?nonsense=1").await.problem(400, 3000);
}

#[tokio::test]
async fn a_parameter_of_a_search_that_makes_no_sense_is_400_with_what_the_route_takes() {
    let app = TestApp::new();

    for (route, name) in [
        ("recent/gateway", "service"),
        ("a", "fields"),
        ("a/context", "tz"),
        ("histogram", "sort"),
        ("trace/r-1", "total"),
        ("fields", "query"),
        ("fields/service/values", "cursor"),
        ("tail", "since"),
    ] {
        let problem = app.get_as("sre", &format!("/api/v1/logs/{route}?{name}=x")).await.problem(400, 3000);
        let detail = problem["detail"].as_str().unwrap();
        let expected = format!("parameter '{name}' makes no sense here; this route takes ");
        assert!(detail.starts_with(&expected), "{detail}");
    }
}

#[tokio::test]
async fn readers_read_everything_but_security_lines_and_producers_nothing() {
    let app = TestApp::new();
    app.store.put([line("a", 1)]).await;

    for route in ROUTES.into_iter().filter(|route| *route != "tail") {
        let path = format!("/api/v1/logs/{route}");
        for role in ["viewer", "developer", "sre", "auditor", "admin"] {
            let expected =
                if route == "security" && matches!(role, "viewer" | "developer") { 403 } else { 200 };
            assert_eq!(app.get_as(role, &path).await.status, expected, "{role} {route}");
        }
        app.get_as("service", &path).await.problem(403, 3082);
        app.call("GET", &path).send().await.problem(401, 3080);
    }
    app.get_as("service", "/api/v1/logs/tail").await.problem(403, 3082);
}

#[tokio::test]
async fn every_route_is_counted_under_a_name_of_its_own() {
    let app = TestApp::new();
    app.store.put([line("a", 1)]).await;

    for route in ROUTES.into_iter().filter(|route| *route != "tail") {
        app.get_as("admin", &format!("/api/v1/logs/{route}")).await;
    }
    drop(app.call("GET", "/api/v1/logs/tail").token("admin").open().await);

    let metrics = app.metrics.text().unwrap();
    for endpoint in [
        "search",
        "recent",
        "errors",
        "security",
        "id",
        "context",
        "histogram",
        "trace",
        "fields",
        "values",
        "tail",
    ] {
        let counted = format!("log_search_requests_total{{endpoint=\"{endpoint}\",outcome=\"ok\"}} 1\n");
        assert!(metrics.contains(&counted), "{counted}\n{metrics}");
    }
    assert!(metrics.contains("\nactive_log_searches 0\n"));
}
