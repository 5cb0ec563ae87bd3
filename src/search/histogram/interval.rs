//! Steps of a histogram: which ones there are, and where their bounds lie in a zone.
//!
//! Steps up to an hour are even lengths of time; longer ones follow the clock on the wall, so that a day is a day
//! also when it has 23 or 25 hours.

use std::fmt;

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use crate::error::{Error, ErrorCode, Result};
use crate::model::{Micros, TimeRange};

/// Buckets of one histogram at most.
pub(crate) const MAX_BUCKETS: usize = 120;

const HOUR_SECONDS: i64 = 3_600;
const DAY_SECONDS: i64 = 86_400;

/// A step of a histogram.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interval {
    /// So many seconds, less than a day.
    Seconds(i64),
    /// So many days of the calendar.
    Days(i64),
    /// A week from Monday to Monday.
    Week,
    /// A month of the calendar.
    Month,
}

/// Steps that `auto` chooses from, finest first.
const AUTOMATIC: [Interval; 20] = [
    Interval::Seconds(1),
    Interval::Seconds(2),
    Interval::Seconds(5),
    Interval::Seconds(10),
    Interval::Seconds(15),
    Interval::Seconds(30),
    Interval::Seconds(60),
    Interval::Seconds(120),
    Interval::Seconds(300),
    Interval::Seconds(600),
    Interval::Seconds(900),
    Interval::Seconds(1_800),
    Interval::Seconds(HOUR_SECONDS),
    Interval::Seconds(2 * HOUR_SECONDS),
    Interval::Seconds(3 * HOUR_SECONDS),
    Interval::Seconds(6 * HOUR_SECONDS),
    Interval::Seconds(12 * HOUR_SECONDS),
    Interval::Days(1),
    Interval::Week,
    Interval::Month,
];

impl Interval {
    /// Reads `30s`, `5m`, `1h`, `1d`, `1w` or `1M`.
    ///
    /// # Errors
    /// `BadParameter` when it is none of these.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let unknown = || {
            let detail = "interval: use auto, a number and s, m, h or d (such as 5m), 1w or 1M";
            Error::new(ErrorCode::BadParameter, detail).at("interval")
        };
        match text {
            "1w" => return Ok(Self::Week),
            "1M" => return Ok(Self::Month),
            _ => {}
        }
        let (number, unit) = text.split_at_checked(text.len().saturating_sub(1)).ok_or_else(unknown)?;
        let is_number =
            !number.is_empty() && number.len() <= 6 && number.bytes().all(|byte| byte.is_ascii_digit());
        let count: i64 = if is_number { number.parse().map_err(|_| unknown())? } else { 0 };
        let seconds = match unit {
            "s" => count,
            "m" => count * 60,
            "h" => count * HOUR_SECONDS,
            "d" => count * DAY_SECONDS,
            _ => 0,
        };
        match (seconds, seconds % DAY_SECONDS) {
            (..=0, _) => Err(unknown()),
            (_, 0) => Ok(Self::Days(seconds / DAY_SECONDS)),
            (..DAY_SECONDS, _) => Ok(Self::Seconds(seconds)),
            _ => {
                let detail = "interval: over a day, use whole days, 1w or 1M";
                Err(Error::new(ErrorCode::BadParameter, detail).at("interval"))
            }
        }
    }

    /// The finest step that cuts a window into at most [`MAX_BUCKETS`].
    #[must_use]
    pub(crate) fn automatic(range: TimeRange, zone: &TimeZone) -> Self {
        let fits = |interval: &Self| interval.bounds(range, zone).is_ok();
        AUTOMATIC.into_iter().find(fits).unwrap_or(Self::Month)
    }

    /// Bounds that cut a window: aligned to the step in `zone`, the first and last cut to the window.
    ///
    /// # Errors
    /// `TooManyBuckets` when there would be more than [`MAX_BUCKETS`].
    pub(crate) fn bounds(self, range: TimeRange, zone: &TimeZone) -> Result<Vec<Micros>> {
        let mut bounds = vec![range.from()];
        let mut next = self.after(range.from(), zone);
        while next < range.to() {
            if bounds.len() == MAX_BUCKETS {
                let detail = format!(
                    "interval: {self} makes more than {MAX_BUCKETS} buckets; use a longer one or auto"
                );
                return Err(Error::new(ErrorCode::TooManyBuckets, detail).at("interval"));
            }
            bounds.push(next);
            next = self.after(next, zone);
        }
        bounds.push(range.to());
        Ok(bounds)
    }

    /// The first bound after `time`; the end of the calendar when there is none.
    fn after(self, time: Micros, zone: &TimeZone) -> Micros {
        let next = match self {
            Self::Seconds(seconds) if seconds <= HOUR_SECONDS => Some(after_even_step(time, seconds, zone)),
            Self::Seconds(seconds) => {
                self.after_on_the_wall(time, zone, |local| floor_in_day(local, seconds))
            }
            Self::Days(days) => {
                self.after_on_the_wall(time, zone, |local| Some(floor_days(local.date(), days)?.into()))
            }
            Self::Week => self.after_on_the_wall(time, zone, |local| Some(floor_week(local.date())?.into())),
            Self::Month => {
                self.after_on_the_wall(time, zone, |local| Some(local.date().first_of_month().into()))
            }
        };
        next.filter(|next| *next > time).unwrap_or(Timestamp::MAX.into())
    }

    /// Finds the next bound by trying later and later points: a bound may fall together with the one before where
    /// the clock is set back.
    fn after_on_the_wall(
        self,
        time: Micros,
        zone: &TimeZone,
        floor: impl Fn(DateTime) -> Option<DateTime>,
    ) -> Option<Micros> {
        for tries in 1..=3 {
            let later = Micros::new(time.get().checked_add(self.longest_micros().checked_mul(tries)?)?);
            let local = later.timestamp().to_zoned(zone.clone()).datetime();
            let bound = Micros::from(zone.to_ambiguous_zoned(floor(local)?).compatible().ok()?.timestamp());
            if bound > time {
                return Some(earliest_between(time, bound, zone, &floor));
            }
        }
        None
    }

    /// How long one step is at most, in microseconds.
    const fn longest_micros(self) -> i64 {
        let seconds = match self {
            Self::Seconds(seconds) => seconds,
            Self::Days(days) => days * DAY_SECONDS,
            Self::Week => 7 * DAY_SECONDS,
            Self::Month => 31 * DAY_SECONDS,
        };
        seconds * 1_000_000
    }
}

