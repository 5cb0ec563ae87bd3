//! Random numbers from a seed.

use std::time::{Duration, UNIX_EPOCH};

/// A `SplitMix64` generator.
#[derive(Clone, Debug)]
pub(crate) struct Random(u64);

impl Random {
    /// Takes the seed of the environment, else the time; prints it, so that a failure can be repeated.
    #[expect(clippy::disallowed_methods, reason = "a test may vary with the time: it prints its seed")]
    pub(crate) fn seeded(what: &str) -> Self {
        let given = std::env::var("TRAILPROOF_CRASH_SEED").ok().map(|seed| seed.parse().unwrap());
        let seed = given.unwrap_or_else(|| u64::from(UNIX_EPOCH.elapsed().unwrap().subsec_nanos()) / 1_000);
        println!("{what}: TRAILPROOF_CRASH_SEED={seed}");
        Self(seed)
    }

    /// A generator of its own for one of several.
    pub(crate) fn split(&mut self) -> Self {
        Self(self.next())
    }

    /// The next number.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from `low` on and below `high`.
    pub(crate) fn within(&mut self, low: u64, high: u64) -> u64 {
        low + self.next() % (high - low)
    }

    /// A time of `low` to `high` milliseconds, to the microsecond.
    pub(crate) fn millis(&mut self, low: u64, high: u64) -> Duration {
        Duration::from_micros(self.within(low * 1_000, high * 1_000))
    }
}
