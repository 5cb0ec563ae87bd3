//! `GET /metrics`.

use serde_json::{Value, json};
use trailproof::http::Surface;
use trailproof::telemetry::Metrics;

use crate::harness::{Behaviour, NOW, TestApp};

#[tokio::test]
async fn every_metric_is_there_from_the_start_under_the_names_that_operators_rely_on() {
    let app = TestApp::new();

    let answer = app.call("GET", "/metrics").send().await;

    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), "text/plain; version=0.0.4; charset=utf-8");
    let relied_on = [
        "log_search_requests_total",
        "log_search_duration_seconds",
        "elasticsearch_query_duration_seconds",
        "elasticsearch_connection_errors_total",
        "cache_hits_total",
        "cache_misses_total",
        "active_log_searches",
        "elasticsearch_cluster_health",
    ];
    assert_eq!(Metrics::NAMES[..8], relied_on);
    for name in relied_on {
        assert!(answer.text().contains(&format!("# TYPE {name} ")), "{name}");
    }
    for pair in [
        "log_search_requests_total{endpoint=\"search\",outcome=\"ok\"} 0\n",
        "log_search_requests_total{endpoint=\"tail\",outcome=\"timeout\"} 0\n",
        "log_search_duration_seconds_count{cache=\"none\",endpoint=\"histogram\"} 0\n",
        "elasticsearch_query_duration_seconds_count{operation=\"bulk\"} 0\n",
        "elasticsearch_connection_errors_total{kind=\"connect\"} 0\n",
        "elasticsearch_cluster_health{color=\"green\"} 0\n",
        "cache_hits_total{tier=\"redis\"} 0\n",
        "active_log_searches 0\n",
    ] {
        assert!(answer.text().contains(pair), "{pair}");
    }
}

#[tokio::test]
async fn with_a_listener_of_their_own_metrics_and_health_are_not_public() {
    let public = TestApp::with(Surface::Public, |_| {});
    let admin = TestApp::with(Surface::Admin, |_| {});

    for path in ["/metrics", "/health", "/health/ready", "/health/live"] {
        public.get_as("admin", path).await.problem(404, 3083);
        assert_eq!(admin.call("GET", path).send().await.status, 200, "{path}");
    }
    assert_eq!(public.get_as("sre", "/api/v1/me").await.status, 200);
    admin.get_as("sre", "/api/v1/me").await.problem(404, 3083);
}

/// Sends lines and reads the metrics.
async fn metrics_after(app: &TestApp, path: &str, media_type: &str, body: String) -> String {
    let call = app.call("POST", path).token("service").header("content-type", media_type);
    let answer = call.body(body).send().await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    app.call("GET", "/metrics").send().await.text().to_owned()
}

fn ndjson(lines: &[Value]) -> String {
    lines.iter().map(Value::to_string).collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn lines_far_from_their_receipt_are_counted_by_service_and_side() {
    let app = TestApp::new();
    let line = |service: &str, seconds: i64| {
        let time = NOW.plus(seconds * 1_000_000).to_string();
        json!({"timestamp": time, "level": "info", "msg": "m", "serviceId": service, "requestId": "r"})
    };
    let lines = [
        line("a", 60),
        line("a", -60),
        line("a", 61),
        line("a", -61),
        line("a", -7_200),
        line("b", 0),
        json!({"message": "without a time of its own", "service": "b"}),
    ];
    let text = format!("{} far behind\nno time\n", NOW.plus(-86_400_000_000));

    metrics_after(&app, "/api/v1/logs", "application/x-ndjson", ndjson(&lines)).await;
    let metrics = metrics_after(&app, "/api/v1/logs?service=plain", "text/plain", text).await;

    for sample in [
        "trailproof_line_clock_skew_seconds_count{service=\"a\",side=\"ahead\"} 1\n",
        "trailproof_line_clock_skew_seconds_count{service=\"a\",side=\"behind\"} 2\n",
        "trailproof_line_clock_skew_seconds_bucket{service=\"a\",side=\"behind\",le=\"120\"} 1\n",
        "trailproof_line_clock_skew_seconds_sum{service=\"a\",side=\"behind\"} 7261\n",
        "trailproof_line_clock_skew_seconds_count{service=\"plain\",side=\"behind\"} 1\n",
    ] {
        assert!(metrics.contains(sample), "{sample}{metrics}");
    }
    assert!(!metrics.contains("seconds_count{service=\"b\""), "{metrics}");
    assert!(!metrics.contains("seconds_count{service=\"plain\",side=\"ahead\"}"), "{metrics}");
    assert!(!metrics.contains("missing_fields_total{field=\"level\",service=\"plain\"}"), "{metrics}");
}

#[tokio::test]
async fn fields_that_the_standard_requires_are_counted_where_a_line_lacks_them() {
    let app = TestApp::new();
    let time = NOW.to_string();
    let lines = [
        json!({"timestamp": time, "level": "info", "msg": "m", "serviceId": "a", "requestId": "r"}),
        // Names of other loggers are as good.
        json!({"@timestamp": time, "log": {"level": "info"}, "message": "m", "service.name": "a", "trace": {"id": "t"}}),
        json!({"time": time, "level": 30, "msg": "m", "serviceId": "a", "requestId": null}),
        json!({"time": time, "level": "", "msg": " ", "serviceId": "a", "requestId": {"x": 1}}),
        json!({"msg": "only this"}),
    ];

    metrics_after(&app, "/api/v1/logs", "application/x-ndjson", ndjson(&lines)).await;
    let only = ndjson(&[json!({"msg": "only this"})]);
    let metrics = metrics_after(&app, "/api/v1/logs?service=named", "application/json", only).await;

    let mut counted: Vec<_> = metrics
        .lines()
        .filter_map(|line| line.strip_prefix("trailproof_line_missing_fields_total"))
        .collect();
    counted.sort_unstable();
    assert_eq!(
        counted,
        [
            "{field=\"level\",service=\"a\"} 1",
            "{field=\"level\",service=\"named\"} 1",
            "{field=\"level\",service=\"unknown\"} 1",
            "{field=\"message\",service=\"a\"} 1",
            "{field=\"request_id\",service=\"a\"} 3",
            "{field=\"request_id\",service=\"named\"} 1",
            "{field=\"request_id\",service=\"unknown\"} 1",
            "{field=\"service\",service=\"unknown\"} 1",
            "{field=\"timestamp\",service=\"named\"} 1",
            "{field=\"timestamp\",service=\"unknown\"} 1",
        ]
    );
}

#[tokio::test]
async fn lines_that_were_not_stored_are_not_counted() {
    let app = TestApp::new();
    let bad = json!({"timestamp": "2026-02-30T00:00:00Z", "service": "a"}).to_string();
    app.call("POST", "/api/v1/logs").token("service").body(bad).send().await.problem(422, 3012);

    app.store.behave(Behaviour::IsDown);
    let line = json!({"timestamp": "2001-01-01T00:00:00Z", "service": "a"}).to_string();
    let answer = app.call("POST", "/api/v1/logs").token("service").body(line).send().await;

    assert!(answer.status.is_server_error(), "{}", answer.text());
    let metrics = app.call("GET", "/metrics").send().await;
    assert!(!metrics.text().contains("trailproof_line_"), "{}", metrics.text());
}
