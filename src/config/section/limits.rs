//! Section `limits`: what one caller may ask for.

use serde::Deserialize;

use crate::config::key::Key;
use crate::config::kind::Kind;

const COUNT: Kind = Kind::Number { min: 1, max: 1_000_000 };
const DAYS: Kind = Kind::Number { min: 1, max: 36_500 };

pub(super) const TABLE: Key = Key::table(
    "limits",
    &[
        Key::value("search_per_second", "TRAILPROOF_LIMITS_SEARCH_PER_SECOND", COUNT),
        Key::value("search_burst", "TRAILPROOF_LIMITS_SEARCH_BURST", COUNT),
        Key::value("max_window_days", "TRAILPROOF_LIMITS_MAX_WINDOW_DAYS", DAYS),
        Key::value("max_window_days_wide", "TRAILPROOF_LIMITS_MAX_WINDOW_DAYS_WIDE", DAYS),
    ],
);

/// Section `limits`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Searches a second for one caller.
    pub search_per_second: u32,
    /// Searches at once for one caller.
    pub search_burst: u32,
    /// Longest window, in days, of a role without a wide one.
    pub max_window_days: u32,
    /// Longest window, in days, of a role with a wide one.
    pub max_window_days_wide: u32,
}
