//! One engine under test: a store with nothing in it, and the service over it with a fixed clock.

use std::sync::Arc;

use bytes::Bytes;
use trailproof::error::Result;
use trailproof::model::{Caller, Clock, Micros, Principal, Role, Scope};
use trailproof::repository::LogStore;
use trailproof::repository::elastic::{BootstrapMode, ElasticLogStore, ElasticOptions};
use trailproof::repository::embedded::folder::DataFolder;
use trailproof::repository::embedded::tantivy::TantivyLogStore;
use trailproof::search::{IngestAnswer, IngestRequest, MasterKey, SearchAnswer, SearchParams, SearchService};

/// The time of every test: 2026-11-21T12:00:03Z.
pub(crate) const NOW: Micros = Micros::new(1_795_262_403_000_000);

struct FixedClock;

impl Clock for FixedClock {
    fn now(&self) -> Micros {
        NOW
    }
}

/// A store and the service over it.
pub(crate) struct Engine {
    pub(crate) service: Arc<SearchService>,
    /// Removed after the store.
    _folder: Option<tempfile::TempDir>,
}

impl Engine {
    #[expect(clippy::unused_async, reason = "every engine is opened alike")]
    pub(crate) async fn embedded() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = TantivyLogStore::open(Arc::new(DataFolder::open(folder.path()).unwrap())).unwrap();
        Self::over(Arc::new(store), Some(folder))
    }

    /// The cluster that the variable names, with indices of this test's own.
    pub(crate) async fn elastic(variable: &str) -> Self {
        install_crypto();
        let env = format!("t{}", uuid::Uuid::from_u128(rand_bits()).simple());
        let options = ElasticOptions {
            urls: vec![server_url(variable)],
            env: env[..20].to_owned(),
            timeout_ms: 30_000,
            ..ElasticOptions::default()
        };
        let store = ElasticLogStore::connect(options).unwrap();
        store.bootstrap(BootstrapMode::Apply).await.unwrap();
        Self::over(Arc::new(store), None)
    }

    fn over(store: Arc<dyn LogStore>, folder: Option<tempfile::TempDir>) -> Self {
        let service = SearchService::new(store, Arc::new(FixedClock), &MasterKey::new([7; 32])).unwrap();
        Self { service: Arc::new(service), _folder: folder }
    }

    /// Stores lines and waits until they can be found.
    pub(crate) async fn ingest(&self, ndjson: String) -> Result<IngestAnswer> {
        let request = IngestRequest {
            content_type: Some("application/x-ndjson".to_owned()),
            refresh: Some("wait_for".to_owned()),
            ..IngestRequest::default()
        };
        self.service.ingest(Bytes::from(ndjson), request).await
    }

    /// Searches as someone who sees everything.
    pub(crate) async fn search(&self, parameters: &[(&str, &str)]) -> Result<SearchAnswer> {
        let pair = |(name, value): &(&str, &str)| ((*name).to_owned(), Some((*value).to_owned()));
        let params = SearchParams::from_pairs(parameters.iter().map(pair))?;
        self.service.search_logs(&sre(), &params).await
    }

    /// Ids of the lines that a search finds, in its order.
    pub(crate) async fn ids(&self, parameters: &[(&str, &str)]) -> Vec<String> {
        let answer = self.search(parameters).await.unwrap();
        answer.items.iter().map(|entry| entry.id.to_string()).collect()
    }
}

/// Someone who sees everything.
pub(crate) fn sre() -> Caller {
    let principal = Principal { subject: "sre-1".to_owned(), roles: vec![Role::Sre], services: Vec::new() };
    Caller { principal, scope: Scope::All, max_window_days: 366 }
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

fn rand_bits() -> u128 {
    let mut bytes = [0; 16];
    aws_lc_rs::rand::fill(&mut bytes).unwrap();
    u128::from_be_bytes(bytes)
}
