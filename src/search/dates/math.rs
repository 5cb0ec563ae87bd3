//! Date math: steps such as `-1d`, `+2h` and `/d`, applied from left to right to a point in time.
//!
//! Days and longer units follow the calendar of the zone, so a day with a change of the clock has 23 or 25 hours.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, ToSpan, Zoned};

use super::calendar::{FORMS, outside_calendar, plus_hint, span, unreadable};
use crate::error::Result;
use crate::model::{Micros, TimeRange};

/// A unit of date math.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    Second,
    Minute,
    Hour,
    Day,
    /// From Monday on.
    Week,
    Month,
    Year,
}

impl Unit {
    pub(super) const fn of(letter: char) -> Option<Self> {
        match letter {
            's' => Some(Self::Second),
            'm' => Some(Self::Minute),
            'h' => Some(Self::Hour),
            'd' => Some(Self::Day),
            'w' => Some(Self::Week),
            'M' => Some(Self::Month),
            'y' => Some(Self::Year),
            _ => None,
        }
    }

    /// Length in microseconds, for a day of 24 hours; `None` where it differs from one to the next.
    pub(super) const fn micros(self) -> Option<i64> {
        match self {
            Self::Second => Some(1_000_000),
            Self::Minute => Some(60_000_000),
            Self::Hour => Some(3_600_000_000),
            Self::Day => Some(86_400_000_000),
            Self::Week => Some(604_800_000_000),
            Self::Month | Self::Year => None,
        }
    }

    fn span(self, count: i64) -> Result<Span, jiff::Error> {
        let none = Span::new();
        match self {
            Self::Second => none.try_seconds(count),
            Self::Minute => none.try_minutes(count),
            Self::Hour => none.try_hours(count),
            Self::Day => none.try_days(count),
            Self::Week => none.try_weeks(count),
            Self::Month => none.try_months(count),
            Self::Year => none.try_years(count),
        }
    }

    /// The beginning of the unit in which `time` lies.
    fn start(self, time: &Zoned) -> Result<Zoned, jiff::Error> {
        let since_second = i64::from(time.subsec_nanosecond());
        let since_minute = since_second + i64::from(time.second()) * 1_000_000_000;
        let since_hour = since_minute + i64::from(time.minute()) * 60_000_000_000;
        let date = time.date();
        match self {
            Self::Second => time.checked_sub(since_second.nanoseconds()),
            Self::Minute => time.checked_sub(since_minute.nanoseconds()),
            Self::Hour => time.checked_sub(since_hour.nanoseconds()),
            Self::Day => time.start_of_day(),
            Self::Week => {
                let monday = date.checked_sub(i64::from(date.weekday().to_monday_zero_offset()).days())?;
                first_instant(monday, time)
            }
            Self::Month => first_instant(date.first_of_month(), time),
            Self::Year => first_instant(date.first_of_year(), time),
        }
    }
}

fn first_instant(date: Date, like: &Zoned) -> Result<Zoned, jiff::Error> {
    date.to_zoned(like.time_zone().clone())?.start_of_day()
}

/// One step of date math.
#[derive(Clone, Copy, Debug)]
enum Step {
    Add(i64, Unit),
    Round(Unit),
}

/// Which end of its unit a rounding step goes to.
#[derive(Clone, Copy, Debug)]
enum End {
    Start,
    Next,
}

/// Applies `steps` to `anchor`: the span that the result covers, empty where no step rounds.
pub(super) fn apply(anchor: Micros, steps: &str, zone: &TimeZone) -> Result<TimeRange> {
    let steps = read_steps(steps)?;
    if steps.is_empty() {
        return span(anchor, anchor);
    }
    let anchor = Timestamp::from_microsecond(anchor.get()).map_err(|_| outside_calendar())?;
    let anchor = anchor.to_zoned(zone.clone());
    let end = |end| walk(&anchor, &steps, end).map_err(|_| outside_calendar());
    span(Micros::from(end(End::Start)?.timestamp()), Micros::from(end(End::Next)?.timestamp()))
}

fn walk(anchor: &Zoned, steps: &[Step], end: End) -> Result<Zoned, jiff::Error> {
    let mut time = anchor.clone();
    for step in steps {
        time = match (*step, end) {
            (Step::Add(count, unit), _) => time.checked_add(unit.span(count)?)?,
            (Step::Round(unit), End::Start) => unit.start(&time)?,
            (Step::Round(unit), End::Next) => next(unit, &time)?,
        };
    }
    Ok(time)
}

/// The beginning of the unit after the one in which `time` lies.
fn next(unit: Unit, time: &Zoned) -> Result<Zoned, jiff::Error> {
    let after = unit.start(time)?.checked_add(unit.span(1)?)?;
    match unit {
        Unit::Second | Unit::Minute | Unit::Hour => Ok(after),
        // A midnight that the clock skips one day and not the next would otherwise be missed.
        Unit::Day | Unit::Week | Unit::Month | Unit::Year => unit.start(&after),
    }
}

fn read_steps(text: &str) -> Result<Vec<Step>> {
    let mut steps = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let step = read_step(&mut rest);
        steps.push(step.ok_or_else(|| {
            let units = "steps are +1d, -15m or /d, with s, m, h, d, w, M or y";
            unreadable(format!("not date math; {units}; otherwise {FORMS}{}", plus_hint(text)))
        })?);
    }
    Ok(steps)
}

fn read_step(rest: &mut &str) -> Option<Step> {
    let mut characters = rest.chars();
    let operator = characters.next()?;
    let body = characters.as_str();
    let after = body.trim_start_matches(|character: char| character.is_ascii_digit());
    let digits = body.strip_suffix(after)?;
    let mut characters = after.chars();
    let unit = Unit::of(characters.next()?)?;
    *rest = characters.as_str();
    match operator {
        '/' if digits.is_empty() => Some(Step::Round(unit)),
        '+' => count(digits).map(|count| Step::Add(count, unit)),
        '-' => count(digits).map(|count| Step::Add(-count, unit)),
        _ => None,
    }
}

/// A number of units; one too large for any calendar stays too large.
fn count(digits: &str) -> Option<i64> {
    (!digits.is_empty()).then(|| digits.parse().unwrap_or(i64::MAX))
}
