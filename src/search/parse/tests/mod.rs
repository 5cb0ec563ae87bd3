//! Tests of the language as a whole; the words that they are written in stand here.

mod golden;
mod hostile;
mod refusals;
mod round_trip;
mod slips;

use jiff::tz::TimeZone;

use super::*;
use crate::model::query::Bound;
use crate::model::{Decimal, FieldRef, Level, LogField, Micros, Scalar, TextMatch, TextQuery};

/// Noon in Seoul, where days begin in these tests.
fn context() -> ParseContext {
    let zone = TimeZone::get("Asia/Seoul").unwrap();
    ParseContext { now: Micros::parse_rfc3339("2026-11-21T03:00:00Z").unwrap(), zone: Some(zone) }
}

fn query(text: &str) -> Query {
    parse(text, &context()).unwrap_or_else(|error| panic!("{text}: {error}")).query
}

fn and(queries: impl IntoIterator<Item = Query>) -> Query {
    Query::And(queries.into_iter().collect())
}

fn or(queries: impl IntoIterator<Item = Query>) -> Query {
    Query::Or(queries.into_iter().collect())
}

fn not(query: Query) -> Query {
    Query::Not(Box::new(query))
}

fn field(name: &str) -> FieldRef {
    FieldRef::by_name(name).unwrap()
}

fn term(name: &str, value: &str) -> Query {
    Query::Term { field: field(name), value: value.to_owned() }
}

fn prefix(name: &str, prefix: &str) -> Query {
    Query::Prefix { field: field(name), prefix: prefix.to_owned() }
}

fn exists(name: &str) -> Query {
    Query::Exists(field(name))
}

fn level(level: Level) -> Query {
    Query::Levels(vec![level])
}

fn text(text: &str, mode: TextMatch) -> Query {
    Query::Text(TextQuery { text: text.to_owned(), mode })
}

/// A word or phrase of letters.
fn letters(word: &str) -> Query {
    text(word, TextMatch::Whole { parts_too: true })
}

/// A word or phrase with other characters in it.
fn exact(word: &str) -> Query {
    text(word, TextMatch::Whole { parts_too: false })
}

/// What may go on, of letters.
fn beginning(word: &str) -> Query {
    text(word, TextMatch::LastMayGoOn { parts_too: true })
}

fn range(name: &str, lower: Bound, upper: Bound) -> Query {
    Query::Range { field: field(name), lower, upper }
}

fn word_bound(value: &str) -> Scalar {
    Scalar::Keyword(value.to_owned())
}

fn number(text: &str) -> Scalar {
    Scalar::Number(Decimal::parse(text).unwrap())
}

fn time(text: &str) -> Scalar {
    Scalar::Time(Micros::parse_rfc3339(text).unwrap())
}

fn network(address: &str, prefix_bits: u8) -> Query {
    Query::Network { field: LogField::ClientIp.into(), address: address.parse().unwrap(), prefix_bits }
}
