//! Answers of a search to our types. Tolerant of every document, strict about the frame around them: a frame that is
//! not complete must not look like an empty result. `source.rs` makes a line of a document.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::source;
use crate::model::page::{Arrival, Relation, Row};
use crate::model::{Completeness, Position, Total, TotalMode};
use crate::repository::elastic::STORE;
use crate::repository::elastic::layout::{Layout, Ties, TimeUnit};
use crate::repository::elastic::transport::unavailable;
use crate::repository::elastic::write::is_of_fingerprint;
use crate::repository::{StoreError, StoreResult};

/// Answer of `_search`.
#[derive(Debug, Deserialize)]
pub(crate) struct SearchAnswer {
    timed_out: bool,
    #[serde(rename = "_shards")]
    shards: Shards,
    hits: Hits,
    #[serde(default)]
    pub(crate) aggregations: Map<String, Value>,
    /// The point in time that was searched, under the id that it has from now on.
    pub(crate) pit_id: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Shards {
    total: u64,
    failed: u64,
}

/// The lines of an answer.
#[derive(Debug, Deserialize)]
struct Hits {
    total: Option<HitCount>,
    hits: Vec<Hit>,
}

#[derive(Debug, Deserialize)]
struct HitCount {
    value: u64,
    relation: Relation,
}

/// One document.
#[derive(Debug, Deserialize)]
pub(crate) struct Hit {
    #[serde(rename = "_index", default)]
    pub(crate) index: String,
    #[serde(rename = "_id")]
    pub(crate) id: String,
    #[serde(rename = "_source", default)]
    source: Map<String, Value>,
    #[serde(default)]
    pub(crate) sort: Vec<Value>,
}

impl SearchAnswer {
    /// Refuses an answer that a server gave up on: which lines it holds is a matter of chance.
    pub(crate) fn finished(self, timeout_ms: u64) -> StoreResult<Self> {
        if self.timed_out {
            return Err(StoreError::Timeout { store: STORE, timeout_ms });
        }
        if self.shards.total > 0 && self.shards.failed >= self.shards.total {
            return Err(unavailable("no shard answered"));
        }
        Ok(self)
    }

    /// Whether all shards answered.
    pub(crate) fn completeness(&self) -> Completeness {
        Completeness {
            partial: self.shards.failed > 0,
            failed_shards: self.shards.failed,
            ..Completeness::default()
        }
    }

    /// Whether there was no index at all to search.
    pub(crate) fn searched_nothing(&self) -> bool {
        self.shards.total == 0
    }

    /// How many lines were counted.
    pub(crate) fn total(&self, mode: TotalMode) -> Option<Total> {
        let count = self.hits.total.as_ref()?;
        match mode {
            TotalMode::Bounded => Some(Total::bounded(count.value)),
            TotalMode::Exact => Some(Total { value: count.value, relation: count.relation }),
            TotalMode::None => None,
        }
    }

    /// The documents in order.
    pub(crate) fn take_hits(&mut self) -> Vec<Hit> {
        std::mem::take(&mut self.hits.hits)
    }
}

/// Begins the position of a line that the order does not tell from others of its time; its document follows. It stands below
/// all ids.
pub(crate) const WITHOUT_ORDER: char = '\0';

impl Hit {
    /// Nanoseconds by which the document was sorted.
    pub(crate) fn nanos(&self, unit: TimeUnit) -> Option<i64> {
        let sorted = self.sort.first().and_then(Value::as_i64)?;
        Some(match unit {
            TimeUnit::Nanos => sorted,
            TimeUnit::Millis => sorted.saturating_mul(1_000_000),
        })
    }

    /// Whether the id that it was sorted by is its own: of documents that somebody else has written it may be missing, or not
    /// unique.
    pub(crate) fn is_in_order(&self, layout: &Layout) -> bool {
        let sorted_by = self.sort.get(1).and_then(Value::as_str);
        let is_ours = |id: &str| id == self.id || is_of_fingerprint(&self.id);
        layout.ties == Ties::Id && sorted_by.is_some_and(is_ours)
    }

    /// Tells it from all others: ids are unique in one index only.
    pub(crate) fn tie(&self) -> String {
        format!("{}\0{}", self.id, self.index)
    }

