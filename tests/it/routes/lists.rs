//! Parameters that take several values, and those that have several names.

use serde_json::{Value, json};

use crate::harness::{TestApp, line};

const SEARCH: &str = "/api/v1/logs/search";

/// Lines a, b, c and d of four services, the last two of other levels than error.
async fn filled() -> TestApp {
    let app = TestApp::new();
    let with = |id: &str, service: &str, level| {
        let mut line = line(id, 1);
        line.service = service.into();
        line.level = level;
        line.request_id = Some("r-1".into());
        line
    };
    let (error, info) = (trailproof::model::Level::Error, trailproof::model::Level::Info);
    let fatal = trailproof::model::Level::Fatal;
    app.store
        .put([
            with("a", "one", error),
            with("b", "two", error),
            with("c", "three", fatal),
            with("d", "four", info),
        ])
        .await;
    app
}

fn ids(page: &Value) -> Vec<&str> {
    let mut ids: Vec<_> =
        page["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap()).collect();
    ids.sort_unstable();
    ids
}

#[tokio::test]
async fn several_services_and_levels_are_asked_for_with_commas_or_by_repeating_the_parameter() {
    let app = filled().await;

    for (query, expected) in [
        ("service=one,two", &["a", "b"][..]),
        ("service=one&service=two", &["a", "b"]),
        ("service=one, three&service=four", &["a", "c", "d"]),
        ("level=ERROR,critical", &["a", "b", "c"]),
        ("level=fatal&level=info", &["c", "d"]),
        ("level=error,info&service=one,four,five", &["a", "d"]),
        ("serviceId=one,two", &["a", "b"]),
        ("service.name=one&service.name=two", &["a", "b"]),
    ] {
        let query = query.replace(' ', "%20");
        let answer = app.get_as("sre", &format!("{SEARCH}?{query}")).await;
        assert_eq!(answer.status, 200, "{query}: {}", answer.text());
        assert_eq!(ids(&answer.json()), expected, "{query}");
    }
    for body in
        [json!({"service": ["one", "two"]}), json!({"service": "one,two"}), json!({"serviceId": ["two,one"]})]
    {
        let answer = app.call("POST", SEARCH).token("sre").json(&body).send().await;
        assert_eq!(ids(&answer.json()), ["a", "b"], "{body}");
    }
    for route in ["errors", "trace/r-1"] {
        let answer = app.get_as("sre", &format!("/api/v1/logs/{route}?service=two&service=three")).await;
        assert_eq!(ids(&answer.json()), ["b", "c"], "{route}");
    }
    for route in ["histogram?by=service&", "fields/serviceId/values?"] {
        let answer =
            app.get_as("sre", &format!("/api/v1/logs/{route}service=two,three&level=fatal,error")).await;
        assert_eq!(answer.status, 200, "{route}: {}", answer.text());
        let text = answer.text();
        assert!(text.contains("two") && text.contains("three") && !text.contains("four"), "{route}: {text}");
    }
}

#[tokio::test]
async fn an_empty_value_in_a_list_and_too_many_values_are_refused() {
    let app = filled().await;
    let many: Vec<_> = (0..101).map(|number| format!("s{number}")).collect();

    for query in
        ["service=", "service=a,,b", "service=a,", "service=a&service=", "level=error,", "level=error,loud"]
    {
        let problem = app.get_as("sre", &format!("{SEARCH}?{query}")).await.problem(400, 3000);
        assert!(
            ["service", "level"].contains(&problem["errors"][0]["pointer"].as_str().unwrap()),
            "{problem}"
        );
    }
    for body in [json!({"service": []}), json!({"service": ["a", null]}), json!({"query": ["a"]})] {
        let answer = app.call("POST", SEARCH).token("sre").json(&body).send().await;
        assert_eq!(answer.status, 400, "{body}: {}", answer.text());
    }
    let answer = app.get_as("sre", &format!("{SEARCH}?service={}", many.join(","))).await;
    assert_eq!(answer.status, 422, "{}", answer.text());
}

#[tokio::test]
async fn a_service_outside_the_scope_spoils_the_whole_list_whether_or_not_it_exists() {
    let app = filled().await;
    let refused = |service: &str| {
        let path = format!("{SEARCH}?service=gateway,{service}");
        let app = &app;
        async move { app.get_as("viewer@gateway", &path).await.problem(403, 3010)["detail"].clone() }
    };

    assert_eq!(refused("one").await, refused("invented").await);
    assert_eq!(
        app.get_as("viewer@gateway", &format!("{SEARCH}?service=gateway&service=gateway")).await.status,
        200
    );
}

#[tokio::test]
async fn a_cursor_belongs_to_the_set_of_services_and_levels_however_it_is_written() {
    let app = filled().await;
    let first =
        app.get_as("sre", &format!("{SEARCH}?service=one,two&level=error,fatal&limit=1")).await.json();
    let cursor = first["page"]["next_cursor"].as_str().unwrap();
    let next = |query: &str| {
        let path = format!("{SEARCH}?{query}&limit=1&cursor={cursor}");
        let app = &app;
        async move { app.get_as("sre", &path).await.status }
    };

    for same in
        ["service=two&service=one&level=CRITICAL,error", "serviceName=one,two,one&severity=error,fatal"]
    {
        assert_eq!(next(same).await, 200, "{same}");
    }
    for other in [
        "service=one&level=error,fatal",
        "service=one,two&level=error",
        "service=one,two,three&level=error,fatal",
    ] {
        assert_eq!(next(other).await, 400, "{other}");
    }
}

#[tokio::test]
async fn a_parameter_goes_by_every_name_that_its_field_has() {
    let app = filled().await;

    for query in ["requestId=r-1", "reqId=r-1", "http.request.id=r-1", "request_id=r-1"] {
        let answer = app.get_as("sre", &format!("{SEARCH}?{query}")).await;
        assert_eq!(ids(&answer.json()).len(), 4, "{query}: {}", answer.text());
    }
    for query in ["traceId=x", "userId=x", "user.id=x"] {
        assert_eq!(
            app.get_as("sre", &format!("{SEARCH}?{query}")).await.json()["items"],
            json!([]),
            "{query}"
        );
    }
    let twice = app.get_as("sre", &format!("{SEARCH}?service=one&serviceId=one")).await.problem(400, 3000);
    assert!(twice["detail"].as_str().unwrap().starts_with("parameter 'service' is given twice"), "{twice}");
    let selected = app.get_as("sre", &format!("{SEARCH}?fields=serviceId&service=one")).await.json();
    assert_eq!(selected["items"], json!([{"id": "a", "service": "one"}]));
    let elsewhere = app.get_as("sre", "/api/v1/logs/recent/one?serviceId=two").await.problem(400, 3000);
    assert!(elsewhere["detail"].as_str().unwrap().contains("makes no sense here"), "{elsewhere}");
}
