//! One engine under test: a store with nothing in it, and the service over it with a clock that the test moves.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use trailproof::error::Result;
use trailproof::ingest::{IngestAnswer, IngestRequest, IngestService};
use trailproof::model::query::{PageRequest, Selection};
use trailproof::model::{
    Caller, Clock, KindSet, LogEntry, LogField, Micros, Query, SortOrder, TimeRange, TotalMode,
};
use trailproof::repository::LogStore;
use trailproof::repository::elastic::{BootstrapMode, ElasticLogStore, ElasticOptions};
use trailproof::repository::embedded::folder::DataFolder;
use trailproof::repository::embedded::tantivy::TantivyLogStore;
use trailproof::search::{MasterKey, SearchAnswer, SearchParams, SearchService};
use trailproof::telemetry::Metrics;

use crate::bootstrap::TEMPLATES;
use crate::callers::sre;
use crate::managed;

/// The time at which every test begins: 2026-11-21T12:00:03Z.
pub(crate) const NOW: Micros = Micros::new(1_795_262_403_000_000);

/// Stands still until a test moves it.
pub(crate) struct MovableClock(AtomicI64);

impl MovableClock {
    fn at_now() -> Arc<Self> {
        Arc::new(Self(AtomicI64::new(NOW.get())))
    }

    /// Moves the time on.
    pub(crate) fn advance(&self, by: Duration) {
        self.0.fetch_add(i64::try_from(by.as_micros()).unwrap(), Ordering::Relaxed);
    }
}

impl Clock for MovableClock {
    fn now(&self) -> Micros {
        Micros::new(self.0.load(Ordering::Relaxed))
    }
}

/// A cluster with indices of one test.
pub(crate) struct Cluster {
    pub(crate) url: String,
    pub(crate) env: String,
}

/// A store and the service over it.
pub(crate) struct Engine {
    pub(crate) service: Arc<SearchService>,
    pub(crate) intake: Arc<IngestService>,
    pub(crate) store: Arc<dyn LogStore>,
    pub(crate) clock: Arc<MovableClock>,
    /// Where the lines are, if not in this process.
    pub(crate) cluster: Option<Cluster>,
    /// Removed after the store.
    _folder: Option<tempfile::TempDir>,
}

