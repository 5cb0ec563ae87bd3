//! Following lines as they come in.
//!
//! A tail asks the store again and again for what is new. Lines do not arrive in the order of their times, so every
//! question reaches back a few seconds, and lines that were shown already are left out.

use std::collections::{BTreeSet, HashMap};

use super::SearchParams;
use super::cursor::Cursor;
use super::plan::{Plan, View, fingerprint};
use super::reader::readable_kinds;
use super::service::SearchService;
use crate::error::{Error, ErrorCode, Result};
use crate::model::page::{PageStart, Row};
use crate::model::query::{PageRequest, Selection};
use crate::model::{Caller, Completeness, LogEntry, Micros, Position, SortOrder, TimeRange, TotalMode};

/// How late a line may arrive and still be shown, and how far its clock may be ahead of ours.
const LATENESS_MICROS: i64 = 5 * 1_000_000;
/// Lines of two answers in a row; above it they are sampled, and the number left out is said. Whoever asks twice a
/// second so shows at most this many in a second.
const MAX_EVENTS: usize = 500;
/// Lines that one question brings.
const MAX_ROWS: usize = 1_000;

/// A tail under way.
#[derive(Debug)]
pub struct Tail {
    caller: Caller,
    fingerprint: String,
    selection: Selection,
    /// The highest line that was shown, here or before a new connection.
    position: Position,
    /// Whether what an earlier connection showed has yet to be looked up.
    is_resumed: bool,
    /// The newest time that was seen.
    newest: Micros,
    /// Lines before this time are not asked for: there were too many to read.
    unread_before: Micros,
    /// Positions of lines that were shown and may come again, with their times.
    shown: HashMap<Position, Micros>,
    /// Lines of the answer before.
    last_events: usize,
    /// What was said of lines that cannot come.
    warned: BTreeSet<String>,
}

/// What has come in since the last question.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TailBatch {
    /// Lines in ascending order, each with the cursor to go on after it.
    pub events: Vec<(String, LogEntry)>,
    /// Lines that were left out because there were too many.
    pub dropped: u64,
    /// Sentences about lines that cannot come, each once in a tail.
    pub warnings: Vec<String>,
}

impl SearchService {
    /// Begins a tail now, or where `last_event_id` says.
    ///
    /// A tail that goes on does not show again what arrived while nobody was connected with a time before the last
    /// line that was shown: nothing tells it from what was shown.
    ///
    /// # Errors
    /// As for a search; `BadParameter` for parameters that make no sense here, `BadCursor` for an id that is not ours.
    pub fn start_tail(
        &self,
        caller: &Caller,
        params: &SearchParams,
        last_event_id: Option<&str>,
    ) -> Result<Tail> {
        refuse_windows(params)?;
        let now = self.clock.now();
        let view = View::all("tail", readable_kinds(caller));
        let plan = Plan::new(params, caller, &view, now)?;
        let fingerprint = fingerprint(params, caller, &view);
        let subject = &caller.principal.subject;
        let (position, newest) = match last_event_id {
            // Below every line: nothing was shown.
            None => (Position { time: i64::MIN, id: String::new() }, now),
            Some(text) => {
                let cursor = self.cursors.open(text, subject, &fingerprint, now).map_err(|error| {
                    Error::new(ErrorCode::BadCursor, format!("Last-Event-ID: {}", error.detail))
                        .at("Last-Event-ID")
                })?;
                let PageStart::After(position) = cursor.start else {
                    let detail = "Last-Event-ID: it is a cursor of a search; send the id of an event";
                    return Err(Error::new(ErrorCode::BadCursor, detail).at("Last-Event-ID"));
                };
                (position, Micros::new(cursor.asked))
            }
        };
        Ok(Tail {
            caller: caller.clone(),
            fingerprint,
            selection: plan.selection,
            is_resumed: position.time != i64::MIN,
            position,
            newest,
            unread_before: Micros::MIN_LINE,
            shown: HashMap::new(),
            last_events: 0,
            warned: BTreeSet::new(),
        })
    }

