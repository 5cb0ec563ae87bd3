//! The calendar that times must lie in, and what is told about those that do not, or cannot be read.

use crate::error::{Error, ErrorCode, Result};
use crate::model::{Micros, TimeRange};

/// What is told about a time in no known form.
pub(super) const FORMS: &str = "use RFC 3339 with an offset, an epoch number, or date math such as now-15m";

/// Makes the span of a time, both ends of which must lie in the calendar.
pub(super) fn span(from: Micros, to: Micros) -> Result<TimeRange> {
    let inside = is_in_calendar(from) && is_in_calendar(to);
    TimeRange::new(from, to).filter(|_| inside).ok_or_else(outside_calendar)
}

/// 0001-01-01T00:00:00Z less a day, for offsets.
const CALENDAR_START: Micros = Micros::new(-62_135_683_200_000_000);
/// 10000-01-01T00:00:00Z plus a day, for offsets.
const CALENDAR_END: Micros = Micros::new(253_402_387_200_000_000);

pub(super) fn is_in_calendar(time: Micros) -> bool {
    (CALENDAR_START..=CALENDAR_END).contains(&time)
}

pub(super) fn outside_calendar() -> Error {
    Error::new(ErrorCode::BadTimeRange, "the time lies outside the years 1 to 9999")
}

pub(super) fn unreadable(detail: impl Into<String>) -> Error {
    Error::new(ErrorCode::BadTime, detail)
}

/// A plus sign in a URL arrives as a blank, which is the usual reason for one.
pub(super) fn plus_hint(text: &str) -> &'static str {
    if text.contains(' ') { " (a + in a URL is written %2B)" } else { "" }
}
