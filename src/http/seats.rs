//! Places for answers that have no end of their own: bounded in total, and for each caller.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::error::{Error, ErrorCode, Result};

/// Tails at a time, of all callers together.
const TOTAL: usize = 200;
/// Tails at a time of one caller.
const PER_CALLER: usize = 10;

/// The places, and who has them.
#[derive(Debug, Default)]
pub struct Seats {
    taken: Mutex<HashMap<String, usize>>,
}

/// A place; free again when dropped.
#[derive(Debug)]
pub(super) struct Seat {
    seats: Arc<Seats>,
    subject: String,
}

impl Seats {
    /// Takes a place for a caller.
    ///
    /// # Errors
    /// `TooManyRequests` when the caller has ten already, `Busy` when all callers together have 200.
    pub(super) fn take(self: &Arc<Self>, subject: &str) -> Result<Seat> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let own = taken.get(subject).copied().unwrap_or_default();
        if own >= PER_CALLER {
            let detail = format!("you have {own} tails open already; close one of them first");
            return Err(Error::new(ErrorCode::TooManyRequests, detail));
        }
        if taken.values().sum::<usize>() >= TOTAL {
            return Err(Error::new(ErrorCode::Busy, "too many tails are open on this server"));
        }
        taken.insert(subject.to_owned(), own + 1);
        Ok(Seat { seats: Arc::clone(self), subject: subject.to_owned() })
    }

    fn give_back(&self, subject: &str) {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = taken.get_mut(subject) {
            *own = own.saturating_sub(1);
        }
        // Nobody is remembered who has none, or the map would grow with every caller there ever was.
        taken.retain(|_, own| *own > 0);
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.seats.give_back(&self.subject);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caller_has_ten_and_a_place_that_is_given_back_is_free() {
        let seats = Arc::new(Seats::default());

        let mut own: Vec<_> = (0..PER_CALLER).map(|_| seats.take("a").unwrap()).collect();
        let refused = seats.take("a").unwrap_err();
        own.pop();

        assert_eq!(refused.code, ErrorCode::TooManyRequests);
        assert!(seats.take("a").is_ok() && seats.take("b").is_ok());
    }

    #[test]
    fn all_callers_together_are_bounded_and_none_is_remembered_at_the_end() {
        let seats = Arc::new(Seats::default());

        let all: Vec<_> = (0..TOTAL).map(|number| seats.take(&(number % 50).to_string()).unwrap()).collect();
        let refused = seats.take("late").unwrap_err();
        drop(all);

        assert_eq!(refused.code, ErrorCode::Busy);
        assert!(seats.taken.lock().unwrap().is_empty());
    }
}
