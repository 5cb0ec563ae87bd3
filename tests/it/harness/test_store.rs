//! A store that keeps its lines in memory and fails on demand. It looks at neither query nor window.

use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use trailproof::model::page::{Counts, Row, Rows};
use trailproof::model::query::{CountRequest, PageRequest};
use trailproof::model::{
    Completeness, KindSet, Level, LogEntry, LogId, LogKind, Micros, Position, SortOrder, Total,
};
use trailproof::repository::{LineToStore, LogStore, StoreError, StoreHealth, StoreResult, Visibility};

use super::NOW;

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

/// Lines in memory.
#[derive(Default)]
pub(crate) struct MemoryStore {
    lines: Mutex<Vec<LogEntry>>,
    behaviour: Mutex<Behaviour>,
}

impl MemoryStore {
    /// Stores lines without going through the application.
    pub(crate) fn put(&self, lines: impl IntoIterator<Item = LogEntry>) {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).extend(lines);
    }

    /// Number of lines.
    pub(crate) fn count(&self) -> usize {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).len()
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
                Err(StoreError::Unavailable { store: "memory", reason: "10.1.2.3:9200 refused".to_owned() })
            }
            Behaviour::Hangs => std::future::pending().await,
            Behaviour::Panics => panic!("a defect of the store"),
        }
    }
}

#[async_trait]
impl LogStore for MemoryStore {
    async fn get(&self, id: &LogId, _kinds: KindSet) -> StoreResult<Option<LogEntry>> {
        self.ask().await?;
        let lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(lines.iter().find(|line| line.id == *id).cloned())
    }

    async fn search(&self, request: &PageRequest) -> StoreResult<Rows> {
        self.ask().await?;
        let lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        let total = Some(Total::exactly(lines.len().try_into().unwrap()));
        let mut rows: Vec<_> = lines.iter().cloned().map(row).collect();
        rows.sort_by(|left, right| {
            (left.position.time, &left.position.id).cmp(&(right.position.time, &right.position.id))
        });
        if request.sort == SortOrder::Desc {
            rows.reverse();
        }
        rows.truncate(request.limit);
        Ok(Rows { rows, total, completeness: Completeness::default() })
    }

    async fn count_by(&self, _request: &CountRequest) -> StoreResult<Counts> {
        self.ask().await?;
        Ok(Counts::default())
    }

    async fn append(
        &self,
        lines: Vec<LineToStore>,
        _visibility: Visibility,
    ) -> StoreResult<Vec<Result<(), String>>> {
        self.ask().await?;
        let outcome = vec![Ok(()); lines.len()];
        self.put(lines.into_iter().map(|line| line.entry));
        Ok(outcome)
    }

    async fn delete_before(&self, _kind: LogKind, _time: Micros) -> StoreResult<u64> {
        self.ask().await?;
        Ok(0)
    }

    async fn health(&self) -> StoreResult<StoreHealth> {
        self.ask().await?;
        Ok(StoreHealth { check: "search", color: None, detail: serde_json::Map::default() })
    }
}

fn row(entry: LogEntry) -> Row {
    let position = Position { time: entry.timestamp.get(), id: entry.id.to_string() };
    Row { entry, position }
}

/// A line that is `age_seconds` old.
pub(crate) fn line(id: &str, age_seconds: i64) -> LogEntry {
    LogEntry {
        id: LogId::new(id).unwrap(),
        timestamp: NOW.plus(-age_seconds * 1_000_000),
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
        context: serde_json::Map::default(),
    }
}
