//! IP addresses and networks.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Reads an address; an IPv4 address inside an IPv6 one is the IPv4 address.
pub(super) fn address(text: &str) -> Option<IpAddr> {
    text.parse::<IpAddr>().ok().map(|address| address.to_canonical())
}

/// Reads an address or a network (`10.0.0.0/8`): its first address and the number of bits that count.
pub(super) fn network(text: &str) -> Option<(IpAddr, u8)> {
    let Some((address, bits)) = text.split_once('/') else {
        let address = address(text)?;
        return Some((address, width(address)));
    };
    let address = address.parse::<IpAddr>().ok()?;
    let is_number = !bits.is_empty() && bits.bytes().all(|byte| byte.is_ascii_digit());
    let bits = bits.parse::<u8>().ok().filter(|bits| is_number && *bits <= width(address))?;
    let canonical = address.to_canonical();
    match bits.checked_sub(width(address) - width(canonical)) {
        Some(bits) => Some((first(canonical, bits), bits)),
        None => Some((first(address, bits), bits)),
    }
}

fn width(address: IpAddr) -> u8 {
    match address {
        IpAddr::V4(_) => 32,
        IpAddr::V6(_) => 128,
    }
}

/// The first address of the network.
fn first(address: IpAddr, bits: u8) -> IpAddr {
    let bits = u32::from(bits);
    match address {
        IpAddr::V4(address) => {
            let mask = u32::MAX.checked_shl(32 - bits).unwrap_or(0);
            IpAddr::V4(Ipv4Addr::from_bits(address.to_bits() & mask))
        }
        IpAddr::V6(address) => {
            let mask = u128::MAX.checked_shl(128 - bits).unwrap_or(0);
            IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & mask))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_begin_with_their_first_address() {
        for (text, expected, bits) in [
            ("10.0.0.0/8", "10.0.0.0", 8),
            ("10.1.2.3/8", "10.0.0.0", 8),
            ("0.0.0.0/0", "0.0.0.0", 0),
            ("203.0.113.7", "203.0.113.7", 32),
            ("2001:db8::1", "2001:db8::1", 128),
            ("2001:db8:1:2::/48", "2001:db8:1::", 48),
            ("::/0", "::", 0),
            ("::ffff:10.1.2.3", "10.1.2.3", 32),
            ("::ffff:10.1.2.3/104", "10.0.0.0", 8),
            ("::ffff:10.1.2.3/64", "::", 64),
        ] {
            assert_eq!(network(text), Some((expected.parse().unwrap(), bits)), "{text}");
        }
    }

    #[test]
    fn what_is_no_address_is_not_guessed_at() {
        for text in [
            "",
            "10.0.0",
            "999.1.1.1",
            "10.0.0.0/33",
            "10.0.0.0/",
            "10.0.0.0/+8",
            "/8",
            "::1%eth0",
            "0x7f.1",
            "::/129",
            "10.0.0.0/8/8",
            "010.0.0.1",
            "localhost",
        ] {
            assert_eq!(network(text), None, "{text}");
        }
    }
}
