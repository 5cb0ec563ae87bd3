//! The store of log lines on a cluster.

use std::collections::BTreeSet;
use std::sync::Arc;

use async_trait::async_trait;
use serde_json::Value;

use super::examine::Examination;
use super::health;
use super::indices::IndexNames;
use crate::model::page::{Arrivals, Counts, Row, Rows};
use crate::model::query::{ArrivalsRequest, CountRequest, PageRequest};
use crate::model::{Clock, FieldRef, Finding, KindSet, LogId, LogKind, Micros, RetentionDays};
use crate::repository::elastic::STORE;
use crate::repository::elastic::install::Profile;
use crate::repository::elastic::install::{Bootstrap, BootstrapMode, Bootstrapped};
use crate::repository::elastic::layout::FieldNames;
use crate::repository::elastic::layout::Layout;
use crate::repository::elastic::layout::LayoutCache;
use crate::repository::elastic::read::OpenPoints;
use crate::repository::elastic::read::Walker;
use crate::repository::elastic::read::{arrivals, counts, search};
use crate::repository::elastic::transport::Client;
use crate::repository::elastic::transport::ElasticOptions;
use crate::repository::elastic::transport::FlavourCache;
use crate::repository::elastic::transport::unavailable;
use crate::repository::elastic::write::Writer;
use crate::repository::elastic::write::retention;
use crate::repository::{LineToStore, LogStore, StoreError, StoreHealth, StoreResult, Visibility};
use crate::resilience::Deadline;

/// Log lines in Elasticsearch or OpenSearch.
#[derive(Debug)]
pub struct ElasticLogStore {
    client: Client,
    indices: IndexNames,
    timeout_ms: u64,
    capabilities: FlavourCache,
    own: Arc<Layout>,
    /// The layouts of the indices that the configuration names.
    foreign: Option<Foreign>,
    points: OpenPoints,
    writer: Writer,
    retention: RetentionDays,
}

/// The layouts of the indices of others.
#[derive(Debug)]
struct Foreign {
    /// For whoever may see security lines.
    whole: LayoutCache,
    /// For everybody else.
    without_security: LayoutCache,
}

impl Foreign {
    fn of(&self, kinds: KindSet) -> &LayoutCache {
        if kinds.security { &self.whole } else { &self.without_security }
    }
}

/// Where some lines are read, and how.
struct Reading {
    /// The indices, as a list for a URL path.
    target: String,
    layout: Arc<Layout>,
}

impl ElasticLogStore {
    /// Prepares a connection. Nothing is sent, so this works while the cluster is down.
    ///
    /// # Errors
    /// [`StoreError::Misconfigured`] names the option that cannot be used: an address, the CA file, a key.
    // By value: the store owns its options, and the caller's copy of the secrets ends here.
    #[expect(clippy::needless_pass_by_value, reason = "the caller's copy of the secrets ends here")]
    pub fn connect(options: ElasticOptions) -> StoreResult<Self> {
        let indices = IndexNames::new(options.env.clone(), options.indices.clone());
        let names = || FieldNames::new(options.preset, &options.field_names);
        Ok(Self {
            client: Client::new(&options)?,
            foreign: indices.patterns().map(|target| Foreign {
                whole: LayoutCache::new(names(), target.clone(), KindSet::ALL),
                without_security: LayoutCache::new(names(), target, KindSet::APP_AND_ERROR),
            }),
            indices,
            timeout_ms: options.timeout_ms,
            capabilities: FlavourCache::default(),
            own: Arc::new(Layout::of_our_own()),
            points: OpenPoints::default(),
            writer: Writer::default(),
            retention: options.retention,
        })
    }

    /// Installs templates, and lifecycle policies or the first indices with their write aliases, or says what that would
    /// change. Without a `wanted` profile, what the cluster has is kept to, and a new one gets what it can carry out.
    ///
    /// Repeating it changes nothing. A cluster with templates of a newer version of this program is not touched at all.
    ///
    /// # Errors
    /// [`StoreError::Rejected`] when the cluster holds newer templates or cannot have the profile,
    /// [`StoreError::Forbidden`] when the user may not install any.
    pub async fn bootstrap(&self, mode: BootstrapMode, wanted: Option<Profile>) -> StoreResult<Bootstrapped> {
        let flavour = self.capabilities.refresh(&self.client).await?;
        let bootstrap = Bootstrap {
            client: &self.client,
            indices: &self.indices,
            flavour: &flavour,
            days: self.retention,
        };
        bootstrap.run(mode, wanted).await
    }

    /// Examines nodes, rights, templates, fields and clocks, the last against `clock`. Changes nothing and never fails: what cannot
    /// be asked is a finding.
    pub async fn examine(&self, clock: &dyn Clock) -> Vec<Finding> {
        let examination = Examination {
            client: &self.client,
            capabilities: &self.capabilities,
            indices: &self.indices,
            foreign: self.foreign.as_ref().map(|foreign| &foreign.whole),
            retention: self.retention,
            clock,
        };
        examination.run().await
    }