    /// Asks for what has come in since the last question.
    ///
    /// # Errors
    /// Failures of the store; the tail may be asked again.
    pub async fn poll_tail(&self, tail: &mut Tail) -> Result<TailBatch> {
        let now = self.clock.now();
        if tail.is_resumed {
            self.look_up_shown(tail, now).await?;
        }
        let start = tail.start(now);
        let Some(range) = TimeRange::new(start, now.plus(LATENESS_MICROS)) else {
            return Ok(TailBatch::default());
        };
        let found = self.reader.page(&tail.caller, &tail.request(range, TotalMode::Exact)).await?;
        let warnings = tail.new_warnings(found.warnings, found.completeness);
        let total = found.total.map_or(0, |total| total.value);
        let read = found.rows.len();
        let oldest = found.rows.last().map(|row| row.entry.timestamp);
        let mut fresh: Vec<_> =
            found.rows.into_iter().filter(|row| !tail.shown.contains_key(&row.position)).collect();
        let mut dropped = 0;
        // Only when not even the oldest line that was read is a known one are there new lines below it.
        if let Some(oldest) = oldest.filter(|_| fresh.len() == read && total > as_count(read)) {
            let known = tail.shown.values().filter(|time| **time >= start).count();
            dropped = total.saturating_sub(as_count(read + known));
            tail.unread_before = oldest.plus(1);
        }
        fresh.reverse();
        tail.remember(&fresh);
        let fresh_count = fresh.len();
        let sampled = sample(fresh, MAX_EVENTS - tail.last_events.min(MAX_EVENTS));
        dropped += as_count(fresh_count - sampled.len());
        let mut events = Vec::with_capacity(sampled.len());
        for row in sampled {
            tail.advance(&row);
            events.push((self.tail_cursor(tail)?, row.entry));
        }
        tail.last_events = events.len();
        tail.forget(now);
        Ok(TailBatch { events, dropped, warnings })
    }

    /// The cursor to go on after everything that was shown so far; good for five minutes.
    ///
    /// # Errors
    /// `Internal` when it cannot be sealed.
    pub fn tail_cursor(&self, tail: &Tail) -> Result<String> {
        self.cursors.seal(&Cursor {
            caller: tail.caller.principal.subject.clone(),
            query: tail.fingerprint.clone(),
            asked: tail.newest.get(),
            start: PageStart::After(tail.position.clone()),
            total: None,
            made: self.clock.now().get(),
        })
    }

    /// Remembers what an earlier connection has shown, so that late lines can be told from it.
    async fn look_up_shown(&self, tail: &mut Tail, now: Micros) -> Result<()> {
        if let Some(range) = TimeRange::new(tail.start(now), tail.newest.plus(1)) {
            let found = self.reader.page(&tail.caller, &tail.request(range, TotalMode::None)).await?;
            if found.rows.len() == MAX_ROWS {
                tail.unread_before = found.rows.last().map_or(tail.newest, |row| row.entry.timestamp.plus(1));
            }
            let is_shown = |row: &Row| is_at_or_below(&row.position, &tail.position);
            let shown: Vec<_> = found.rows.into_iter().filter(is_shown).collect();
            tail.remember(&shown);
        }
        tail.is_resumed = false;
        Ok(())
    }
}

impl Tail {
    /// The earliest time that is asked for.
    fn start(&self, now: Micros) -> Micros {
        // A clock that is ahead of ours must not make us look past everybody else's lines.
        self.newest.min(now).plus(-LATENESS_MICROS).max(self.unread_before)
    }

    fn request(&self, range: TimeRange, total: TotalMode) -> PageRequest {
        let selection = Selection { range, ..self.selection.clone() };
        PageRequest {
            selection,
            sort: SortOrder::Desc,
            limit: MAX_ROWS,
            start: None,
            wants_next: false,
            total,
        }
    }

    /// What has not been said yet. Shards that are silent for now may answer the next question, which reaches back.
    fn new_warnings(&mut self, mut warnings: Vec<String>, completeness: Completeness) -> Vec<String> {
        if completeness.partial && completeness.has_answered() && warnings.is_empty() {
            warnings.push("a part of the indices is left out, such as one that is closed".to_owned());
        }
        warnings.retain(|warning| self.warned.insert(warning.clone()));
        warnings
    }

    fn remember(&mut self, rows: &[Row]) {
        let shown = rows.iter().map(|row| (row.position.clone(), row.entry.timestamp));
        self.shown.extend(shown);
    }

    /// A late line does not move the position back: what lies above it was shown.
    fn advance(&mut self, row: &Row) {
        if !is_at_or_below(&row.position, &self.position) {
            self.position = row.position.clone();
            self.newest = self.newest.max(row.entry.timestamp);
        }
    }

    fn forget(&mut self, now: Micros) {
        let start = self.start(now);
        self.shown.retain(|_, time| *time >= start);
    }
}

fn is_at_or_below(position: &Position, other: &Position) -> bool {
    (position.time, &position.id) <= (other.time, &other.id)
}

/// At most `most` of the rows, evenly spread.
fn sample(rows: Vec<Row>, most: usize) -> Vec<Row> {
    let count = rows.len().max(1);
    let share = |index: usize| index.saturating_mul(most.min(count)) / count;
    let is_kept = |index: usize| share(index + 1) > share(index);
    rows.into_iter().enumerate().filter(|(index, _)| is_kept(*index)).map(|(_, row)| row).collect()
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
