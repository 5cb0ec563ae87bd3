//! What surrounds the engine of a cluster: every call has an end, and is counted and timed.

use std::sync::Arc;
use std::time::Duration;

use trailproof::model::{KindSet, LogId, LogKind};
use trailproof::repository::guarded::GuardedLogStore;
use trailproof::repository::{LineToStore, LogStore, StoreError, Visibility};
use trailproof::telemetry::Metrics;

use crate::harness::{Behaviour, NOW, TestStore, line};

fn guarded(behaviour: Behaviour) -> (GuardedLogStore, Arc<Metrics>) {
    let store = TestStore::new();
    let metrics = Arc::new(Metrics::new().unwrap());
    // Whoever is to answer gets the time for it on a busy machine; the others run out of theirs.
    let is_to_answer = matches!(behaviour, Behaviour::Answers);
    let budget = if is_to_answer { Duration::from_secs(10) } else { Duration::from_millis(10) };
    store.behave(behaviour);
    (GuardedLogStore::new(Arc::new(store), "elasticsearch", budget, Arc::clone(&metrics)), metrics)
}

#[tokio::test]
async fn every_kind_of_call_is_timed_under_its_own_name() {
    let (store, metrics) = guarded(Behaviour::Answers);

    let lines = vec![LineToStore { kind: LogKind::Error, entry: line("a", 1), fingerprint: None }];
    store.append(lines, Visibility::BeforeAnswer).await.unwrap();
    let found = store.get(&LogId::stored("a"), KindSet::ALL).await.unwrap();
    store.delete_before(LogKind::App, NOW).await.unwrap();
    store.health().await.unwrap();

    assert!(found.is_some());
    let text = metrics.text().unwrap();
    for (operation, calls) in [("bulk", 1), ("get", 1), ("delete", 1), ("health", 1), ("search", 0)] {
        let timed =
            format!("elasticsearch_query_duration_seconds_count{{operation=\"{operation}\"}} {calls}\n");
        assert!(text.contains(&timed), "{timed}\n{text}");
    }
    assert!(text.contains("elasticsearch_connection_errors_total{kind=\"connect\"} 0\n"));
}

#[tokio::test]
async fn a_store_that_hangs_is_a_timeout_with_the_budget_that_was_configured() {
    let (store, metrics) = guarded(Behaviour::Hangs);

    let error = store.health().await.unwrap_err();

    assert!(matches!(error, StoreError::Timeout { store: "elasticsearch", timeout_ms: 10 }), "{error}");
    let text = metrics.text().unwrap();
    assert!(text.contains("elasticsearch_connection_errors_total{kind=\"timeout\"} 1\n"), "{text}");
    assert!(text.contains("elasticsearch_query_duration_seconds_count{operation=\"health\"} 1\n"), "{text}");
}

#[tokio::test]
async fn a_store_that_cannot_be_reached_is_counted_once_for_each_call() {
    let (store, metrics) = guarded(Behaviour::IsDown);

    for _ in 0..2 {
        store.get(&LogId::stored("a"), KindSet::ALL).await.unwrap_err();
    }

    let text = metrics.text().unwrap();
    assert!(text.contains("elasticsearch_connection_errors_total{kind=\"connect\"} 2\n"), "{text}");
}