impl Engine {
    pub(crate) fn embedded() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = MovableClock::at_now();
        let data = Arc::new(DataFolder::open(folder.path()).unwrap());
        let store = TantivyLogStore::open(data, Arc::<MovableClock>::clone(&clock)).unwrap();
        Self::over(Arc::new(store), clock, None, Some(folder))
    }

    /// The cluster that the variable names, with indices of this test's own.
    pub(crate) async fn elastic(variable: &str) -> Self {
        Self::on(server_url(variable)).await
    }

    /// The same where the cluster manages lifecycles, so that lines go to data streams.
    pub(crate) async fn managed(variable: &str) -> Self {
        Self::on(managed::start(server_url(variable)).await).await
    }

    async fn on(url: String) -> Self {
        install_crypto();
        let env = random_env();
        let options = ElasticOptions {
            urls: vec![url.clone()],
            env: env.parse().unwrap(),
            timeout_ms: 30_000,
            ..ElasticOptions::default()
        };
        let store = ElasticLogStore::connect(options).unwrap();
        let templates = TEMPLATES.read().await;
        store.bootstrap(BootstrapMode::Apply, None).await.unwrap();
        drop(templates);
        Self::over(Arc::new(store), MovableClock::at_now(), Some(Cluster { url, env }), None)
    }

    /// Over indices of somebody else's.
    pub(crate) fn reading(options: ElasticOptions) -> Self {
        install_crypto();
        let store = Arc::new(ElasticLogStore::connect(options).unwrap());
        Self::over(store, MovableClock::at_now(), None, None)
    }

    fn over(
        store: Arc<dyn LogStore>,
        clock: Arc<MovableClock>,
        cluster: Option<Cluster>,
        folder: Option<tempfile::TempDir>,
    ) -> Self {
        let service = SearchService::new(store.clone(), clock.clone(), &MasterKey::new([7; 32])).unwrap();
        let metrics = Arc::new(Metrics::new().unwrap());
        let intake = Arc::new(IngestService::new(store.clone(), clock.clone(), metrics));
        Self { service: Arc::new(service), intake, store, clock, cluster, _folder: folder }
    }

    /// The time now.
    pub(crate) fn now(&self) -> Micros {
        self.clock.now()
    }

    /// Stores lines and waits until they can be found.
    pub(crate) async fn ingest(&self, ndjson: String) -> Result<IngestAnswer> {
        let answer = self.send(ndjson).await;
        self.refresh().await;
        answer
    }

    /// Stores lines, which may be found a little later.
    pub(crate) async fn send(&self, ndjson: String) -> Result<IngestAnswer> {
        let content_type = Some("application/x-ndjson".to_owned());
        let request = IngestRequest { content_type, ..IngestRequest::default() };
        self.intake.ingest(Bytes::from(ndjson), request).await
    }

    /// Makes everything that was written visible at once, where that would take a second by itself.
    pub(crate) async fn refresh(&self) {
        if let Some(Cluster { url, env }) = &self.cluster {
            let url = format!("{url}/logs-app-{env},logs-error-{env},logs-security-{env}/_refresh");
            http_client().post(url).send().await.unwrap().error_for_status().unwrap();
        }
    }

    /// Searches as someone who sees everything.
    pub(crate) async fn search(&self, parameters: &[(&str, &str)]) -> Result<SearchAnswer> {
        self.search_as(&sre(), parameters).await
    }

    /// Searches as `caller`.
    pub(crate) async fn search_as(
        &self,
        caller: &Caller,
        parameters: &[(&str, &str)],
    ) -> Result<SearchAnswer> {
        self.service.search_logs(caller, &params(parameters)?).await
    }

    /// The id of the line that its sender calls so; the name itself where there is none.
    pub(crate) async fn id_of(&self, name: &str) -> String {
        let query = Query::term(LogField::ClientId, name);
        let selection = Selection { kinds: KindSet::ALL, range: TimeRange::everything(), query };
        let request = PageRequest {
            selection,
            sort: SortOrder::Desc,
            limit: 1,
            start: None,
            wants_next: false,
            total: TotalMode::None,
        };
        let found = self.store.search(&request).await.unwrap();
        found.rows.first().map_or_else(|| name.to_owned(), |row| row.entry.id.to_string())
    }

    /// Names of the lines that a search finds, in its order.
    pub(crate) async fn ids(&self, parameters: &[(&str, &str)]) -> Vec<String> {
        ids(&self.search(parameters).await.unwrap())
    }
}

/// Parameters by name.
pub(crate) fn params(given: &[(&str, &str)]) -> Result<SearchParams> {
    let pair = |(name, value): &(&str, &str)| ((*name).to_owned(), Some((*value).to_owned()));
    SearchParams::from_pairs(given.iter().map(pair))
}

/// Names of the lines of an answer, in its order.
pub(crate) fn ids(answer: &SearchAnswer) -> Vec<String> {
    answer.items.iter().map(name).collect()
}

/// What the sender of a line calls it; the id of one that it has not named.
pub(crate) fn name(entry: &LogEntry) -> String {
    entry.client_id.clone().unwrap_or_else(|| entry.id.to_string())
}

/// Address of the server under test; a lane that did not start it fails here.
pub(crate) fn server_url(variable: &str) -> String {
    #[expect(clippy::disallowed_methods, reason = "the lane names the servers it has started")]
    let url = std::env::var(variable);
    url.unwrap_or_else(|_| {
        panic!("{variable} is not set: run this through tests/run, which starts the server")
    })
}

/// Two providers are linked in; whichever test comes first names one.
pub(crate) fn install_crypto() {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
}

/// A client of a server under test.
pub(crate) fn http_client() -> reqwest::Client {
    reqwest::Client::builder().timeout(Duration::from_secs(30)).build().unwrap()
}

/// Name of an environment that no other test has.
pub(crate) fn random_env() -> String {
    let env = format!("t{}", uuid::Uuid::from_u128(rand_bits()).simple());
    env[..20].to_owned()
}

fn rand_bits() -> u128 {
    let mut bytes = [0; 16];
    aws_lc_rs::rand::fill(&mut bytes).unwrap();
    u128::from_be_bytes(bytes)
}
