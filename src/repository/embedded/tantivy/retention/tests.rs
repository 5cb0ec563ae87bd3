//! What goes, what stays, and what the disk gets back.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use crate::model::query::{PageRequest, Selection};
use crate::model::{Level, LogContext, LogEntry, LogId, Query, SortOrder, TimeRange, TotalMode};
use crate::repository::embedded::folder::DataFolder;
use crate::repository::{LineToStore, LogStore, Visibility};
use crate::telemetry::SystemClock;

/// A line of noise, so that size on disk follows the number of lines.
fn line(number: u64, time: i64, kind: LogKind) -> LineToStore {
    let mut state = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut word = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        format!("{state:016x}")
    };
    let message = (0..20).map(|_| word()).collect::<Vec<_>>().join(" ");
    let entry = LogEntry {
        id: LogId::stored(format!("n{number}")),
        client_id: None,
        timestamp: Micros::new(time),
        received_at: None,
        level: Level::Info,
        service: "noise".to_owned(),
        message,
        request_id: None,
        trace_id: None,
        span_id: None,
        user_id: None,
        path: None,
        method: None,
        client_ip: None,
        user_agent: None,
        component: None,
        context: LogContext::default(),
    };
    LineToStore { kind, entry, fingerprint: None }
}

async fn store(folder: &Path, lines: &[LineToStore], batch: usize) -> TantivyLogStore {
    let store =
        TantivyLogStore::open(Arc::new(DataFolder::open(folder).unwrap()), Arc::new(SystemClock)).unwrap();
    for chunk in lines.chunks(batch) {
        store.append(chunk.to_vec(), Visibility::Soon).await.unwrap();
    }
    store
}

/// Ids that are found, with their times.
async fn found(store: &TantivyLogStore) -> BTreeMap<String, i64> {
    let selection = Selection { kinds: KindSet::ALL, range: TimeRange::everything(), query: Query::All };
    let request = PageRequest {
        selection,
        sort: SortOrder::Desc,
        limit: 1_000_000,
        start: None,
        wants_next: true,
        total: TotalMode::None,
    };
    let rows = store.search(&request).await.unwrap().rows;
    rows.into_iter().map(|row| (row.entry.id.as_str().to_owned(), row.entry.timestamp.get())).collect()
}

/// Bytes of every file below a folder.
fn on_disk(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    entries.map(|entry| entry.metadata().unwrap().len()).sum()
}

#[tokio::test]
async fn the_folder_is_made_to_fit_by_deleting_the_oldest_lines_and_no_more_than_needed() {
    let folder = tempfile::tempdir().unwrap();
    let lines: Vec<_> =
        (0..6_000_u64).map(|number| line(number, i64::try_from(number).unwrap(), LogKind::App)).collect();
    let store = store(folder.path(), &lines, 500).await;
    let before = store.disk_bytes().await.unwrap().unwrap();
    let limit = before / 2;

    let deleted = store.shrink_to(limit).await.unwrap();

    let after = store.disk_bytes().await.unwrap().unwrap();
    let left = found(&store).await;
    assert!(after <= limit, "{before} bytes became {after}, {limit} are allowed");
    assert!(after >= limit * 4 / 5, "{before} bytes became {after}, {limit} are allowed");
    assert!(on_disk(&folder.path().join("logs")) <= limit + 4_096, "files are left over");
    assert_eq!(deleted + u64::try_from(left.len()).unwrap(), 6_000);
    assert_eq!(left.values().min(), Some(&i64::try_from(deleted).unwrap()));
    assert!(left.contains_key("n5999"));
}

#[tokio::test]
async fn lines_that_fit_stay_whatever_else_is_deleted() {
    let folder = tempfile::tempdir().unwrap();
    let lines: Vec<_> = (0..1_000).map(|number| line(number, 5, LogKind::App)).collect();
    let store = store(folder.path(), &lines, 300).await;
    let bytes = store.disk_bytes().await.unwrap().unwrap();

    let deleted = store.shrink_to(bytes).await.unwrap();

    assert_eq!(deleted, 0);
    assert_eq!(found(&store).await.len(), 1_000);
}

#[tokio::test]
async fn space_of_lines_that_are_deleted_already_is_used_first() {
    let folder = tempfile::tempdir().unwrap();
    let lines: Vec<_> =
        (0..4_000_u64).map(|number| line(number, i64::try_from(number).unwrap(), LogKind::App)).collect();
    let store = store(folder.path(), &lines, 4_000).await;
    let bytes = store.disk_bytes().await.unwrap().unwrap();
    // Too few for the merge policy to rewrite the segment by itself.
    store.delete_before(LogKind::App, Micros::new(1_000)).await.unwrap();

    let deleted = store.shrink_to(bytes * 9 / 10).await.unwrap();

    assert_eq!(deleted, 0);
    assert_eq!(found(&store).await.len(), 3_000);
    assert!(store.disk_bytes().await.unwrap().unwrap() <= bytes * 9 / 10);
}

#[tokio::test]
async fn lines_of_one_time_go_together_and_an_empty_store_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let lines: Vec<_> = (0..500).map(|number| line(number, 5, LogKind::App)).collect();
    let store = store(folder.path(), &lines, 100).await;

    let deleted = store.shrink_to(10_000).await.unwrap();
    let again = store.shrink_to(1).await.unwrap();

    assert_eq!((deleted, again), (500, 0));
    assert!(found(&store).await.is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_line_goes_before_an_older_one(
        parts in proptest::collection::vec((0..300_i64, select(LogKind::ALL.to_vec())), 200..600),
        batch in 20..300_usize,
        kind in select(LogKind::ALL.to_vec()),
        cut in 0..300_i64,
        percent in 5..110_u64,
    ) {
        let numbered = (0..).zip(&parts);
        let lines: Vec<_> = numbered.map(|(number, (time, kind))| line(number, *time, *kind)).collect();
        let times: BTreeMap<_, _> =
            lines.iter().map(|line| (line.entry.id.as_str().to_owned(), line)).collect();
        let folder = tempfile::tempdir().unwrap();
        let runtime = tokio::runtime::Runtime::new().unwrap();

        let (by_age, aged, limit, by_size, left, bytes) = runtime.block_on(async {
            let store = store(folder.path(), &lines, batch).await;
            let by_age = store.delete_before(kind, Micros::new(cut)).await.unwrap();
            let aged = found(&store).await;
            let limit = store.disk_bytes().await.unwrap().unwrap() * percent / 100;
            let by_size = store.shrink_to(limit).await.unwrap();
            (by_age, aged, limit, by_size, found(&store).await, store.disk_bytes().await.unwrap().unwrap())
        });

        let stays = |line: &LineToStore| line.kind != kind || line.entry.timestamp.get() >= cut;
        let expected: Vec<_> =
            times.iter().filter(|(_, line)| stays(line)).map(|(id, _)| id.clone()).collect();
        prop_assert_eq!(aged.keys().cloned().collect::<Vec<_>>(), expected);
        prop_assert_eq!(by_age, u64::try_from(times.len() - aged.len()).unwrap());
        prop_assert_eq!(by_size, u64::try_from(aged.len() - left.len()).unwrap());
        let gone = aged.iter().filter(|(id, _)| !left.contains_key(*id)).map(|(_, time)| *time).max();
        let oldest = left.values().min().copied();
        prop_assert!(gone.is_none() || oldest.is_none() || gone < oldest, "{:?} went, {:?} stays", gone, oldest);
        prop_assert!(bytes <= limit || left.is_empty(), "{} bytes, {} are allowed", bytes, limit);
    }
}
