//! The seeded generator of log lines: any number of them, over any window, in order of time.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

use super::random::Random;
use super::request::Request;
use super::scene::Scene;
use super::timeline;
use super::traffic::Traffic;
use super::visitor::Visitor;
use super::{incident, journeys};
use crate::model::Micros;
use crate::repository::log_store::LineToStore;

/// Log lines of a ticket shop with three services, as an iterator.
///
/// The same arguments give the same lines, ids included, on every machine. What happens when is counted back from
/// the end, so that the incident stands three hours before it in a window of a day, and in proportion in any other.
/// Only the requests under way are held in memory, however many lines are asked for.
#[derive(Debug)]
pub struct Corpus {
    random: Random,
    traffic: Traffic,
    end: Micros,
    lines: u64,
    /// Lines made so far, those that wait in `pending` included.
    made: u64,
    returned: u64,
    /// Beginning of the latest request; no line to come is older.
    frontier: Micros,
    scenes: VecDeque<Scene>,
    pending: BinaryHeap<Reverse<Pending>>,
}

impl Corpus {
    /// The seed of `trailproof demo`; its incident is the one that the README walks through.
    pub const DEMO_SEED: u64 = 42;

    /// Prepares `lines` lines of the `span_micros` before `end`: later than `end - span_micros`, the last within
    /// seconds of `end` (never after it), times never falling.
    ///
    /// A span below a microsecond counts as one. The incident needs some thousands of lines to stand out.
    #[must_use]
    pub fn new(seed: u64, end: Micros, span_micros: i64, lines: u64) -> Self {
        let traffic = Traffic::new(end, span_micros, lines);
        Self {
            random: Random::new(seed),
            frontier: traffic.time_of(0),
            traffic,
            end,
            lines,
            made: 0,
            returned: 0,
            scenes: timeline::scenes().into(),
            pending: BinaryHeap::new(),
        }
    }

    /// Lets the next thing happen: a scene that is due, a request, or the sign of life that ends every corpus.
    fn advance(&mut self) {
        if self.made + 1 == self.lines {
            let at = self.traffic.last_moment().max(self.frontier);
            self.frontier = at;
            let sign_of_life = journeys::sign_of_life(self.random.next_u64(), at);
            self.queue(sign_of_life.into_lines());
            return;
        }
        let ahead = self.random.below(4);
        let start = self.traffic.time_of(self.made.saturating_add(ahead)).max(self.frontier);
        let seed = self.random.next_u64();
        let due = self.scenes.front().copied().filter(|(at, _)| self.traffic.time_at(*at) <= start);
        let Some((position, template)) = due else {
            self.frontier = start;
            let request = self.request(seed, start);
            self.queue(request.into_lines());
            return;
        };
        self.scenes.pop_front();
        self.frontier = self.traffic.time_at(position).max(self.frontier);
        let mut scene = Request::background(seed, self.frontier);
        incident::set_cause(&mut scene);
        scene.write(&template);
        self.queue(scene.into_lines());
    }

    fn request(&mut self, seed: u64, start: Micros) -> Request {
        let position = self.traffic.position_of(start);
        let failure = incident::strikes(position, &mut self.random);
        let (mut request, journey) = match failure {
            Some(failing) => (Request::new(seed, start, Visitor::customer), failing),
            None => journeys::ordinary(seed, start),
        };
        incident::set_pressure(&mut request, position);
        journey(&mut request);
        request
    }

    /// Adds what there is room for; what would come after the end is not written yet.
    fn queue(&mut self, lines: Vec<LineToStore>) {
        let room = self.lines.saturating_sub(self.made + 1).max(1);
        let room = usize::try_from(room).unwrap_or(usize::MAX);
        let in_time = lines.into_iter().filter(|line| line.entry.timestamp <= self.end);
        for line in in_time.take(room) {
            self.pending.push(Reverse(Pending { number: self.made, line }));
            self.made += 1;
        }
    }
}

impl Iterator for Corpus {
    type Item = LineToStore;

    fn next(&mut self) -> Option<LineToStore> {
        while self.made < self.lines {
            let is_settled =
                self.pending.peek().is_some_and(|Reverse(oldest)| oldest.time() <= self.frontier);
            if is_settled {
                break;
            }
            self.advance();
        }
        let Reverse(oldest) = self.pending.pop()?;
        self.returned += 1;
        Some(oldest.line)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = usize::try_from(self.lines.saturating_sub(self.returned));
        (left.unwrap_or(usize::MAX), left.ok())
    }
}

/// A line that waits until nothing older can come.
#[derive(Debug)]
struct Pending {
    number: u64,
    line: LineToStore,
}

impl Pending {
    fn time(&self) -> Micros {
        self.line.entry.timestamp
    }
}

impl PartialEq for Pending {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Pending {}

impl PartialOrd for Pending {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Pending {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.time(), self.number).cmp(&(other.time(), other.number))
    }
}

#[cfg(test)]
mod tests;
