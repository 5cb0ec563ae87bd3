//! Values of fields other than the message: what each kind of field takes.
//!
//! Addresses are read in `address.rs`, times in `search::dates`; `context.rs` has the keys of the context.

use super::address::{address, network};
use super::lex::{Edge, EdgeText, Shape, Value, Word};
use super::parsed::ParseContext;
use super::refusal;
use crate::error::{Error, ErrorCode, Result};
use crate::model::normal::{into_nfc, nfc};
use crate::model::query::Bound;
use crate::model::{FieldRef, Level, LogField, Query, Scalar, TimeRange};
use crate::search::dates::parse_span;

/// One level, in any spelling.
pub(super) fn level(value: &Value, offset: usize) -> Result<Query> {
    let advice = "use level:(error OR fatal), or the parameter min_level";
    let text = match single(value) {
        Single::Star => return Ok(Query::Exists(LogField::Level.into())),
        Single::Wildcard => {
            return Err(refusal::unsupported(format!("level takes no wildcard; {advice}"), offset));
        }
        Single::Range(..) => {
            return Err(refusal::unsupported(format!("level takes no range; {advice}"), offset));
        }
        Single::Text(text) => text,
    };
    let level = Level::parse(text).ok_or_else(|| {
        let detail = "unknown level; use trace, debug, info, warn, error or fatal";
        Error::new(ErrorCode::BadParameter, detail).at_offset("query", offset)
    })?;
    Ok(Query::Levels(vec![level]))
}

/// A point in time, a rounded one as its whole unit, or a range.
pub(super) fn date(field: FieldRef, value: &Value, offset: usize, context: &ParseContext) -> Result<Query> {
    let span = |text: &str, offset: usize| {
        parse_span(text, context.now, context.zone.as_ref()).map_err(|error| error.at_offset("query", offset))
    };
    match single(value) {
        Single::Star => Ok(Query::Exists(field)),
        Single::Wildcard => {
            let detail =
                format!("{field} takes no wildcard; ask for a range such as {field}:[now-1h TO now]");
            Err(refusal::unsupported(detail, offset))
        }
        Single::Text(text) => {
            let span = span(text, offset)?;
            Ok(Query::Range { field, lower: not_before(span), upper: not_after(span) })
        }
        Single::Range(lower, upper) => {
            let lower = match lower {
                Edge::Open => Bound::Open,
                Edge::Included(edge) => not_before(span(&edge.text, edge.offset)?),
                Edge::Excluded(edge) => after(span(&edge.text, edge.offset)?),
            };
            let upper = match upper {
                Edge::Open => Bound::Open,
                Edge::Included(edge) => not_after(span(&edge.text, edge.offset)?),
                Edge::Excluded(edge) => before(span(&edge.text, edge.offset)?),
            };
            Ok(range(field, lower, upper))
        }
    }
}

fn not_before(span: TimeRange) -> Bound {
    Bound::Included(Scalar::Time(span.from()))
}

fn before(span: TimeRange) -> Bound {
    Bound::Excluded(Scalar::Time(span.from()))
}

fn not_after(span: TimeRange) -> Bound {
    let end = Scalar::Time(span.to());
    if span.is_empty() { Bound::Included(end) } else { Bound::Excluded(end) }
}

fn after(span: TimeRange) -> Bound {
    let end = Scalar::Time(span.to());
    if span.is_empty() { Bound::Excluded(end) } else { Bound::Included(end) }
}

/// An address, a network, or a range of addresses. One address is the network that holds nothing else.
pub(super) fn ip(field: FieldRef, value: &Value, offset: usize) -> Result<Query> {
    match single(value) {
        Single::Star => Ok(Query::Exists(field)),
        Single::Wildcard => {
            let detail = format!("{field} takes no wildcard; ask for a network such as {field}:10.0.0.0/8");
            Err(refusal::unsupported(detail, offset))
        }
        Single::Text(text) => {
            let (address, prefix_bits) = network(text).ok_or_else(|| bad_address(offset))?;
            Ok(Query::Network { field, address, prefix_bits })
        }
        Single::Range(lower, upper) => {
            let scalar =
                |edge: &EdgeText| address(&edge.text).map(Scalar::Ip).ok_or_else(|| bad_address(edge.offset));
            Ok(range(field, bound(lower, scalar)?, bound(upper, scalar)?))
        }
    }
}

fn bad_address(offset: usize) -> Error {
    let detail = "not an IP address; use 203.0.113.7, a network such as 10.0.0.0/8, or IPv6 in quotes";
    Error::new(ErrorCode::BadParameter, detail).at_offset("query", offset)
}

