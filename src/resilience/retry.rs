//! Repeats what may be repeated. The only file that knows the crate `backoff`.
//!
//! Only for operations that can run twice without harm: reads, and writes under an id of their own.

use std::future::Future;
use std::time::Duration;

use backoff::ExponentialBackoff;

/// How often and how long an operation is repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Attempts at most, the first one included; at least one is made.
    pub max_attempts: u32,
    /// No attempt begins later than this after the first one.
    pub max_elapsed: Duration,
    /// Upper end of the first pause; it doubles with every pause. A pause is anything from zero to its upper end
    /// ("full jitter"), so that many callers do not come back at the same moment.
    pub first_pause: Duration,
    /// Upper end of the longest pause.
    pub longest_pause: Duration,
}

impl RetryPolicy {
    /// For work that a caller is waiting for: one more attempt after at most 100 ms.
    #[must_use]
    pub const fn once(max_elapsed: Duration) -> Self {
        Self { max_attempts: 2, ..Self::within(max_elapsed) }
    }

    /// For work in the background: pauses from 100 ms to 30 s until `max_elapsed` has passed.
    #[must_use]
    pub(crate) const fn within(max_elapsed: Duration) -> Self {
        Self {
            max_attempts: u32::MAX,
            max_elapsed,
            first_pause: Duration::from_millis(100),
            longest_pause: Duration::from_secs(30),
        }
    }

    fn schedule(&self) -> ExponentialBackoff {
        // The crate draws from middle ± middle * factor: with factor 1 that is anything from 0 to twice the middle.
        ExponentialBackoff {
            current_interval: self.first_pause / 2,
            initial_interval: self.first_pause / 2,
            randomization_factor: 1.0,
            multiplier: 2.0,
            max_interval: self.longest_pause / 2,
            max_elapsed_time: Some(self.max_elapsed),
            ..ExponentialBackoff::default()
        }
    }
}

/// Runs `operation` until it succeeds, fails for good, or `policy` is exhausted; the last failure is returned.
///
/// `is_transient` tells failures that may pass from those that will not.
pub async fn retry<T, E, Work>(
    policy: &RetryPolicy,
    is_transient: impl Fn(&E) -> bool,
    mut operation: impl FnMut() -> Work,
) -> Result<T, E>
where
    Work: Future<Output = Result<T, E>>,
{
    let mut attempts_left = policy.max_attempts.max(1);
    backoff::future::retry(policy.schedule(), || {
        attempts_left = attempts_left.saturating_sub(1);
        let is_last = attempts_left == 0;
        let work = operation();
        let is_transient = &is_transient;
        async move {
            work.await.map_err(|error| {
                if is_last || !is_transient(&error) {
                    backoff::Error::permanent(error)
                } else {
                    backoff::Error::transient(error)
                }
            })
        }
    })
    .await
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use backoff::backoff::Backoff;

    use super::*;

    fn quick(max_attempts: u32) -> RetryPolicy {
        RetryPolicy {
            max_attempts,
            max_elapsed: Duration::from_secs(10),
            first_pause: Duration::from_micros(10),
            longest_pause: Duration::from_micros(20),
        }
    }

    #[tokio::test]
    async fn a_failure_that_passes_is_not_seen() {
        let calls = Cell::new(0);

        let answer = retry(
            &quick(5),
            |_: &&str| true,
            || {
                calls.set(calls.get() + 1);
                let call = calls.get();
                async move { if call < 3 { Err("down") } else { Ok(call) } }
            },
        )
        .await;

        assert_eq!(answer, Ok(3));
    }

    #[tokio::test]
    async fn a_failure_for_good_is_not_repeated() {
        let calls = Cell::new(0);

        let answer: Result<(), _> = retry(
            &quick(5),
            |error: &&str| *error != "refused",
            || {
                calls.set(calls.get() + 1);
                async { Err("refused") }
            },
        )
        .await;

        assert_eq!((answer, calls.get()), (Err("refused"), 1));
    }

    #[tokio::test]
    async fn the_attempts_are_counted() {
        for (allowed, expected) in [(0, 1), (1, 1), (2, 2), (4, 4)] {
            let calls = Cell::new(0);

            let answer: Result<(), _> = retry(
                &quick(allowed),
                |_: &&str| true,
                || {
                    calls.set(calls.get() + 1);
                    async { Err("down") }
                },
            )
            .await;

            assert_eq!((answer, calls.get()), (Err("down"), expected));
        }
    }

    #[test]
    fn pauses_stay_between_zero_and_their_upper_end() {
        let mut schedule = RetryPolicy::within(Duration::from_hours(1)).schedule();

        let pauses: Vec<_> = (0..200).filter_map(|_| schedule.next_backoff()).collect();

        assert!(pauses.first().is_some_and(|first| *first <= Duration::from_millis(101)), "{pauses:?}");
        assert!(pauses.iter().all(|pause| *pause <= Duration::from_millis(30_001)), "{pauses:?}");
        assert!(pauses.iter().any(|pause| *pause > Duration::from_secs(15)), "{pauses:?}");
        assert!(pauses.iter().skip(10).any(|pause| *pause < Duration::from_secs(10)), "{pauses:?}");
    }
}
