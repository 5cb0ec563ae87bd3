//! `/health`, `/health/ready`, `/health/live`, and the probe behind them.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use trailproof::model::HealthReport;
use trailproof::model::health::CheckState;
use trailproof::telemetry::Metrics;
use trailproof::worker::probe::{Probe, ProbeSettings};

use crate::harness::{Behaviour, TestApp, TestStore};

#[tokio::test]
async fn before_the_first_contact_it_is_down_and_not_ready_yet_alive() {
    let app = TestApp::new();
    app.health.send_replace(HealthReport::before_the_first_probe(&["search"]));

    let health = app.call("GET", "/health").send().await;
    let ready = app.call("GET", "/health/ready").send().await;

    assert_eq!(health.status, 200);
    assert_eq!(health.json(), json!({"status": "down", "checks": {"search": "down"}}));
    ready.problem(503, 3050);
    assert_eq!(ready.header("retry-after"), "5");
    assert_eq!(app.call("GET", "/health/live").send().await.json(), json!({"status": "ok"}));
}

#[tokio::test]
async fn a_back_end_that_is_lost_later_leaves_it_ready_but_degraded() {
    let app = TestApp::new();
    app.set_health(CheckState::Lost);

    let health = app.call("GET", "/health").send().await;
    let ready = app.call("GET", "/health/ready").send().await;

    assert_eq!(health.json(), json!({"status": "degraded", "checks": {"search": "down"}}));
    assert_eq!((ready.status.as_u16(), ready.json()), (200, json!({"status": "degraded"})));
}

#[tokio::test]
async fn while_draining_it_is_not_ready_yet_alive_and_still_answers() {
    let app = TestApp::new();
    app.lifecycle.begin_draining();

    app.call("GET", "/health/ready").send().await.problem(503, 3095);
    assert_eq!(app.call("GET", "/health/live").send().await.status, 200);
    assert_eq!(app.get_as("sre", "/api/v1/logs/search").await.status, 200);
}

#[tokio::test]
async fn versions_and_latencies_are_for_operators_only() {
    let app = TestApp::new();

    for role in ["sre", "admin"] {
        let health = app.get_as(role, "/health").await.json();
        assert_eq!(health["detail"]["search"], json!({"latency_ms": 2, "engine": "memory"}));
        assert!(health["version"].is_string());
    }
    for role in ["viewer", "developer", "auditor", "service", "unknown"] {
        let health = app.get_as(role, "/health").await.json();
        assert_eq!(health, json!({"status": "ok", "checks": {"search": "up"}}), "{role}");
    }
}

fn probe(store: &Arc<TestStore>) -> Probe {
    let settings = ProbeSettings { every: Duration::from_millis(1), deadline: Duration::from_millis(20) };
    let metrics = Arc::new(Metrics::new().unwrap());
    Probe { store: Arc::<TestStore>::clone(store), name: "search", settings, metrics }
}

#[tokio::test]
async fn the_probe_tells_never_reached_up_and_lost_apart_and_does_not_wait_for_a_hang() {
    let store = Arc::new(TestStore::new());
    let probe = probe(&store);

    store.behave(Behaviour::Hangs);
    let (first, late) = probe.once(None).await;
    store.behave(Behaviour::Answers);
    let (second, fine) = probe.once(Some(&first)).await;
    store.behave(Behaviour::IsDown);
    let (third, down) = probe.once(Some(&second)).await;
    let (fourth, _) = probe.once(Some(&third)).await;

    assert_eq!(first.state, CheckState::NeverReached);
    assert!(late.unwrap().to_string().contains("within 20 ms"));
    assert_eq!((second.state, fine.is_none()), (CheckState::Up, true));
    assert_eq!((third.state, down.is_some()), (CheckState::Lost, true));
    assert_eq!(fourth.state, CheckState::Lost);
}

#[tokio::test]
async fn the_probe_reports_until_it_is_stopped() {
    let store = Arc::new(TestStore::new());
    let (sender, mut receiver) =
        tokio::sync::watch::channel(HealthReport::before_the_first_probe(&["search"]));
    let stop = tokio_util::sync::CancellationToken::new();

    let running = probe(&store).run(sender, stop.clone());
    let watching = async {
        let report =
            receiver.wait_for(|report| report.checks[0].state == CheckState::Up).await.unwrap().clone();
        stop.cancel();
        report
    };
    let ((), report) = tokio::join!(running, watching);

    assert_eq!(report.checks[0].name, "search");
}
