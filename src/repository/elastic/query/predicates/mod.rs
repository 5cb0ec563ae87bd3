//! One condition at one place: what the server is asked there, or why the place cannot answer.
//!
//! A value that a place cannot hold is no error: no line has it. Whatever is emitted here is bounded; see `translate/`.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde_json::{Map, Value, json};

use super::dsl::{any_of, dates_between, nothing, path_exists};
use super::{dsl, numbers, text};
use crate::model::field::is_findable;
use crate::model::query::Bound;
use crate::model::{Decimal, Level, Micros, Scalar, TextQuery};
use crate::repository::elastic::layout::{Place, PlaceKind};

/// Why a place cannot answer, to follow the name of the field.
pub(crate) type Refusal = &'static str;

/// Text without whole values beside it.
pub(crate) const NOT_EXACT: Refusal =
    "is mapped as text without a sub-field keyword, so whole values cannot be matched; map it as keyword";
/// Whole values without words.
pub(crate) const NOT_WORDS: Refusal =
    "is mapped as keyword, so words inside it cannot be searched; map it as text";
const NO_PREFIX: Refusal =
    "holds numbers, times or addresses, so it takes no prefix; use a whole value or a range";
const NO_RANGE: Refusal = "is not mapped as keyword, so it takes no range";
const NO_DATE: Refusal = "is not mapped as date, so it takes no range of times";
const NO_ADDRESS: Refusal =
    "is not mapped as ip, so only single addresses and IPv4 networks can be searched; map it as ip";
const NO_ADDRESS_RANGE: Refusal = "is not mapped as ip, so it takes no range; map it as ip";
const NO_NUMBER_RANGE: Refusal = "is not mapped as a number, so it takes no range of numbers; map it as long or double, or use a whole value";
const NOT_SEARCHABLE: Refusal = "has a type that cannot be searched";

/// The value is exactly this.
pub(crate) fn equals(place: &Place, value: &str) -> Result<Value, Refusal> {
    let exactly = |value: Value| json!({"term": {&place.path: {"value": value}}});
    match &place.kind {
        PlaceKind::Keyword | PlaceKind::Text { .. } => {
            let path = place.exact_path().ok_or(NOT_EXACT)?;
            Ok(if is_findable(value) { json!({"term": {path: {"value": value}}}) } else { nothing() })
        }
        PlaceKind::Integer { bits, has_sign } => {
            Ok(if is_integer(value, *bits, *has_sign) { exactly(value.into()) } else { nothing() })
        }
        PlaceKind::Decimal { bits } => {
            let number = Decimal::parse(value).filter(|number| numbers::holds(*bits, number));
            Ok(number.map_or_else(nothing, |number| exactly(number.to_string().into())))
        }
        PlaceKind::Boolean => {
            Ok(if matches!(value, "true" | "false") { exactly(value.into()) } else { nothing() })
        }
        PlaceKind::Ip => {
            Ok(value.parse::<IpAddr>().map_or_else(|_| nothing(), |ip| exactly(ip.to_string().into())))
        }
        PlaceKind::Date => Ok(Micros::parse_rfc3339(value).map_or_else(nothing, |time| {
            dates_between(&place.path, Some(time.nanos()), Some(time.plus(1).nanos()))
        })),
        PlaceKind::Object => Ok(nothing()),
        PlaceKind::Other(_) => Err(NOT_SEARCHABLE),
    }
}

/// The value is one of these.
pub(crate) fn equals_any(place: &Place, values: &[String]) -> Result<Value, Refusal> {
    if let Some(path) = place.exact_path() {
        let findable: Vec<_> = values.iter().filter(|value| is_findable(value)).collect();
        return Ok(json!({"terms": {path: findable}}));
    }
    let each: Result<Vec<_>, _> = values.iter().map(|value| equals(place, value)).collect();
    each.map(|conditions| any_of(&conditions))
}

/// The value begins so, upper and lower case told apart.
pub(crate) fn begins_with(place: &Place, prefix: &str) -> Result<Value, Refusal> {
    match &place.kind {
        PlaceKind::Keyword | PlaceKind::Text { .. } => {
            let path = place.exact_path().ok_or(NOT_EXACT)?;
            Ok(dsl::begins_with(path, prefix))
        }
        PlaceKind::Object => Ok(nothing()),
        PlaceKind::Integer { .. }
        | PlaceKind::Decimal { .. }
        | PlaceKind::Boolean
        | PlaceKind::Date
        | PlaceKind::Ip => Err(NO_PREFIX),
        PlaceKind::Other(_) => Err(NOT_SEARCHABLE),
    }
}

