//! How the log store is: a health check, which also keeps the metric of a cluster's colour.

use std::sync::Arc;

use async_trait::async_trait;

use super::probe::{Answer, HealthCheck};
use crate::repository::LogStore;
use crate::telemetry::Metrics;
use crate::telemetry::labels::ClusterColor;

/// Asks the log store how it is.
pub struct LogStoreCheck {
    name: &'static str,
    store: Arc<dyn LogStore>,
    metrics: Arc<Metrics>,
}

impl LogStoreCheck {
    /// Makes a check that `/health` shows under `name`.
    #[must_use]
    pub fn new(name: &'static str, store: Arc<dyn LogStore>, metrics: Arc<Metrics>) -> Self {
        Self { name, store, metrics }
    }
}

#[async_trait]
impl HealthCheck for LogStoreCheck {
    fn name(&self) -> &'static str {
        self.name
    }

    async fn ask(&self) -> Result<Answer, String> {
        let mut found = FoundColor { color: None, metrics: &self.metrics };
        let health = self.store.health().await.map_err(|error| error.to_string())?;
        found.color = health.color.as_deref().and_then(ClusterColor::by_word);
        Ok(Answer { impaired: found.color == Some(ClusterColor::Red), detail: health.detail })
    }
}

/// Shows the colour when dropped, and none when the question was given up: nothing is known then.
struct FoundColor<'a> {
    color: Option<ClusterColor>,
    metrics: &'a Metrics,
}

impl Drop for FoundColor<'_> {
    fn drop(&mut self) {
        self.metrics.set_cluster_color(self.color);
    }
}