impl fmt::Display for Interval {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Seconds(seconds) if seconds % HOUR_SECONDS == 0 => {
                write!(out, "{}h", seconds / HOUR_SECONDS)
            }
            Self::Seconds(seconds) if seconds % 60 == 0 => write!(out, "{}m", seconds / 60),
            Self::Seconds(seconds) => write!(out, "{seconds}s"),
            Self::Days(days) => write!(out, "{days}d"),
            Self::Week => out.write_str("1w"),
            Self::Month => out.write_str("1M"),
        }
    }
}

/// The step back from `bound`, where the longest step has jumped over a shorter one.
fn earliest_between(
    time: Micros,
    bound: Micros,
    zone: &TimeZone,
    floor: &impl Fn(DateTime) -> Option<DateTime>,
) -> Micros {
    let local = bound.plus(-1).timestamp().to_zoned(zone.clone()).datetime();
    let earlier = floor(local).and_then(|local| zone.to_ambiguous_zoned(local).compatible().ok());
    match earlier.map(|zoned| Micros::from(zoned.timestamp())) {
        Some(earlier) if earlier > time && earlier < bound => earliest_between(time, earlier, zone, floor),
        _ => bound,
    }
}

fn after_even_step(time: Micros, seconds: i64, zone: &TimeZone) -> Micros {
    let step = seconds * 1_000_000;
    let offset = i64::from(zone.to_offset(time.timestamp()).seconds()) * 1_000_000;
    let local = time.get().saturating_add(offset);
    // Steps that do not divide a day begin anew at midnight.
    let midnight = local.div_euclid(DAY_SECONDS * 1_000_000) * DAY_SECONDS * 1_000_000;
    let next = midnight + ((local - midnight).div_euclid(step) + 1) * step;
    Micros::new(next.min(midnight + DAY_SECONDS * 1_000_000).saturating_sub(offset))
}

fn floor_in_day(local: DateTime, seconds: i64) -> Option<DateTime> {
    let of_day =
        i64::from(local.hour()) * HOUR_SECONDS + i64::from(local.minute()) * 60 + i64::from(local.second());
    let floored = of_day.div_euclid(seconds) * seconds;
    let start = DateTime::from_parts(local.date(), Time::midnight());
    start.checked_add(floored.seconds()).ok()
}

fn floor_days(date: Date, days: i64) -> Option<Date> {
    let epoch = jiff::civil::date(1970, 1, 1);
    let since = i64::from(epoch.until(date).ok()?.get_days());
    epoch.checked_add((since.div_euclid(days) * days).days()).ok()
}

