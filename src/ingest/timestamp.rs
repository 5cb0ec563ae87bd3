//! The time of a line, in the shapes that loggers write.
//!
//! More lenient than `search::dates`, which reads what people type: no zone means UTC, and epoch numbers may count
//! seconds, milliseconds, microseconds or nanoseconds. Finer digits than microseconds are cut off.

use jiff::civil::{Date, Time};
use jiff::tz::Offset;
use serde_json::Value;

use crate::model::Micros;

const NOT_A_TIME: &str = "timestamp: not a time; use RFC 3339 or an epoch number";
const OUT_OF_RANGE: &str = "timestamp: outside the years 1970 to 2261";

const SECOND: i64 = 1_000_000;

/// A calendar time at the start of a text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Calendar {
    /// The time, or what is impossible about it.
    pub(super) time: Result<Micros, String>,
    /// Whether a zone or offset was given; without one UTC is meant.
    pub(super) has_zone: bool,
    /// Bytes of the text that it takes.
    pub(super) len: usize,
}

/// Reads the time of a JSON line.
///
/// # Errors
/// Says what is wrong with it, as the detail of a refused line.
pub(super) fn read(value: &Value) -> Result<Micros, String> {
    let time = match value {
        Value::String(text) => read_text(text.trim())?,
        Value::Number(number) => match number.as_i64() {
            Some(number) => Micros::from_epoch(number),
            None => Micros::parse_epoch(&number.to_string()).ok_or(NOT_A_TIME)?,
        },
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => {
            return Err(NOT_A_TIME.to_owned());
        }
    };
    if time.is_line_time() { Ok(time) } else { Err(OUT_OF_RANGE.to_owned()) }
}

fn read_text(text: &str) -> Result<Micros, String> {
    match calendar(text) {
        Some(calendar) if calendar.len == text.len() => calendar.time,
        // What is left: RFC 9557, with the name of the zone in brackets.
        Some(_) | None => Micros::parse_epoch(text)
            .or_else(|| Micros::parse_rfc3339(text))
            .ok_or_else(|| NOT_A_TIME.to_owned()),
    }
}

/// Reads `YYYY-MM-DD`, `T` or a space, `hh:mm[:ss[.fff]]` (also `,fff`) and a zone, if there is one: `Z`, `UTC`,
/// `GMT`, `+09:00`, `+0900` or `+09`. `None` when the text begins with nothing of the kind.
pub(super) fn calendar(text: &str) -> Option<Calendar> {
    let mut scan = Scan { rest: text.as_bytes() };
    let year = scan.number(4)?;
    scan.take(b"-")?;
    let month = scan.number(2)?;
    scan.take(b"-")?;
    let day = scan.number(2)?;
    scan.take(b"Tt ")?;
    let clock = scan.clock()?;
    let offset_seconds = scan.zone();
    let len = text.len().saturating_sub(scan.rest.len());

    let time = civil(year, month, day, &clock).map(|time| time.plus(-offset_seconds.unwrap_or(0) * SECOND));
    Some(Calendar { time, has_zone: offset_seconds.is_some(), len })
}

/// A time of day.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Clock {
    hour: i16,
    minute: i16,
    second: i16,
    micros: i64,
}

/// The point in time of a date and a time of day in UTC.
///
/// # Errors
/// Says that there is no such day or no such time of day.
pub(super) fn civil(year: i16, month: i16, day: i16, clock: &Clock) -> Result<Micros, String> {
    let small = |number: i16| i8::try_from(number).unwrap_or(i8::MAX);
    let date = Date::new(year, small(month), small(day))
        .map_err(|_| format!("timestamp: impossible date {year:04}-{month:02}-{day:02}"))?;
    // A leap second counts as the second before it, as everywhere else in software.
    let second = if clock.second == 60 { 59 } else { clock.second };
    let time = Time::new(small(clock.hour), small(clock.minute), small(second), 0).map_err(|_| {
        let Clock { hour, minute, second, .. } = clock;
        format!("timestamp: impossible time {hour:02}:{minute:02}:{second:02}")
    })?;
    let timestamp = Offset::UTC.to_timestamp(date.to_datetime(time)).map_err(|_| OUT_OF_RANGE)?;
    Ok(Micros::from(timestamp).plus(clock.micros))
}

/// What is left of a text that is read from its start.
pub(super) struct Scan<'a> {
    pub(super) rest: &'a [u8],
}