/// The value lies between two keywords, two addresses or two numbers.
pub(crate) fn lies_between(place: &Place, lower: &Bound, upper: &Bound) -> Result<Value, Refusal> {
    let has = |wanted: fn(&Scalar) -> bool| {
        [lower, upper].into_iter().any(|bound| match bound {
            Bound::Open => false,
            Bound::Included(scalar) | Bound::Excluded(scalar) => wanted(scalar),
        })
    };
    if has(|scalar| matches!(scalar, Scalar::Number(_))) {
        return numbers::lies_between(place, lower, upper).ok_or(NO_NUMBER_RANGE);
    }
    let is_address = has(|scalar| matches!(scalar, Scalar::Ip(_)));
    let path = match (&place.kind, is_address) {
        (PlaceKind::Ip, true) => place.path.as_str(),
        (_, true) => return Err(NO_ADDRESS_RANGE),
        (_, false) => place.exact_path().ok_or(NO_RANGE)?,
    };
    let end = |bound: &Bound, included: &str, excluded: &str| match bound {
        Bound::Open => None,
        Bound::Included(value) => Some((included.to_owned(), written(value))),
        Bound::Excluded(value) => Some((excluded.to_owned(), written(value))),
    };
    let ends: Map<String, Value> =
        [end(lower, "gte", "gt"), end(upper, "lte", "lt")].into_iter().flatten().collect();
    Ok(json!({"range": {path: ends}}))
}

fn written(value: &Scalar) -> Value {
    match value {
        Scalar::Keyword(text) => text.as_str().into(),
        Scalar::Ip(address) => address.to_string().into(),
        Scalar::Time(time) => time.to_string().into(),
        Scalar::Number(number) => number.to_string().into(),
    }
}

/// The address lies in a network of so many leading bits.
pub(crate) fn lies_in_network(place: &Place, address: IpAddr, prefix_bits: u8) -> Result<Value, Refusal> {
    let network = Network::new(address, prefix_bits);
    match &place.kind {
        PlaceKind::Ip => Ok(json!({"term": {&place.path: {"value": network.to_string()}}})),
        PlaceKind::Keyword | PlaceKind::Text { .. } => {
            let path = place.exact_path().ok_or(NOT_EXACT)?;
            network.as_text(path).ok_or(NO_ADDRESS)
        }
        PlaceKind::Object => Ok(nothing()),
        PlaceKind::Integer { .. }
        | PlaceKind::Decimal { .. }
        | PlaceKind::Boolean
        | PlaceKind::Date
        | PlaceKind::Other(_) => Err(NO_ADDRESS),
    }
}

/// There is a value.
pub(crate) fn exists(place: &Place) -> Value {
    path_exists(&place.path)
}

/// The text holds these words.
pub(crate) fn holds(place: &Place, query: &TextQuery) -> Result<Value, Refusal> {
    match &place.kind {
        PlaceKind::Text { parts, .. } => Ok(text::holds(&place.path, parts.as_deref(), query)),
        PlaceKind::Keyword => Err(NOT_WORDS),
        PlaceKind::Object => Ok(nothing()),
        PlaceKind::Integer { .. }
        | PlaceKind::Decimal { .. }
        | PlaceKind::Boolean
        | PlaceKind::Date
        | PlaceKind::Ip
        | PlaceKind::Other(_) => Err(NOT_SEARCHABLE),
    }
}

/// The level is one of these, in any spelling.
pub(crate) fn has_level(place: &Place, levels: &[Level]) -> Result<Value, Refusal> {
    let words = || levels.iter().flat_map(|level| level.spellings()).copied();
    match &place.kind {
        PlaceKind::Integer { .. } | PlaceKind::Decimal { .. } => {
            let numbers: Vec<_> = words().filter_map(|word| word.parse::<u32>().ok()).collect();
            Ok(json!({"terms": {&place.path: numbers}}))
        }
        PlaceKind::Text { exact: None, .. } => {
            // A word for a level is one token, and lower case like all of them.
            let words: Vec<_> = words().collect();
            Ok(json!({"match": {&place.path: {"query": words.join(" ")}}}))
        }
        PlaceKind::Keyword | PlaceKind::Text { .. } => {
            let path = place.exact_path().ok_or(NOT_EXACT)?;
            let spelled = |word| json!({"term": {path: {"value": word, "case_insensitive": true}}});
            Ok(any_of(&words().map(spelled).collect::<Vec<_>>()))
        }
        PlaceKind::Object => Ok(nothing()),
        PlaceKind::Boolean | PlaceKind::Date | PlaceKind::Ip | PlaceKind::Other(_) => Err(NOT_SEARCHABLE),
    }
}

