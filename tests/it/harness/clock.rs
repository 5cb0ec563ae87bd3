//! A clock that stands still.

use trailproof::model::{Clock, Micros};

/// 2026-11-21T12:00:00Z.
pub(crate) const NOW: Micros = Micros::new(1_795_262_400_000_000);

/// Always says [`NOW`].
pub(crate) struct FixedClock;

impl Clock for FixedClock {
    fn now(&self) -> Micros {
        NOW
    }
}

#[test]
fn the_fixed_time_is_the_one_that_the_comment_names() {
    assert_eq!(NOW.to_string(), "2026-11-21T12:00:00.000000Z");
}
