//! Typed query to the query language of Elasticsearch: a total function without a wildcard arm.
//!
//! Everything is a filter, nothing is scored. Never emitted, because a caller's text could make them arbitrarily
//! expensive: `query_string`, `regexp`, `wildcard`, `intervals`, `script`.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde_json::{Map, Value, json};
use unicode_segmentation::UnicodeSegmentation as _;

use super::normal_form::normalise;
use crate::model::query::{Bound, Selection};
use crate::model::script::is_east_asian_char;
use crate::model::{FieldRef, Level, LogField, Micros, Query, Scalar, TextMatch, TextQuery};

/// Words of one shard that a prefix at the end of a phrase may stand for; those beyond are not found. Servers count the
/// place in the phrase as one clause, however many words stand there, so their limit of clauses is no limit here.
const MAX_EXPANSIONS: u32 = 16_384;
/// Longest token that the analysers make, in UTF-16 units.
const MAX_TOKEN: usize = 255;
/// Format in which we write times: keeps microseconds on every server.
const TIME_FORMAT: &str = "strict_date_optional_time_nanos";

/// The condition of a whole selection, window and query, nested no deeper than servers allow. Kinds are chosen by index.
pub(super) fn build_search_query(selection: &Selection) -> Value {
    let window = window(selection.range.from(), selection.range.to());
    match normalise(&selection.query) {
        Query::All => json!({"bool": {"filter": [window]}}),
        query => json!({"bool": {"filter": [window, translate(&query)]}}),
    }
}

/// Lines from `from` on and before `to`.
pub(super) fn window(from: Micros, to: Micros) -> Value {
    range(
        &LogField::Timestamp.into(),
        &Bound::Included(Scalar::Time(from)),
        &Bound::Excluded(Scalar::Time(to)),
    )
}

/// One condition.
pub(super) fn translate(query: &Query) -> Value {
    match query {
        Query::All => json!({"match_all": {}}),
        Query::None => json!({"match_none": {}}),
        Query::And(queries) => all_of(queries),
        Query::Or(queries) => any_of(&queries.iter().map(translate).collect::<Vec<_>>()),
        Query::Not(query) => json!({"bool": {"must_not": [translate(query)]}}),
        Query::Term { field, value } => json!({"term": {path(field): {"value": value}}}),
        Query::Terms { field, values } => json!({"terms": {path(field): values}}),
        Query::Levels(levels) => json!({"terms": {LogField::Level.spec().elastic: spellings(levels)}}),
        Query::Text(text_query) => text(text_query),
        Query::Prefix { field, prefix } => begins_with(&path(field), prefix),
        Query::Range { field, lower, upper } => range(field, lower, upper),
        Query::Network { field, address, prefix_bits } => {
            json!({"term": {path(field): {"value": network(*address, *prefix_bits)}}})
        }
        Query::Exists(field) => exists(field),
    }
}

/// Name of a field in the index.
pub(super) fn path(field: &FieldRef) -> String {
    match field {
        FieldRef::Known(field) => field.spec().elastic.to_owned(),
        FieldRef::Context(key) => format!("{}.{key}", LogField::Context.spec().elastic),
    }
}

/// Values of `path` that begin with `prefix`, case-sensitive.
pub(super) fn begins_with(path: &str, prefix: &str) -> Value {
    json!({"prefix": {path: {"value": prefix}}})
}

