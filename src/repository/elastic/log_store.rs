//! The store of log lines on a cluster.

use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::OnceCell;

use super::answer::unavailable;
use super::bootstrap::{self, BootstrapMode, Outcome};
use super::bulk;
use super::client::Client;
use super::flavour::Flavour;
use super::names::IndexNames;
use super::{ElasticOptions, STORE};
use super::{counts, health, retention, search};
use crate::model::page::{Bucket, Counts, Row, Rows};
use crate::model::query::{CountRequest, PageRequest};
use crate::model::{KindSet, LogId, LogKind, Micros};
use crate::repository::{LineToStore, LogStore, StoreError, StoreHealth, StoreResult, Visibility};
use crate::resilience::{Deadline, RetryPolicy, retry};

/// Log lines in Elasticsearch or OpenSearch.
#[derive(Debug)]
pub struct ElasticLogStore {
    client: Client,
    names: IndexNames,
    timeout_ms: u64,
    flavour: OnceCell<Flavour>,
}

impl ElasticLogStore {
    /// Prepares a connection. Nothing is sent, so this works while the cluster is down.
    ///
    /// # Errors
    /// [`StoreError::Rejected`] names the option that cannot be used: an address, the CA file, a key, a pattern.
    // By value: the store owns its options, and the caller's copy of the secrets ends here.
    #[expect(clippy::needless_pass_by_value, reason = "the caller's copy of the secrets ends here")]
    pub fn connect(options: ElasticOptions) -> StoreResult<Self> {
        let names = IndexNames::new(&options.env, &options.indices)
            .map_err(|reason| StoreError::Rejected { store: STORE, reason })?;
        Ok(Self {
            client: Client::new(&options)?,
            names,
            timeout_ms: options.timeout_ms,
            flavour: OnceCell::new(),
        })
    }

    /// Asks until the cluster can serve, with growing pauses, for at most `patience`; returns the last failure.
    pub async fn wait_until_ready(&self, patience: Duration) -> StoreResult<()> {
        let may_pass = |error: &StoreError| {
            matches!(
                error,
                StoreError::Unavailable { .. } | StoreError::Timeout { .. } | StoreError::Overloaded { .. }
            )
        };
        retry(&RetryPolicy::within(patience), may_pass, || self.health()).await.map(|_| ())
    }

    /// Installs the templates, the first indices and their write aliases, or says what that would change.
    ///
    /// Repeating it changes nothing. Templates of a newer version of this program are left alone.
    ///
    /// # Errors
    /// [`StoreError::Rejected`] when the cluster holds newer templates, [`StoreError::Forbidden`] when the user may
    /// not install any.
    pub async fn bootstrap(&self, mode: BootstrapMode) -> StoreResult<Vec<Outcome>> {
        let flavour = Flavour::probe(&self.client).await?;
        bootstrap::run(&self.client, &self.names, &flavour, mode).await
    }

    /// What kind of server this is; asked once.
    async fn flavour(&self) -> StoreResult<&Flavour> {
        self.flavour.get_or_try_init(|| Flavour::probe(&self.client)).await
    }
}

#[async_trait]
impl LogStore for ElasticLogStore {
    async fn get(&self, id: &LogId, kinds: KindSet) -> StoreResult<Option<Row>> {
        let Some(target) = self.names.build_index_pattern(kinds) else { return Ok(None) };
        let found = search::search(&self.client, &target, &search::by_id(id, self.timeout_ms)).await?;
        let is_partial = found.completeness().partial;
        let rows = found.answer.into_rows(crate::model::TotalMode::None).rows;
        match rows.into_iter().next() {
            Some(row) => Ok(Some(row)),
            // The line may lie in the part that did not answer.
            None if is_partial => Err(unavailable("a part of the indices did not answer")),
            None => Ok(None),
        }
    }

    async fn search(&self, request: &PageRequest) -> StoreResult<Rows> {
        let Some(target) = self.names.build_index_pattern(request.selection.kinds) else {
            return Ok(Rows::default());
        };
        let body = search::page(request, self.flavour().await?, self.timeout_ms);
        let found = search::search(&self.client, &target, &body).await?;
        let completeness = found.completeness();
        Ok(Rows { completeness, ..found.answer.into_rows(request.total) })
    }

    async fn count_by(&self, request: &CountRequest) -> StoreResult<Counts> {
        let plan = counts::Plan::new(request);
        let Some(target) = self.names.build_index_pattern(request.selection.kinds) else {
            let buckets = vec![Bucket::default(); plan.len()];
            return Ok(Counts { buckets, ..Counts::default() });
        };
        let found = search::search(&self.client, &target, &plan.body(self.timeout_ms)).await?;
        let completeness = found.completeness();
        Ok(Counts { buckets: plan.read(found.answer)?, completeness })
    }

    async fn append(
        &self,
        lines: Vec<LineToStore>,
        visibility: Visibility,
    ) -> StoreResult<Vec<Result<(), String>>> {
        bulk::append(&self.client, &self.names, &lines, visibility).await
    }

    async fn delete_before(&self, kind: LogKind, time: Micros) -> StoreResult<u64> {
        retention::delete_before(&self.client, &self.names.alias(kind), time).await
    }

    async fn health(&self) -> StoreResult<StoreHealth> {
        let deadline = Deadline::after(health::BUDGET);
        let cluster = health::cluster(&self.client, deadline.remaining()).await?;
        // Version and capabilities are an extra: not knowing them does not make the cluster unhealthy.
        let flavour = deadline.run(self.flavour()).await.ok().and_then(Result::ok);
        Ok(health::report(&cluster, flavour))
    }
}
