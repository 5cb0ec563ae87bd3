//! `/health`, `/health/ready`, `/health/live`, and the probe behind them.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use serde_json::json;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use trailproof::model::HealthReport;
use trailproof::model::health::CheckState;
use trailproof::telemetry::Metrics;
use trailproof::telemetry::labels::ClusterColor;
use trailproof::worker::log_store_check::LogStoreCheck;
use trailproof::worker::probe::{Answer, HealthCheck, Probe, ProbeSettings};

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

fn probe(check: impl HealthCheck) -> Probe {
    let settings = ProbeSettings { every: Duration::from_millis(1), deadline: Duration::from_millis(20) };
    Probe { check: Arc::new(check), settings }
}

fn of_the_store(store: &Arc<TestStore>, metrics: &Arc<Metrics>) -> LogStoreCheck {
    LogStoreCheck::new("search", Arc::<TestStore>::clone(store), Arc::clone(metrics))
}

#[tokio::test]
async fn the_probe_tells_never_reached_up_and_lost_apart_and_does_not_wait_for_a_hang() {
    let store = Arc::new(TestStore::new());
    let probe = probe(of_the_store(&store, &Arc::new(Metrics::new().unwrap())));

    store.behave(Behaviour::Hangs);
    let first = probe.once(CheckState::NeverReached).await;
    store.behave(Behaviour::Answers);
    let second = probe.once(first.state).await;
    store.behave(Behaviour::IsDown);
    let third = probe.once(second.state).await;
    let fourth = probe.once(third.state).await;

    assert_eq!((first.name, first.state), ("search", CheckState::NeverReached));
    assert_eq!(first.detail["error"], "no answer within 20 ms");
    assert_eq!((second.state, second.detail.contains_key("error")), (CheckState::Up, false));
    assert_eq!(third.state, CheckState::Lost);
    assert_eq!(third.detail["error"], "test is unavailable: 10.1.2.3:9200 refused");
    assert_eq!(fourth.state, CheckState::Lost);
}

#[tokio::test]
async fn a_cluster_that_does_not_answer_has_no_colour() {
    let (store, metrics) = (Arc::new(TestStore::new()), Arc::new(Metrics::new().unwrap()));
    let probe = probe(of_the_store(&store, &metrics));
    metrics.set_cluster_color(Some(ClusterColor::Green));

    store.behave(Behaviour::Hangs);
    probe.once(CheckState::Up).await;

    assert!(metrics.text().unwrap().contains("elasticsearch_cluster_health{color=\"green\"} 0\n"));
}

/// A check that answers, or never does.
struct Planted(&'static str, Behaviour);

#[async_trait]
impl HealthCheck for Planted {
    fn name(&self) -> &'static str {
        self.0
    }

    async fn ask(&self) -> Result<Answer, String> {
        if self.1 == Behaviour::Hangs { std::future::pending().await } else { Ok(Answer::default()) }
    }
}

#[tokio::test]
async fn every_check_has_its_own_state_and_one_that_hangs_holds_back_no_other() {
    let (reports, mut receiver) = watch::channel(HealthReport::before_the_first_probe(&["hanging", "fine"]));
    let stop = CancellationToken::new();
    let patient = ProbeSettings { deadline: Duration::from_hours(1), ..ProbeSettings::default() };
    let hanging = Probe { check: Arc::new(Planted("hanging", Behaviour::Hangs)), settings: patient };
    let fine = probe(Planted("fine", Behaviour::Answers));

    let running = async {
        tokio::join!(hanging.run(reports.clone(), stop.clone()), fine.run(reports.clone(), stop.clone()))
    };
    let watching = async {
        let is_up = |report: &HealthReport| report.checks.iter().any(|check| check.state == CheckState::Up);
        let report = receiver.wait_for(is_up).await.unwrap().clone();
        stop.cancel();
        report
    };
    let (_, report) = tokio::join!(running, watching);

    let states: Vec<_> = report.checks.iter().map(|check| (check.name, check.state)).collect();
    assert_eq!(states, [("hanging", CheckState::NeverReached), ("fine", CheckState::Up)]);
}
