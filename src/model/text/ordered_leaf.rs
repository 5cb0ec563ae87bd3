//! What a context holds that has an order: its numbers and addresses, each as one text that sorts as they do.
//!
//! One keyword field holds them all, as `key␀number` and `key␀address`, so that a range of one key is a range of terms. It
//! needs no mapping a key, and every engine knows ranges of terms.

use std::net::{IpAddr, Ipv6Addr};
use std::ops;

use serde_json::{Map, Value};

use super::decimal::Decimal;
use super::normal::nfc;
use crate::model::log_context::for_each_leaf;
use crate::model::query::{Bound, Scalar};

/// Name of the field in every index of ours.
pub(crate) const CONTEXT_ORDERED: &str = "context_ordered";

/// Between the key and the rest; no key holds it.
const KEY_END: char = '\u{0}';
/// What addresses begin with, and the first text after them.
const ADDRESSES: (&str, &str) = ("a", "b");
/// What numbers begin with, and the first text after them; see [`Decimal::ordered`].
const NUMBERS: (&str, &str) = ("n", "q");

/// A range of terms of the field.
pub type TermRange = (ops::Bound<String>, ops::Bound<String>);

/// The terms of a context: one for each JSON number, each text that is a plain number, and each text that is an address.
#[must_use]
pub(crate) fn ordered_terms(context: &Map<String, Value>) -> Vec<String> {
    let mut terms = Vec::new();
    for_each_leaf(context, |path, value| {
        let ordered = match value {
            Value::Number(number) => Decimal::parse(&number.to_string()).map(|number| number.ordered()),
            Value::String(text) => Decimal::parse_text(text)
                .map(|number| number.ordered())
                .or_else(|| text.parse().ok().map(ordered_address)),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
        };
        terms.extend(ordered.map(|ordered| term(&nfc(path), &ordered)));
    });
    terms
}

/// The terms of a key between two numbers or two addresses. An open end ends with the key's numbers, or its addresses.
///
/// `None` where the bounds are of different kinds, or of kinds that have no order here.
#[must_use]
pub fn terms_between(key: &str, lower: &Bound, upper: &Bound) -> Option<TermRange> {
    let scalars = [lower, upper].into_iter().filter_map(|bound| match bound {
        Bound::Open => None,
        Bound::Included(scalar) | Bound::Excluded(scalar) => Some(scalar),
    });
    let mut ends = None;
    for scalar in scalars {
        let own = match scalar {
            Scalar::Number(_) => NUMBERS,
            Scalar::Ip(_) => ADDRESSES,
            Scalar::Keyword(_) | Scalar::Time(_) => return None,
        };
        if *ends.get_or_insert(own) != own {
            return None;
        }
    }
    let (first, end) = ends?;
    let written = |scalar: &Scalar| match scalar {
        Scalar::Number(number) => number.ordered(),
        Scalar::Ip(address) => ordered_address(*address),
        Scalar::Keyword(_) | Scalar::Time(_) => String::new(),
    };
    let bound = |bound: &Bound, open: ops::Bound<String>| match bound {
        Bound::Open => open,
        Bound::Included(scalar) => ops::Bound::Included(term(key, &written(scalar))),
        Bound::Excluded(scalar) => ops::Bound::Excluded(term(key, &written(scalar))),
    };
    Some((
        bound(lower, ops::Bound::Included(term(key, first))),
        bound(upper, ops::Bound::Excluded(term(key, end))),
    ))
}

/// The terms of a key whose address lies in a network of so many leading bits.
#[must_use]
pub(crate) fn terms_in_network(key: &str, address: IpAddr, prefix_bits: u8) -> TermRange {
    let (first, last) = ends_of_network(address, prefix_bits);
    let end = |address: Ipv6Addr| ops::Bound::Included(term(key, &ordered_address(address.into())));
    (end(first), end(last))
}

/// The first and the last address of a network, IPv4 mapped into IPv6.
#[must_use]
pub(crate) fn ends_of_network(address: IpAddr, prefix_bits: u8) -> (Ipv6Addr, Ipv6Addr) {
    let free_bits = match address {
        IpAddr::V4(_) => 32 - u32::from(prefix_bits.min(32)),
        IpAddr::V6(_) => 128 - u32::from(prefix_bits.min(128)),
    };
    let free = u128::MAX.checked_shr(128 - free_bits).unwrap_or(0);
    let bits = address_bits(address).to_bits();
    (Ipv6Addr::from_bits(bits & !free), Ipv6Addr::from_bits(bits | free))
}

/// An address as 128 bits; IPv4 is mapped into IPv6.
#[must_use]
pub(crate) const fn address_bits(address: IpAddr) -> Ipv6Addr {
    match address {
        IpAddr::V4(address) => address.to_ipv6_mapped(),
        IpAddr::V6(address) => address,
    }
}

fn ordered_address(address: IpAddr) -> String {
    format!("{}{:032x}", ADDRESSES.0, address_bits(address).to_bits())
}

fn term(key: &str, ordered: &str) -> String {
    format!("{key}{KEY_END}{ordered}")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn terms(context: Value) -> Vec<String> {
        let Value::Object(members) = context else { panic!("a context is an object") };
        ordered_terms(&members)
    }

    #[test]
    fn numbers_and_addresses_are_kept_under_their_key() {
        let context = json!({"status": 503, "a": {"b": ["1.5", -2, true, null, "x", "1e5"]}, "ip": "10.0.0.1",
            "io/name": "::FFFF:10.0.0.1"});

        assert_eq!(
            terms(context),
            [
                "status\0p503503",
                "a.b\0p50115",
                "a.b\0n4987~",
                "ip\0a00000000000000000000ffff0a000001",
                "io/name\0a00000000000000000000ffff0a000001",
            ]
        );
    }

    #[test]
    fn open_ends_stay_with_the_key_and_the_kind() {
        let number = |text| Bound::Excluded(Scalar::Number(Decimal::parse(text).unwrap()));
        let address = Bound::Included(Scalar::Ip("::1".parse().unwrap()));

        let (lower, upper) = terms_between("k", &number("5"), &Bound::Open).unwrap();
        assert_eq!(lower, ops::Bound::Excluded("k\0p5015".to_owned()));
        assert_eq!(upper, ops::Bound::Excluded("k\0q".to_owned()));
        let (lower, _) = terms_between("k", &Bound::Open, &number("5")).unwrap();
        assert_eq!(lower, ops::Bound::Included("k\0n".to_owned()));
        assert_eq!(terms_between("k", &address, &number("5")), None);
        assert_eq!(terms_between("k", &Bound::Open, &Bound::Open), None);
        assert_eq!(terms_between("k", &Bound::Open, &Bound::Included(Scalar::Keyword("a".to_owned()))), None);
    }

    #[test]
    fn a_network_begins_and_ends_with_its_addresses() {
        for (address, bits, first, last) in [
            ("10.9.8.7", 8, "::ffff:10.0.0.0", "::ffff:10.255.255.255"),
            ("10.9.8.7", 32, "::ffff:10.9.8.7", "::ffff:10.9.8.7"),
            ("2001:db8::1", 32, "2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"),
            ("::", 0, "::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
        ] {
            let ends = ends_of_network(address.parse().unwrap(), bits);
            assert_eq!(ends, (first.parse().unwrap(), last.parse().unwrap()), "{address}/{bits}");
        }
    }
}