/// The value is a date in a half-open span of nanoseconds; an end that is missing is open.
pub(crate) fn is_date_between(place: &Place, from: Option<i64>, to: Option<i64>) -> Result<Value, Refusal> {
    match place.kind {
        PlaceKind::Date => Ok(dates_between(&place.path, from, to)),
        PlaceKind::Keyword
        | PlaceKind::Text { .. }
        | PlaceKind::Integer { .. }
        | PlaceKind::Decimal { .. }
        | PlaceKind::Boolean
        | PlaceKind::Ip
        | PlaceKind::Object
        | PlaceKind::Other(_) => Err(NO_DATE),
    }
}

fn is_integer(text: &str, bits: u32, has_sign: bool) -> bool {
    let Ok(number) = text.parse::<i128>() else { return false };
    let most = if has_sign { (1_i128 << (bits - 1)) - 1 } else { (1_i128 << bits) - 1 };
    let least = if has_sign { -most - 1 } else { 0 };
    (least..=most).contains(&number)
}

/// A network without bits behind its prefix, IPv4 in its short form.
struct Network {
    address: IpAddr,
    bits: u32,
}

impl Network {
    fn new(address: IpAddr, prefix_bits: u8) -> Self {
        let bits = u32::from(prefix_bits);
        match address {
            IpAddr::V4(address) => Self::v4(address, bits.min(32)),
            IpAddr::V6(address) => match address.to_ipv4_mapped() {
                Some(short) if bits >= 96 => Self::v4(short, bits.min(128) - 96),
                Some(_) | None => {
                    let bits = bits.min(128);
                    let mask = u128::MAX.checked_shl(128 - bits).unwrap_or(0);
                    Self { address: Ipv6Addr::from_bits(address.to_bits() & mask).into(), bits }
                }
            },
        }
    }

    fn v4(address: Ipv4Addr, bits: u32) -> Self {
        let mask = u32::MAX.checked_shl(32 - bits).unwrap_or(0);
        Self { address: Ipv4Addr::from_bits(address.to_bits() & mask).into(), bits }
    }

    /// The network as beginnings of written addresses, where addresses are kept as text: IPv4 is written in one way only.
    /// `None` for networks of IPv6, and for all addresses there are.
    fn as_text(&self, path: &str) -> Option<Value> {
        let address = match self.address {
            IpAddr::V6(address) if self.bits == 128 => {
                return Some(json!({"term": {path: {"value": address.to_string()}}}));
            }
            IpAddr::V6(_) => return None,
            IpAddr::V4(address) => address,
        };
        if self.bits == 32 {
            return Some(json!({"term": {path: {"value": address.to_string()}}}));
        }
        if self.bits == 0 {
            return None;
        }
        // The parts that are given in full, and all values of the one that is given by some of its bits.
        let whole_parts = usize::try_from((self.bits - 1) / 8).ok()?;
        let free_bits = (8 - self.bits % 8) % 8;
        let first = *address.octets().get(whole_parts)?;
        let prefixes: Vec<_> = (0..1_u16 << free_bits)
            .map(|offset| {
                let parts = address.octets().into_iter().take(whole_parts).map(u16::from);
                let parts = parts.chain([u16::from(first) + offset]).map(|part| part.to_string());
                parts.collect::<Vec<_>>().join(".")
            })
            .map(|text| {
                // The last part of an address has nothing behind it.
                let is_last = whole_parts == 3;
                if is_last {
                    json!({"term": {path: {"value": text}}})
                } else {
                    dsl::begins_with(path, &format!("{text}."))
                }
            })
            .collect();
        Some(any_of(&prefixes))
    }
}

impl std::fmt::Display for Network {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}/{}", self.address, self.bits)
    }
}

#[cfg(test)]
mod tests;
