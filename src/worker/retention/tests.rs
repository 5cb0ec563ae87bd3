//! Ages by a clock that moves, sizes by a store that says them.

use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, Ordering};

use async_trait::async_trait;

use super::*;
use crate::model::page::{Arrivals, Counts, Row, Rows};
use crate::model::query::{ArrivalsRequest, CountRequest, PageRequest};
use crate::model::{KindSet, LogId};
use crate::repository::{LineToStore, StoreHealth, StoreResult, Visibility};

const DAY: i64 = MICROS_PER_DAY;

struct MovableClock(AtomicI64);

impl Clock for MovableClock {
    fn now(&self) -> Micros {
        Micros::new(self.0.load(Ordering::SeqCst))
    }
}

/// Remembers what it was asked to delete.
struct ScriptedStore {
    bytes: Option<u64>,
    is_down: bool,
    deleted: Mutex<Vec<String>>,
}

impl ScriptedStore {
    fn took(&self) -> Vec<String> {
        std::mem::take(&mut self.deleted.lock().unwrap())
    }
}

fn down() -> StoreError {
    StoreError::Unavailable { store: "test", reason: "refused".to_owned() }
}

#[async_trait]
impl LogStore for ScriptedStore {
    async fn get(&self, _id: &LogId, _kinds: KindSet) -> StoreResult<Option<Row>> {
        Err(down())
    }

    async fn search(&self, _request: &PageRequest) -> StoreResult<Rows> {
        Err(down())
    }

    async fn arrivals(&self, _request: &ArrivalsRequest) -> StoreResult<Arrivals> {
        Err(down())
    }

    async fn count_by(&self, _request: &CountRequest) -> StoreResult<Counts> {
        Err(down())
    }

    async fn append(
        &self,
        _lines: Vec<LineToStore>,
        _visibility: Visibility,
    ) -> StoreResult<Vec<Result<(), String>>> {
        Err(down())
    }

    async fn delete_before(&self, kind: LogKind, time: Micros) -> StoreResult<u64> {
        if self.is_down {
            return Err(down());
        }
        self.deleted.lock().unwrap().push(format!("{} before day {}", kind.as_str(), time.get() / DAY));
        Ok(2)
    }

    async fn disk_bytes(&self) -> StoreResult<Option<u64>> {
        Ok(self.bytes)
    }

    async fn shrink_to(&self, max_bytes: u64) -> StoreResult<u64> {
        self.deleted.lock().unwrap().push(format!("down to {max_bytes}"));
        Ok(7)
    }

    async fn health(&self) -> StoreResult<StoreHealth> {
        Err(down())
    }
}

struct Bench {
    clock: Arc<MovableClock>,
    store: Arc<ScriptedStore>,
    metrics: Arc<Metrics>,
    retention: Retention,
}

fn bench(bytes: Option<u64>, max_disk_bytes: u64, is_down: bool) -> Bench {
    let clock = Arc::new(MovableClock(AtomicI64::new(1_000 * DAY)));
    let store = Arc::new(ScriptedStore { bytes, is_down, deleted: Mutex::default() });
    let metrics = Arc::new(Metrics::new().unwrap());
    let settings =
        RetentionSettings { days: RetentionDays::default(), max_disk_bytes, every: Duration::from_hours(1) };
    let retention = Retention::new(
        Arc::<ScriptedStore>::clone(&store),
        Arc::<MovableClock>::clone(&clock),
        settings,
        Arc::clone(&metrics),
    );
    Bench { clock, store, metrics, retention }
}

#[tokio::test]
async fn each_kind_has_its_own_age_and_is_looked_at_once_an_hour() {
    let mut bench = bench(None, 0, false);

    bench.retention.look().await;
    let first = bench.store.took();
    bench.clock.0.fetch_add(DAY / 24 - 1, Ordering::SeqCst);
    bench.retention.look().await;
    let before_an_hour = bench.store.took();
    bench.clock.0.fetch_add(DAY, Ordering::SeqCst);
    bench.retention.look().await;

    assert_eq!(first, ["app before day 970", "error before day 910", "security before day 635"]);
    assert!(before_an_hour.is_empty());
    assert_eq!(bench.store.took(), ["app before day 971", "error before day 911", "security before day 636"]);
    let text = bench.metrics.text().unwrap();
    assert!(text.contains("trailproof_retention_deleted_lines_total{reason=\"age\"} 12\n"), "{text}");
}

#[tokio::test]
async fn the_size_is_looked_at_every_time_and_only_what_is_above_the_limit_shrinks() {
    let mut above = bench(Some(5_000), 4_000, false);
    let mut below = bench(Some(4_000), 4_000, false);
    let mut unlimited = bench(Some(5_000), 0, false);

    for bench in [&mut above, &mut below, &mut unlimited] {
        bench.retention.look().await;
        bench.store.took();
        bench.retention.look().await;
    }

    assert_eq!(above.store.took(), ["down to 4000"]);
    assert!(below.store.took().is_empty());
    assert!(unlimited.store.took().is_empty());
    let text = above.metrics.text().unwrap();
    assert!(text.contains("trailproof_retention_deleted_lines_total{reason=\"size\"} 14\n"), "{text}");
    assert!(text.contains("\ntrailproof_storage_bytes 5000\n"), "{text}");
}

#[tokio::test]
async fn a_store_that_is_down_for_one_thing_is_still_asked_for_the_other() {
    let mut bench = bench(Some(5_000), 4_000, true);

    bench.retention.look().await;

    assert_eq!(bench.store.took(), ["down to 4000"]);
    assert!(bench.retention.told.as_deref().is_some_and(|told| told.contains("refused")));
}

#[tokio::test]
async fn it_looks_again_and_again_until_it_is_stopped() {
    let mut bench = bench(Some(5_000), 4_000, false);
    bench.retention.settings.every = Duration::from_millis(1);
    let stop = CancellationToken::new();
    let mut seen = Vec::new();
    let watching = async {
        while seen.len() < 9 {
            tokio::task::yield_now().await;
            seen.extend(bench.store.took());
        }
        stop.cancel();
    };

    tokio::join!(bench.retention.run(stop.clone()), watching);

    assert_eq!(seen[3], "down to 4000");
    assert_eq!(seen.iter().filter(|what| what.starts_with("down")).count(), seen.len() - 3);
}

#[test]
fn the_first_look_comes_a_minute_after_the_start_or_earlier_where_that_is_asked_for() {
    let settings = |seconds| RetentionSettings {
        every: Duration::from_secs(seconds),
        ..bench(None, 0, false).retention.settings
    };

    assert_eq!(settings(3_600).step(), Duration::from_mins(1));
    assert_eq!(settings(5).step(), Duration::from_secs(5));
}
