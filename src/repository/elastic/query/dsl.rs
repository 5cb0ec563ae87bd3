//! The smallest pieces of the query language. Knows paths and values, and nothing of fields, layouts or typed queries.

use std::ops::Bound;

use serde_json::{Map, Value, json};

/// The condition that no document meets.
pub(crate) fn nothing() -> Value {
    json!({"match_none": {}})
}

/// At least one of these.
pub(crate) fn any_of(conditions: &[Value]) -> Value {
    match conditions {
        [] => nothing(),
        [one] => one.clone(),
        several => json!({"bool": {"should": several, "minimum_should_match": 1}}),
    }
}

/// All of `wanted` and none of `unwanted`, in as few levels as that takes.
pub(crate) fn filtered(wanted: Vec<Value>, unwanted: Vec<Value>) -> Value {
    if wanted.is_empty() && unwanted.is_empty() {
        return json!({"match_all": {}});
    }
    if let ([one], []) = (wanted.as_slice(), unwanted.as_slice()) {
        return one.clone();
    }
    let mut clauses = Map::new();
    if !wanted.is_empty() {
        clauses.insert("filter".to_owned(), wanted.into());
    }
    if !unwanted.is_empty() {
        clauses.insert("must_not".to_owned(), unwanted.into());
    }
    json!({"bool": clauses})
}

/// Values of `path` that begin with `prefix`, case-sensitive.
pub(crate) fn begins_with(path: &str, prefix: &str) -> Value {
    json!({"prefix": {path: {"value": prefix}}})
}

/// Values of `path` between two others, byte by byte.
pub(crate) fn terms_between(path: &str, lower: &Bound<String>, upper: &Bound<String>) -> Value {
    let end = |bound: &Bound<String>, included: &str, excluded: &str| match bound {
        Bound::Unbounded => None,
        Bound::Included(text) => Some((included.to_owned(), Value::from(text.as_str()))),
        Bound::Excluded(text) => Some((excluded.to_owned(), Value::from(text.as_str()))),
    };
    let ends: Map<String, Value> =
        [end(lower, "gte", "gt"), end(upper, "lte", "lt")].into_iter().flatten().collect();
    json!({"range": {path: ends}})
}

/// There is a value at a path, or an object with one in it.
pub(crate) fn path_exists(path: &str) -> Value {
    // The server reads `*` in the name as a pattern, unless it stands in a prefix.
    if path.contains('*') {
        return begins_with(path, "");
    }
    json!({"exists": {"field": path}})
}

/// Format in which we write times: keeps nanoseconds on every server.
const TIME_FORMAT: &str = "strict_date_optional_time_nanos";

/// The date lies in a half-open span of nanoseconds; an end that is missing is open.
///
/// A field of milliseconds cuts off what is finer in a bound. "After the nanosecond before" and "up to the nanosecond before"
/// mean the same for it as for a field of nanoseconds, where "from" and "before" would not.
pub(crate) fn dates_between(path: &str, from: Option<i64>, to: Option<i64>) -> Value {
    let written = |nanos: i64| jiff::Timestamp::from_nanosecond(nanos.into()).unwrap_or_default().to_string();
    let mut ends = Map::new();
    match from {
        // There is no date before that in a field of nanoseconds.
        Some(..=0) => drop(ends.insert("gte".to_owned(), written(0).into())),
        Some(from) => drop(ends.insert("gt".to_owned(), written(from - 1).into())),
        None => {}
    }
    match to {
        Some(..=0) => return nothing(),
        Some(to) => drop(ends.insert("lte".to_owned(), written(to - 1).into())),
        None => {}
    }
    if ends.is_empty() {
        return path_exists(path);
    }
    ends.insert("format".to_owned(), TIME_FORMAT.into());
    json!({"range": {path: ends}})
}