fn floor_week(date: Date) -> Option<Date> {
    let since_monday = i64::from(date.weekday().to_monday_zero_offset());
    date.checked_sub(since_monday.days()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bounds(interval: &str, from: &str, to: &str, zone: &str) -> Vec<String> {
        let zone = TimeZone::get(zone).unwrap();
        let range =
            TimeRange::new(Micros::parse_rfc3339(from).unwrap(), Micros::parse_rfc3339(to).unwrap()).unwrap();
        let local =
            |time: &Micros| time.timestamp().to_zoned(zone.clone()).strftime("%m-%d %H:%M%:z").to_string();
        Interval::parse(interval).unwrap().bounds(range, &zone).unwrap().iter().map(local).collect()
    }

    #[test]
    fn bounds_are_aligned_in_the_zone_and_cut_to_the_window() {
        let quarter = bounds("15m", "2026-11-21T00:05:00Z", "2026-11-21T00:40:00Z", "Asia/Kathmandu");
        let days = bounds("1d", "2026-11-20T20:00:00Z", "2026-11-21T16:00:00Z", "Asia/Seoul");

        assert_eq!(
            quarter,
            ["11-21 05:50+05:45", "11-21 06:00+05:45", "11-21 06:15+05:45", "11-21 06:25+05:45"]
        );
        assert_eq!(days, ["11-21 05:00+09:00", "11-22 00:00+09:00", "11-22 01:00+09:00"]);
    }

    #[test]
    fn a_day_is_a_day_when_the_clock_is_set() {
        let autumn = bounds("1d", "2026-10-24T22:00:00Z", "2026-10-26T23:00:00Z", "Europe/Berlin");
        let spring = bounds("6h", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z", "Europe/Berlin");

        assert_eq!(autumn, ["10-25 00:00+02:00", "10-26 00:00+01:00", "10-27 00:00+01:00"]);
        let expected = ["03-29 00:00+01:00", "03-29 06:00+02:00", "03-29 12:00+02:00", "03-29 18:00+02:00"];
        assert_eq!(spring[..4], expected);
        assert_eq!(spring[4], "03-30 00:00+02:00");
    }

    #[test]
    fn the_hour_that_comes_twice_has_two_buckets() {
        let hours = bounds("1h", "2026-10-24T23:00:00Z", "2026-10-25T03:00:00Z", "Europe/Berlin");
        let expected = [
            "10-25 01:00+02:00",
            "10-25 02:00+02:00",
            "10-25 02:00+01:00",
            "10-25 03:00+01:00",
            "10-25 04:00+01:00",
        ];

        assert_eq!(hours, expected);
    }

    #[test]
    fn weeks_begin_on_monday_and_months_on_the_first() {
        let weeks = bounds("1w", "2026-11-21T00:00:00Z", "2026-12-05T00:00:00Z", "UTC");
        let months = bounds("1M", "2026-01-15T00:00:00Z", "2026-04-02T00:00:00Z", "UTC");

        assert_eq!(
            weeks,
            ["11-21 00:00+00:00", "11-23 00:00+00:00", "11-30 00:00+00:00", "12-05 00:00+00:00"]
        );
        assert_eq!(
            months,
            [
                "01-15 00:00+00:00",
                "02-01 00:00+00:00",
                "03-01 00:00+00:00",
                "04-01 00:00+00:00",
                "04-02 00:00+00:00"
            ]
        );
    }

    #[test]
    fn auto_takes_the_finest_step_of_at_most_120_buckets() {
        let auto = |hours: i64| {
            let from = Micros::parse_rfc3339("2026-11-21T00:00:00Z").unwrap();
            let range = TimeRange::new(from, from.plus(hours * HOUR_SECONDS * 1_000_000)).unwrap();
            Interval::automatic(range, &TimeZone::UTC).to_string()
        };

        assert_eq!(
            [auto(1), auto(24), auto(24 * 7), auto(24 * 31), auto(24 * 366)],
            ["30s", "15m", "2h", "12h", "1w"]
        );
    }

    #[test]
    fn refuses_what_is_no_step_and_what_makes_too_many_buckets() {
        for text in ["", "m", "0m", "-5m", "1.5h", "5x", "36h", "2w", "9999999s", "가"] {
            assert_eq!(Interval::parse(text).unwrap_err().code, ErrorCode::BadParameter, "{text}");
        }
        let day = TimeRange::new(Micros::new(0), Micros::new(DAY_SECONDS * 1_000_000)).unwrap();
        let error = Interval::Seconds(1).bounds(day, &TimeZone::UTC).unwrap_err();
        assert_eq!(error.code, ErrorCode::TooManyBuckets);
    }
}
