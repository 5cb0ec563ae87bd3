//! RFC 3339 times, read by hand: the calendar library ends a day before the year 9999 does, and a precise
//! reason is owed to whoever wrote the time.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};

use super::calendar::{FORMS, outside_calendar, plus_hint, unreadable};
use crate::error::Result;
use crate::model::Micros;

const SECOND: i64 = 1_000_000;

/// Reads `2026-11-21T09:00:00.123456+09:00`; without an offset the time is one of `zone`, where there is one.
///
/// The `T` may be a blank, seconds may be missing, digits finer than microseconds are cut off. A leap second is
/// the second before it, as for log lines that are taken in.
pub(super) fn parse(text: &str, zone: Option<&TimeZone>) -> Result<Micros> {
    let mut cursor = Cursor { rest: text };
    let (date, time) = match read_local(&mut cursor) {
        Some(parts) => parts,
        None if has_long_year(text) => return Err(outside_calendar()),
        None => return Err(unreadable(format!("not a time; {FORMS}{}", plus_hint(text)))),
    };
    let day = days_since_epoch(date)?;
    let time_of_day = micros_of_day(time)?;
    let local = Micros::new(day * 86_400 * SECOND + time_of_day);
    let Some(offset) = offset_seconds(cursor.rest) else {
        return Err(unreadable(match cursor.rest {
            "" if let Some(zone) = zone => return in_zone(local, zone),
            "" => "the time has no offset; add Z or an offset such as +09:00, or name its zone with tz"
                .to_owned(),
            rest => format!("the offset of the time cannot be read; use Z or +09:00{}", plus_hint(rest)),
        }));
    };
    Ok(local.plus(-i64::from(offset) * SECOND))
}

/// The moment at which clocks of the zone show this time. One that they skip means as long after the gap began, one that
/// they show twice the first time.
fn in_zone(local: Micros, zone: &TimeZone) -> Result<Micros> {
    let shown = Timestamp::from_microsecond(local.get()).map_err(|_| outside_calendar())?;
    let moment = zone.to_timestamp(Offset::UTC.to_datetime(shown)).map_err(|_| outside_calendar())?;
    Ok(Micros::from(moment))
}

/// Reads `Z`, `+09:00`, `+0900` or `+09` as seconds east of Greenwich.
pub(super) fn offset_seconds(text: &str) -> Option<i32> {
    if matches!(text, "Z" | "z") {
        return Some(0);
    }
    let (sign, rest) = match text.strip_prefix('+') {
        Some(rest) => (1, rest),
        None => (-1, text.strip_prefix('-')?),
    };
    let mut cursor = Cursor { rest };
    let hours = cursor.digits(2)?;
    cursor.take(':');
    let minutes = if cursor.rest.is_empty() && !rest.ends_with(':') { 0 } else { cursor.digits(2)? };
    let fits = cursor.rest.is_empty() && hours <= 23 && minutes <= 59;
    i32::try_from(sign * (hours * 3_600 + minutes * 60)).ok().filter(|_| fits)
}

/// Year, month and day.
type LocalDate = [i64; 3];
/// Hour, minute, second and microsecond.
type LocalTime = [i64; 4];

fn read_local(cursor: &mut Cursor<'_>) -> Option<(LocalDate, LocalTime)> {
    let year = cursor.digits(4)?;
    let month = cursor.take('-').then(|| cursor.digits(2))??;
    let day = cursor.take('-').then(|| cursor.digits(2))??;
    let has_separator = cursor.take('T') || cursor.take('t') || cursor.take(' ');
    let hour = has_separator.then(|| cursor.digits(2))??;
    let minute = cursor.take(':').then(|| cursor.digits(2))??;
    let second = if cursor.take(':') { cursor.digits(2)? } else { 0 };
    let micros = if cursor.take('.') || cursor.take(',') { cursor.fraction()? } else { 0 };
    Some(([year, month, day], [hour, minute, second, micros]))
}

fn days_since_epoch([year, month, day]: LocalDate) -> Result<i64> {
    if year == 0 {
        return Err(outside_calendar());
    }
    let date = match (i16::try_from(year), i8::try_from(month), i8::try_from(day)) {
        (Ok(year), Ok(month), Ok(day)) => Date::new(year, month, day).ok(),
        _ => None,
    };
    let date = date.ok_or_else(|| unreadable(format!("impossible date {year:04}-{month:02}-{day:02}")))?;
    Ok(date.duration_since(Date::constant(1970, 1, 1)).as_hours() / 24)
}

fn micros_of_day([hour, minute, second, micros]: LocalTime) -> Result<i64> {
    if hour > 23 || minute > 59 || second > 60 {
        return Err(unreadable(format!("impossible time of day {hour:02}:{minute:02}:{second:02}")));
    }
    Ok((hour * 3_600 + minute * 60 + second.min(59)) * SECOND + micros)
}

/// Whether the text is a date whose year has five digits or more.
fn has_long_year(text: &str) -> bool {
    let rest = text.trim_start_matches(|character: char| character.is_ascii_digit());
    text.len() - rest.len() > 4 && rest.starts_with('-')
}

struct Cursor<'a> {
    rest: &'a str,
}

impl Cursor<'_> {
    /// Takes exactly `count` ASCII digits.
    fn digits(&mut self, count: usize) -> Option<i64> {
        let (digits, rest) = self.rest.split_at_checked(count)?;
        if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        self.rest = rest;
        digits.parse().ok()
    }

    /// Takes `expected` if it comes next.
    fn take(&mut self, expected: char) -> bool {
        let Some(rest) = self.rest.strip_prefix(expected) else { return false };
        self.rest = rest;
        true
    }

    /// Takes one digit or more as the fraction of a second, in microseconds.
    fn fraction(&mut self) -> Option<i64> {
        let rest = self.rest.trim_start_matches(|character: char| character.is_ascii_digit());
        let digits = self.rest.strip_suffix(rest).filter(|digits| !digits.is_empty())?;
        self.rest = rest;
        format!("{digits:0<6}").get(..6)?.parse().ok()
    }
}
