//! What the handlers are given: services, health, metrics, limits.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::search_rate::SearchRate;
use super::seats::Seats;
use crate::access::Admit;
use crate::ingest::IngestService;
use crate::model::HealthReport;
use crate::search::SearchService;
use crate::telemetry::Metrics;

/// What every handler can reach.
#[derive(Clone)]
pub struct AppState {
    /// Lets callers in.
    pub door: Arc<dyn Admit>,
    /// Finds log lines.
    pub search: Arc<SearchService>,
    /// Takes log lines in.
    pub ingest: Arc<IngestService>,
    /// What the last probes found.
    pub health: watch::Receiver<HealthReport>,
    /// Metrics of the process.
    pub metrics: Arc<Metrics>,
    /// Whether the server is stopping, and what it has to finish first.
    pub lifecycle: Arc<Lifecycle>,
    /// Places of the tails.
    pub tails: Arc<Seats>,
    /// How many searches each caller may send.
    pub rate: Arc<SearchRate>,
    /// Bounds of a request.
    pub limits: Limits,
}

/// Bounds of a request, and of all requests together.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Longest URL, in bytes.
    pub url_bytes: usize,
    /// All headers together, in bytes.
    pub header_bytes: usize,
    /// Largest body, in bytes, as sent and again after decompression.
    pub body_bytes: usize,
    /// Bodies held in memory at a time, in bytes.
    pub bodies_bytes: usize,
    /// Requests under way at a time, probes and metrics not counted.
    pub requests: usize,
    /// From the body's arrival to the answer.
    pub request_time: Duration,
    /// For the whole body to arrive.
    pub body_time: Duration,
    /// How tails go on.
    pub tail: TailTimes,
}

/// How a tail goes on.
#[derive(Clone, Copy, Debug)]
pub struct TailTimes {
    /// Between two questions to the store; doubled after every failure, up to `heartbeat`.
    pub poll: Duration,
    /// Between two signs of life; at each of them the token is checked again.
    pub heartbeat: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            url_bytes: 8 * 1024,
            header_bytes: 32 * 1024,
            body_bytes: 5 * 1024 * 1024,
            bodies_bytes: 256 * 1024 * 1024,
            requests: 512,
            request_time: Duration::from_secs(10),
            body_time: Duration::from_secs(30),
            tail: TailTimes { poll: Duration::from_millis(500), heartbeat: Duration::from_secs(15) },
        }
    }
}

/// Whether the server is stopping, and the tasks that it finishes before it does.
#[derive(Debug, Default)]
pub struct Lifecycle {
    draining: CancellationToken,
    tasks: TaskTracker,
}

impl Lifecycle {
    /// Tasks that outlive the request that began them: a client that goes away does not undo a write.
    #[must_use]
    pub fn tasks(&self) -> &TaskTracker {
        &self.tasks
    }

    /// Whether the server is on its way down.
    #[must_use]
    pub fn is_draining(&self) -> bool {
        self.draining.is_cancelled()
    }

    /// Ready when the server is on its way down: what has no end of its own ends then.
    pub(super) async fn draining(&self) {
        self.draining.cancelled().await;
    }

    /// Says from now on that the server is not ready.
    pub fn begin_draining(&self) {
        self.draining.cancel();
    }
}
