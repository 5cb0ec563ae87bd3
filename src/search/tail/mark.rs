//! How far a tail has come: a time of arrival up to which everything was seen, and what was seen after it.
//!
//! Where lines become visible in the order of their arrival, the time alone says it.

use std::collections::BTreeSet;

use aws_lc_rs::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};

use crate::model::Micros;
use crate::model::page::{Arrival, Settled};

/// Stands for the key of a line.
type Hash = [u8; 8];

/// A place in the order of arrival; it travels inside a cursor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TailMark {
    after: Micros,
    /// Lines that arrived later and were seen, each with its time.
    seen: BTreeSet<(Micros, Hash)>,
}

/// A mark as it travels: times count from the one before the lines.
#[derive(Serialize, Deserialize)]
struct Written {
    after: i64,
    seen: Vec<(i64, Hash)>,
}

impl TailMark {
    /// After everything that arrived up to `after`.
    pub(super) const fn at(after: Micros) -> Self {
        Self { after, seen: BTreeSet::new() }
    }

    /// What arrived later is asked for.
    pub(super) const fn after(&self) -> Micros {
        self.after
    }

    /// Lines that are asked for although they were seen.
    pub(super) fn seen(&self) -> usize {
        self.seen.len()
    }

    /// Whether a line was not seen yet.
    pub(super) fn is_new(&self, line: &Arrival) -> bool {
        line.time > self.after && !self.seen.contains(&(line.time, hash(&line.key)))
    }

    /// Sees a line; those before it in the order of arrival were seen.
    pub(super) fn see(&mut self, line: &Arrival, settled: Settled) {
        match settled {
            Settled::InOrder(_) => self.give_up(line.time),
            Settled::UpTo(_) => drop(self.seen.insert((line.time, hash(&line.key)))),
        }
    }

    /// Everything was seen of which the store says that it is settled.
    pub(super) fn settle(&mut self, settled: Settled) {
        match settled {
            Settled::InOrder(time) | Settled::UpTo(time) => self.give_up(time),
        }
    }

    /// Lets go of what arrived up to `time`, seen or not.
    pub(super) fn give_up(&mut self, time: Micros) {
        self.after = self.after.max(time);
        let after = self.after;
        self.seen.retain(|(time, _)| *time > after);
    }

    /// Remembers at most so many lines, and gives up what arrived up to the latest of the others.
    pub(super) fn shorten(&mut self, most: usize) {
        let surplus = self.seen.len().saturating_sub(most);
        let last = surplus.checked_sub(1).and_then(|place| self.seen.iter().nth(place));
        if let Some((time, _)) = last.copied() {
            self.give_up(time);
        }
    }

    /// As it travels.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let after = self.after.get();
        let seen = self.seen.iter().map(|(time, hash)| (time.get().saturating_sub(after), *hash)).collect();
        // Writing to memory does not fail; an empty mark is refused when it comes back.
        postcard::to_allocvec(&Written { after, seen }).unwrap_or_default()
    }

    /// As it came back; `None` for what is no mark.
    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let Written { after, seen } = postcard::from_bytes(bytes).ok()?;
        let after = Micros::new(after);
        Some(Self { after, seen: seen.into_iter().map(|(time, hash)| (after.plus(time), hash)).collect() })
    }
}

fn hash(key: &str) -> Hash {
    let whole = digest(&SHA256, key.as_bytes());
    let mut short = [0; 8];
    for (to, from) in short.iter_mut().zip(whole.as_ref()) {
        *to = *from;
    }
    short
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn line(time: i64, key: &str) -> Arrival {
        let entry = json!({"id": key, "timestamp": "2026-11-21T00:00:00Z", "level": "info", "service": "s"});
        Arrival {
            time: Micros::new(time),
            key: key.to_owned(),
            entry: serde_json::from_value(entry).unwrap(),
        }
    }

    #[test]
    fn a_line_that_becomes_visible_late_is_new_until_its_time_is_settled() {
        let mut mark = TailMark::at(Micros::new(10));
        let settled = |time| Settled::UpTo(Micros::new(time));
        mark.see(&line(30, "a"), settled(10));

        assert!(!mark.is_new(&line(30, "a")) && !mark.is_new(&line(10, "early")));
        assert!(mark.is_new(&line(30, "b")) && mark.is_new(&line(20, "late")));
        mark.settle(settled(25));
        assert!(!mark.is_new(&line(20, "late")) && !mark.is_new(&line(30, "a")));
        assert_eq!((mark.after(), mark.seen()), (Micros::new(25), 1));
    }

    #[test]
    fn where_lines_come_in_order_the_time_alone_is_kept() {
        let mut mark = TailMark::at(Micros::new(10));
        let settled = Settled::InOrder(Micros::new(40));
        mark.see(&line(20, "a"), settled);

        assert_eq!(mark, TailMark::at(Micros::new(20)));
        mark.settle(settled);
        assert_eq!(mark, TailMark::at(Micros::new(40)));
    }

    #[test]
    fn it_comes_back_as_it_was_and_short_enough() {
        let mut mark = TailMark::at(Micros::new(1_795_219_200_000_000));
        for number in 0..1_000 {
            mark.see(
                &line(1_795_219_200_000_001 + number * 10_000, &number.to_string()),
                Settled::UpTo(mark.after()),
            );
        }

        mark.shorten(400);

        assert_eq!((mark.seen(), mark.after()), (400, Micros::new(1_795_219_205_990_001)));
        assert!(mark.to_bytes().len() < 5_000, "{}", mark.to_bytes().len());
        assert_eq!(TailMark::from_bytes(&mark.to_bytes()), Some(mark));
        assert_eq!(TailMark::from_bytes(b""), None);
    }
}