    /// Where lines of `kinds` are read; `None` for no kind at all.
    async fn reading(&self, kinds: KindSet, fields: &BTreeSet<FieldRef>) -> StoreResult<Option<Reading>> {
        let Some(target) = self.indices.build_index_pattern(kinds) else { return Ok(None) };
        let layout = match &self.foreign {
            Some(foreign) if self.indices.are_foreign(kinds) => {
                foreign.of(kinds).of(&self.client, fields).await?
            }
            Some(_) | None => Arc::clone(&self.own),
        };
        Ok(Some(Reading { target, layout }))
    }
}

#[async_trait]
impl LogStore for ElasticLogStore {
    async fn get(&self, id: &LogId, kinds: KindSet) -> StoreResult<Option<Row>> {
        let Some(Reading { target, layout }) = self.reading(kinds, &BTreeSet::new()).await? else {
            return Ok(None);
        };
        let flavour = self.capabilities.get(&self.client).await?;
        let body = search::by_id(id, kinds, &layout, &flavour, self.timeout_ms);
        let mut found = search::search(&self.client, &target, &layout, &body).await?;
        let mut hits = found.answer.take_hits().into_iter().filter(|hit| !layout.is_withheld(&hit.index));
        match hits.next() {
            Some(hit) => Ok(Some(hit.into_row(&layout))),
            // The line may lie in the part that did not answer.
            None if !found.completeness().has_answered() => {
                Err(unavailable("a part of the indices did not answer"))
            }
            None => Ok(None),
        }
    }

    async fn search(&self, request: &PageRequest) -> StoreResult<Rows> {
        let selection = &request.selection;
        let Some(reading) = self.reading(selection.kinds, &selection.query.fields()).await? else {
            return Ok(Rows::default());
        };
        let flavour = self.capabilities.get(&self.client).await?;
        let walker = Walker {
            client: &self.client,
            points: &self.points,
            flavour: &flavour,
            layout: &reading.layout,
            target: &reading.target,
            timeout_ms: self.timeout_ms,
        };
        walker.page(request).await
    }

    async fn arrivals(&self, request: &ArrivalsRequest) -> StoreResult<Arrivals> {
        if request.limit == 0 {
            return Ok(arrivals::none(request));
        }
        let Some(reading) = self.reading(request.kinds, &request.query.fields()).await? else {
            return Ok(arrivals::none(request));
        };
        let flavour = self.capabilities.get(&self.client).await?;
        let Reading { target, layout } = reading;
        arrivals::find(&self.client, &flavour, &target, &layout, request, self.timeout_ms).await
    }

    async fn count_by(&self, request: &CountRequest) -> StoreResult<Counts> {
        let selection = &request.selection;
        let mut fields = selection.query.fields();
        fields.extend(request.by.map(FieldRef::from));
        let Some(Reading { target, layout }) = self.reading(selection.kinds, &fields).await? else {
            return Ok(Counts { buckets: counts::empty(request), ..Counts::default() });
        };
        counts::count(&self.client, &target, &layout, request, self.timeout_ms).await
    }

    async fn append(
        &self,
        lines: Vec<LineToStore>,
        visibility: Visibility,
    ) -> StoreResult<Vec<Result<(), String>>> {
        if !self.indices.reads_what_it_writes() {
            return Err(StoreError::ReadOnly { store: STORE });
        }
        self.writer.append(&self.client, &self.capabilities, &self.indices, &lines, visibility).await
    }

    async fn delete_before(&self, kind: LogKind, time: Micros) -> StoreResult<u64> {
        match retention::delete_before(&self.client, &self.indices.alias(kind), time).await {
            // Whoever lets us read their indices only has none of ours.
            Err(StoreError::Forbidden { .. }) if self.foreign.is_some() => Ok(0),
            done => done,
        }
    }

    async fn disk_bytes(&self) -> StoreResult<Option<u64>> {
        Ok(None)
    }

    async fn shrink_to(&self, _max_bytes: u64) -> StoreResult<u64> {
        Ok(0)
    }

    async fn health(&self) -> StoreResult<StoreHealth> {
        let deadline = Deadline::after(health::BUDGET);
        let cluster = health::collect_elasticsearch_health(&self.client, deadline.remaining()).await?;
        if let Some(nodes) = cluster.get("number_of_nodes").and_then(Value::as_u64) {
            self.capabilities.note_nodes(nodes);
        }
        // Version and capabilities are an extra: not knowing them does not make the cluster unhealthy.
        let _ = deadline.run(self.look_around()).await;
        Ok(health::report(&cluster, self.capabilities.last_known().as_deref()))
    }
}

impl ElasticLogStore {
    /// Learns what the cluster can do and how its indices look, if that is unknown or long ago.
    async fn look_around(&self) -> StoreResult<()> {
        self.capabilities.refresh(&self.client).await?;
        if let Some(foreign) = &self.foreign {
            foreign.of(KindSet::APP_AND_ERROR).of(&self.client, &BTreeSet::new()).await?;
        }
        Ok(())
    }
}
