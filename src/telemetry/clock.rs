//! The clock of the machine: the one place that asks for the time of day.

use crate::model::{Clock, Micros};

/// Gives the time of the operating system.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Micros {
        #[expect(clippy::disallowed_methods, reason = "everything else takes this clock")]
        let now = jiff::Timestamp::now();
        Micros::from(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_of_the_machine_is_one_that_a_line_may_carry_and_never_zero() {
        let now = SystemClock.now();

        assert!(now.is_line_time());
        assert!(now > Micros::MIN_LINE);
    }
}
