//! A log store with a deadline and a record of its calls: what surrounds the engine of a cluster.

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;

use super::{LineToStore, LogStore, StoreError, StoreHealth, StoreResult, Visibility};
use crate::model::page::{Arrivals, Counts, Row, Rows};
use crate::model::query::{ArrivalsRequest, CountRequest, PageRequest};
use crate::model::{KindSet, LogId, LogKind, Micros};
use crate::resilience::Deadline;
use crate::telemetry::Metrics;
use crate::telemetry::labels::{ElasticFailure, ElasticOperation};

/// How much longer than the engine's own deadline a call may take: the engine, which learns from it which node was
/// silent, is to be the first to give up.
const GRACE: Duration = Duration::from_millis(500);

/// Surrounds a store: every call has an end, and is counted and timed.
pub struct GuardedLogStore {
    inner: Arc<dyn LogStore>,
    name: &'static str,
    budget: Duration,
    metrics: Arc<Metrics>,
}

impl GuardedLogStore {
    /// Surrounds `inner`, whose single calls end after `budget` by themselves.
    #[must_use]
    pub fn new(
        inner: Arc<dyn LogStore>,
        name: &'static str,
        budget: Duration,
        metrics: Arc<Metrics>,
    ) -> Self {
        Self { inner, name, budget, metrics }
    }

    /// A call that somebody waits for.
    async fn within<T>(
        &self,
        operation: ElasticOperation,
        call: impl Future<Output = StoreResult<T>>,
    ) -> StoreResult<T> {
        let deadline = Deadline::after(self.budget + GRACE);
        let timeout_ms = u64::try_from(self.budget.as_millis()).unwrap_or(u64::MAX);
        let late = || StoreError::Timeout { store: self.name, timeout_ms };
        let bounded = async { deadline.run(call).await.unwrap_or_else(|_| Err(late())) };
        self.recorded(operation, bounded).await
    }

    async fn recorded<T>(
        &self,
        operation: ElasticOperation,
        call: impl Future<Output = StoreResult<T>>,
    ) -> StoreResult<T> {
        let start = Instant::now();
        let outcome = call.await;
        self.metrics.elasticsearch_query_duration.observe(operation, start.elapsed());
        if let Some(failure) = outcome.as_ref().err().and_then(failure) {
            self.metrics.elasticsearch_connection_errors.inc(failure);
        }
        outcome
    }
}

/// What counts as a failed connection; a store that understood and says no is well.
fn failure(error: &StoreError) -> Option<ElasticFailure> {
    match error {
        StoreError::Unavailable { .. } => Some(ElasticFailure::Connect),
        StoreError::Timeout { .. } => Some(ElasticFailure::Timeout),
        StoreError::Overloaded { .. } => Some(ElasticFailure::Overloaded),
        StoreError::BadAnswer { .. } => Some(ElasticFailure::BadAnswer),
        StoreError::Forbidden { .. } | StoreError::Unreadable { .. } => Some(ElasticFailure::Forbidden),
        StoreError::Rejected { .. }
        | StoreError::ReadOnly { .. }
        | StoreError::Misconfigured { .. }
        | StoreError::Unprepared { .. }
        | StoreError::Unsupported { .. }
        | StoreError::Gone { .. }
        | StoreError::Full { .. }
        | StoreError::Corrupt { .. } => None,
    }
}

#[async_trait]
impl LogStore for GuardedLogStore {
    async fn get(&self, id: &LogId, kinds: KindSet) -> StoreResult<Option<Row>> {
        self.within(ElasticOperation::Get, self.inner.get(id, kinds)).await
    }

    async fn search(&self, request: &PageRequest) -> StoreResult<Rows> {
        self.within(ElasticOperation::Search, self.inner.search(request)).await
    }

    async fn arrivals(&self, request: &ArrivalsRequest) -> StoreResult<Arrivals> {
        self.within(ElasticOperation::Search, self.inner.arrivals(request)).await
    }

    async fn count_by(&self, request: &CountRequest) -> StoreResult<Counts> {
        self.within(ElasticOperation::Count, self.inner.count_by(request)).await
    }

    async fn append(
        &self,
        lines: Vec<LineToStore>,
        visibility: Visibility,
    ) -> StoreResult<Vec<Result<(), String>>> {
        self.within(ElasticOperation::Bulk, self.inner.append(lines, visibility)).await
    }

    async fn delete_before(&self, kind: LogKind, time: Micros) -> StoreResult<u64> {
        // Deletes index after index, each under a deadline of its own, and nobody waits for it.
        self.recorded(ElasticOperation::Delete, self.inner.delete_before(kind, time)).await
    }

    async fn disk_bytes(&self) -> StoreResult<Option<u64>> {
        self.inner.disk_bytes().await
    }

    async fn shrink_to(&self, max_bytes: u64) -> StoreResult<u64> {
        self.inner.shrink_to(max_bytes).await
    }

    async fn health(&self) -> StoreResult<StoreHealth> {
        self.within(ElasticOperation::Health, self.inner.health()).await
    }
}
