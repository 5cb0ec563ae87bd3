//! Ranges of numbers at one place, within what its type can hold: servers refuse a bound beyond that.

use serde_json::{Map, Value, json};

use super::dsl::{nothing, path_exists};
use crate::model::decimal::Rounding;
use crate::model::query::Bound;
use crate::model::{Decimal, Scalar};
use crate::repository::elastic::layout::{Place, PlaceKind};

/// The value lies between two numbers; `None` where the place holds no numbers.
pub(super) fn lies_between(place: &Place, lower: &Bound, upper: &Bound) -> Option<Value> {
    match &place.kind {
        PlaceKind::Integer { bits, has_sign } => {
            let (least, most) = limits(*bits, *has_sign);
            let (from, to) = (first(lower, least)?, last(upper, most)?);
            if from > to {
                return Some(nothing());
            }
            let range = json!({"gte": from.to_string(), "lte": to.to_string()});
            Some(json!({"range": {&place.path: range}}))
        }
        PlaceKind::Decimal { bits } => decimals(&place.path, *bits, lower, upper),
        PlaceKind::Object => Some(nothing()),
        PlaceKind::Keyword
        | PlaceKind::Text { .. }
        | PlaceKind::Boolean
        | PlaceKind::Date
        | PlaceKind::Ip
        | PlaceKind::Other(_) => None,
    }
}

/// Whether a floating point number of so many bits can be as large.
pub(super) fn holds(bits: u32, number: &Decimal) -> bool {
    let is_within = |limit: &str| {
        let limit = |sign: &str| Decimal::parse(&format!("{sign}{limit}"));
        limit("-").is_some_and(|least| *number >= least) && limit("").is_some_and(|most| *number <= most)
    };
    match bits {
        16 => is_within("65504"),
        32 => is_within("3.4028234e38"),
        _ => is_within("1.7976931348623157e308"),
    }
}

fn decimals(path: &str, bits: u32, lower: &Bound, upper: &Bound) -> Option<Value> {
    let zero = || Decimal::parse("0");
    let mut ends = Map::new();
    for (bound, names, is_lower) in [(lower, ("gte", "gt"), true), (upper, ("lte", "lt"), false)] {
        let (number, name) = match bound {
            Bound::Open => continue,
            Bound::Included(scalar) => (number(scalar)?, names.0),
            Bound::Excluded(scalar) => (number(scalar)?, names.1),
        };
        if holds(bits, number) {
            ends.insert(name.to_owned(), number.to_string().into());
        } else if zero().is_some_and(|zero| (*number > zero) == is_lower) {
            return Some(nothing());
        }
    }
    Some(if ends.is_empty() { path_exists(path) } else { json!({"range": {path: ends}}) })
}

/// The first whole number of a range, but none below `least`.
fn first(lower: &Bound, least: i128) -> Option<i128> {
    let first = match lower {
        Bound::Open => least,
        Bound::Included(scalar) => number(scalar)?.to_integer(Rounding::Up),
        Bound::Excluded(scalar) => number(scalar)?.to_integer(Rounding::Down).saturating_add(1),
    };
    Some(first.max(least))
}

/// The last whole number of a range, but none above `most`.
fn last(upper: &Bound, most: i128) -> Option<i128> {
    let last = match upper {
        Bound::Open => most,
        Bound::Included(scalar) => number(scalar)?.to_integer(Rounding::Down),
        Bound::Excluded(scalar) => number(scalar)?.to_integer(Rounding::Up).saturating_sub(1),
    };
    Some(last.min(most))
}

const fn number(scalar: &Scalar) -> Option<&Decimal> {
    match scalar {
        Scalar::Number(number) => Some(number),
        Scalar::Keyword(_) | Scalar::Time(_) | Scalar::Ip(_) => None,
    }
}

const fn limits(bits: u32, has_sign: bool) -> (i128, i128) {
    if has_sign { (-(1 << (bits - 1)), (1 << (bits - 1)) - 1) } else { (0, (1 << bits) - 1) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(kind: PlaceKind) -> Place {
        Place { path: "p".to_owned(), kind }
    }

    fn scalar(text: &str) -> Scalar {
        Scalar::Number(Decimal::parse(text).unwrap())
    }

    fn from(text: &str) -> Bound {
        Bound::Included(scalar(text))
    }

    fn beyond(text: &str) -> Bound {
        Bound::Excluded(scalar(text))
    }

    #[test]
    fn whole_numbers_are_asked_from_the_first_to_the_last() {
        let long = place(PlaceKind::Integer { bits: 64, has_sign: true });
        let byte = place(PlaceKind::Integer { bits: 8, has_sign: true });
        let range = |gte: &str, lte: &str| Some(json!({"range": {"p": {"gte": gte, "lte": lte}}}));
        let (least, most) = ("-9223372036854775808", "9223372036854775807");

        assert_eq!(lies_between(&long, &from("500"), &Bound::Open), range("500", most));
        assert_eq!(lies_between(&long, &beyond("499.5"), &beyond("600")), range("500", "599"));
        assert_eq!(lies_between(&long, &from("-0.5"), &from("0.5")), range("0", "0"));
        assert_eq!(lies_between(&long, &from("1e300"), &Bound::Open), Some(nothing()));
        assert_eq!(lies_between(&long, &Bound::Open, &from("1e300")), range(least, most));
        assert_eq!(lies_between(&byte, &from("-1000"), &beyond("7")), range("-128", "6"));
        assert_eq!(lies_between(&byte, &from("5"), &from("4")), Some(nothing()));
    }

    #[test]
    fn fractions_keep_their_bounds_within_their_type() {
        let half = place(PlaceKind::Decimal { bits: 16 });
        let double = place(PlaceKind::Decimal { bits: 64 });

        assert_eq!(
            lies_between(&double, &from("0.5"), &beyond("1e6")),
            Some(json!({"range": {"p": {"gte": "0.5", "lt": "1000000"}}}))
        );
        assert_eq!(lies_between(&half, &from("70000"), &Bound::Open), Some(nothing()));
        assert_eq!(lies_between(&half, &Bound::Open, &from("70000")), Some(path_exists("p")));
        assert_eq!(lies_between(&half, &Bound::Open, &from("-70000")), Some(nothing()));
    }

    #[test]
    fn whole_values_have_no_order_of_numbers() {
        for kind in [PlaceKind::Keyword, PlaceKind::Ip, PlaceKind::Date, PlaceKind::Boolean] {
            assert_eq!(lies_between(&place(kind), &from("1"), &Bound::Open), None);
        }
    }
}
