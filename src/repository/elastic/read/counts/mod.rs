//! Counts by time and by value, in one request where all indices are alike.
//!
//! Aggregations see times in milliseconds only, even of `date_nanos`. Buckets whose inner bounds are whole
//! milliseconds are counted by one range aggregation; others by one filter each, which is exact and slower. Values that
//! stand in several places are counted in each of them, and the numbers are added up.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::decode::SearchAnswer;
use super::search;
use super::source;
use crate::model::page::{Bucket, Counts};
use crate::model::query::CountRequest;
use crate::model::{Completeness, FieldKind, Level, LogField, Micros, TimeRange};
use crate::repository::elastic::STORE;
use crate::repository::elastic::layout::{Group, IndexSet, Layout, Place};
use crate::repository::elastic::query::predicates;
use crate::repository::elastic::query::{Translated, Translator, UNKNOWN_SERVICE, build_search_query, dsl};
use crate::repository::elastic::transport::Client;
use crate::repository::elastic::transport::bad_answer;
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

/// One empty bucket for each that is asked for.
pub(crate) fn empty(request: &CountRequest) -> Vec<Bucket> {
    let count = request.bounds.len().saturating_sub(1).max(usize::from(request.bounds.is_empty()));
    vec![Bucket::default(); count]
}

/// One request of a count.
struct Part {
    /// Where it counts.
    indices: IndexSet,
    body: Value,
}

/// Counts the lines of `target`, whose indices have this layout.
pub(crate) async fn count(
    client: &Client,
    target: &str,
    layout: &Layout,
    request: &CountRequest,
    timeout_ms: u64,
) -> StoreResult<Counts> {
    let plan = Plan::new(request, layout);
    let (parts, translated) = plan.requests(timeout_ms)?;
    let (answers, left_out) = match parts.as_slice() {
        [only] => {
            let found = search::search(client, target, layout, &only.body).await?;
            (vec![found.answer], found.left_out)
        }
        several => {
            let indices = |part: &Part| part.indices.within(target, &layout.indices);
            let searches: Vec<_> = several.iter().map(|part| (indices(part), &part.body)).collect();
            search::several(client, layout, &searches).await?
        }
    };
    let answered = answers.iter().map(SearchAnswer::completeness);
    let completeness = answered.fold(Completeness::default(), Completeness::and);
    Ok(Counts {
        completeness: completeness.or_partial(translated.is_partial || left_out.is_some()),
        buckets: plan.read(answers)?,
        warnings: translated.warnings.into_iter().chain(left_out).collect(),
    })
}

/// The count of lines without the field, where they are shown with a value all the same.
fn missing(field: LogField, groups: &[Group]) -> Option<(String, Value)> {
    value_of_missing(field)?;
    let places = groups.iter().flat_map(|group| &group.places).map(predicates::exists).collect();
    Some((MISSING.to_owned(), json!({"filter": dsl::filtered(Vec::new(), places)})))
}

/// How a count is asked and read.
struct Plan<'a> {
    request: &'a CountRequest,
    layout: &'a Layout,
    spans: Vec<TimeRange>,
}

#[derive(Deserialize)]
struct TimeBuckets {
    buckets: Map<String, Value>,
}

