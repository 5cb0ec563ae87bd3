//! Pages of lines: order, position, totals, and how complete an answer is.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::model::{LogEntry, Micros};

/// Order of lines: by time, then by id, both in the same direction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SortOrder {
    /// Newest first.
    #[default]
    Desc,
    /// Oldest first.
    Asc,
}

/// Where a line stands in the order of its store.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Position {
    /// Time of the line, in the unit of the store.
    pub time: i64,
    /// Id of the line.
    pub id: String,
}

/// Where a page begins, unless at the first line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PageStart {
    /// Right after a line that another page has ended with.
    After(Position),
    /// Right after a line that was asked for by its id; nobody asks for the page after this one.
    Beside(Position),
    /// Where the store itself says; only that store can read it.
    Opaque(Vec<u8>),
}

/// How exactly lines are counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TotalMode {
    /// Up to [`Total::BOUND`], above that "at least".
    #[default]
    Bounded,
    /// All of them, however long it takes.
    Exact,
    /// Not at all.
    None,
}

/// Number of lines that meet a query.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Total {
    /// The number.
    #[schema(example = 42)]
    pub value: u64,
    /// Whether it is exact.
    pub relation: Relation,
}

/// How a total relates to the true number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Relation {
    /// Exactly this many.
    Eq,
    /// At least this many.
    Gte,
}

impl Total {
    /// Counting stops here unless an exact total is asked for.
    pub const BOUND: u64 = 10_000;

    /// An exact number.
    #[must_use]
    pub const fn exactly(value: u64) -> Self {
        Self { value, relation: Relation::Eq }
    }

    /// A number counted up to the bound: above it, "at least the bound".
    #[must_use]
    pub const fn bounded(counted: u64) -> Self {
        if counted > Self::BOUND {
            Self { value: Self::BOUND, relation: Relation::Gte }
        } else {
            Self::exactly(counted)
        }
    }
}

/// Whether an answer covers everything that was asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Completeness {
    /// True when a part of the index did not answer, or was left out because it cannot.
    #[schema(example = false)]
    pub partial: bool,
    /// Number of shards that did not answer.
    #[schema(example = 0)]
    pub failed_shards: u64,
    /// Age of the answer where it was served from a fallback copy, else 0.
    #[schema(example = 0)]
    pub stale_seconds: u64,
}

impl Completeness {
    /// Whether both cover everything.
    #[must_use]
    pub(crate) fn and(self, other: Self) -> Self {
        Self {
            partial: self.partial || other.partial,
            failed_shards: self.failed_shards.max(other.failed_shards),
            stale_seconds: self.stale_seconds.max(other.stale_seconds),
        }
    }

    /// The same, but partial where `is_partial`.
    #[must_use]
    pub(crate) fn or_partial(self, is_partial: bool) -> Self {
        Self { partial: self.partial || is_partial, ..self }
    }

    /// Whether everything that can answer did: what was left out for good does not count.
    #[must_use]
    pub(crate) const fn has_answered(self) -> bool {
        self.failed_shards == 0
    }
}

/// A line and where it stands in the order.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The line.
    pub entry: LogEntry,
    /// Its position.
    pub position: Position,
}

/// One page of lines as a store gives it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rows {
    /// The lines, in order.
    pub rows: Vec<Row>,
    /// Where the next page begins; `None` at the end.
    pub next: Option<PageStart>,
    /// How many lines meet the query, where that was asked.
    pub total: Option<Total>,
    /// Whether everything answered.
    pub completeness: Completeness,
    /// Sentences about what was left out, or cannot be found.
    pub warnings: Vec<String>,
}

/// A line in the order of arrival.
#[derive(Clone, Debug, PartialEq)]
pub struct Arrival {
    /// When it arrived, or what stands for that where nobody has kept it.
    pub time: Micros,
    /// Tells it from all other lines of the store.
    pub key: String,
    /// The line.
    pub entry: LogEntry,
}

/// Lines that have arrived, as a store gives them.
#[derive(Clone, Debug, PartialEq)]
pub struct Arrivals {
    /// The lines, the earliest first; the latest ones where there are more than were asked for.
    pub lines: Vec<Arrival>,
    /// How many there are.
    pub total: u64,
    /// What is certain about those that will come.
    pub settled: Settled,
    /// Whether everything answered.
    pub completeness: Completeness,
    /// Sentences about lines that cannot come, or come late.
    pub warnings: Vec<String>,
}

/// Up to which time of arrival a store has given everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settled {
    /// Lines become visible in the order of their arrival, each at a time of its own: what comes, comes after this.
    InOrder(Micros),
    /// Lines become visible in any order; after this time some may still come.
    UpTo(Micros),
}

/// Counts as a store gives them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Counts {
    /// One per bucket of the request, in its order.
    pub buckets: Vec<Bucket>,
    /// Whether everything answered.
    pub completeness: Completeness,
    /// Sentences about what was left out, or cannot be counted.
    pub warnings: Vec<String>,
}

/// Number of lines in a bucket.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bucket {
    /// Lines in the bucket.
    pub count: u64,
    /// Lines per value, the most frequent first, equal counts by value (addresses by their bits).
    pub by: Vec<(String, u64)>,
}
