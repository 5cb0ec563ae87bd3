//! The head of a syslog line: priority and a time without year (RFC 3164), or a priority and version (RFC 5424).

use super::timestamp::{Scan, civil};
use crate::model::{Level, Micros};

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
/// How far a sender's clock may run ahead before its time is taken for one of last year.
const AHEAD_MICROS: i64 = 24 * 3_600 * 1_000_000;

/// Splits off `<priority>` and tells the level it means; also the version that RFC 5424 writes behind it.
pub(super) fn priority(line: &str) -> Option<(Level, &str)> {
    let (number, rest) = line.strip_prefix('<')?.split_once('>')?;
    let is_number = (1..=3).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit());
    let priority: u8 = is_number.then(|| number.parse().ok()).flatten()?;
    let level = match priority % 8 {
        0..=2 => Level::Fatal,
        3 => Level::Error,
        4 => Level::Warn,
        7 => Level::Debug,
        _ => Level::Info,
    };
    (priority < 192).then(|| (level, rest.strip_prefix("1 ").unwrap_or(rest)))
}

/// Splits off a time such as `Nov 21 09:00:00`, read as UTC, of the latest year that does not put it in the future.
pub(super) fn time(line: &str, now: Micros) -> Option<(Micros, &str)> {
    let (name, rest) = line.split_at_checked(3)?;
    let month = (1_i16..).zip(MONTHS).find(|(_, month)| *month == name)?.0;
    let mut scan = Scan { rest: rest.as_bytes() };
    scan.take(b" ")?;
    let day = if scan.take(b" ").is_some() { scan.number(1)? } else { scan.number(2)? };
    scan.take(b" ")?;
    let clock = scan.clock()?;
    scan.rest.first().is_none_or(|byte| *byte == b' ').then_some(())?;
    let rest = rest.get(rest.len().saturating_sub(scan.rest.len())..)?;

    let this_year = now.timestamp().to_zoned(jiff::tz::TimeZone::UTC).year();
    let candidates = [this_year, this_year.saturating_sub(1)];
    let mut times = candidates.iter().filter_map(|year| civil(*year, month, day, &clock).ok());
    times.find(|time| *time <= now.plus(AHEAD_MICROS)).map(|time| (time, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Micros {
        Micros::parse_rfc3339("2026-01-02T00:00:00Z").unwrap()
    }

    #[test]
    fn the_year_is_the_latest_one_that_is_not_ahead() {
        let (new_year, rest) = time("Jan  2 03:04:05 web-1 sshd[7]: Accepted", now()).unwrap();
        let (old_year, _) = time("Nov 21 09:00:00", now()).unwrap();

        assert_eq!(new_year.to_string(), "2026-01-02T03:04:05.000000Z");
        assert_eq!(rest, " web-1 sshd[7]: Accepted");
        assert_eq!(old_year.to_string(), "2025-11-21T09:00:00.000000Z");
    }

    #[test]
    fn what_only_looks_like_a_time_is_none() {
        for line in
            ["May be late", "Nov 21 09:00:00x", "Nov 31 09:00:00 host", "Nov 1 09:00:00 host", "가나다라"]
        {
            assert_eq!(time(line, now()), None, "{line}");
        }
    }

    #[test]
    fn the_priority_tells_the_level() {
        assert_eq!(priority("<34>Oct 11"), Some((Level::Fatal, "Oct 11")));
        assert_eq!(priority("<165>1 2026-"), Some((Level::Info, "2026-")));
        assert_eq!(priority("<192>x"), None);
        assert_eq!(priority("<div>x"), None);
        assert_eq!(priority("<+3>x"), None);
    }
}
