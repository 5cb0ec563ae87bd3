//! What a query means, written down as plainly as possible: one line after the other, no index, no engine.
//!
//! Shares with the engines only the split into words, which is proved against a real server.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv6Addr};

use serde_json::Value;
use trailproof::model::page::Bucket;
use trailproof::model::query::{Bound, CountRequest, Selection};
use trailproof::model::{
    FieldRef, LogEntry, LogField, Micros, Query, Scalar, SortOrder, TextMatch, TextQuery,
};
use trailproof::repository::LineToStore;
use trailproof::repository::embedded::tantivy::words::{letter_runs, standard_words};

/// Longest leaf of a context that can be found, in UTF-16 units.
const LONGEST_LEAF: usize = 8_191;

/// Lines in memory.
pub(crate) struct NaiveStore {
    lines: Vec<Line>,
}

struct Line {
    stored: LineToStore,
    words: Vec<String>,
    parts: Vec<String>,
    /// Key with dots, and value.
    leaves: Vec<(String, String)>,
    /// Key with dots, and what it holds that has an order.
    ordered: Vec<(String, Ordered)>,
}

impl NaiveStore {
    pub(crate) fn new(lines: &[LineToStore]) -> Self {
        let line = |stored: &LineToStore| {
            let mut leaves = Vec::new();
            for (key, value) in stored.entry.context.iter() {
                collect_leaves(key, value, &mut leaves);
            }
            let ordered = leaves.iter().filter_map(|(key, text)| Some((key.clone(), ordered(text)?)));
            let message = &stored.entry.message;
            Line {
                stored: stored.clone(),
                words: standard_words(message),
                parts: letter_runs(message),
                ordered: ordered.collect(),
                leaves,
            }
        };
        Self { lines: lines.iter().map(line).collect() }
    }

    /// Every line of a selection, in order.
    pub(crate) fn select(&self, selection: &Selection, sort: SortOrder) -> Vec<&LogEntry> {
        let mut entries: Vec<_> =
            self.selected(selection).into_iter().map(|line| &line.stored.entry).collect();
        entries.sort_by_key(|entry| (entry.timestamp, entry.id.as_str()));
        if sort == SortOrder::Desc {
            entries.reverse();
        }
        entries
    }

    /// The buckets of a count.
    pub(crate) fn count_by(&self, request: &CountRequest) -> Vec<Bucket> {
        let range = request.selection.range;
        let bounds =
            if request.bounds.is_empty() { vec![range.from(), range.to()] } else { request.bounds.clone() };
        let selected = self.selected(&request.selection);
        let bucket = |pair: &[Micros]| {
            let is_inside = |line: &&Line| (pair[0]..pair[1]).contains(&line.stored.entry.timestamp);
            let lines: Vec<_> = selected.iter().copied().filter(is_inside).collect();
            let count = u64::try_from(lines.len()).unwrap();
            Bucket { count, by: request.by.map_or(Vec::new(), |field| values(&lines, field, request)) }
        };
        bounds.windows(2).map(bucket).collect()
    }

    fn selected(&self, selection: &Selection) -> Vec<&Line> {
        let is_selected = |line: &&Line| {
            selection.kinds.contains(line.stored.kind)
                && selection.range.contains(line.stored.entry.timestamp)
                && line.meets(&selection.query)
        };
        self.lines.iter().filter(is_selected).collect()
    }
}

/// The most frequent values of a field: equal counts by value, addresses by their bits.
fn values(lines: &[&Line], field: LogField, request: &CountRequest) -> Vec<(String, u64)> {
    let prefix = request.prefix.as_deref().unwrap_or_default();
    let mut numbers: BTreeMap<String, u64> = BTreeMap::new();
    for line in lines {
        let distinct: BTreeSet<_> = line.values(&field.into()).into_iter().collect();
        for value in distinct.into_iter().filter(|value| value.starts_with(prefix)) {
            *numbers.entry(value).or_default() += 1;
        }
    }
    let mut numbers: Vec<_> = numbers.into_iter().collect();
    // Stable, so that equal keys stay in the order of the texts.
    numbers.sort_by_key(|(value, count)| {
        (Reverse(*count), (field == LogField::ClientIp).then(|| bits(value.parse().unwrap())))
    });
    numbers.truncate(request.top);
    numbers
}

