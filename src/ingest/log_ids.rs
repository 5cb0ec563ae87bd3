//! Ids of new lines: `UUIDv7`, rising within a process, so that lines of one moment keep the order they came in.

use std::sync::{Mutex, PoisonError};

use uuid::{ContextV7, Timestamp, Uuid};

use crate::model::{LogId, Micros};

/// Makes ids.
pub(crate) struct LogIds {
    context: Mutex<ContextV7>,
}

impl LogIds {
    /// Starts a sequence of ids.
    #[must_use]
    pub(crate) fn new() -> Self {
        Self { context: Mutex::new(ContextV7::new()) }
    }

    /// The next id, made at `now` (RFC 9562, section 5.7).
    pub(crate) fn next(&self, now: Micros) -> LogId {
        let context = self.context.lock().unwrap_or_else(PoisonError::into_inner);
        let seconds = u64::try_from(now.get().div_euclid(1_000_000)).unwrap_or(0);
        let nanos = u32::try_from(now.get().rem_euclid(1_000_000) * 1_000).unwrap_or(0);
        Uuid::new_v7(Timestamp::from_unix(&*context, seconds, nanos)).into()
    }
}

impl Default for LogIds {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_one_moment_rise() {
        let ids = LogIds::new();
        let now = Micros::new(1_795_219_200_000_000);

        let made: Vec<_> = (0..5_000).map(|_| ids.next(now)).collect();

        assert!(made.windows(2).all(|pair| pair[0] < pair[1]));
    }
}
