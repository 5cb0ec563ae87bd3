//! A point in time by which a call must be done, shared by all its attempts.

use std::future::Future;
use std::time::Duration;

use tokio::time::Instant;

/// The time left for one call. Copies share the same end, so that three attempts cannot take three times as long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadline {
    end: Instant,
    budget: Duration,
}

/// The deadline passed before the work was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not done within {} ms", budget.as_millis())]
pub struct DeadlinePassed {
    /// How much time there was in the beginning.
    pub budget: Duration,
}

impl Deadline {
    /// Ends `budget` from now.
    #[must_use]
    pub(crate) fn after(budget: Duration) -> Self {
        let now = Instant::now();
        // A budget beyond the range of the clock means "for as long as the process lives".
        let end = now.checked_add(budget).unwrap_or_else(|| now + Duration::from_hours(24 * 365));
        Self { end, budget }
    }

    /// How much time there was in the beginning.
    #[must_use]
    pub(crate) const fn budget(self) -> Duration {
        self.budget
    }

    /// How much time is left; zero once it has passed.
    #[must_use]
    pub(crate) fn remaining(self) -> Duration {
        self.end.saturating_duration_since(Instant::now())
    }

    /// Waits for `work` until the deadline; what is not done by then is dropped, and so cancelled.
    pub async fn run<T>(self, work: impl Future<Output = T>) -> Result<T, DeadlinePassed> {
        tokio::time::timeout_at(self.end, work).await.map_err(|_| DeadlinePassed { budget: self.budget })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn work_that_is_done_in_time_keeps_its_answer() {
        let deadline = Deadline::after(Duration::from_mins(1));

        assert_eq!(deadline.run(async { 7 }).await, Ok(7));
        assert!(deadline.remaining() > Duration::from_secs(30));
    }

    #[tokio::test]
    async fn work_that_never_ends_is_cut_off() {
        let deadline = Deadline::after(Duration::from_millis(5));

        let answer = deadline.run(std::future::pending::<()>()).await;

        assert_eq!(answer, Err(DeadlinePassed { budget: Duration::from_millis(5) }));
        assert_eq!(deadline.remaining(), Duration::ZERO);
    }

    #[test]
    fn a_budget_beyond_the_clock_does_not_panic() {
        assert!(Deadline::after(Duration::MAX).remaining() > Duration::from_hours(1));
    }
}
