//! Asks the log store every few seconds how it is and leaves the answer in a watch channel.
//!
//! `/health*` reads that channel only, so it answers at once however long a back end hangs.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::Map;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::model::HealthReport;
use crate::model::health::{Check, CheckState};
use crate::repository::{LogStore, StoreError};
use crate::telemetry::Metrics;
use crate::telemetry::labels::ClusterColor;

/// How often to ask, and how long to wait for the answer.
#[derive(Clone, Copy, Debug)]
pub struct ProbeSettings {
    /// Time between two probes.
    pub every: Duration,
    /// Longest wait for one answer.
    pub deadline: Duration,
}

impl Default for ProbeSettings {
    fn default() -> Self {
        Self { every: Duration::from_secs(5), deadline: Duration::from_millis(2_500) }
    }
}

/// Asks one store how it is.
#[derive(Clone)]
pub struct Probe {
    /// The store.
    pub store: Arc<dyn LogStore>,
    /// Name of the check in answers until the store says its own.
    pub name: &'static str,
    /// When to ask.
    pub settings: ProbeSettings,
    /// Where the colour of a cluster is shown.
    pub metrics: Arc<Metrics>,
}

impl Probe {
    /// Probes until `stop` is cancelled; every report replaces the one before.
    pub async fn run(self, reports: watch::Sender<HealthReport>, stop: CancellationToken) {
        let mut ticks = tokio::time::interval(self.settings.every);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let probing = async {
            let mut told = None;
            loop {
                ticks.tick().await;
                let before = reports.borrow().clone();
                let (check, error) = self.once(before.checks.first()).await;
                // One line when it changes, not one every few seconds.
                if told.replace(check.state.as_str()) != Some(check.state.as_str()) {
                    tell(&check, error.as_ref());
                }
                reports.send_replace(HealthReport { checks: vec![check] });
            }
        };
        stop.run_until_cancelled(probing).await;
    }

    /// Probes once; `before` is what the probe before found. The error says why the store is down.
    pub async fn once(&self, before: Option<&Check>) -> (Check, Option<StoreError>) {
        let start = Instant::now();
        let answer = tokio::time::timeout(self.settings.deadline, self.store.health()).await;
        let latency_ms = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);

        let answer = answer.unwrap_or_else(|_| Err(self.late()));
        let color = answer.as_ref().ok().and_then(|health| ClusterColor::by_word(health.color.as_deref()?));
        self.metrics.set_cluster_color(color);
        let (name, state) =
            before.map_or((self.name, CheckState::NeverReached), |check| (check.name, check.state));
        let health = match answer {
            Ok(health) => health,
            Err(error) => {
                let state = if state == CheckState::NeverReached { state } else { CheckState::Lost };
                let detail = Map::from_iter([("error".to_owned(), error.to_string().into())]);
                return (Check { name, state, latency_ms, detail, ..Check::default() }, Some(error));
            }
        };
        let check = Check {
            name: health.check,
            state: CheckState::Up,
            impaired: color == Some(ClusterColor::Red),
            latency_ms,
            detail: health.detail,
        };
        (check, None)
    }

    fn late(&self) -> StoreError {
        let timeout_ms = u64::try_from(self.settings.deadline.as_millis()).unwrap_or(u64::MAX);
        StoreError::Timeout { store: self.name, timeout_ms }
    }
}

fn tell(check: &Check, error: Option<&StoreError>) {
    match error {
        None => tracing::info!(check = check.name, latency_ms = check.latency_ms, "back end is up"),
        Some(error) => tracing::error!(check = check.name, %error, "back end is down"),
    }
}