impl Line {
    fn meets(&self, query: &Query) -> bool {
        match query {
            Query::All => true,
            Query::None => false,
            Query::And(queries) => queries.iter().all(|query| self.meets(query)),
            Query::Or(queries) => queries.iter().any(|query| self.meets(query)),
            Query::Not(query) => !self.meets(query),
            Query::Term { field, value } => self.values(field).contains(value),
            Query::Terms { field, values } => self.values(field).iter().any(|value| values.contains(value)),
            Query::Levels(levels) => levels.contains(&self.stored.entry.level),
            Query::Text(text) => self.holds(text),
            Query::Prefix { field, prefix } => {
                self.values(field).iter().any(|value| value.starts_with(prefix))
            }
            Query::Range { field, lower, upper } => self.lies_between(field, lower, upper),
            Query::Network { field, address, prefix_bits } => {
                let width = if address.is_ipv4() { 32 } else { 128 };
                let free = width - u32::from(*prefix_bits);
                let is_inside = |own: u128| own.checked_shr(free) == bits(*address).checked_shr(free);
                self.addresses(field).into_iter().any(is_inside)
            }
            Query::Exists(FieldRef::Known(LogField::Context)) => !self.leaves.is_empty(),
            Query::Exists(field) => !self.values(field).is_empty(),
        }
    }

    /// The values that a field has in this line.
    fn values(&self, field: &FieldRef) -> Vec<String> {
        let entry = &self.stored.entry;
        let field = match field {
            FieldRef::Known(field) => *field,
            FieldRef::Context(key) => {
                let own = self.leaves.iter().filter(|(own, _)| own == key);
                return own.map(|(_, value)| value.clone()).collect();
            }
        };
        let value = match field {
            LogField::Id => Some(entry.id.to_string()),
            LogField::ClientId => entry.client_id.clone(),
            LogField::Timestamp => Some(entry.timestamp.to_string()),
            LogField::Level => Some(entry.level.to_string()),
            LogField::Service => Some(entry.service.clone()),
            LogField::Message => Some(entry.message.clone()),
            LogField::RequestId => entry.request_id.clone(),
            LogField::TraceId => entry.trace_id.clone(),
            LogField::SpanId => entry.span_id.clone(),
            LogField::UserId => entry.user_id.clone(),
            LogField::Path => entry.path.clone(),
            LogField::Method => entry.method.clone(),
            LogField::ClientIp => entry.client_ip.clone(),
            LogField::UserAgent => entry.user_agent.clone(),
            LogField::Component => entry.component.clone(),
            // When a line was received, the store says.
            LogField::ReceivedAt | LogField::Context => None,
        };
        value.into_iter().collect()
    }

    fn holds(&self, text: &TextQuery) -> bool {
        let in_words = stand_together(&self.words, &standard_words(&text.text), text.mode);
        let in_parts = || stand_together(&self.parts, &letter_runs(&text.text), text.mode);
        in_words || text.mode.parts_too() && in_parts()
    }

    fn lies_between(&self, field: &FieldRef, lower: &Bound, upper: &Bound) -> bool {
        if *field == LogField::Timestamp.into() {
            let time = self.stored.entry.timestamp;
            return above(&time, lower, as_time) && below(&time, upper, as_time);
        }
        if (lower, upper) == (&Bound::Open, &Bound::Open) {
            return !self.values(field).is_empty();
        }
        if let FieldRef::Context(key) = field {
            let own = self.ordered.iter().filter(|(own, _)| own == key).map(|(_, value)| *value);
            return { own }.any(|own| {
                own.is_comparable(lower)
                    && own.is_comparable(upper)
                    && above(&own, lower, as_ordered)
                    && below(&own, upper, as_ordered)
            });
        }
        if *field == LogField::ClientIp.into() {
            let inside = |own: u128| above(&own, lower, as_bits) && below(&own, upper, as_bits);
            return self.addresses(field).into_iter().any(inside);
        }
        self.values(field).iter().any(|own| above(own, lower, as_text) && below(own, upper, as_text))
    }

