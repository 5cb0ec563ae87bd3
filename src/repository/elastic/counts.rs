//! Counts by time and by value, in one request.
//!
//! Aggregations see times in milliseconds only, even of `date_nanos`. Buckets whose inner bounds are whole
//! milliseconds are counted by one range aggregation; others by one filter each, which is exact and slower. Values that
//! stand in several places are counted in each of them, and the numbers are added up.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::STORE;
use super::answer::bad_answer;
use super::asking;
use super::decode::SearchAnswer;
use super::layout::{Layout, Place};
use super::source;
use super::text;
use super::translate::{Translated, Translator, UNKNOWN_SERVICE, build_search_query, filtered};
use crate::model::page::Bucket;
use crate::model::query::CountRequest;
use crate::model::{FieldKind, Level, LogField, Micros, TimeRange};
use crate::repository::value_order::most_frequent_first;
use crate::repository::{StoreError, StoreResult};

/// Values that every shard names at least: the more, the rarer a value is counted too low.
const MIN_VALUES_PER_SHARD: usize = 1_000;
/// Name of the aggregation by time.
const BY_TIME: &str = "by_time";
/// Name of the aggregation by value, inside the filter for its place.
const BY_VALUE: &str = "by_value";
/// Name of the count of lines without the field.
const MISSING: &str = "missing";

/// How a count is asked and read.
pub(super) struct Plan<'a> {
    request: &'a CountRequest,
    layout: &'a Layout,
    spans: Vec<TimeRange>,
}

#[derive(Deserialize)]
struct TimeBuckets {
    buckets: Map<String, Value>,
}

/// A bucket, in which the counts of each place stand.
#[derive(Deserialize)]
struct TimeBucket {
    doc_count: u64,
    #[serde(flatten)]
    places: Map<String, Value>,
}

#[derive(Deserialize)]
struct AtPlace {
    by_value: ValueBuckets,
}

#[derive(Deserialize)]
struct Missing {
    doc_count: u64,
}

#[derive(Deserialize)]
struct ValueBuckets {
    buckets: Vec<ValueBucket>,
}

#[derive(Deserialize)]
struct ValueBucket {
    key: Value,
    /// The key as the server writes it where it is no text: `true` of a boolean.
    key_as_string: Option<String>,
    doc_count: u64,
}

impl<'a> Plan<'a> {
    /// Plans the count of `request` in indices of this layout.
    pub(super) fn new(request: &'a CountRequest, layout: &'a Layout) -> Self {
        let spans = request
            .bounds
            .windows(2)
            .filter_map(|pair| match pair {
                // A span that runs backwards holds nothing.
                [from, to] => TimeRange::new(*from, *to).or_else(|| TimeRange::new(*from, *from)),
                _ => None,
            })
            .collect();
        Self { request, layout, spans }
    }

    /// One empty bucket for each that is asked for.
    pub(super) fn empty(request: &CountRequest) -> Vec<Bucket> {
        let count = request.bounds.len().saturating_sub(1).max(usize::from(request.bounds.is_empty()));
        vec![Bucket::default(); count]
    }

    /// Number of buckets of the answer.
    fn len(&self) -> usize {
        if self.request.bounds.is_empty() { 1 } else { self.spans.len() }
    }

    /// The body of the request, and what it cannot count everywhere.
    ///
    /// # Errors
    /// [`StoreError::Unsupported`] when the query or the field cannot be asked in any of the indices.
    pub(super) fn body(&self, timeout_ms: u64) -> StoreResult<(Value, Translated)> {
        let mut translated = build_search_query(&self.request.selection, self.layout)?;
        let window = Translator::new(self.layout)?;
        let mut query = vec![translated.query.clone()];
        if let (Some(first), Some(last)) = (self.spans.first(), self.spans.last()) {
            query.push(window.window(first.from(), last.to()));
        }
        let mut by_time = self.by_time(&window);
        if let (Some(field), Some(members)) = (self.request.by, by_time.as_object_mut()) {
            let (by_value, is_whole) = self.by_value(field)?;
            translated.is_partial |= !is_whole;
            members.insert("aggs".to_owned(), by_value.into());
        }
        let body = json!({
            "size": 0,
            "query": {"bool": {"filter": query}},
            "track_total_hits": false,
            "timeout": format!("{timeout_ms}ms"),
            "aggs": {BY_TIME: by_time},
        });
        Ok((body, translated))
    }

    fn by_time(&self, window: &Translator<'_>) -> Value {
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
                .map(|(place, span)| (place.to_string(), window.window(span.from(), span.to())))
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
        json!({"range": {"field": self.layout.time.path, "keyed": true, "ranges": ranges}})
    }

