//! Points and spans of time: UTC microseconds, half-open ranges, and the clock that services are given.
//!
//! Parsing of what people write (`now-15m`) lives in `search::dates`.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

const SECOND: i64 = 1_000_000;
/// Epoch numbers below this count seconds (until the year 5138), below a thousand times it milliseconds, and so on.
const SECONDS_BELOW: u64 = 100_000_000_000;

/// A point in time: microseconds since 1970-01-01T00:00:00Z.
///
/// Log lines are limited to the years 1970 to 2261, the range of Elasticsearch's `date_nanos`
/// ([`Micros::MIN_LINE`], [`Micros::MAX_LINE`]), so that both engines take the same lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Micros(i64);

impl Micros {
    /// 1970-01-01T00:00:00Z, the earliest time of a log line.
    pub(crate) const MIN_LINE: Self = Self(0);
    /// 2262-01-01T00:00:00Z, one past the latest time of a log line.
    pub(crate) const MAX_LINE: Self = Self(9_214_646_400_000_000);

    /// Makes a point in time from microseconds since the epoch.
    #[must_use]
    pub const fn new(micros: i64) -> Self {
        Self(micros)
    }

    /// Makes a point in time from milliseconds since the epoch; saturates far outside any calendar.
    #[must_use]
    pub(crate) const fn from_millis(millis: i64) -> Self {
        Self(millis.saturating_mul(1_000))
    }

    /// Reads an RFC 3339 time with an offset (`2026-11-21T09:00:00+09:00`); finer digits are cut off.
    #[must_use]
    pub(crate) fn parse_rfc3339(text: &str) -> Option<Self> {
        text.parse::<Timestamp>().ok().map(Self::from)
    }

    /// Makes a point in time from an epoch number whose size tells whether it counts seconds, milliseconds, microseconds or
    /// nanoseconds. Finer digits are cut off.
    #[must_use]
    pub fn from_epoch(number: i64) -> Self {
        epoch(number, "")
    }

    /// Reads an epoch number as [`Self::from_epoch`] does; it may have a fraction: `1795251600.123`. `None` when the text
    /// is no decimal number, or one beyond 64 bits.
    #[must_use]
    pub(crate) fn parse_epoch(text: &str) -> Option<Self> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let is_number = fraction.bytes().all(|byte| byte.is_ascii_digit());
        let whole = is_number.then(|| whole.parse().ok()).flatten()?;
        Some(epoch(whole, fraction))
    }

    /// Microseconds since the epoch.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }

    /// Milliseconds since the epoch, rounded down.
    #[must_use]
    pub(crate) const fn millis(self) -> i64 {
        self.0.div_euclid(1_000)
    }

    /// Nanoseconds since the epoch; saturates outside the range of a log line.
    #[must_use]
    pub(crate) const fn nanos(self) -> i64 {
        self.0.saturating_mul(1_000)
    }

    /// This time plus `micros` (negative: minus), saturating.
    #[must_use]
    pub const fn plus(self, micros: i64) -> Self {
        Self(self.0.saturating_add(micros))
    }

    /// Whether a log line may carry this time.
    #[must_use]
    pub(crate) fn is_line_time(self) -> bool {
        (Self::MIN_LINE..Self::MAX_LINE).contains(&self)
    }

    /// The same instant as a calendar type; clamps to the years -9999 to 9999.
    #[must_use]
    pub(crate) fn timestamp(self) -> Timestamp {
        Timestamp::from_microsecond(self.0).unwrap_or(if self.0 < 0 {
            Timestamp::MIN
        } else {
            Timestamp::MAX
        })
    }
}

/// A point in time from an epoch number; `fraction` holds the digits behind its point.
fn epoch(whole: i64, fraction: &str) -> Micros {
    let size = whole.unsigned_abs();
    let (micros_each, digits) = if size < SECONDS_BELOW {
        (SECOND, 6)
    } else if size < SECONDS_BELOW * 1_000 {
        (1_000, 3)
    } else if size < SECONDS_BELOW * 1_000_000 {
        (1, 0)
    } else {
        return Micros::new(whole.div_euclid(1_000));
    };
    let fraction = fraction.bytes().chain(std::iter::repeat(b'0')).take(digits);
    let fraction = fraction.fold(0_i64, |sum, digit| sum * 10 + i64::from(digit.saturating_sub(b'0')));
    let fraction = if whole < 0 { -fraction } else { fraction };
    Micros::new(whole.saturating_mul(micros_each).saturating_add(fraction))
}

