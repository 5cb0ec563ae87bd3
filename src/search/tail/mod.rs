//! Following lines as they come in.
//!
//! A tail asks the store again and again for what has arrived. Its order is that of arrival, whatever time a line says;
//! `mark` says how far it has come.

mod mark;

use std::collections::BTreeSet;
use std::time::Duration;

use self::mark::TailMark;
use super::SearchParams;
use super::cursor::Cursor;
use super::plan::{Plan, View, fingerprint};
use super::reader::readable_kinds;
use super::service::SearchService;
use crate::error::{Error, ErrorCode, Result};
use crate::model::page::{Arrivals, PageStart, Settled};
use crate::model::query::ArrivalsRequest;
use crate::model::{Caller, Completeness, KindSet, LogEntry, Query};
use crate::resilience::Deadline;

/// Lines of two answers in a row; above it they are sampled, and the number left out is said. Whoever asks twice a
/// second so shows at most this many in a second.
const MAX_EVENTS: usize = 500;
/// New lines that one question brings.
const MAX_ROWS: usize = 1_000;
/// Lines that are remembered where the store gives them in any order: those of its ten seconds at 200 a second.
const MAX_SEEN: usize = 2_000;
/// Lines that a cursor remembers of those; with more it would be too long for a header.
const MAX_SEEN_BY_CURSOR: usize = 400;

/// A tail under way.
#[derive(Debug)]
pub struct Tail {
    caller: Caller,
    fingerprint: String,
    kinds: KindSet,
    query: Query,
    /// How far it has come.
    mark: TailMark,
    /// Lines of the answer before.
    last_events: usize,
    /// What was said of lines that cannot come.
    warned: BTreeSet<String>,
}

/// What has come in since the last question.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TailBatch {
    /// Lines in the order of their arrival, each with the cursor to go on after it.
    pub events: Vec<(String, LogEntry)>,
    /// Lines that were left out because there were too many.
    pub dropped: u64,
    /// Sentences about lines that cannot come, each once in a tail.
    pub warnings: Vec<String>,
}

impl SearchService {
    /// Begins a tail now, or where `last_event_id` says. Waits for the store at most for `patience`, and goes by the clock
    /// where it does not answer.
    ///
    /// # Errors
    /// As for a search; `BadParameter` for parameters that make no sense here, `BadCursor` for an id that is not ours.
    pub async fn start_tail(
        &self,
        caller: &Caller,
        params: &SearchParams,
        last_event_id: Option<&str>,
        patience: Duration,
    ) -> Result<Tail> {
        refuse_windows(params)?;
        let view = View::all("tail", readable_kinds(caller));
        let plan = Plan::new(params, caller, &view, self.clock.now())?;
        let mut tail = Tail {
            caller: caller.clone(),
            fingerprint: fingerprint(params, caller, &view),
            kinds: plan.selection.kinds,
            query: plan.selection.query,
            mark: TailMark::at(self.clock.now()),
            last_events: 0,
            warned: BTreeSet::new(),
        };
        if let Some(text) = last_event_id {
            tail.mark = self.mark_of(text, &tail)?;
        } else if let Ok(Ok(begin)) =
            Deadline::after(patience).run(self.reader.arrivals(&tail.caller, &self.question(&tail, 0))).await
        {
            let (Settled::InOrder(time) | Settled::UpTo(time)) = begin.settled;
            tail.mark = TailMark::at(time);
        }
        Ok(tail)
    }

    /// Where an earlier connection has ended.
    fn mark_of(&self, text: &str, tail: &Tail) -> Result<TailMark> {
        let refuse = |detail: &str| {
            Error::new(ErrorCode::BadCursor, format!("Last-Event-ID: {detail}")).at("Last-Event-ID")
        };
        let opened =
            self.cursors.open(text, &tail.caller.principal.subject, &tail.fingerprint, self.clock.now());
        let PageStart::Opaque(bytes) = opened.map_err(|error| refuse(&error.detail))?.start else {
            return Err(refuse("it is a cursor of a search; send the id of an event"));
        };
        TailMark::from_bytes(&bytes)
            .ok_or_else(|| refuse("not one of ours; send the id of an event unchanged"))
    }