    /// One aggregation for each place of the field; the numbers are its keys. Also says whether all places can be counted.
    fn by_value(&self, field: LogField) -> StoreResult<(Map<String, Value>, bool)> {
        let groups = self.layout.of(&field.into()).groups;
        let mut aggregations = Map::new();
        let mut uncounted = 0;
        for group in &groups {
            for (number, place) in group.places.iter().enumerate() {
                let Some(path) = place.countable_path() else {
                    uncounted += 1;
                    continue;
                };
                let earlier = group.places.iter().take(number).map(asking::exists).collect();
                let wanted =
                    group.indices.condition().into_iter().chain(self.with_prefix(place, field)).collect();
                let aggregation = json!({
                    "filter": filtered(wanted, earlier),
                    "aggs": {BY_VALUE: {"terms": self.terms(field, path)}},
                });
                aggregations.insert(aggregations.len().to_string(), aggregation);
            }
        }
        if aggregations.is_empty() && uncounted > 0 {
            let reason =
                "is not mapped as keyword in the indices that are read, so its values cannot be counted";
            return Err(StoreError::Unsupported {
                store: STORE,
                field: field.name().to_owned(),
                reason: reason.to_owned(),
            });
        }
        if value_of_missing(field).is_some() {
            let places = groups.iter().flat_map(|group| &group.places).map(asking::exists).collect();
            aggregations.insert(MISSING.to_owned(), json!({"filter": filtered(Vec::new(), places)}));
        }
        Ok((aggregations, uncounted == 0))
    }

    fn terms(&self, field: LogField, path: &str) -> Value {
        let size = self.values_asked(field);
        json!({
            "field": path,
            "size": size,
            "shard_size": size.saturating_mul(4).max(MIN_VALUES_PER_SHARD),
            "order": [{"_count": "desc"}, {"_key": "asc"}],
        })
    }

    /// Addresses know no prefix, and levels are spelt differently: both are sieved when read.
    fn with_prefix(&self, place: &Place, field: LogField) -> Option<Value> {
        let prefix = self.request.prefix.as_deref().filter(|prefix| !prefix.is_empty())?;
        let path = place.exact_path().filter(|_| field.spec().kind == FieldKind::Keyword)?;
        Some(text::begins_with(path, prefix))
    }

    /// More than `top` where values are merged or sieved afterwards.
    fn values_asked(&self, field: LogField) -> usize {
        let is_merged = self.layout.of(&field.into()).places().len() > 1;
        let is_sieved = self.request.prefix.is_some() || field.spec().kind == FieldKind::Level;
        let top = self.request.top.max(1);
        if is_sieved || is_merged { top.max(MIN_VALUES_PER_SHARD) } else { top }
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
            buckets.push(self.bucket(read(bucket)?)?);
        }
        Ok(buckets)
    }

    fn bucket(&self, mut found: TimeBucket) -> StoreResult<Bucket> {
        let count = found.doc_count;
        let Some(field) = self.request.by else { return Ok(Bucket { count, by: Vec::new() }) };
        let mut by: Vec<(String, u64)> = Vec::new();
        if let (Some(value), Some(missing)) = (value_of_missing(field), found.places.remove(MISSING)) {
            add(&mut by, value.to_owned(), read::<Missing>(missing)?.doc_count);
        }
        // Beside the places stand the bounds of the bucket.
        for (_, place) in found.places.into_iter().filter(|(_, value)| value.is_object()) {
            for bucket in read::<AtPlace>(place)?.by_value.buckets {
                let stored = bucket.key_as_string.unwrap_or_else(|| source::text(bucket.key));
                add(&mut by, shown_as(field, stored), bucket.doc_count);
            }
        }
        let prefix = self.request.prefix.as_deref().unwrap_or_default();
        by.retain(|(value, count)| value.starts_with(prefix) && *count > 0);
        most_frequent_first(&mut by, field.spec().kind);
        by.truncate(self.request.top);
        Ok(Bucket { count, by })
    }
}

/// A value as a line shows it: spellings of a level are our word for it.
fn shown_as(field: LogField, stored: String) -> String {
    match field {
        LogField::Level => Level::parse(&stored).unwrap_or_default().to_string(),
        _ => stored,
    }
}

/// What a line without the field is shown with.
fn value_of_missing(field: LogField) -> Option<&'static str> {
    match field {
        LogField::Level => Some(Level::default().as_str()),
        LogField::Service => Some(UNKNOWN_SERVICE),
        _ => None,
    }
}

fn add(by: &mut Vec<(String, u64)>, value: String, count: u64) {
    match by.iter_mut().find(|(known, _)| *known == value) {
        Some((_, sum)) => *sum = sum.saturating_add(count),
        None => by.push((value, count)),
    }
}

fn read<T: serde::de::DeserializeOwned>(value: Value) -> StoreResult<T> {
    serde_json::from_value(value).map_err(|error| bad_answer(format!("counts: {error}")))
}

#[cfg(test)]
mod tests;
