//! The composition root: configuration → store → services → HTTP, and the order in which they stop.
//!
//! This is the one place that names the engines. It calls the constructors, and nothing else decides anything here.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use aws_lc_rs::rand::SystemRandom;
use secrecy::ExposeSecret as _;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::access::secret::{load_or_create, token_secret};
use crate::access::{TokenDoor, TokenKey, TokenRules, TokenSigner, TokenVerifier, Windows};
use crate::config::Config;
use crate::http::server::{Listener, Server, ServerSettings};
use crate::http::state::Lifecycle;
use crate::http::{self, AppState, SearchRate, Seats, Surface};
use crate::ingest::IngestService;
use crate::model::{Clock, HealthReport};
use crate::repository::LogStore;
use crate::repository::elastic::{ElasticLogStore, ElasticOptions};
use crate::repository::embedded::folder::DataFolder;
use crate::repository::embedded::tantivy::TantivyLogStore;
use crate::repository::guarded::GuardedLogStore;
use crate::search::{MasterKey, SearchService};
use crate::telemetry::{Metrics, SystemClock};
use crate::worker::log_store_check::LogStoreCheck;
use crate::worker::probe::{HealthCheck, Probe, ProbeSettings};
use crate::worker::retention::{Retention, RetentionSettings};

/// Which engine holds the lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// tantivy in the data folder.
    Embedded,
    /// Elasticsearch or OpenSearch.
    Cluster,
}

impl Mode {
    /// The word that start-up prints.
    #[must_use]
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Embedded => "embedded",
            Self::Cluster => "cluster",
        }
    }
}

/// Everything that a running server is made of, except its listeners.
pub(crate) struct App {
    /// Which engine holds the lines.
    pub(crate) mode: Mode,
    /// Where the lines are.
    pub(crate) store: Arc<dyn LogStore>,
    /// Makes tokens that this server accepts.
    pub(crate) signer: TokenSigner,
    state: AppState,
    checks: Vec<Arc<dyn HealthCheck>>,
    retention: Retention,
    reports: watch::Sender<HealthReport>,
}

impl App {
    /// Opens the store and puts the services together. Needs no server to be reachable.
    ///
    /// # Errors
    /// A data folder or secret that cannot be used.
    pub(crate) fn open(config: &Config) -> anyhow::Result<Self> {
        let random = SystemRandom::new();
        let data = &config.storage.dir;
        let metrics = Arc::new(Metrics::new().context("the metrics cannot be registered")?);
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let (mode, store) = open_store(config, &metrics, &clock)?;
        let secret = token_secret(&config.auth, data, &random)?;
        let rules = TokenRules::from(&config.auth);
        let signer = TokenSigner::new(&secret, rules.clone());
        let verifier = TokenVerifier::new(&TokenKey::Hs256(secret), rules);
        let master = master_key(config, data, &random)?;
        let check = match mode {
            Mode::Embedded => "search",
            Mode::Cluster => "elasticsearch",
        };
        let checks: Vec<Arc<dyn HealthCheck>> =
            vec![Arc::new(LogStoreCheck::new(check, Arc::clone(&store), Arc::clone(&metrics)))];
        let names: Vec<_> = checks.iter().map(|check| check.name()).collect();
        let (reports, health) = watch::channel(HealthReport::before_the_first_probe(&names));
        let door = TokenDoor::new(verifier, Windows::from(&config.limits), Arc::clone(&clock));
        let state = AppState {
            door: Arc::new(door),
            search: Arc::new(SearchService::new(Arc::clone(&store), Arc::clone(&clock), &master)?),
            ingest: Arc::new(IngestService::new(
                Arc::clone(&store),
                Arc::clone(&clock),
                Arc::clone(&metrics),
            )),
            health,
            metrics: Arc::clone(&metrics),
            lifecycle: Arc::new(Lifecycle::default()),
            tails: Arc::new(Seats::default()),
            rate: Arc::new(SearchRate::new(config.limits.search_per_second, config.limits.search_burst)),
            limits: http::Limits::default(),
        };
        let retention = Retention::new(Arc::clone(&store), clock, RetentionSettings::from(config), metrics);
        Ok(Self { mode, store, signer, state, checks, retention, reports })
    }