impl Scan<'_> {
    /// Takes one byte if it is one of `allowed`.
    pub(super) fn take(&mut self, allowed: &[u8]) -> Option<u8> {
        let (first, rest) = self.rest.split_first()?;
        allowed.contains(first).then(|| {
            self.rest = rest;
            *first
        })
    }

    /// Takes exactly `digits` digits, at most 4.
    pub(super) fn number(&mut self, digits: usize) -> Option<i16> {
        let (number, rest) = self.rest.split_at_checked(digits)?;
        let value = number.iter().try_fold(0_i16, |value, byte| {
            byte.is_ascii_digit().then(|| value * 10 + i16::from(byte.saturating_sub(b'0')))
        })?;
        self.rest = rest;
        Some(value)
    }

    /// Takes `hh:mm`, `hh:mm:ss` or `hh:mm:ss.fff`.
    pub(super) fn clock(&mut self) -> Option<Clock> {
        let hour = self.number(2)?;
        self.take(b":")?;
        let minute = self.number(2)?;
        if self.take(b":").is_none() {
            return Some(Clock { hour, minute, second: 0, micros: 0 });
        }
        let second = self.number(2)?;
        Some(Clock { hour, minute, second, micros: self.fraction() })
    }

    /// Takes `.123` or `,123`, if it is there.
    fn fraction(&mut self) -> i64 {
        let (Some(b'.' | b','), Some(b'0'..=b'9')) = (self.rest.first(), self.rest.get(1)) else { return 0 };
        self.take(b".,");
        let (mut micros, mut worth) = (0, SECOND / 10);
        while let Some(digit) = self.take(b"0123456789") {
            micros += i64::from(digit.saturating_sub(b'0')) * worth;
            worth /= 10;
        }
        micros
    }

    /// Takes a zone, if there is one, and tells its seconds east of UTC.
    fn zone(&mut self) -> Option<i64> {
        let before = self.rest;
        let is_apart = self.take(b" ").is_some();
        let zone = match self.rest {
            [b'U', b'T', b'C', ..] | [b'G', b'M', b'T', ..] => self.number_of_bytes(3),
            [b'Z' | b'z', ..] => self.number_of_bytes(1),
            [b'+' | b'-', ..] => self.offset(is_apart),
            _ => None,
        };
        if zone.is_none() || self.rest.first().is_some_and(u8::is_ascii_alphanumeric) {
            self.rest = before;
            return None;
        }
        zone
    }

    fn number_of_bytes(&mut self, bytes: usize) -> Option<i64> {
        self.rest = self.rest.get(bytes..)?;
        Some(0)
    }

    /// Takes `+09:00`, `+0900` or, directly behind the time, `+09`.
    fn offset(&mut self, needs_minutes: bool) -> Option<i64> {
        let sign = if self.take(b"+-")? == b'-' { -1 } else { 1 };
        let hours = self.number(2)?;
        let has_colon = self.take(b":").is_some();
        let minutes = match self.number(2) {
            None if has_colon || needs_minutes => return None,
            minutes => minutes.unwrap_or(0),
        };
        let is_possible = hours < 24 && minutes < 60;
        is_possible.then(|| sign * (i64::from(hours) * 3_600 + i64::from(minutes) * 60))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn reads_every_shape_that_loggers_write() {
        for (sent, expected) in [
            (json!("2026-11-21T09:00:00Z"), "2026-11-21T09:00:00.000000Z"),
            (json!("2026-11-21T09:00:00.123456789+09:00"), "2026-11-21T00:00:00.123456Z"),
            (json!("2026-11-21T09:00:00,123Z"), "2026-11-21T09:00:00.123000Z"),
            (json!("2026-11-21 09:00:00,123"), "2026-11-21T09:00:00.123000Z"),
            (json!("2026-11-21 09:00:00.5 UTC"), "2026-11-21T09:00:00.500000Z"),
            (json!("2026-11-21 09:00:00 -0330"), "2026-11-21T12:30:00.000000Z"),
            (json!("2026-11-21T09:00:00+09"), "2026-11-21T00:00:00.000000Z"),
            (json!(" 2026-11-21T09:00 "), "2026-11-21T09:00:00.000000Z"),
            (json!("2026-11-21t09:00:00z"), "2026-11-21T09:00:00.000000Z"),
            (json!("2026-11-21T09:00:00+09:00[Asia/Seoul]"), "2026-11-21T00:00:00.000000Z"),
            (json!("2016-12-31T23:59:60Z"), "2016-12-31T23:59:59.000000Z"),
            (json!(0), "1970-01-01T00:00:00.000000Z"),
            (json!(1_795_251_600), "2026-11-21T09:00:00.000000Z"),
            (json!(1_795_251_600.25), "2026-11-21T09:00:00.250000Z"),
            (json!(1_795_251_600_123_u64), "2026-11-21T09:00:00.123000Z"),
            (json!("1795251600123.4"), "2026-11-21T09:00:00.123400Z"),
            (json!(1_795_251_600_123_456_u64), "2026-11-21T09:00:00.123456Z"),
            (json!("1795251600123456789"), "2026-11-21T09:00:00.123456Z"),
        ] {
            assert_eq!(read(&sent).unwrap().to_string(), expected, "{sent}");
        }
    }

    #[test]
    fn says_what_is_wrong_with_a_time() {
        for (sent, expected) in [
            (json!("2026-02-30"), NOT_A_TIME),
            (json!("2026-02-30T00:00:00Z"), "timestamp: impossible date 2026-02-30"),
            (json!("2026-13-01 00:00:00"), "timestamp: impossible date 2026-13-01"),
            (json!("2026-11-21T25:00:00Z"), "timestamp: impossible time 25:00:00"),
            (json!("2026-11-21T09:00:00+99:00"), NOT_A_TIME),
            (json!("2026-11-21T09:00:00 KST"), NOT_A_TIME),
            (json!("yesterday"), NOT_A_TIME),
            (json!(""), NOT_A_TIME),
            (json!("."), NOT_A_TIME),
            (json!(true), NOT_A_TIME),
            (json!({"seconds": 1}), NOT_A_TIME),
            (json!(-1), OUT_OF_RANGE),
            (json!("1969-12-31T23:59:59Z"), OUT_OF_RANGE),
            (json!("2262-01-01T00:00:00Z"), OUT_OF_RANGE),
            (json!(u64::MAX), NOT_A_TIME),
        ] {
            assert_eq!(read(&sent).unwrap_err(), expected, "{sent}");
        }
    }

    #[test]
    fn a_dash_behind_the_time_is_no_offset() {
        let calendar = calendar("2026-11-21 09:00:00 - 12 items").unwrap();

        assert_eq!((calendar.has_zone, calendar.len), (false, 19));
    }
}
