//! Where a walk stands whose next page cannot begin right after a line; it travels inside a cursor.

use aws_lc_rs::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::decode::Hit;
use crate::model::SortOrder;
use crate::repository::elastic::STORE;
use crate::repository::elastic::layout::{Layout, Ties};
use crate::repository::elastic::query::dsl::path_exists;
use crate::repository::{StoreError, StoreResult};

/// How far a walk has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct WalkState {
    /// What was missing when it began.
    pub(crate) missing: Missing,
    pub(crate) stage: Stage,
}

/// What a page lacks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Missing {
    /// Whether any lines are missing.
    pub(crate) is_partial: bool,
    /// A sentence about indices that were left out.
    pub(crate) left_out: Option<String>,
}

/// Before the point in time of the walk is opened, or inside it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Stage {
    /// The first page was shown.
    First(Shown),
    /// Pages are taken from a point in time.
    Inside(Held),
}

/// Lines of one time that were shown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Shown {
    /// Their time, as documents are sorted by it.
    pub(crate) time: i64,
    /// How the last of them stands among those of its time.
    pub(crate) tie: Tie,
    /// A hash of each of which the order does not tell that it was shown.
    pub(crate) hashes: Vec<[u8; 8]>,
}

/// How a line stands among others of its time.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Tie {
    /// Lines of one time have no order.
    #[default]
    Unordered,
    /// They are ordered by ids, and it has none: below all others.
    WithoutId,
    /// They are ordered by ids, and others may have the same: somebody else has written it.
    Id(String),
}

/// A place inside a point in time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Held {
    /// The server's id of the point in time, packed.
    pub(crate) id: Vec<u8>,
    /// Number of the walk, by which open points in time are counted.
    pub(crate) number: u64,
    /// What the last line was sorted by.
    pub(crate) last: Vec<i64>,
    /// How many lines up to the last one are sorted by the same.
    pub(crate) equal: usize,
    /// Lines that were shown before the point in time was opened, and would come again.
    pub(crate) before: Shown,
}

impl WalkState {
    /// As it travels.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        // Writing to memory does not fail; an empty state is refused when it comes back.
        postcard::to_allocvec(self).unwrap_or_default()
    }

    /// As it came back.
    ///
    /// # Errors
    /// [`StoreError::Gone`] for what another version has written.
    pub(crate) fn from_bytes(bytes: &[u8]) -> StoreResult<Self> {
        postcard::from_bytes(bytes).map_err(|_| StoreError::Gone { store: STORE })
    }
}

impl Shown {
    /// The last lines of a page, as far as they share the time of the very last.
    pub(crate) fn of(hits: &[Hit], layout: &Layout) -> Self {
        let nanos = |hit: &Hit| hit.nanos(layout.time.unit);
        let Some((last, time)) = hits.last().and_then(|last| Some((last, nanos(last)?))) else {
            return Self::default();
        };
        let last_tie = Tie::of(last, layout);
        let at_its_time = hits.iter().rev().take_while(|hit| nanos(hit) == Some(time));
        // Of the others the order tells that they were shown.
        let alike = at_its_time.filter(|hit| Tie::of(hit, layout) == last_tie);
        let hashes = alike.map(hash).collect();
        Self { time, tie: last_tie, hashes }
    }

    /// Whether a document is one of them.
    pub(crate) fn holds(&self, hit: &Hit, layout: &Layout) -> bool {
        hit.nanos(layout.time.unit) == Some(self.time) && self.hashes.contains(&hash(hit))
    }

    /// The condition that a document comes after all that was shown, or may be one of the hashed ones.
    ///
    /// # Errors
    /// [`StoreError::Gone`] when the indices can no longer be read in the order in which it was shown.
    pub(crate) fn beyond(&self, sort: SortOrder, layout: &Layout) -> StoreResult<Value> {
        let time = &layout.time;
        let mut conditions = vec![match sort {
            SortOrder::Desc => time.between(None, Some(self.time.saturating_add(1))),
            SortOrder::Asc => time.between(Some(self.time), None),
        }];
        let path = match self.tie {
            Tie::Unordered => String::new(),
            Tie::WithoutId | Tie::Id(_) => layout.id_path().ok_or(StoreError::Gone { store: STORE })?,
        };
        let was_shown = match (&self.tie, sort) {
            (Tie::Unordered, _) | (Tie::WithoutId, SortOrder::Asc) => None,
            (Tie::WithoutId, SortOrder::Desc) => Some(path_exists(&path)),
            (Tie::Id(id), SortOrder::Desc) => Some(json!({"range": {path: {"gt": id}}})),
            // Those without an id came first.
            (Tie::Id(id), SortOrder::Asc) => {
                Some(json!({"bool": {"must_not": [{"range": {path: {"gte": id}}}]}}))
            }
        };
        if let Some(was_shown) = was_shown {
            let at_its_time = time.between(Some(self.time), Some(self.time.saturating_add(1)));
            let both = json!({"bool": {"filter": [at_its_time, was_shown]}});
            conditions.push(json!({"bool": {"must_not": [both]}}));
        }
        Ok(json!({"bool": {"filter": conditions}}))
    }
}

impl Tie {
    fn of(hit: &Hit, layout: &Layout) -> Self {
        match (layout.ties, hit.sort.get(1).and_then(Value::as_str)) {
            (Ties::Engine, _) => Self::Unordered,
            (Ties::Id, None) => Self::WithoutId,
            (Ties::Id, Some(id)) => Self::Id(id.to_owned()),
        }
    }
}

/// Tells a document from all others.
fn hash(hit: &Hit) -> [u8; 8] {
    let whole = digest(&SHA256, hit.tie().as_bytes());
    let mut short = [0; 8];
    for (to, from) in short.iter_mut().zip(whole.as_ref()) {
        *to = *from;
    }
    short
}
