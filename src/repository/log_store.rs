//! The store of log lines, as every engine must offer it.

use async_trait::async_trait;
use aws_lc_rs::digest::{SHA256, digest};
use serde_json::{Map, Value};

use super::StoreResult;
use crate::model::page::{Arrivals, Counts, Row, Rows};
use crate::model::query::{ArrivalsRequest, CountRequest, PageRequest};
use crate::model::{KindSet, LogEntry, LogId, LogKind, Micros};

/// A line on its way into a store.
#[derive(Clone, Debug, PartialEq)]
pub struct LineToStore {
    /// Kind under which it is stored.
    pub kind: LogKind,
    /// The line. An engine that knows better when it was received, says so itself.
    pub entry: LogEntry,
    /// Tells the line, sent again, from others; lines without a client id have none and are all kept.
    pub fingerprint: Option<Fingerprint>,
}

/// What is the same only for lines that were sent with the same client id and the same content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Fingerprint(u128);

impl Fingerprint {
    /// The fingerprint of a line, whose content is written as `bytes`: half of its SHA-256.
    #[must_use]
    pub(crate) fn of(bytes: &[u8]) -> Self {
        let half = digest(&SHA256, bytes)
            .as_ref()
            .iter()
            .take(16)
            .fold(0, |bits, byte| (bits << 8) | u128::from(*byte));
        Self(half)
    }

    /// All of its bits.
    #[must_use]
    pub(crate) const fn bits(self) -> u128 {
        self.0
    }
}

/// When an accepted line must be findable.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Visibility {
    /// Within a second.
    #[default]
    Soon,
    /// Before the answer (`?refresh=wait_for`).
    BeforeAnswer,
}

/// State of a store, asked for by health checks.
#[derive(Clone, Debug, PartialEq)]
pub struct StoreHealth {
    /// Colour of the cluster where there is one: `green`, `yellow`, `red`.
    pub color: Option<String>,
    /// Version, distribution, capabilities: for operators only.
    pub detail: Map<String, Value>,
}

/// Stores log lines and finds them.
///
/// The same call gives the same answer on every engine; one corpus of queries proves it. Every method may return
/// any [`super::StoreError`]; none of them panics, whatever is stored. No method has a default body: what surrounds a store would
/// forget to pass it on.
#[async_trait]
pub trait LogStore: Send + Sync + 'static {
    /// One line by its id, of one of `kinds`; `None` when there is none.
    async fn get(&self, id: &LogId, kinds: KindSet) -> StoreResult<Option<Row>>;

    /// One page of lines, ordered by (time, id), starting right after `request.after`.
    async fn search(&self, request: &PageRequest) -> StoreResult<Rows>;

    /// Lines in the order in which they arrived, whatever their own times say. With a limit of 0 it tells only up to
    /// which time all have been given.
    async fn arrivals(&self, request: &ArrivalsRequest) -> StoreResult<Arrivals>;

    /// Counts by time and by value.
    async fn count_by(&self, request: &CountRequest) -> StoreResult<Counts>;

    /// Stores lines. On return they are on disk (fsync) on this node; the result has one item a line, in order:
    /// `Err` holds the reason why the engine refuses that line for good.
    async fn append(
        &self,
        lines: Vec<LineToStore>,
        visibility: Visibility,
    ) -> StoreResult<Vec<Result<(), String>>>;

    /// Deletes the lines of `kind` older than `time`; returns how many (an engine that deletes whole indices or
    /// segments may keep a line longer, never shorter).
    async fn delete_before(&self, kind: LogKind, time: Micros) -> StoreResult<u64>;

    /// Bytes that the lines take on the disk of this machine; `None` where a cluster keeps them.
    async fn disk_bytes(&self) -> StoreResult<Option<u64>>;

    /// Deletes the oldest lines, whatever their kind, until all take at most `max_bytes` on the disk of this machine;
    /// returns how many. Lines of one time go together, and a line never goes before an older one. A cluster's disk is
    /// its own: nothing is deleted there.
    async fn shrink_to(&self, max_bytes: u64) -> StoreResult<u64>;

    /// Asks the engine how it is. `Err` means that it cannot serve.
    async fn health(&self) -> StoreResult<StoreHealth>;
}