/// Conditions side by side become one level, negations included.
fn all_of(queries: &[Query]) -> Value {
    if queries.is_empty() {
        return json!({"match_all": {}});
    }
    let (mut wanted, mut unwanted) = (Vec::new(), Vec::new());
    for query in queries {
        match query {
            Query::Not(inner) => unwanted.push(translate(inner)),
            query => wanted.push(translate(query)),
        }
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

fn any_of(conditions: &[Value]) -> Value {
    if conditions.is_empty() {
        return json!({"match_none": {}});
    }
    json!({"bool": {"should": conditions, "minimum_should_match": 1}})
}

/// Every way in which an index may spell these levels; our own holds only our six words.
fn spellings(levels: &[Level]) -> Vec<String> {
    let mut all = Vec::new();
    for word in levels.iter().flat_map(|level| level.spellings()) {
        let (first, rest) = word.split_at_checked(1).unwrap_or((word, ""));
        for spelling in [(*word).to_owned(), word.to_uppercase(), first.to_uppercase() + rest] {
            if !all.contains(&spelling) {
                all.push(spelling);
            }
        }
    }
    all
}

fn text(query: &TextQuery) -> Value {
    let words = LogField::Message.spec().elastic;
    let parts = format!("{words}.parts");
    let text = query.text.as_str();
    let (in_words, in_parts) = match query.mode {
        TextMatch::Whole { .. } => (phrase(words, text), phrase(&parts, text)),
        TextMatch::LastMayGoOn { .. } => (
            phrase_that_goes_on(words, text, is_one_word(text)),
            phrase_that_goes_on(&parts, text, is_one_run_of_letters(text)),
        ),
    };
    if query.mode.parts_too() { any_of(&[in_words, in_parts]) } else { in_words }
}

fn phrase(path: &str, text: &str) -> Value {
    json!({"match_phrase": {path: {"query": text}}})
}

/// A phrase with a prefix at its end knows a limited number of words, a plain prefix does not, but is not analysed.
fn phrase_that_goes_on(path: &str, text: &str, is_one_token: bool) -> Value {
    if is_one_token && text.encode_utf16().count() <= MAX_TOKEN {
        return begins_with(path, &lower_case(text));
    }
    json!({"match_phrase_prefix": {path: {"query": text, "max_expansions": MAX_EXPANSIONS}}})
}

/// Whether the analyser `standard` makes exactly one token of the whole text.
fn is_one_word(text: &str) -> bool {
    text.unicode_words().next() == Some(text)
}

/// Whether the analyser `simple` makes exactly one token of the whole text; says no when in doubt.
fn is_one_run_of_letters(text: &str) -> bool {
    let is_letter =
        |letter: char| letter.is_lowercase() || letter.is_uppercase() || is_east_asian_char(letter);
    !text.is_empty() && text.chars().all(is_letter)
}

/// Lower-cases as the analysers do: each code point by itself, to one code point.
fn lower_case(text: &str) -> String {
    let lower = |letter: char| {
        // Only İ becomes two code points here, and `i` there.
        let mut letters = letter.to_lowercase();
        if letters.len() == 1 { letters.next().unwrap_or(letter) } else { 'i' }
    };
    text.chars().map(lower).collect()
}

fn exists(field: &FieldRef) -> Value {
    match field {
        // The server reads `*` in the name as a pattern, unless it stands in a prefix.
        FieldRef::Context(key) if key.contains('*') => begins_with(&path(field), ""),
        FieldRef::Known(_) | FieldRef::Context(_) => json!({"exists": {"field": path(field)}}),
    }
}

fn range(field: &FieldRef, lower: &Bound, upper: &Bound) -> Value {
    let lower = match lower {
        Bound::Open => None,
        Bound::Included(Scalar::Time(time)) => Some(("gte", written_time(*time))),
        // Our times have microseconds, a foreign index may be finer: "after t" begins with the next microsecond.
        Bound::Excluded(Scalar::Time(time)) => Some(("gte", written_time(time.plus(1)))),
        Bound::Included(value) => Some(("gte", written(value))),
        Bound::Excluded(value) => Some(("gt", written(value))),
    };
    let upper = match upper {
        Bound::Open => None,
        Bound::Included(Scalar::Time(time)) => Some(("lt", written_time(time.plus(1)))),
        Bound::Excluded(Scalar::Time(time)) => Some(("lt", written_time(*time))),
        Bound::Included(value) => Some(("lte", written(value))),
        Bound::Excluded(value) => Some(("lt", written(value))),
    };
    if lower.is_none() && upper.is_none() {
        return exists(field);
    }
    let mut ends: Map<String, Value> =
        [lower, upper].into_iter().flatten().map(|(end, value)| (end.to_owned(), value.into())).collect();
    if *field == FieldRef::Known(LogField::Timestamp) {
        ends.insert("format".to_owned(), TIME_FORMAT.into());
    }
    json!({"range": {path(field): ends}})
}

fn written(value: &Scalar) -> String {
    match value {
        Scalar::Keyword(text) => text.clone(),
        Scalar::Time(time) => written_time(*time),
        Scalar::Ip(address) => address.to_string(),
    }
}

/// A time that a server can read as `date_nanos`; nothing lies outside of those anyway.
fn written_time(time: Micros) -> String {
    time.clamp(Micros::MIN_LINE, Micros::MAX_LINE).to_string()
}

/// A network in the form `address/bits`, without bits behind the prefix and with IPv4 in its short form.
fn network(address: IpAddr, prefix_bits: u8) -> String {
    let bits = u32::from(prefix_bits);
    match address {
        IpAddr::V4(address) => network_v4(address, bits.min(32)),
        IpAddr::V6(address) => match address.to_ipv4_mapped() {
            Some(short) if bits >= 96 => network_v4(short, bits.min(128) - 96),
            Some(_) | None => {
                let bits = bits.min(128);
                let mask = u128::MAX.checked_shl(128 - bits).unwrap_or(0);
                format!("{}/{bits}", Ipv6Addr::from_bits(address.to_bits() & mask))
            }
        },
    }
}

fn network_v4(address: Ipv4Addr, bits: u32) -> String {
    let mask = u32::MAX.checked_shl(32 - bits).unwrap_or(0);
    format!("{}/{bits}", Ipv4Addr::from_bits(address.to_bits() & mask))
}

#[cfg(test)]
mod tests;
