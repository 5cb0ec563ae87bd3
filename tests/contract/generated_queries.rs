//! Queries made by chance of the words and values of `generated_lines`, and windows, pages and counts around them.

use std::net::IpAddr;

use trailproof::model::query::{Bound, CountRequest, PageRequest, Selection};
use trailproof::model::{
    Decimal, FieldRef, KindSet, Level, LogField, Query, Scalar, SortOrder, TextMatch, TextQuery, TimeRange,
    TotalMode,
};

use crate::generated_lines::{
    ADDRESSES, COMPONENTS, KEYS, LEAVES, METHODS, NUMBERS, PATHS, REQUESTS, SERVICES, USERS, moment, text,
};
use crate::random::SplitMix;

/// Levels of AND, OR and NOT at most.
const DEPTH: usize = 4;

/// A page of the lines of a query.
pub(crate) fn page(random: &mut SplitMix) -> PageRequest {
    PageRequest {
        selection: selection(random),
        sort: random.pick(&[SortOrder::Desc, SortOrder::Asc]),
        limit: random.pick(&[1, 2, 7, 50, 1_001]),
        start: None,
        wants_next: true,
        total: random.pick(&[TotalMode::Exact, TotalMode::Bounded, TotalMode::None]),
    }
}

/// A count of the lines of `selection`.
pub(crate) fn count(random: &mut SplitMix, selection: &Selection) -> CountRequest {
    let fields = [
        Some(LogField::Level),
        Some(LogField::Service),
        Some(LogField::Path),
        Some(LogField::UserId),
        Some(LogField::ClientIp),
        None,
    ];
    let by = random.pick(&fields);
    let prefixes = ["", "a", "u0", "/api", "10.", "x", "4", "f"];
    let prefix = (by.is_some() && random.happens(25)).then(|| random.pick(&prefixes).to_owned());
    let mut selection = selection.clone();
    let mut bounds = Vec::new();
    if random.happens(60) {
        bounds = (0..2 + random.below(5)).map(|_| moment(random)).collect();
        bounds.sort_unstable();
        bounds.dedup();
        if let [from, .., to] = bounds[..] {
            selection.range = TimeRange::new(from, to).unwrap();
        } else {
            bounds.clear();
        }
    }
    CountRequest { selection, bounds, by, top: random.pick(&[1, 3, 50]), prefix }
}

fn selection(random: &mut SplitMix) -> Selection {
    let (from, to) = (moment(random), moment(random));
    let range = if random.happens(70) {
        TimeRange::everything()
    } else {
        TimeRange::new(from.min(to), from.max(to)).unwrap()
    };
    let kinds = random.pick(&[KindSet::ALL, KindSet::ALL, KindSet::APP_AND_ERROR, KindSet::SECURITY]);
    Selection { kinds, range, query: query(random, DEPTH) }
}

fn query(random: &mut SplitMix, depth: usize) -> Query {
    if depth == 0 || random.happens(35) {
        return single(random);
    }
    let some = |random: &mut SplitMix| {
        let number = random.pick(&[1, 2, 2, 2, 3, 3]);
        (0..number).map(|_| query(random, depth - 1)).collect()
    };
    match random.below(7) {
        0..=2 => Query::And(some(random)),
        3..=4 => Query::Or(some(random)),
        _ => Query::Not(Box::new(query(random, depth - 1))),
    }
}

fn single(random: &mut SplitMix) -> Query {
    match random.below(20) {
        0..=6 => Query::Text(message_text(random)),
        7..=8 => {
            let (field, value) = keyword(random);
            Query::Term { field, value }
        }
        9 => {
            let values = (0..random.below(3)).map(|_| random.pick(&SERVICES).to_owned()).collect();
            Query::Terms { field: LogField::Service.into(), values }
        }
        10 => Query::Levels((0..=random.below(3)).map(|_| random.pick(&Level::ALL)).collect()),
        11..=12 => {
            let (field, value) = keyword(random);
            Query::Prefix { field, prefix: value.chars().take(1 + random.below(4)).collect() }
        }
        13..=14 => range(random),
        15..=16 => network(random),
        17..=18 => Query::Exists(any_field(random)),
        _ => random.pick(&[Query::All, Query::None]),
    }
}