    fn addresses(&self, field: &FieldRef) -> Vec<u128> {
        match field {
            FieldRef::Known(_) => {
                self.stored.entry.client_ip.iter().map(|text| bits(text.parse().unwrap())).collect()
            }
            FieldRef::Context(key) => {
                let own = self.ordered.iter().filter(|(own, _)| own == key);
                own.filter_map(|(_, value)| match value {
                    Ordered::Address(bits) => Some(*bits),
                    Ordered::Number(_) => None,
                })
                .collect()
            }
        }
    }
}

/// What has an order; a number as a multiple of a thousandth of a thousandth.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Ordered {
    Number(i128),
    Address(u128),
}

impl Ordered {
    fn is_comparable(self, bound: &Bound) -> bool {
        match bound {
            Bound::Open => true,
            Bound::Included(scalar) | Bound::Excluded(scalar) => {
                matches!(
                    (self, as_ordered(scalar)),
                    (Self::Number(_), Self::Number(_)) | (Self::Address(_), Self::Address(_))
                )
            }
        }
    }
}

/// Reads a leaf as a number of at most six decimals, or as an address.
fn ordered(text: &str) -> Option<Ordered> {
    if let Ok(address) = text.parse() {
        return Some(Ordered::Address(bits(address)));
    }
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let millionths: i128 = format!("{fraction:0<6}").parse().ok()?;
    let number = whole.parse::<i128>().ok()? * 1_000_000;
    Some(Ordered::Number(if whole.starts_with('-') { number - millionths } else { number + millionths }))
}

fn as_ordered(scalar: &Scalar) -> Ordered {
    match scalar {
        Scalar::Number(number) => ordered(&number.to_string()).unwrap(),
        Scalar::Ip(address) => Ordered::Address(bits(*address)),
        Scalar::Keyword(_) | Scalar::Time(_) => panic!("{scalar:?} has no order in a context"),
    }
}

/// Whether tokens stand one after the other, the last of them perhaps going on.
fn stand_together(own: &[String], wanted: &[String], mode: TextMatch) -> bool {
    let Some((last, front)) = wanted.split_last() else { return false };
    own.windows(wanted.len()).any(|window| {
        let ends_well = match mode {
            TextMatch::Whole { .. } => window[front.len()] == *last,
            TextMatch::LastMayGoOn { .. } => window[front.len()].starts_with(last),
        };
        ends_well && window[..front.len()] == *front
    })
}

fn above<T: Ord>(own: &T, lower: &Bound, read: impl Fn(&Scalar) -> T) -> bool {
    match lower {
        Bound::Open => true,
        Bound::Included(value) => *own >= read(value),
        Bound::Excluded(value) => *own > read(value),
    }
}

fn below<T: Ord>(own: &T, upper: &Bound, read: impl Fn(&Scalar) -> T) -> bool {
    match upper {
        Bound::Open => true,
        Bound::Included(value) => *own <= read(value),
        Bound::Excluded(value) => *own < read(value),
    }
}

fn as_time(scalar: &Scalar) -> Micros {
    let Scalar::Time(time) = scalar else { panic!("{scalar:?} is no time") };
    *time
}

fn as_bits(scalar: &Scalar) -> u128 {
    let Scalar::Ip(address) = scalar else { panic!("{scalar:?} is no address") };
    bits(*address)
}

fn as_text(scalar: &Scalar) -> String {
    let Scalar::Keyword(text) = scalar else { panic!("{scalar:?} is no keyword") };
    text.clone()
}

fn bits(address: IpAddr) -> u128 {
    let long: Ipv6Addr = match address {
        IpAddr::V4(short) => short.to_ipv6_mapped(),
        IpAddr::V6(long) => long,
    };
    long.to_bits()
}

fn collect_leaves(key: &str, value: &Value, leaves: &mut Vec<(String, String)>) {
    let text = match value {
        Value::Null => return,
        Value::Array(items) => return items.iter().for_each(|item| collect_leaves(key, item, leaves)),
        Value::Object(members) => {
            return members
                .iter()
                .for_each(|(inner, value)| collect_leaves(&format!("{key}.{inner}"), value, leaves));
        }
        Value::String(text) => text.clone(),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
    };
    if text.encode_utf16().count() <= LONGEST_LEAF {
        leaves.push((composed(key), composed(&text)));
    }
}

/// The form in which texts are compared.
fn composed(text: &str) -> String {
    icu_normalizer::ComposingNormalizerBorrowed::new_nfc().normalize(text).into_owned()
}
