//! The order of counted values, the same on every engine.

use std::cmp::Reverse;
use std::net::IpAddr;

use crate::model::FieldKind;

/// Sorts values of a field of `kind`: the most frequent first, equal counts by value, addresses by their bits.
///
/// Clusters choose among equal counts by what they store, so a list that is cut short must be sorted that way too.
pub(crate) fn most_frequent_first(values: &mut [(String, u64)], kind: FieldKind) {
    values.sort_by_cached_key(|(value, count)| {
        let bits = if kind == FieldKind::Ip { address_bits(value) } else { None };
        (Reverse(*count), bits, value.clone())
    });
}

/// The bits of an address, IPv4 inside IPv6; what is no address comes before all others.
fn address_bits(text: &str) -> Option<u128> {
    text.parse().ok().map(|address| match address {
        IpAddr::V4(address) => address.to_ipv6_mapped().to_bits(),
        IpAddr::V6(address) => address.to_bits(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(values: &[(&str, u64)], kind: FieldKind) -> Vec<String> {
        let mut values: Vec<_> = values.iter().map(|(value, count)| ((*value).to_owned(), *count)).collect();
        most_frequent_first(&mut values, kind);
        values.into_iter().map(|(value, _)| value).collect()
    }

    #[test]
    fn equal_counts_are_ordered_by_value_and_addresses_by_their_bits() {
        let values = [("10.0.0.10", 1), ("2001:db8::1", 1), ("10.0.0.9", 1), ("::1", 1), ("10.0.0.1", 2)];

        let by_text = ["10.0.0.1", "10.0.0.10", "10.0.0.9", "2001:db8::1", "::1"];
        let by_bits = ["10.0.0.1", "::1", "10.0.0.9", "10.0.0.10", "2001:db8::1"];
        assert_eq!(sorted(&values, FieldKind::Keyword), by_text);
        assert_eq!(sorted(&values, FieldKind::Ip), by_bits);
    }
}