    /// Serves until `stop` is ready. With `admin`, metrics and health have that listener of their own.
    ///
    /// Returns false when requests had to be cut off at the end.
    ///
    /// # Errors
    /// A route that declares no permission.
    pub(crate) async fn serve(
        self,
        public: Server,
        admin: Option<Server>,
        settings: &ServerSettings,
        stop: impl Future<Output = ()>,
    ) -> anyhow::Result<bool> {
        let listeners = self.listeners(public, admin)?;
        let stopping = CancellationToken::new();
        let workers = TaskTracker::new();
        for check in self.checks {
            let probe = Probe { check, settings: ProbeSettings::default() };
            workers.spawn(probe.run(self.reports.clone(), stopping.clone()));
        }
        workers.spawn(self.retention.run(stopping.clone()));
        workers.close();
        let metrics = Arc::clone(&self.state.metrics);
        let is_clean = http::server::run(listeners, settings, &self.state.lifecycle, metrics, stop).await;
        stopping.cancel();
        workers.wait().await;
        Ok(is_clean)
    }

    fn listeners(&self, public: Server, admin: Option<Server>) -> anyhow::Result<Vec<Listener>> {
        let router = |surface| http::assemble(http::routes(surface), self.state.clone());
        Ok(match admin {
            None => vec![public.with(router(Surface::Everything)?)],
            Some(admin) => vec![public.with(router(Surface::Public)?), admin.with(router(Surface::Admin)?)],
        })
    }
}

fn open_store(
    config: &Config,
    metrics: &Arc<Metrics>,
    clock: &Arc<dyn Clock>,
) -> anyhow::Result<(Mode, Arc<dyn LogStore>)> {
    if config.elasticsearch.url.is_empty() {
        let folder = Arc::new(DataFolder::open(&config.storage.dir)?);
        return Ok((Mode::Embedded, Arc::new(TantivyLogStore::open(folder, Arc::clone(clock))?)));
    }
    let cluster = ElasticLogStore::connect(elastic_options(config))?;
    let budget = Duration::from_millis(config.elasticsearch.timeout_ms);
    let guarded = GuardedLogStore::new(Arc::new(cluster), "elasticsearch", budget, Arc::clone(metrics));
    Ok((Mode::Cluster, Arc::new(guarded)))
}

/// How Elasticsearch is reached, as the configuration says.
#[must_use]
pub(crate) fn elastic_options(config: &Config) -> ElasticOptions {
    let settings = &config.elasticsearch;
    let expose = |urls: &[crate::config::ServerUrl]| urls.iter().map(|url| url.expose().to_owned()).collect();
    ElasticOptions {
        urls: expose(&settings.url),
        fallback_urls: expose(&settings.fallback_url),
        username: settings.username.clone(),
        password: settings.password.clone(),
        api_key: settings.api_key.clone(),
        ca_file: settings.ca_file.clone(),
        timeout_ms: settings.timeout_ms,
        env: config.logs.env.clone(),
        indices: config.logs.indices.clone(),
        preset: config.logs.preset,
        field_names: config.logs.fields.clone(),
        retention: config.retention.days(),
    }
}

fn master_key(config: &Config, data: &Path, random: &SystemRandom) -> anyhow::Result<MasterKey> {
    if let Some(bytes) = config.security.master_key_bytes() {
        return Ok(MasterKey::new(bytes));
    }
    let text = load_or_create(data, "master.key", random)?;
    let bytes = hex::decode(text.expose_secret()).ok().and_then(|bytes| bytes.try_into().ok());
    Ok(MasterKey::new(bytes.context("master.key in the data folder does not hold 64 hex digits")?))
}
