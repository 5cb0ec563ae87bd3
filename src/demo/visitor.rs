//! Who sends a request: user, address, browser. One user keeps the same address and browser all day.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::random::Random;

/// Users that the shop knows.
const USERS: u64 = 20_000;

/// Customers who come back again and again, so that following one of them finds something.
const REGULARS: [u64; 10] = [12_016, 417, 1_042, 3_305, 5_871, 8_214, 10_730, 14_402, 16_958, 19_003];

const BROWSERS: [&str; 10] = [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/605.1.15",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Linux; Android 15; SM-S931N) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0",
    "TicketApp/6.3.1 (iOS 18.6; iPhone16,2)",
    "TicketApp/6.2.9 (Android 15; SM-A546S)",
    "TicketApp/6.3.1 (Android 14; Pixel 8)",
    "PartnerSync/2.4 (+https://partner.example.com/bot)",
];

const SCANNERS: [&str; 3] = ["python-requests/2.32.5", "curl/8.15.0", "Mozilla/5.0 zgrab/0.x"];

/// Sender of a request.
#[derive(Clone, Debug)]
pub(super) struct Visitor {
    /// Number of the user, 1 to 20,000; everything about the person follows from it.
    pub(super) user: u64,
    /// Address in canonical form.
    pub(super) ip: String,
    /// `User-Agent`.
    pub(super) agent: &'static str,
}

impl Visitor {
    /// A customer: one in twelve is a regular.
    pub(super) fn customer(random: &mut Random) -> Self {
        let user = if random.chance(83) { random.pick(&REGULARS) } else { random.between(1, USERS) };
        let mut person = Random::of_topic(user, "visitor");
        Self { user, ip: customer_address(&mut person), agent: person.pick(&BROWSERS) }
    }

    /// A machine that tries doors: few addresses, many users.
    pub(super) fn intruder(random: &mut Random) -> Self {
        let last = random.below(6);
        let host = u8::try_from(40 + 7 * last).unwrap_or(40);
        Self {
            user: random.between(1, USERS),
            ip: Ipv4Addr::new(192, 0, 2, host).to_string(),
            agent: random.pick(&SCANNERS),
        }
    }

    /// A member of staff, from inside the network.
    pub(super) fn staff(random: &mut Random) -> Self {
        let user = random.between(1, 40);
        let host = u8::try_from(user).unwrap_or(1);
        let mut person = Random::of_topic(user, "visitor");
        Self { user, ip: Ipv4Addr::new(10, 20, 0, host).to_string(), agent: person.pick(&BROWSERS) }
    }

    /// The name of the user in the log, such as `u012016`.
    pub(super) fn user_id(&self) -> String {
        user_id(self.user)
    }
}

/// The name of user number `user` in the log.
pub(super) fn user_id(user: u64) -> String {
    format!("u{user:06}")
}

/// An address from the networks that are reserved for documentation, or from inside.
fn customer_address(random: &mut Random) -> String {
    let [host, net, high, low, ..] = random.next_u64().to_le_bytes();
    match random.below(20) {
        0 | 1 => {
            let interface = u16::from_le_bytes([high, low]);
            Ipv6Addr::new(0x2001, 0xdb8, u16::from(net), 0, 0, 0, 0, interface.max(1)).to_string()
        }
        2 | 3 => Ipv4Addr::new(10, 8, net, host).to_string(),
        4..12 => Ipv4Addr::new(198, 51, 100, host).to_string(),
        _ => Ipv4Addr::new(203, 0, 113, host).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    #[test]
    fn a_user_keeps_address_and_browser() {
        let mut random = Random::new(3);
        let mut seen = HashMap::new();
        for _ in 0..5_000 {
            let visitor = Visitor::customer(&mut random);
            let (ip, agent) = seen.entry(visitor.user).or_insert((visitor.ip.clone(), visitor.agent));
            assert_eq!((&*ip, *agent), (&visitor.ip, visitor.agent));
        }

        assert!(seen.contains_key(&12_016), "the regular customer of the documentation comes");
    }

    #[test]
    fn addresses_are_reserved_ones_in_canonical_form() {
        let mut random = Random::new(4);
        for _ in 0..2_000 {
            let ip = Visitor::customer(&mut random).ip;
            let address: std::net::IpAddr = ip.parse().unwrap();

            assert_eq!(address.to_string(), ip);
            assert!(
                ["203.0.113.", "198.51.100.", "10.", "2001:db8:"]
                    .iter()
                    .any(|network| ip.starts_with(network)),
                "{ip}"
            );
        }
    }

    #[test]
    fn user_names_have_six_digits() {
        assert_eq!(user_id(12_016), "u012016");
    }
}
