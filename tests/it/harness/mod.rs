//! `TestApp`: the application over an embedded store, with a fixed clock and one token for every role.

mod client;
mod clock;
mod events;
mod test_store;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use secrecy::ExposeSecret as _;
use tokio::sync::watch;
use trailproof::access::{Admit, Credentials};
use trailproof::error::{Error, ErrorCode, Result};
use trailproof::http::state::Lifecycle;
use trailproof::http::{self, AppState, Limits, SearchRate, Seats, Surface};
use trailproof::ingest::IngestService;
use trailproof::model::health::{Check, CheckState};
use trailproof::model::{Caller, HealthReport, Permission, Principal, Role, Scope};
use trailproof::search::{MasterKey, SearchService};
use trailproof::telemetry::Metrics;

pub(crate) use client::{Answer, Call, call};
pub(crate) use clock::{FixedClock, NOW};
pub(crate) use events::Events;
pub(crate) use test_store::{Behaviour, TestStore, line};

/// The application and the handles by which a test moves its surroundings.
pub(crate) struct TestApp {
    pub(crate) router: axum::Router,
    pub(crate) store: Arc<TestStore>,
    pub(crate) health: watch::Sender<HealthReport>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) lifecycle: Arc<Lifecycle>,
    are_tokens_expired: Arc<AtomicBool>,
}

impl TestApp {
    /// All routes, with the default limits and a healthy store.
    pub(crate) fn new() -> Self {
        Self::with(Surface::Everything, |_| {})
    }

    /// The routes of a listener, with limits of the test's own.
    pub(crate) fn with(surface: Surface, change: impl FnOnce(&mut Limits)) -> Self {
        let store = Arc::new(TestStore::new());
        let (health, mut state) = state(&store, change);
        let are_tokens_expired = Arc::<AtomicBool>::default();
        state.door = Arc::new(TestDoor { are_tokens_expired: Arc::clone(&are_tokens_expired) });
        let (metrics, lifecycle) = (Arc::clone(&state.metrics), Arc::clone(&state.lifecycle));
        let router =
            http::assemble(http::routes(surface), state).expect("every route declares its permission");
        Self { router, store, health, metrics, lifecycle, are_tokens_expired }
    }

    /// Begins a request with a `Host` header and nothing else.
    pub(crate) fn call(&self, method: &str, path: &str) -> Call {
        call(self.router.clone(), method, path)
    }

    /// Sends a GET as a role.
    pub(crate) async fn get_as(&self, role: &str, path: &str) -> Answer {
        self.call("GET", path).token(role).send().await
    }

    /// Refuses every token from now on.
    pub(crate) fn expire_tokens(&self) {
        self.are_tokens_expired.store(true, Ordering::Relaxed);
    }

    /// Says how the back end is from now on.
    pub(crate) fn set_health(&self, state: CheckState) {
        self.health.send_replace(report(state));
    }
}

/// The state of an application over `store`, with the sender of its health.
pub(crate) fn state(
    store: &Arc<TestStore>,
    change: impl FnOnce(&mut Limits),
) -> (watch::Sender<HealthReport>, AppState) {
    let mut limits = Limits::default();
    change(&mut limits);
    let (sender, health) = watch::channel(report(CheckState::Up));
    let metrics = Arc::new(Metrics::new().expect("names and labels are well-formed"));
    let lines = Arc::<TestStore>::clone(store);
    let state = AppState {
        door: Arc::new(TestDoor::default()),
        search: Arc::new(
            SearchService::new(
                Arc::<TestStore>::clone(store),
                Arc::new(FixedClock),
                &MasterKey::new([7; 32]),
            )
            .expect("32 bytes are a key"),
        ),
        ingest: Arc::new(IngestService::new(lines, Arc::new(FixedClock), Arc::clone(&metrics))),
        health,
        metrics,
        lifecycle: Arc::new(Lifecycle::default()),
        tails: Arc::new(Seats::default()),
        rate: Arc::new(SearchRate::new(1_000_000, 1_000_000)),
        limits,
    };
    (sender, state)
}

fn report(state: CheckState) -> HealthReport {
    let detail = serde_json::Map::from_iter([("engine".to_owned(), "memory".into())]);
    HealthReport { checks: vec![Check { name: "search", state, impaired: false, latency_ms: 2, detail }] }
}

/// Lets in by the name of a role, until all tokens have expired.
#[derive(Default)]
struct TestDoor {
    are_tokens_expired: Arc<AtomicBool>,
}

#[async_trait]
impl Admit for TestDoor {
    async fn admit(&self, credentials: &Credentials, permission: Permission) -> Result<Caller> {
        let Credentials::Bearer(token) = credentials;
        if self.are_tokens_expired.load(Ordering::Relaxed) {
            return Err(Error::new(ErrorCode::BadToken, "the token has expired"));
        }
        admit(token.expose_secret(), permission)
    }
}

/// A token is the name of its role, which sees every service; `viewer@gateway,auth-service` sees these only.
fn admit(token: &str, permission: Permission) -> Result<Caller> {
    let (name, services) = token.split_once('@').unwrap_or((token, ""));
    let role =
        Role::parse(name).ok_or_else(|| Error::new(ErrorCode::BadToken, "the token is not accepted"))?;
    let services: Vec<_> = services.split(',').filter(|name| !name.is_empty()).map(str::to_owned).collect();
    let scope = if services.is_empty() { Scope::All } else { Scope::Services(services.clone()) };
    let principal = Principal { subject: format!("{name}-1"), roles: vec![role], services };
    if !principal.may(permission) {
        let detail = format!("your roles do not hold {}", permission.as_str());
        return Err(Error::new(ErrorCode::Forbidden, detail));
    }
    Ok(Caller { principal, scope, max_window_days: 31 })
}