/// A bucket, in which the counts of each place stand.
#[derive(Default, Deserialize)]
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
    fn new(request: &'a CountRequest, layout: &'a Layout) -> Self {
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

    /// Number of buckets of the answer.
    fn len(&self) -> usize {
        if self.request.bounds.is_empty() { 1 } else { self.spans.len() }
    }

    /// The requests, and what they cannot count everywhere. A count by value in indices that hold the field differently
    /// takes one for each kind: a server fails where a path is text, even if no document of that index is counted.
    ///
    /// # Errors
    /// [`StoreError::Unsupported`] when the query or the field cannot be asked in any of the indices.
    fn requests(&self, timeout_ms: u64) -> StoreResult<(Vec<Part>, Translated)> {
        let mut translated = build_search_query(&self.request.selection, self.layout)?;
        let window = Translator::new(self.layout)?;
        let mut query = vec![translated.query.clone()];
        if let (Some(first), Some(last)) = (self.spans.first(), self.spans.last()) {
            query.push(window.window(first.from(), last.to()));
        }
        let by_time = self.by_time(&window);
        let part = |indices: &IndexSet, by_value: Map<String, Value>| {
            let mut by_time = by_time.clone();
            if let Some(members) = by_time.as_object_mut().filter(|_| !by_value.is_empty()) {
                members.insert("aggs".to_owned(), by_value.into());
            }
            // Also where their names lead to others, no document is counted in two parts.
            let filter: Vec<_> = query.iter().cloned().chain(indices.condition()).collect();
            let body = json!({
                "size": 0,
                "query": {"bool": {"filter": filter}},
                "track_total_hits": false,
                "timeout": format!("{timeout_ms}ms"),
                "aggs": {BY_TIME: by_time},
            });
            Part { indices: indices.clone(), body }
        };
        let Some(field) = self.request.by else {
            return Ok((vec![part(&IndexSet::All, Map::new())], translated));
        };
        let groups = self.layout.of(&field.into()).groups;
        let counted: Vec<(IndexSet, Map<String, Value>)> = groups
            .iter()
            .filter_map(|group| Some((group.indices.clone(), self.by_value(field, group)?)))
            .collect();
        if counted.len() < groups.len() {
            translated.is_partial = true;
            translated.warnings.push(format!(
                "{} is not mapped as keyword in some of the indices, so its values there are not counted",
                field.name()
            ));
        }
        if counted.is_empty() && !groups.is_empty() {
            let reason =
                "is not mapped as keyword in the indices that are read, so its values cannot be counted";
            let (field, reason) = (field.name().to_owned(), reason.to_owned());
            return Err(StoreError::Unsupported { store: STORE, field, reason });
        }
        let missing = missing(field, &groups);
        if let [(IndexSet::All, by_value)] = counted.as_slice() {
            let everything = by_value.clone().into_iter().chain(missing).collect();
            return Ok((vec![part(&IndexSet::All, everything)], translated));
        }
        // First all lines, whatever they have, then the values of each kind of index.
        let all = part(&IndexSet::All, missing.into_iter().collect());
        let each = counted.into_iter().map(|(indices, by_value)| part(&indices, by_value));
        Ok((std::iter::once(all).chain(each).collect(), translated))
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

    /// One aggregation for each place of the field in a group of indices; the numbers are its keys. `None` when a place
    /// cannot be counted.
    fn by_value(&self, field: LogField, group: &Group) -> Option<Map<String, Value>> {
        let mut aggregations = Map::new();
        for (number, place) in group.places.iter().enumerate() {
            let path = place.countable_path()?;
            let earlier = group.places.iter().take(number).map(predicates::exists).collect();
            let wanted = self.with_prefix(place, field).into_iter().collect();
            let aggregation = json!({
                "filter": dsl::filtered(wanted, earlier),
                "aggs": {BY_VALUE: {"terms": self.terms(field, path)}},
            });
            aggregations.insert(number.to_string(), aggregation);
        }
        Some(aggregations)
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
        Some(dsl::begins_with(path, prefix))
    }

    /// More than `top` where values are merged or sieved afterwards.
    fn values_asked(&self, field: LogField) -> usize {
        let is_merged = self.layout.of(&field.into()).places().len() > 1;
        let is_sieved = self.request.prefix.is_some() || field.spec().kind == FieldKind::Level;
        let top = self.request.top.max(1);
        if is_sieved || is_merged { top.max(MIN_VALUES_PER_SHARD) } else { top }
    }

    /// Reads the answers: one bucket a span, in order.
    fn read(&self, answers: Vec<SearchAnswer>) -> StoreResult<Vec<Bucket>> {
        let mut all: Vec<TimeBucket> = Vec::new();
        for (number, answer) in answers.into_iter().enumerate() {
            let found = self.time_buckets(answer)?;
            if number == 0 {
                all = found;
                continue;
            }
            for (bucket, part) in all.iter_mut().zip(found) {
                // The first has counted the lines; the others bring their values.
                let values = part.places.into_iter().filter(|(_, value)| value.is_object());
                bucket.places.extend(values.map(|(place, values)| (format!("{number}/{place}"), values)));
            }
        }
        all.into_iter().map(|bucket| self.bucket(bucket)).collect()
    }

    fn time_buckets(&self, mut answer: SearchAnswer) -> StoreResult<Vec<TimeBucket>> {
        let Some(by_time) = answer.aggregations.remove(BY_TIME) else {
            // Where no index exists, nothing is aggregated; everywhere else it must be there.
            if answer.searched_nothing() {
                return Ok((0..self.len()).map(|_| TimeBucket::default()).collect());
            }
            return Err(bad_answer("counts are missing"));
        };
        let mut found: TimeBuckets = read(by_time)?;
        let bucket = |place: usize| {
            let bucket = found.buckets.remove(&place.to_string());
            read(bucket.ok_or_else(|| bad_answer("a bucket is missing"))?)
        };
        (0..self.len()).map(bucket).collect()
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
