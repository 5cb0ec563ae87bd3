//! Counts by time and by value, in one request.
//!
//! Aggregations see times in milliseconds only, even of `date_nanos`. Buckets whose inner bounds are whole
//! milliseconds are counted by one range aggregation; others by one filter each, which is exact and slower.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::answer::bad_answer;
use super::decode::{self, SearchAnswer};
use super::translate;
use crate::model::page::Bucket;
use crate::model::query::CountRequest;
use crate::model::{FieldKind, Level, LogField, Micros, TimeRange};
use crate::repository::StoreResult;
use crate::repository::value_order::most_frequent_first;

/// Values that every shard names at least: the more, the rarer a value is counted too low.
const MIN_VALUES_PER_SHARD: usize = 1_000;
/// Name of the aggregation by time.
const BY_TIME: &str = "by_time";
/// Name of the aggregation by value.
const BY_VALUE: &str = "by_value";
/// Name of the filter around it.
const WITH_PREFIX: &str = "with_prefix";

/// How a count is asked and read.
pub(super) struct Plan<'a> {
    request: &'a CountRequest,
    spans: Vec<TimeRange>,
}

#[derive(Deserialize)]
struct TimeBuckets {
    buckets: Map<String, Value>,
}

#[derive(Deserialize)]
struct TimeBucket {
    doc_count: u64,
    by_value: Option<ValueBuckets>,
    with_prefix: Option<Filtered>,
}

#[derive(Deserialize)]
struct Filtered {
    by_value: ValueBuckets,
}

#[derive(Deserialize)]
struct ValueBuckets {
    buckets: Vec<ValueBucket>,
}

#[derive(Deserialize)]
struct ValueBucket {
    key: Value,
    doc_count: u64,
}

impl<'a> Plan<'a> {
    /// Plans the count of `request`.
    pub(super) fn new(request: &'a CountRequest) -> Self {
        let spans = request
            .bounds
            .windows(2)
            .filter_map(|pair| match pair {
                // A span that runs backwards holds nothing.
                [from, to] => TimeRange::new(*from, *to).or_else(|| TimeRange::new(*from, *from)),
                _ => None,
            })
            .collect();
        Self { request, spans }
    }

    /// Number of buckets of the answer.
    pub(super) fn len(&self) -> usize {
        if self.request.bounds.is_empty() { 1 } else { self.spans.len() }
    }

    /// The body of the request.
    pub(super) fn body(&self, timeout_ms: u64) -> Value {
        let mut query = vec![translate::build_search_query(&self.request.selection)];
        if let (Some(first), Some(last)) = (self.spans.first(), self.spans.last()) {
            query.push(translate::window(first.from(), last.to()));
        }
        let mut by_time = self.by_time();
        if let (Some(field), Some(members)) = (self.request.by, by_time.as_object_mut()) {
            members.insert("aggs".to_owned(), self.by_value(field));
        }
        json!({
            "size": 0,
            "query": {"bool": {"filter": query}},
            "track_total_hits": false,
            "timeout": format!("{timeout_ms}ms"),
            "aggs": {BY_TIME: by_time},
        })
    }

    fn by_time(&self) -> Value {
        if self.spans.is_empty() {
            return json!({"filters": {"filters": {"0": {"match_all": {}}}}});
        }
        let inner = self.spans.iter().skip(1).map(|span| span.from());
        let are_whole_millis = inner.clone().all(|bound| bound == Micros::from_millis(bound.millis()));
        if !are_whole_millis {
            let filters: Map<_, _> = self
                .spans
                .iter()
                .enumerate()
                .map(|(place, span)| (place.to_string(), translate::window(span.from(), span.to())))
                .collect();
            return json!({"filters": {"filters": filters}});
        }
        // The query has cut off what lies outside, so the outer bounds may be rounded away from the middle.
        let ranges: Vec<_> = self
            .spans
            .iter()
            .enumerate()
            .map(|(place, span)| {
                let to = span.to().plus(999).millis();
                json!({"key": place.to_string(), "from": span.from().millis(), "to": to})
            })
            .collect();
        json!({"range": {"field": LogField::Timestamp.spec().elastic, "keyed": true, "ranges": ranges}})
    }

    fn by_value(&self, field: LogField) -> Value {
        let size = self.values_asked(field);
        let terms = json!({BY_VALUE: {"terms": {
            "field": field.spec().elastic,
            "size": size,
            "shard_size": size.saturating_mul(4).max(MIN_VALUES_PER_SHARD),
            "order": [{"_count": "desc"}, {"_key": "asc"}],
        }}});
        let prefix = self.request.prefix.as_deref().unwrap_or_default();
        // Addresses know no prefix, and levels are spelt differently: both are sieved when read.
        let knows_prefix = field.spec().kind == FieldKind::Keyword;
        if prefix.is_empty() || !knows_prefix {
            return terms;
        }
        json!({WITH_PREFIX: {
            "filter": translate::begins_with(field.spec().elastic, prefix),
            "aggs": terms,
        }})
    }

    /// More than `top` where values are merged or sieved afterwards.
    fn values_asked(&self, field: LogField) -> usize {
        let is_sieved = self.request.prefix.is_some() || field.spec().kind == FieldKind::Level;
        let top = self.request.top.max(1);
        if is_sieved { top.max(MIN_VALUES_PER_SHARD) } else { top }
    }

    /// Reads the answer: one bucket a span, in order.
    pub(super) fn read(&self, mut answer: SearchAnswer) -> StoreResult<Vec<Bucket>> {
        let Some(by_time) = answer.aggregations.remove(BY_TIME) else {
            // Where no index exists, nothing is aggregated; everywhere else it must be there.
            if answer.searched_nothing() {
                return Ok(vec![Bucket::default(); self.len()]);
            }
            return Err(bad_answer("counts are missing"));
        };
        let mut found: TimeBuckets = read(by_time)?;
        let mut buckets = Vec::with_capacity(self.len());
        for place in 0..self.len() {
            let bucket =
                found.buckets.remove(&place.to_string()).ok_or_else(|| bad_answer("a bucket is missing"))?;
            buckets.push(self.bucket(read(bucket)?));
        }
        Ok(buckets)
    }

    fn bucket(&self, found: TimeBucket) -> Bucket {
        let values = found.with_prefix.map(|filtered| filtered.by_value).or(found.by_value);
        let is_level = self.request.by == Some(LogField::Level);
        let prefix = self.request.prefix.as_deref().unwrap_or_default();
        let mut by: Vec<(String, u64)> = Vec::new();
        for ValueBucket { key, doc_count } in values.into_iter().flat_map(|values| values.buckets) {
            let stored = decode::text(key);
            let value = if is_level { Level::parse(&stored).unwrap_or_default().to_string() } else { stored };
            match by.iter_mut().find(|(known, _)| is_level && *known == value) {
                Some((_, count)) => *count = count.saturating_add(doc_count),
                None => by.push((value, doc_count)),
            }
        }
        by.retain(|(value, count)| value.starts_with(prefix) && *count > 0);
        let kind = self.request.by.map_or(FieldKind::Keyword, |field| field.spec().kind);
        most_frequent_first(&mut by, kind);
        by.truncate(self.request.top);
        Bucket { count: found.doc_count, by }
    }
}

fn read<T: serde::de::DeserializeOwned>(value: Value) -> StoreResult<T> {
    serde_json::from_value(value).map_err(|error| bad_answer(format!("counts: {error}")))
}

#[cfg(test)]
mod tests;
