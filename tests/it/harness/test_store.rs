//! The embedded store in a folder of its own, which fails on demand.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use trailproof::model::page::{Arrivals, Counts, Row, Rows};
use trailproof::model::query::{ArrivalsRequest, CountRequest, PageRequest, Selection};
use trailproof::model::{
    KindSet, Level, LogContext, LogEntry, LogId, LogKind, Micros, Query, SortOrder, TimeRange, TotalMode,
};
use trailproof::repository::embedded::folder::DataFolder;
use trailproof::repository::embedded::tantivy::TantivyLogStore;
use trailproof::repository::{LineToStore, LogStore, StoreError, StoreHealth, StoreResult, Visibility};

use super::{FixedClock, NOW};

/// How the store behaves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Behaviour {
    /// Answers.
    #[default]
    Answers,
    /// Cannot be reached.
    IsDown,
    /// Never answers.
    Hangs,
    /// Has a defect.
    Panics,
}

/// A real store that can be told to misbehave.
pub(crate) struct TestStore {
    inner: TantivyLogStore,
    behaviour: Mutex<Behaviour>,
    /// Removed after the store.
    _folder: tempfile::TempDir,
}

impl TestStore {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let inner =
            TantivyLogStore::open(Arc::new(DataFolder::open(folder.path()).unwrap()), Arc::new(FixedClock))
                .unwrap();
        Self { inner, behaviour: Mutex::default(), _folder: folder }
    }

    /// Stores lines without going through the application.
    pub(crate) async fn put(&self, lines: impl IntoIterator<Item = LogEntry>) {
        let line = |entry: LogEntry| LineToStore { kind: entry.natural_kind(), entry, fingerprint: None };
        self.inner.append(lines.into_iter().map(line).collect(), Visibility::BeforeAnswer).await.unwrap();
    }

    /// Stores security lines without going through the application.
    pub(crate) async fn put_security(&self, lines: impl IntoIterator<Item = LogEntry>) {
        let line = |entry: LogEntry| LineToStore { kind: LogKind::Security, entry, fingerprint: None };
        self.inner.append(lines.into_iter().map(line).collect(), Visibility::BeforeAnswer).await.unwrap();
    }

    /// Number of lines.
    pub(crate) async fn count(&self) -> u64 {
        let selection = Selection { kinds: KindSet::ALL, range: TimeRange::everything(), query: Query::All };
        let request = PageRequest {
            selection,
            sort: SortOrder::Desc,
            limit: 1,
            start: None,
            wants_next: true,
            total: TotalMode::Exact,
        };
        self.inner.search(&request).await.unwrap().total.unwrap().value
    }

    /// Behaves so from now on.
    pub(crate) fn behave(&self, behaviour: Behaviour) {
        *self.behaviour.lock().unwrap_or_else(PoisonError::into_inner) = behaviour;
    }

    async fn ask(&self) -> StoreResult<()> {
        let behaviour = *self.behaviour.lock().unwrap_or_else(PoisonError::into_inner);
        match behaviour {
            Behaviour::Answers => Ok(()),
            Behaviour::IsDown => {
                Err(StoreError::Unavailable { store: "test", reason: "10.1.2.3:9200 refused".to_owned() })
            }
            Behaviour::Hangs => std::future::pending().await,
            Behaviour::Panics => panic!("a defect of the store"),
        }
    }
}

#[async_trait]
impl LogStore for TestStore {
    async fn get(&self, id: &LogId, kinds: KindSet) -> StoreResult<Option<Row>> {
        self.ask().await?;
        self.inner.get(id, kinds).await
    }

    async fn search(&self, request: &PageRequest) -> StoreResult<Rows> {
        self.ask().await?;
        self.inner.search(request).await
    }

    async fn arrivals(&self, request: &ArrivalsRequest) -> StoreResult<Arrivals> {
        self.ask().await?;
        self.inner.arrivals(request).await
    }

    async fn count_by(&self, request: &CountRequest) -> StoreResult<Counts> {
        self.ask().await?;
        self.inner.count_by(request).await
    }

    async fn append(
        &self,
        lines: Vec<LineToStore>,
        visibility: Visibility,
    ) -> StoreResult<Vec<Result<(), String>>> {
        self.ask().await?;
        self.inner.append(lines, visibility).await
    }

    async fn delete_before(&self, kind: LogKind, time: Micros) -> StoreResult<u64> {
        self.ask().await?;
        self.inner.delete_before(kind, time).await
    }

    async fn disk_bytes(&self) -> StoreResult<Option<u64>> {
        self.ask().await?;
        self.inner.disk_bytes().await
    }

    async fn shrink_to(&self, max_bytes: u64) -> StoreResult<u64> {
        self.ask().await?;
        self.inner.shrink_to(max_bytes).await
    }

    async fn health(&self) -> StoreResult<StoreHealth> {
        self.ask().await?;
        self.inner.health().await
    }
}

/// A line that is `age_seconds` old.
pub(crate) fn line(id: &str, age_seconds: i64) -> LogEntry {
    LogEntry {
        id: LogId::stored(id),
        client_id: None,
        timestamp: NOW.plus(-age_seconds * 1_000_000),
        received_at: None,
        level: Level::Error,
        service: "gateway".to_owned(),
        message: "upstream timed out".to_owned(),
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
    }
}