fn message_text(random: &mut SplitMix) -> TextQuery {
    let parts_too = random.happens(50);
    let whole = text(random, 3);
    if random.happens(50) {
        return TextQuery { text: whole, mode: TextMatch::Whole { parts_too } };
    }
    let length = whole.chars().count();
    let text = whole.chars().take(length - random.below(length.min(3) + 1)).collect();
    TextQuery { text, mode: TextMatch::LastMayGoOn { parts_too } }
}

/// A field that is matched as a whole, and a value that some line has in it.
fn keyword(random: &mut SplitMix) -> (FieldRef, String) {
    let (field, values): (FieldRef, &[&str]) = match random.below(10) {
        0 => (LogField::Service.into(), &SERVICES),
        1 => (LogField::UserId.into(), &USERS),
        2 => (LogField::Path.into(), &PATHS),
        3 => (LogField::Method.into(), &METHODS),
        4 => (LogField::Component.into(), &COMPONENTS),
        5 => (LogField::RequestId.into(), &REQUESTS),
        6 => (LogField::UserAgent.into(), &USERS),
        7 => (LogField::Id.into(), &["n-7", "n-77", "0000", "9e37"]),
        _ => (context_key(random), &LEAVES),
    };
    (field, random.pick(values).to_owned())
}

fn context_key(random: &mut SplitMix) -> FieldRef {
    let key = random.pick(&KEYS);
    let below = random.pick(&["", "", ".b", ".c", ".b.c"]);
    FieldRef::Context(format!("{key}{below}"))
}

fn any_field(random: &mut SplitMix) -> FieldRef {
    let known = [
        LogField::Message,
        LogField::Context,
        LogField::ClientIp,
        LogField::TraceId,
        LogField::SpanId,
        LogField::Level,
    ];
    match random.below(3) {
        0 => random.pick(&known).into(),
        1 => keyword(random).0,
        _ => context_key(random),
    }
}

fn range(random: &mut SplitMix) -> Query {
    type Value = fn(&mut SplitMix) -> Scalar;
    let (field, value): (FieldRef, Value) = match random.below(7) {
        0 => (LogField::Timestamp.into(), |random| Scalar::Time(moment(random))),
        1 => (LogField::ClientIp.into(), |random| Scalar::Ip(address(random))),
        2 => (context_key(random), |random| Scalar::Ip(address(random))),
        3 | 4 => (context_key(random), |random| Scalar::Number(number(random))),
        5 => (LogField::Path.into(), |random| Scalar::Keyword(random.pick(&PATHS).to_owned())),
        _ => (LogField::UserId.into(), |random| Scalar::Keyword(random.pick(&USERS).to_owned())),
    };
    let bound = |random: &mut SplitMix| match random.below(5) {
        0 => Bound::Open,
        1 | 2 => Bound::Excluded(value(random)),
        _ => Bound::Included(value(random)),
    };
    Query::Range { field, lower: bound(random), upper: bound(random) }
}

fn network(random: &mut SplitMix) -> Query {
    let address = address(random);
    let widths: &[u8] = if address.is_ipv4() { &[0, 1, 8, 24, 30, 32] } else { &[0, 1, 32, 48, 120, 128] };
    let field = if random.happens(50) { LogField::ClientIp.into() } else { context_key(random) };
    Query::Network { field, address, prefix_bits: random.pick(widths) }
}

fn number(random: &mut SplitMix) -> Decimal {
    Decimal::parse(random.pick(&NUMBERS)).unwrap()
}

fn address(random: &mut SplitMix) -> IpAddr {
    random.pick(&ADDRESSES).parse().unwrap()
}