/// The id of a line, or the one that its sender gave it.
pub(super) fn id(field: FieldRef, value: Value, offset: usize) -> Result<Query> {
    let of_sender = keyword(LogField::ClientId.into(), value.clone(), offset)?;
    Ok(match keyword(field, value, offset)? {
        every @ Query::Exists(_) => every,
        of_line => Query::Or(vec![of_line, of_sender]),
    })
}

/// A whole value, a prefix, or a range.
pub(super) fn keyword(field: FieldRef, value: Value, offset: usize) -> Result<Query> {
    let Value::Range(lower, upper) = value else { return exact(field, value, offset) };
    let scalar = |edge: &EdgeText| {
        check_service(&field, &edge.text, edge.offset)?;
        Ok(Scalar::Keyword(nfc(&edge.text).into_owned()))
    };
    let lower = bound(&lower, scalar)?;
    let upper = bound(&upper, scalar)?;
    Ok(range(field, lower, upper))
}

/// Equality, prefix or existence.
pub(super) fn exact(field: FieldRef, value: Value, offset: usize) -> Result<Query> {
    let Word { text, shape } = match value {
        Value::Word(word) => word,
        Value::Quoted(value) => return Ok(Query::Term { field, value: into_nfc(value) }),
        Value::Range(..) => return Err(refusal::unsupported("no range can be asked for here", offset)),
    };
    match shape {
        Shape::Star => return Ok(Query::Exists(field)),
        Shape::Wildcard => return Err(refusal::wildcard(offset)),
        Shape::Regex { certain: true } => return Err(refusal::regex(offset)),
        Shape::Fuzzy => return Err(refusal::fuzzy(offset)),
        Shape::Boost => return Err(refusal::boost(offset)),
        Shape::Prefix if is_beginning_of_number(&field, &text) => {}
        Shape::Prefix => refusal::check_prefix(&text, offset)?,
        Shape::Plain | Shape::Regex { certain: false } => {}
    }
    check_service(&field, &text, offset)?;
    let text = into_nfc(text);
    Ok(match shape {
        Shape::Prefix => Query::Prefix { field, prefix: text },
        Shape::Plain | Shape::Regex { .. } | Shape::Star | Shape::Wildcard | Shape::Fuzzy | Shape::Boost => {
            Query::Term { field, value: text }
        }
    })
}

/// Whether a prefix asks a key of the context for numbers, of which few digits are enough: `status:5*`.
fn is_beginning_of_number(field: &FieldRef, prefix: &str) -> bool {
    let is_digit = |byte: u8| byte.is_ascii_digit();
    let digits = prefix.strip_prefix('-').unwrap_or(prefix);
    matches!(field, FieldRef::Context(_)) && !digits.is_empty() && digits.bytes().all(is_digit)
}

/// Refuses marks that no name of a service holds: they are attempts at lists, clusters or names of indices.
fn check_service(field: &FieldRef, value: &str, offset: usize) -> Result<()> {
    let is_service = *field == FieldRef::Known(LogField::Service);
    if is_service && value.contains([',', ':', '<', '>', '{', '}']) {
        let detail =
            "one service is expected here; write service:(a OR b) for several, or quotes around an odd name";
        return Err(refusal::syntax(detail, offset));
    }
    Ok(())
}

/// A value as fields of one value at a time look at it.
pub(super) enum Single<'a> {
    Star,
    Wildcard,
    Text(&'a str),
    Range(&'a Edge, &'a Edge),
}

pub(super) fn single(value: &Value) -> Single<'_> {
    match value {
        Value::Word(Word { shape: Shape::Star, .. }) => Single::Star,
        Value::Word(Word { shape: Shape::Prefix | Shape::Wildcard, .. }) => Single::Wildcard,
        Value::Word(Word { text, .. }) | Value::Quoted(text) => Single::Text(text),
        Value::Range(lower, upper) => Single::Range(lower, upper),
    }
}

pub(super) fn bound(edge: &Edge, scalar: impl Fn(&EdgeText) -> Result<Scalar>) -> Result<Bound> {
    match edge {
        Edge::Open => Ok(Bound::Open),
        Edge::Included(text) => scalar(text).map(Bound::Included),
        Edge::Excluded(text) => scalar(text).map(Bound::Excluded),
    }
}

/// A range; one without ends asks whether there is a value.
pub(super) fn range(field: FieldRef, lower: Bound, upper: Bound) -> Query {
    if lower == Bound::Open && upper == Bound::Open {
        return Query::Exists(field);
    }
    Query::Range { field, lower, upper }
}
