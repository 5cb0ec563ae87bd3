//! Deletes lines that are too old, and the oldest ones while all take too much disk space.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::config::Config;
use crate::model::{Clock, LogKind, Micros, RetentionDays};
use crate::repository::{LogStore, StoreError};
use crate::telemetry::Metrics;
use crate::telemetry::labels::DeletionReason;

/// The size is looked at this often at least: lines arrive all the time.
const LONGEST_STEP: Duration = Duration::from_mins(1);
const MICROS_PER_DAY: i64 = 86_400_000_000;

/// How long lines are kept, and when that is looked at.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RetentionSettings {
    /// Days for which lines are kept.
    pub(crate) days: RetentionDays,
    /// Bytes that lines may take on the disk of this machine; 0 means no limit.
    pub(crate) max_disk_bytes: u64,
    /// Time between two looks for lines that are too old.
    pub(crate) every: Duration,
}

impl From<&Config> for RetentionSettings {
    fn from(config: &Config) -> Self {
        let retention = &config.retention;
        Self {
            days: retention.days(),
            max_disk_bytes: config.storage.max_disk_bytes,
            every: Duration::from_secs(retention.every_seconds),
        }
    }
}

impl RetentionSettings {
    /// Time between two looks at the size, and before the first look.
    fn step(&self) -> Duration {
        self.every.min(LONGEST_STEP)
    }
}

/// Keeps one store within its bounds.
pub(crate) struct Retention {
    store: Arc<dyn LogStore>,
    clock: Arc<dyn Clock>,
    settings: RetentionSettings,
    metrics: Arc<Metrics>,
    /// When to look at the age again.
    due: Micros,
    /// The failure that was logged last; the same one is not logged every minute.
    told: Option<String>,
}

impl Retention {
    /// Prepares the work; nothing is deleted before [`Retention::run`].
    #[must_use]
    pub(crate) fn new(
        store: Arc<dyn LogStore>,
        clock: Arc<dyn Clock>,
        settings: RetentionSettings,
        metrics: Arc<Metrics>,
    ) -> Self {
        Self { store, clock, settings, metrics, due: Micros::MIN_LINE, told: None }
    }

    /// Looks again and again until `stop` is cancelled; for the first time a minute after the start, or earlier when
    /// the settings ask for more frequent looks.
    pub(crate) async fn run(mut self, stop: CancellationToken) {
        let pause = self.settings.step();
        let mut ticks = tokio::time::interval_at(tokio::time::Instant::now() + pause, pause);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let looking = async {
            loop {
                ticks.tick().await;
                self.look().await;
            }
        };
        stop.run_until_cancelled(looking).await;
    }

    /// Looks once: at the age when that is due, and always at the size. A failure is logged and tried again.
    pub(crate) async fn look(&mut self) {
        let mut failure = None;
        let now = self.clock.now();
        if self.due <= now {
            for kind in LogKind::ALL {
                failure = self.by_age(kind, now).await.err().or(failure);
            }
            let every = i64::try_from(self.settings.every.as_micros()).unwrap_or(i64::MAX);
            self.due = now.plus(every);
        }
        failure = self.by_size().await.err().or(failure);
        self.tell(failure);
    }

    async fn by_age(&self, kind: LogKind, now: Micros) -> Result<(), StoreError> {
        let days = self.settings.days.of(kind);
        let oldest = now.plus(-MICROS_PER_DAY.saturating_mul(i64::from(days)));
        let lines = self.store.delete_before(kind, oldest).await?;
        if lines > 0 {
            self.metrics.retention_deleted_lines.inc_by(DeletionReason::Age, lines);
            tracing::info!(lines, kind = kind.as_str(), days, "lines deleted because of their age");
        }
        Ok(())
    }

    async fn by_size(&self) -> Result<(), StoreError> {
        let Some(mut bytes) = self.store.disk_bytes().await? else { return Ok(()) };
        let limit = self.settings.max_disk_bytes;
        if limit > 0 && bytes > limit {
            let lines = self.store.shrink_to(limit).await?;
            self.metrics.retention_deleted_lines.inc_by(DeletionReason::Size, lines);
            bytes = self.store.disk_bytes().await?.unwrap_or(bytes);
            tracing::info!(lines, bytes, limit, "oldest lines deleted because of storage.max_disk_bytes");
        }
        self.metrics.storage_bytes.set((), i64::try_from(bytes).unwrap_or(i64::MAX));
        Ok(())
    }

    /// One line when the failure changes, not one every minute.
    fn tell(&mut self, failure: Option<StoreError>) {
        let text = failure.map(|error| error.to_string());
        if let Some(error) = text.as_ref().filter(|_| text != self.told) {
            tracing::warn!(error, "retention could not be kept; trying again");
        }
        self.told = text;
    }
}

#[cfg(test)]
mod tests;
