//! `GET /metrics`.

use trailproof::http::Surface;
use trailproof::telemetry::Metrics;

use crate::harness::TestApp;

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
