//! Asks one back end every few seconds how it is and leaves the answer in the report that all probes share.
//!
//! `/health*` reads that report only, so it answers at once however long a back end hangs. Each check has a probe of its
//! own, so that one that hangs does not hold back the news of the others.

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use serde_json::{Map, Value};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::model::HealthReport;
use crate::model::health::{Check, CheckState};

/// Something that can be asked how a back end is.
#[async_trait]
pub trait HealthCheck: Send + Sync + 'static {
    /// Name of the check in answers: `search`, `elasticsearch`.
    fn name(&self) -> &'static str;

    /// Asks the back end. Dropped when it takes too long.
    ///
    /// # Errors
    /// Why the back end cannot serve, in words for operators.
    async fn ask(&self) -> Result<Answer, String>;
}

/// What a back end that answers says of itself.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answer {
    /// True when a part of its data is missing.
    pub impaired: bool,
    /// Version, distribution, capabilities: for operators only.
    pub detail: Map<String, Value>,
}

/// How often to ask, and how long to wait for the answer.
#[derive(Clone, Copy, Debug)]
pub struct ProbeSettings {
    /// Time between two questions.
    pub every: Duration,
    /// Longest wait for one answer.
    pub deadline: Duration,
}

impl Default for ProbeSettings {
    fn default() -> Self {
        Self { every: Duration::from_secs(5), deadline: Duration::from_millis(2_500) }
    }
}

/// Asks one back end how it is.
pub struct Probe {
    /// What to ask.
    pub check: Arc<dyn HealthCheck>,
    /// When to ask.
    pub settings: ProbeSettings,
}

impl Probe {
    /// Asks until `stop` is cancelled; what it finds replaces what this check found before.
    pub async fn run(self, reports: watch::Sender<HealthReport>, stop: CancellationToken) {
        let mut ticks = tokio::time::interval(self.settings.every);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let probing = async {
            let mut state = CheckState::NeverReached;
            let mut told = None;
            loop {
                ticks.tick().await;
                let check = self.once(state).await;
                state = check.state;
                // One line when it changes, not one every few seconds.
                if told.replace(state.as_str()) != Some(state.as_str()) {
                    tell(&check);
                }
                reports.send_modify(|report| report.set(check));
            }
        };
        stop.run_until_cancelled(probing).await;
    }

    /// Asks once; `before` is the state that was found the time before.
    pub async fn once(&self, before: CheckState) -> Check {
        let start = Instant::now();
        let answer = tokio::time::timeout(self.settings.deadline, self.check.ask()).await;
        let latency_ms = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
        let late = || format!("no answer within {} ms", self.settings.deadline.as_millis());
        let name = self.check.name();
        match answer.unwrap_or_else(|_| Err(late())) {
            Ok(Answer { impaired, detail }) => {
                Check { name, state: CheckState::Up, impaired, latency_ms, detail }
            }
            Err(reason) => {
                let state = match before {
                    CheckState::NeverReached => CheckState::NeverReached,
                    CheckState::Up | CheckState::Lost => CheckState::Lost,
                };
                let detail = Map::from_iter([("error".to_owned(), reason.into())]);
                Check { name, state, impaired: false, latency_ms, detail }
            }
        }
    }
}

fn tell(check: &Check) {
    match check.state {
        CheckState::Up => {
            tracing::info!(check = check.name, latency_ms = check.latency_ms, "back end is up");
        }
        CheckState::NeverReached | CheckState::Lost => {
            let error = check.detail.get("error").and_then(Value::as_str);
            tracing::error!(check = check.name, error, "back end is down");
        }
    }
}