    /// The line as one that has arrived; it was sorted by the time of its receipt first, where the layout has that.
    pub(crate) fn into_arrival(mut self, layout: &Layout) -> Arrival {
        if layout.receipt.is_some() && !self.sort.is_empty() {
            self.sort.remove(0);
        }
        let key = self.tie();
        let entry = self.into_row(layout).entry;
        Arrival { time: entry.received_at.unwrap_or(entry.timestamp), key, entry }
    }

    /// Where it stands; `None` where it was not sorted by a time.
    pub(crate) fn position(&self, layout: &Layout) -> Option<Position> {
        let sorted_by = self.sort.get(1).and_then(Value::as_str);
        let id = match (layout.ties, sorted_by) {
            (Ties::Id, Some(id)) if self.is_in_order(layout) => id.to_owned(),
            (Ties::Id, _) => format!("{WITHOUT_ORDER}{}", self.tie()),
            (Ties::Engine, _) => self.tie(),
        };
        Some(Position { time: self.nanos(layout.time.unit)?, id })
    }

    /// The line that the document is in indices of this layout.
    pub(crate) fn into_row(self, layout: &Layout) -> Row {
        let (nanos, position) = (self.nanos(layout.time.unit), self.position(layout));
        let tie = self.tie();
        let entry = source::line(self.id, self.source, nanos, &layout.names);
        let at = Position { time: entry.timestamp.nanos(), id: tie };
        Row { position: position.unwrap_or(at), entry }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn answer(mut changes: Value) -> SearchAnswer {
        let mut frame =
            json!({"timed_out": false, "_shards": {"total": 3, "failed": 0}, "hits": {"hits": []}});
        frame.as_object_mut().unwrap().append(changes.as_object_mut().unwrap());
        serde_json::from_value(frame).unwrap()
    }

    #[test]
    fn a_position_is_what_the_server_sorted_by() {
        let hit = json!({"_id": "a", "sort": [1_795_219_200_123_456_000_i64, "a"], "_source": {"id": "a"}});

        let row = serde_json::from_value::<Hit>(hit).unwrap().into_row(&Layout::of_our_own());

        assert_eq!(row.position, Position { time: 1_795_219_200_123_456_000, id: "a".to_owned() });
        assert_eq!(row.entry.timestamp.get(), 1_795_219_200_123_456);
    }

    #[test]
    fn an_answer_that_was_given_up_or_that_no_shard_gave_is_an_error() {
        let given_up = answer(json!({"timed_out": true})).finished(8_000);
        let no_shard = answer(json!({"_shards": {"total": 2, "failed": 2}})).finished(8_000);

        assert!(matches!(given_up, Err(StoreError::Timeout { timeout_ms: 8_000, .. })));
        assert!(matches!(no_shard, Err(StoreError::Unavailable { .. })));
        assert!(answer(json!({"_shards": {"total": 0, "failed": 0}})).finished(8_000).is_ok());
    }

    #[test]
    fn failed_shards_make_a_partial_answer() {
        let completeness = answer(json!({"_shards": {"total": 3, "failed": 1}})).completeness();

        assert_eq!((completeness.partial, completeness.failed_shards), (true, 1));
    }

    #[test]
    fn a_frame_without_its_parts_is_no_answer() {
        for frame in [
            json!({}),
            json!({"timed_out": false, "hits": {"hits": []}}),
            json!({"timed_out": false, "_shards": {"total": 1, "failed": 0}}),
            json!({"timed_out": false, "_shards": {"total": 1, "failed": 0}, "hits": {}}),
        ] {
            assert!(serde_json::from_value::<SearchAnswer>(frame.clone()).is_err(), "{frame}");
        }
    }

    #[test]
    fn totals_are_bounded_exact_or_absent() {
        let counted = |value: u64, relation: &str| {
            answer(json!({"hits": {"total": {"value": value, "relation": relation}, "hits": []}}))
        };

        assert_eq!(counted(10_000, "eq").total(TotalMode::Bounded), Some(Total::exactly(10_000)));
        assert_eq!(
            counted(10_001, "gte").total(TotalMode::Bounded),
            Some(Total { value: 10_000, relation: Relation::Gte })
        );
        assert_eq!(counted(123_456, "eq").total(TotalMode::Exact), Some(Total::exactly(123_456)));
        assert_eq!(answer(json!({})).total(TotalMode::None), None);
    }
}
