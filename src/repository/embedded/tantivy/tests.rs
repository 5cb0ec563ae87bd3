//! Pages and counts against a plain list, over many segments and many ties.

use std::collections::BTreeMap;
use std::sync::{Arc, Barrier};
use std::time::Duration;

use proptest::prelude::*;
use proptest::sample::select;

use super::TantivyLogStore;
use crate::model::page::{Counts, PageStart};
use crate::model::query::{CountRequest, PageRequest, Selection};
use crate::model::{
    KindSet, Level, LogContext, LogEntry, LogField, LogId, LogKind, Micros, Query, SortOrder, TimeRange,
    TotalMode,
};
use crate::repository::embedded::folder::DataFolder;
use crate::repository::{LineToStore, LogStore, Visibility};
use crate::telemetry::SystemClock;

fn line(id: &str, time: i64, service: &str, level: Level) -> LineToStore {
    let entry = LogEntry {
        id: LogId::stored(id),
        client_id: None,
        timestamp: Micros::new(time),
        received_at: None,
        level,
        service: service.to_owned(),
        message: format!("line {id} of {service}"),
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
    LineToStore { kind: entry.natural_kind(), entry, fingerprint: None }
}

/// Reads a field of a line.
type ValueOf = fn(&LogEntry) -> &str;

/// An id: a UUID or a word, so that both kinds of columns take part.
fn id(number: usize, is_uuid: bool) -> String {
    if is_uuid {
        uuid::Uuid::from_u128(u128::try_from(number).unwrap() * 7919).to_string()
    } else {
        format!("n{number}")
    }
}

fn lines() -> impl Strategy<Value = Vec<LineToStore>> {
    // One line in eight is of a kind that is not asked for: few enough to be exceptions in some segments, too many in others.
    let is_hidden = proptest::bool::weighted(0.125);
    let part = (0..20_i64, any::<bool>(), select(vec!["a", "b"]), select(Level::ALL.to_vec()), is_hidden);
    proptest::collection::vec(part, 1..120).prop_map(|parts| {
        let make = |(number, (time, is_uuid, service, level, is_hidden)): (
            usize,
            (i64, bool, &str, Level, bool),
        )| {
            let mut line = line(&id(number, is_uuid), time, service, level);
            if is_hidden {
                line.kind = LogKind::Security;
            }
            line
        };
        parts.into_iter().enumerate().map(make).collect()
    })
}

async fn store(folder: &std::path::Path, lines: &[LineToStore], batch: usize) -> TantivyLogStore {
    let store =
        TantivyLogStore::open(Arc::new(DataFolder::open(folder).unwrap()), Arc::new(SystemClock)).unwrap();
    for chunk in lines.chunks(batch) {
        store.append(chunk.to_vec(), Visibility::Soon).await.unwrap();
    }
    store
}

fn selection(query: Query, range: (i64, i64)) -> Selection {
    let range = TimeRange::new(Micros::new(range.0), Micros::new(range.1)).unwrap();
    Selection { kinds: KindSet::APP_AND_ERROR, range, query }
}

async fn walk(store: &TantivyLogStore, selection: &Selection, sort: SortOrder, limit: usize) -> Vec<String> {
    let mut ids = Vec::new();
    let mut after: Option<PageStart> = None;
    loop {
        let request = PageRequest {
            selection: selection.clone(),
            sort,
            limit,
            start: after.clone(),
            wants_next: true,
            total: TotalMode::Exact,
        };
        let page = store.search(&request).await.unwrap();
        ids.extend(page.rows.iter().map(|row| row.entry.id.as_str().to_owned()));
        assert!(ids.len() <= 1_000, "the walk does not end");
        after = page.next;
        if after.is_none() {
            return ids;
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn a_walk_by_pages_gives_every_line_once_in_order(
        lines in lines(), batch in 1_usize..40, limit in 1_usize..30, from in 0_i64..12, length in 0_i64..20,
        sort in select(vec![SortOrder::Desc, SortOrder::Asc]), service in select(vec![None, Some("a")]),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let query = service.map_or(Query::All, |service| Query::term(LogField::Service, service));
        let window = from..from + length;
        let matching: Vec<_> = lines
            .iter()
            .filter(|line| line.kind != LogKind::Security)
            .map(|line| &line.entry)
            .filter(|entry| window.contains(&entry.timestamp.get()))
            .filter(|entry| service.is_none_or(|service| entry.service == service))
            .collect();
        let mut expected: Vec<_> =
            matching.iter().map(|entry| (entry.timestamp, entry.id.as_str().to_owned())).collect();
        expected.sort();
        if sort == SortOrder::Desc {
            expected.reverse();
        }

        let (found, total, by_level, by_service) = runtime.block_on(async {
            let store = store(folder.path(), &lines, batch).await;
            let selection = selection(query, (from, from + length));
            let found = walk(&store, &selection, sort, limit).await;
            let request = PageRequest {
                selection: selection.clone(), sort, limit, start: None, wants_next: true, total: TotalMode::Bounded,
            };
            let total = store.search(&request).await.unwrap().total.unwrap().value;
            let count = CountRequest {
                selection, bounds: Vec::new(), by: Some(LogField::Level), top: 6, prefix: None,
            };
            let by_service = CountRequest { by: Some(LogField::Service), ..count.clone() };
            let (by_level, by_service) = (store.count_by(&count).await, store.count_by(&by_service).await);
            (found, total, by_level.unwrap(), by_service.unwrap())
        });

        let expected: Vec<_> = expected.into_iter().map(|(_, id)| id).collect();
        prop_assert_eq!(&found, &expected);
        prop_assert_eq!(total, u64::try_from(expected.len()).unwrap());
        prop_assert_eq!((by_level.buckets[0].count, by_service.buckets[0].count), (total, total));
        let fields: [(Counts, ValueOf); 2] =
            [(by_level, |entry| entry.level.as_str()), (by_service, |entry| entry.service.as_str())];
        for (found, value_of) in fields {
            let mut counted = BTreeMap::<_, u64>::new();
            for entry in &matching {
                *counted.entry(value_of(entry).to_owned()).or_default() += 1;
            }
            prop_assert_eq!(found.buckets[0].by.iter().cloned().collect::<BTreeMap<_, _>>(), counted);
        }
    }
}

#[tokio::test]
async fn a_line_is_found_by_its_id_and_only_among_its_kinds() {
    let folder = tempfile::tempdir().unwrap();
    let mut secret = line("s-1", 5, "a", Level::Info);
    secret.kind = LogKind::Security;
    let store = store(folder.path(), &[line("a-1", 5, "a", Level::Info), secret], 10).await;

    let app = store.get(&LogId::stored("a-1"), KindSet::APP_AND_ERROR).await.unwrap();
    let hidden = store.get(&LogId::stored("s-1"), KindSet::APP_AND_ERROR).await.unwrap();
    let shown = store.get(&LogId::stored("s-1"), KindSet::ALL).await.unwrap();

    assert_eq!(app.unwrap().entry.id.as_str(), "a-1");
    assert_eq!(hidden, None);
    assert_eq!(shown.unwrap().entry.id.as_str(), "s-1");
}

#[tokio::test]
async fn lines_survive_a_reopening_and_go_when_their_time_has_come() {
    let folder = tempfile::tempdir().unwrap();
    let lines: Vec<_> = (0..50).map(|time| line(&format!("n{time}"), time, "a", Level::Info)).collect();
    drop(store(folder.path(), &lines, 7).await);
    let reopened = loop {
        // The writer thread of the first store may still be ending; the folder is free once it has.
        match DataFolder::open(folder.path()) {
            Ok(folder) => break TantivyLogStore::open(Arc::new(folder), Arc::new(SystemClock)),
            Err(_) => tokio::task::yield_now().await,
        }
    };
    let store = reopened.unwrap();

    let deleted = store.delete_before(LogKind::App, Micros::new(20)).await.unwrap();
    let left = walk(&store, &selection(Query::All, (0, 100)), SortOrder::Asc, 100).await;

    assert_eq!(deleted, 20);
    assert_eq!(left.len(), 30);
    assert_eq!(left[0], "n20");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn searches_that_take_long_leave_a_worker_to_others() {
    let folder = tempfile::tempdir().unwrap();
    let store = Arc::new(store(folder.path(), &[], 1).await);
    let end = Arc::new(Barrier::new(5));
    let mut long = tokio::task::JoinSet::new();
    for _ in 0..4 {
        let (store, end) = (Arc::clone(&store), Arc::clone(&end));
        long.spawn(async move {
            let wait = move |_: &_| {
                end.wait();
                Ok(())
            };
            store.searching(wait).await
        });
    }

    let mut quick = tokio::task::JoinSet::new();
    quick.spawn(async move { store.searching(|_| Ok(7)).await.unwrap() });
    let found = tokio::time::timeout(Duration::from_secs(20), quick.join_next()).await;

    end.wait();
    assert_eq!(found.unwrap().unwrap().unwrap(), 7);
    assert_eq!(long.join_all().await.len(), 4);
}

#[tokio::test]
async fn counts_by_time_cover_every_bucket() {
    let folder = tempfile::tempdir().unwrap();
    let lines: Vec<_> = (0..60).map(|time| line(&format!("n{time}"), time, "a", Level::Info)).collect();
    let store = store(folder.path(), &lines, 13).await;
    let bounds = [5, 10, 30, 31, 90].map(Micros::new).to_vec();

    for query in [Query::All, Query::Levels(vec![Level::Info])] {
        let request = CountRequest {
            selection: selection(query, (5, 90)),
            bounds: bounds.clone(),
            by: Some(LogField::Service),
            top: 10,
            prefix: None,
        };
        let counts = store.count_by(&request).await.unwrap();
        let plain = store.count_by(&CountRequest { by: None, ..request }).await.unwrap();

        assert_eq!(counts.buckets.iter().map(|bucket| bucket.count).collect::<Vec<_>>(), [5, 20, 1, 29]);
        assert_eq!(plain.buckets.iter().map(|bucket| bucket.count).collect::<Vec<_>>(), [5, 20, 1, 29]);
        assert_eq!(counts.buckets[1].by, [("a".to_owned(), 20)]);
    }
}
