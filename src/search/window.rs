//! The window of time that a request means, and how wide it may be.

use jiff::tz::TimeZone;

use super::dates::{parse_duration, parse_time};
use super::params::SearchParams;
use crate::error::{Error, ErrorCode, Result};
use crate::model::{Micros, TimeRange};

/// Length of a window that is not given.
const DEFAULT_MICROS: i64 = 24 * 3_600 * 1_000_000;
/// Windows that follow the clock are widened to multiples of this, so that equal questions stay equal for a while.
const SNAP_MICROS: i64 = 5 * 1_000_000;
const DAY_MICROS: i64 = 24 * 3_600 * 1_000_000;

/// Reads `from`, `to` and `time_range`.
///
/// `to` alone means the 24 hours before it, `from` alone everything since, nothing at all the last 24 hours.
///
/// # Errors
/// `BadParameter` when `time_range` and `from` are both given, `BadTime` for what cannot be read, `BadTimeRange` for a
/// reversed or too wide window.
pub(crate) fn window(
    params: &SearchParams,
    now: Micros,
    zone: Option<&TimeZone>,
    max_days: u32,
) -> Result<TimeRange> {
    let length = params.time_range.as_deref().map(parse_duration).transpose();
    let length = length.map_err(|error| error.at("time_range"))?;
    if length.is_some() && params.from.is_some() {
        let detail = "time_range: it cannot stand together with from; leave one of them out";
        return Err(Error::new(ErrorCode::BadParameter, detail).at("time_range"));
    }
    let time = |text: &Option<String>, name: &'static str| {
        text.as_deref()
            .map(|text| parse_time(text, now, zone))
            .transpose()
            .map_err(|error: Error| error.at(name))
    };
    let (from, to) = (time(&params.from, "from")?, time(&params.to, "to")?);
    let end = to.unwrap_or_else(|| snap_up(now));
    let start = match (from, to) {
        (Some(from), _) => from,
        (None, Some(to)) => to.plus(-length.unwrap_or(DEFAULT_MICROS)),
        (None, None) => snap_down(now.plus(-length.unwrap_or(DEFAULT_MICROS))),
    };
    let range = TimeRange::new(start, end)
        .ok_or_else(|| Error::new(ErrorCode::BadTimeRange, "from: it lies after to; swap them").at("from"))?;
    check_width(range, max_days)?;
    Ok(range)
}

fn check_width(range: TimeRange, max_days: u32) -> Result<()> {
    // The snapped ends of a window that follows the clock do not count against its length.
    if range.len_micros() <= i64::from(max_days).saturating_mul(DAY_MICROS).saturating_add(2 * SNAP_MICROS) {
        return Ok(());
    }
    let detail =
        format!("from: the window is longer than {max_days} days, the most for your role; narrow it");
    Err(Error::new(ErrorCode::BadTimeRange, detail).at("from"))
}

fn snap_down(time: Micros) -> Micros {
    Micros::new(time.get().div_euclid(SNAP_MICROS) * SNAP_MICROS)
}

/// The end of the step that `time` lies in, so that a line of this very moment still belongs to the window.
fn snap_up(time: Micros) -> Micros {
    snap_down(time).plus(SNAP_MICROS)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: &str = "2026-11-21T12:00:03Z";

    fn range(from: Option<&str>, to: Option<&str>, time_range: Option<&str>) -> Result<(String, String)> {
        let params = SearchParams {
            from: from.map(str::to_owned),
            to: to.map(str::to_owned),
            time_range: time_range.map(str::to_owned),
            ..SearchParams::default()
        };
        let now = Micros::parse_rfc3339(NOW).unwrap();
        let range = window(&params, now, None, 31)?;
        Ok((range.from().to_string().replace(".000000", ""), range.to().to_string().replace(".000000", "")))
    }

    fn code(from: Option<&str>, to: Option<&str>, time_range: Option<&str>) -> ErrorCode {
        range(from, to, time_range).unwrap_err().code
    }

    #[test]
    fn the_default_is_the_last_day_widened_to_five_seconds() {
        let expected = ("2026-11-20T12:00:00Z".to_owned(), "2026-11-21T12:00:05Z".to_owned());

        assert_eq!(range(None, None, None).unwrap(), expected);
    }

    #[test]
    fn given_ends_are_taken_as_they_are() {
        let hour = range(None, None, Some("1h")).unwrap();
        let before = range(None, Some("2026-11-20T00:00:01Z"), None).unwrap();
        let empty = range(Some("2026-11-20T00:00:01Z"), Some("2026-11-20T00:00:01Z"), None).unwrap();

        assert_eq!(hour, ("2026-11-21T11:00:00Z".to_owned(), "2026-11-21T12:00:05Z".to_owned()));
        assert_eq!(before, ("2026-11-19T00:00:01Z".to_owned(), "2026-11-20T00:00:01Z".to_owned()));
        assert_eq!(empty.0, empty.1);
    }

    #[test]
    fn impossible_windows_are_refused() {
        assert_eq!(code(Some("now-1h"), None, Some("1h")), ErrorCode::BadParameter);
        assert_eq!(code(Some("now"), Some("now-1h"), None), ErrorCode::BadTimeRange);
        assert_eq!(code(Some("now-32d"), None, None), ErrorCode::BadTimeRange);
        assert_eq!(code(Some("yesterday"), None, None), ErrorCode::BadTime);
        assert!(range(Some("now-31d"), None, None).is_ok());
    }
}
