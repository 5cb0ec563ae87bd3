//! How many searches each caller may send: so many a second, and a number of them at once after a while of rest.

use std::num::NonZeroU32;

use governor::clock::DefaultClock;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};

use crate::error::{Error, ErrorCode, Result};

/// Callers that are remembered before those who have rested long enough are forgotten.
const REMEMBERED: usize = 10_000;

/// A bucket of searches for each caller, known by the subject of the token (OWASP API4:2023, unrestricted resource consumption).
pub struct SearchRate {
    limiter: RateLimiter<String, HashMapStateStore<String>, DefaultClock>,
    per_second: NonZeroU32,
}

impl SearchRate {
    /// Lets each caller send `per_second` searches, and `burst` at once; 0 stands for 1.
    #[must_use]
    pub fn new(per_second: u32, burst: u32) -> Self {
        let at_least_one = |number| NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN);
        let per_second = at_least_one(per_second);
        let quota = Quota::per_second(per_second).allow_burst(at_least_one(burst));
        Self { limiter: RateLimiter::hashmap(quota), per_second }
    }

    /// Takes one search out of the bucket of a caller.
    ///
    /// # Errors
    /// `TooManyRequests` when it is empty.
    pub(super) fn take(&self, subject: &str) -> Result<()> {
        if self.limiter.len() > REMEMBERED {
            self.limiter.retain_recent();
        }
        self.limiter.check_key(&subject.to_owned()).map_err(|_| {
            let detail = format!("you have sent more than {} searches a second", self.per_second);
            Error::new(ErrorCode::TooManyRequests, detail)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_caller_has_a_bucket_of_their_own() {
        let rate = SearchRate::new(1, 3);

        let own: Vec<_> = (0..5).map(|_| rate.take("a").is_ok()).collect();

        assert_eq!(own, [true, true, true, false, false]);
        assert_eq!(rate.take("a").unwrap_err().code, ErrorCode::TooManyRequests);
        assert!(rate.take("b").is_ok());
    }

    #[test]
    fn a_caller_who_has_rested_is_forgotten() {
        let rate = SearchRate::new(1_000_000, 1);

        for caller in 0..REMEMBERED + 20 {
            rate.take(&format!("caller {caller}")).unwrap();
        }

        assert!(rate.limiter.len() <= REMEMBERED + 1, "{}", rate.limiter.len());
    }
}