impl From<Timestamp> for Micros {
    fn from(timestamp: Timestamp) -> Self {
        Self(timestamp.as_microsecond())
    }
}

impl fmt::Display for Micros {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:.6}", self.timestamp())
    }
}

impl Serialize for Micros {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Micros {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Self::parse_rfc3339(&text).ok_or_else(|| D::Error::custom("not an RFC 3339 time"))
    }
}

/// A half-open span of time: `from` belongs to it, `to` does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct TimeRange {
    from: Micros,
    to: Micros,
}

impl TimeRange {
    /// Makes a range; `None` when `from` lies after `to`. An empty range (`from` = `to`) is allowed.
    #[must_use]
    pub fn new(from: Micros, to: Micros) -> Option<Self> {
        (from <= to).then_some(Self { from, to })
    }

    /// Everything that a log line can carry.
    #[must_use]
    pub const fn everything() -> Self {
        Self { from: Micros::MIN_LINE, to: Micros::MAX_LINE }
    }

    /// The first point that belongs to the range.
    #[must_use]
    pub const fn from(self) -> Micros {
        self.from
    }

    /// The first point after the range.
    #[must_use]
    pub const fn to(self) -> Micros {
        self.to
    }

    /// Whether the range holds no point at all.
    #[must_use]
    pub(crate) fn is_empty(self) -> bool {
        self.from == self.to
    }

    /// Whether `time` lies in the range.
    #[must_use]
    pub fn contains(self, time: Micros) -> bool {
        self.from <= time && time < self.to
    }

    /// Length in microseconds.
    #[must_use]
    pub(crate) const fn len_micros(self) -> i64 {
        self.to.0.saturating_sub(self.from.0)
    }
}

/// Where services get the time from: the system in production, a fixed one in tests.
pub trait Clock: Send + Sync + 'static {
    /// The time now.
    fn now(&self) -> Micros;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_microseconds_and_reads_them_back() {
        let time = Micros::parse_rfc3339("2026-11-21T09:00:00.123456+09:00").unwrap();

        assert_eq!(time.to_string(), "2026-11-21T00:00:00.123456Z");
        assert_eq!(Micros::parse_rfc3339(&time.to_string()), Some(time));
    }

    #[test]
    fn the_size_of_an_epoch_number_tells_its_unit() {
        for (text, expected) in [
            ("0", "1970-01-01T00:00:00.000000Z"),
            ("1795251600", "2026-11-21T09:00:00.000000Z"),
            ("1795251600.25", "2026-11-21T09:00:00.250000Z"),
            ("1795251600123", "2026-11-21T09:00:00.123000Z"),
            ("1795251600123.4", "2026-11-21T09:00:00.123400Z"),
            ("1795251600123456", "2026-11-21T09:00:00.123456Z"),
            ("1795251600123456789", "2026-11-21T09:00:00.123456Z"),
            ("-1.5", "1969-12-31T23:59:58.500000Z"),
        ] {
            assert_eq!(Micros::parse_epoch(text).unwrap().to_string(), expected, "{text}");
        }
        assert_eq!(Micros::from_epoch(1_795_251_600), Micros::parse_epoch("1795251600").unwrap());
        for text in ["", ".", ".5", "1.2.3", "1e3", "١", "99999999999999999999"] {
            assert_eq!(Micros::parse_epoch(text), None, "{text}");
        }
    }

    #[test]
    fn the_bounds_of_a_line_are_the_years_1970_and_2262() {
        assert_eq!(Micros::MIN_LINE.to_string(), "1970-01-01T00:00:00.000000Z");
        assert_eq!(Micros::MAX_LINE.to_string(), "2262-01-01T00:00:00.000000Z");
        assert!(Micros::MAX_LINE.plus(-1).is_line_time());
        assert!(!Micros::MAX_LINE.is_line_time());
    }

    #[test]
    fn a_range_is_half_open_and_never_reversed() {
        let range = TimeRange::new(Micros::new(1), Micros::new(2)).unwrap();

        assert!(range.contains(Micros::new(1)));
        assert!(!range.contains(Micros::new(2)));
        assert_eq!(TimeRange::new(Micros::new(2), Micros::new(1)), None);
        assert!(TimeRange::new(Micros::new(1), Micros::new(1)).unwrap().is_empty());
    }
}