    fn question(&self, tail: &Tail, limit: usize) -> ArrivalsRequest {
        ArrivalsRequest {
            kinds: tail.kinds,
            query: tail.query.clone(),
            after: tail.mark.after(),
            now: self.clock.now(),
            limit,
        }
    }

    /// Asks for what has come in since the last question.
    ///
    /// # Errors
    /// Failures of the store; the tail may be asked again.
    pub async fn poll_tail(&self, tail: &mut Tail) -> Result<TailBatch> {
        let known = tail.mark.seen();
        let found = self.reader.arrivals(&tail.caller, &self.question(tail, MAX_ROWS + known)).await?;
        let Arrivals { lines, total, settled, completeness, warnings } = found;
        let warnings = tail.new_warnings(warnings, completeness);
        let (read, earliest) = (lines.len(), lines.first().map(|line| line.time));
        let fresh: Vec<_> = lines.into_iter().filter(|line| tail.mark.is_new(line)).collect();
        let known_unread = known.saturating_sub(read - fresh.len());
        let mut dropped = total.saturating_sub(as_count(read + known_unread));
        if let Some(earliest) = earliest.filter(|_| dropped > 0) {
            tail.mark.give_up(earliest.plus(-1));
        }
        let (count, most) = (fresh.len(), MAX_EVENTS - tail.last_events.min(MAX_EVENTS));
        let mut events = Vec::with_capacity(most.min(count));
        for (number, line) in fresh.into_iter().enumerate() {
            tail.mark.see(&line, settled);
            if is_sampled(number, count, most) {
                events.push((self.tail_cursor(tail)?, line.entry));
            } else {
                dropped += 1;
            }
        }
        tail.mark.settle(settled);
        tail.mark.shorten(MAX_SEEN);
        tail.last_events = events.len();
        Ok(TailBatch { events, dropped, warnings })
    }

    /// The cursor to go on after everything that was shown so far; good for five minutes.
    ///
    /// # Errors
    /// `Internal` when it cannot be sealed.
    pub fn tail_cursor(&self, tail: &Tail) -> Result<String> {
        let mut mark = tail.mark.clone();
        mark.shorten(MAX_SEEN_BY_CURSOR);
        let now = self.clock.now().get();
        self.cursors.seal(&Cursor {
            caller: tail.caller.principal.subject.clone(),
            query: tail.fingerprint.clone(),
            asked: now,
            start: PageStart::Opaque(mark.to_bytes()),
            total: None,
            made: now,
        })
    }
}

impl Tail {
    /// What has not been said yet. Shards that are silent for now may answer the next question, which reaches back.
    fn new_warnings(&mut self, mut warnings: Vec<String>, completeness: Completeness) -> Vec<String> {
        if completeness.partial && completeness.has_answered() && warnings.is_empty() {
            warnings.push("a part of the indices is left out, such as one that is closed".to_owned());
        }
        warnings.retain(|warning| self.warned.insert(warning.clone()));
        warnings
    }
}

/// Whether a line is among at most `most` of `count`, evenly spread, the last one always.
fn is_sampled(number: usize, count: usize, most: usize) -> bool {
    let share = |number: usize| number.saturating_mul(most.min(count)) / count.max(1);
    share(number + 1) > share(number)
}

fn as_count(lines: usize) -> u64 {
    u64::try_from(lines).unwrap_or(u64::MAX)
}

fn refuse_windows(params: &SearchParams) -> Result<()> {
    let meaningless = [
        ("from", &params.from),
        ("to", &params.to),
        ("time_range", &params.time_range),
        ("cursor", &params.cursor),
        ("sort", &params.sort),
        ("limit", &params.limit),
        ("total", &params.total),
    ];
    for (name, value) in meaningless {
        if value.is_some() {
            let detail = format!("{name}: a tail follows lines from now on; leave it out");
            return Err(Error::new(ErrorCode::BadParameter, detail).at(name));
        }
    }
    Ok(())
}
