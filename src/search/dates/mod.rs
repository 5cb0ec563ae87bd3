//! Points in time, lengths of time and zones as people write them.
//!
//! A time is RFC 3339 (`rfc3339.rs`), an epoch number, or date math such as `now-1d/d` and `2026-11-21T00:00:00Z||+1M`
//! (`math.rs`). Days, weeks, months and years are those of a zone, UTC unless one is named; a time without an offset needs
//! one that is named, so that none is read hours off without a word.

mod calendar;
mod math;
mod rfc3339;
#[cfg(test)]
mod tests;

use jiff::tz::{Offset, TimeZone};

use self::calendar::{FORMS, is_in_calendar, outside_calendar, plus_hint, span, unreadable};
use crate::error::{Error, ErrorCode, Result};
use crate::model::{Micros, TimeRange};

/// Longest time, length or zone that is read, in bytes.
const MAX_BYTES: usize = 64;
/// Reads a time; one that is rounded (`now/d`) means the beginning of its unit.
///
/// # Errors
/// `BadTime` when it cannot be read, `BadTimeRange` when it lies outside the years 1 to 9999. The error names no
/// place; the caller knows the parameter.
pub(crate) fn parse_time(text: &str, now: Micros, zone: Option<&TimeZone>) -> Result<Micros> {
    parse_span(text, now, zone).map(TimeRange::from)
}

/// Reads a time as the span that it covers: the whole unit when it is rounded (`now/d` is today), otherwise an
/// empty range at the point.
///
/// # Errors
/// As [`parse_time`].
pub(crate) fn parse_span(text: &str, now: Micros, zone: Option<&TimeZone>) -> Result<TimeRange> {
    if text.is_empty() {
        return Err(unreadable(format!("the time is empty; {FORMS}")));
    }
    if text.len() > MAX_BYTES {
        return Err(unreadable(format!("the time is longer than {MAX_BYTES} bytes; {FORMS}")));
    }
    let calendar_zone = &zone.cloned().unwrap_or(TimeZone::UTC);
    if let Some(steps) = text.strip_prefix("now") {
        return math::apply(now, steps, calendar_zone);
    }
    match text.split_once("||") {
        Some((anchor, steps)) => math::apply(parse_point(anchor, zone)?, steps, calendar_zone),
        None => parse_point(text, zone).and_then(|point| span(point, point)),
    }
}

/// Reads a length of time such as `15m`, `24h`, `7d` or `1w` (s, m, h, d, w; a day has 24 hours), in microseconds.
///
/// # Errors
/// `BadParameter` when it cannot be read or is zero, `BadTimeRange` when it is longer than any calendar.
pub(crate) fn parse_duration(text: &str) -> Result<i64> {
    let unreadable = || {
        Error::new(
            ErrorCode::BadParameter,
            "not a length of time; use a whole number and s, m, h, d or w: 24h",
        )
    };
    let mut digits = text.chars();
    let unit = digits.next_back().and_then(math::Unit::of).ok_or_else(unreadable)?;
    let unit_micros = unit.micros().ok_or_else(unreadable)?;
    let number = digits.as_str();
    let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number || text.len() > MAX_BYTES {
        return Err(unreadable());
    }
    let length = number.parse::<i64>().ok().and_then(|count| count.checked_mul(unit_micros));
    let length =
        length.ok_or_else(|| Error::new(ErrorCode::BadTimeRange, "the length of time is too long"))?;
    if length == 0 {
        return Err(Error::new(ErrorCode::BadParameter, "the length of time is zero; use 1s or more"));
    }
    Ok(length)
}

/// Reads a zone: an IANA name (`Asia/Seoul`, `UTC`) or a fixed offset (`+09:00`).
///
/// # Errors
/// `BadParameter` at `tz` when there is no such zone.
pub(crate) fn parse_zone(text: &str) -> Result<TimeZone> {
    let found = if text == "Z" { Some(TimeZone::UTC) } else { fixed_zone(text).or_else(|| named_zone(text)) };
    found.ok_or_else(|| {
        let detail =
            format!("unknown time zone; use an IANA name such as Asia/Seoul, or +09:00{}", plus_hint(text));
        Error::new(ErrorCode::BadParameter, detail).at("tz")
    })
}

fn fixed_zone(text: &str) -> Option<TimeZone> {
    let seconds = rfc3339::offset_seconds(text)?;
    Offset::from_seconds(seconds).ok().map(Offset::to_time_zone)
}

/// The names of zones are paths to the library below, so nothing but plain names gets there.
fn named_zone(text: &str) -> Option<TimeZone> {
    let is_name_byte = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'+');
    let is_part = |part: &str| !part.is_empty() && part.bytes().all(is_name_byte);
    if text.len() > MAX_BYTES || !text.split('/').all(is_part) {
        return None;
    }
    TimeZone::get(text).ok().filter(|zone| !zone.is_unknown())
}

fn parse_point(text: &str, zone: Option<&TimeZone>) -> Result<Micros> {
    let number = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let are_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !are_digits(whole) || !are_digits(fraction) {
        return rfc3339::parse(text, zone);
    }
    Micros::parse_epoch(text).filter(|time| is_in_calendar(*time)).ok_or_else(outside_calendar)
}
