//! The window of a search and the zone of its reader: local times become times with an offset here, everything else
//! is the server's to read.

use anyhow::anyhow;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;

use super::args::SearchArgs;
use crate::model::Micros;

/// How far back a search looks unless it is told.
const DEFAULT_SINCE: &str = "1h";

/// What the arguments say about time.
pub(super) struct Window {
    from: Option<String>,
    to: Option<String>,
    since: Option<String>,
    zone: TimeZone,
    /// Name of the zone for the server, where it has one.
    zone_name: Option<String>,
}

impl Window {
    pub(super) fn new(args: &SearchArgs, now: Micros) -> anyhow::Result<Self> {
        let zone = if args.shape.utc { TimeZone::UTC } else { TimeZone::system() };
        let read = |text: &Option<String>| text.as_deref().map(|text| with_offset(text, &zone, now));
        Ok(Self {
            from: read(&args.from).transpose()?,
            to: read(&args.to).transpose()?,
            since: args.since.clone(),
            zone_name: zone.iana_name().map(str::to_owned),
            zone,
        })
    }

    /// The zone in which times are shown.
    pub(super) const fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// Parameters of the window for a search, with its default.
    pub(super) fn parameters(&self) -> Vec<(&'static str, String)> {
        let mut parameters = self.given();
        if self.from.is_none() && self.since.is_none() {
            // An end alone means the time before that end, which is the server's to say.
            parameters.extend(self.to.is_none().then(|| ("time_range", DEFAULT_SINCE.to_owned())));
        }
        parameters
    }

    /// Parameters of the window as far as the arguments name one.
    pub(super) fn given(&self) -> Vec<(&'static str, String)> {
        let named = [
            ("from", self.from.clone()),
            ("to", self.to.clone()),
            ("time_range", self.since.clone()),
            ("tz", self.zone_name.clone()),
        ];
        named.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
    }

    /// Only the zone, for requests without a window.
    pub(super) fn zone_parameter(&self) -> Option<(&'static str, String)> {
        self.zone_name.clone().map(|name| ("tz", name))
    }

    /// What to try when nothing was found; `None` when the window was chosen by hand.
    pub(super) fn advice(&self) -> Option<&'static str> {
        let is_default = self.from.is_none() && self.to.is_none() && self.since.is_none();
        is_default.then_some("nothing in the last hour; --since 24h looks further back")
    }
}

/// A date or a time of day as people write it gets the offset of their zone; other texts stay as they are.
fn with_offset(text: &str, zone: &TimeZone, now: Micros) -> anyhow::Result<String> {
    let has_offset = text.parse::<jiff::Timestamp>().is_ok();
    if has_offset || text.starts_with("now") || text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(text.to_owned());
    }
    let today = now.timestamp().to_zoned(zone.clone()).date();
    let civil = text.parse::<DateTime>().ok();
    let civil = civil.or_else(|| text.parse::<Date>().ok().map(|date| date.to_datetime(Time::midnight())));
    let civil = civil.or_else(|| text.parse::<Time>().ok().map(|time| today.to_datetime(time)));
    let Some(civil) = civil else { return Ok(text.to_owned()) };
    let zoned = civil.to_zoned(zone.clone());
    let zoned = zoned.map_err(|_| anyhow!("'{text}' lies outside the calendar of your time zone"))?;
    Ok(zoned.strftime("%Y-%m-%dT%H:%M:%S%.f%:z").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> String {
        let zone = TimeZone::get("Asia/Seoul").unwrap();
        let now = Micros::parse_rfc3339("2026-11-21T16:00:00Z").unwrap();
        with_offset(text, &zone, now).unwrap()
    }

    #[test]
    fn times_without_an_offset_are_those_of_the_reader() {
        assert_eq!(read("2026-11-21T09:00"), "2026-11-21T09:00:00+09:00");
        assert_eq!(read("2026-11-21 09:00:01.25"), "2026-11-21T09:00:01.25+09:00");
        assert_eq!(read("2026-11-21"), "2026-11-21T00:00:00+09:00");
        assert_eq!(read("00:30"), "2026-11-22T00:30:00+09:00");
    }

    #[test]
    fn what_the_server_reads_is_left_as_it_is() {
        for text in ["2026-11-21T00:00:00Z", "2026-11-21T00:00:00+02:00", "now-1d/d", "1795219200000", "soon"]
        {
            assert_eq!(read(text), text);
        }
    }
}
