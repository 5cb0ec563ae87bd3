//! Following lines as they come in.
//!
//! A tail asks the store again and again for what is new. Lines do not arrive in the order of their times, so every
//! question reaches back a few seconds, and lines that were shown already are left out.

use std::collections::HashSet;

use super::SearchParams;
use super::cursor::Cursor;
use super::plan::{Plan, View, fingerprint};
use super::service::{SearchService, readable_kinds};
use crate::error::{Error, ErrorCode, Result};
use crate::model::page::Row;
use crate::model::query::{PageRequest, Selection};
use crate::model::{Caller, LogEntry, LogId, Micros, Query, SortOrder, TimeRange, TotalMode};

/// How late a line may arrive and still be shown.
const LATENESS_MICROS: i64 = 5 * 1_000_000;
/// Lines of one answer; above it they are sampled, and the number left out is said.
const MAX_EVENTS: usize = 500;
/// Lines that one question brings.
const MAX_ROWS: usize = 1_000;

/// A tail under way.
#[derive(Debug)]
pub struct Tail {
    caller: String,
    fingerprint: String,
    selection: Selection,
    /// Lines up to this one were shown before the tail began.
    floor: Option<(i64, String)>,
    /// The newest time that was seen.
    newest: Micros,
    /// Ids that were shown and may come again.
    shown: HashSet<LogId>,
    /// Times of the ids in `shown`, to forget them.
    shown_times: Vec<(Micros, LogId)>,
}

/// What has come in since the last question.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TailBatch {
    /// Lines in ascending order, each with the cursor to go on after it.
    pub events: Vec<(String, LogEntry)>,
    /// Lines that were left out because there were too many.
    pub dropped: u64,
}

impl SearchService {
    /// Begins a tail now, or where `last_event_id` says.
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
        let view = View { name: "tail", kinds: readable_kinds(caller), condition: Query::All };
        let plan = Plan::new(params, caller, &view, now)?;
        let fingerprint = fingerprint(params, caller, &view);
        let subject = caller.principal.subject.clone();
        let (floor, newest) = match last_event_id {
            None => (None, now),
            Some(text) => {
                let cursor = self.cursors.open(text, &subject, &fingerprint, now).map_err(|error| {
                    Error::new(ErrorCode::BadCursor, format!("Last-Event-ID: {}", error.detail))
                        .at("Last-Event-ID")
                })?;
                (Some((cursor.position.time, cursor.position.id)), Micros::new(cursor.asked))
            }
        };
        Ok(Tail {
            caller: subject,
            fingerprint,
            selection: plan.selection,
            floor,
            newest,
            shown: HashSet::new(),
            shown_times: Vec::new(),
        })
    }

    /// Asks for what has come in since the last question.
    ///
    /// # Errors
    /// Failures of the store; the tail may be asked again.
    pub async fn poll_tail(&self, tail: &mut Tail) -> Result<TailBatch> {
        let start = tail.newest.plus(-LATENESS_MICROS);
        let Some(range) = TimeRange::new(start, Micros::MAX_LINE) else {
            return Ok(TailBatch::default());
        };
        let request = PageRequest {
            selection: Selection { range, ..tail.selection.clone() },
            sort: SortOrder::Desc,
            limit: MAX_ROWS,
            after: None,
            total: TotalMode::Exact,
        };
        let found = self.store.search(&request).await?;
        let total = found.total.map_or(0, |total| total.value);
        let unread = total.saturating_sub(u64::try_from(found.rows.len()).unwrap_or(u64::MAX));
        let mut fresh: Vec<_> = found.rows.into_iter().filter(|row| tail.is_fresh(row)).collect();
        fresh.reverse();
        tail.remember(&fresh);
        let fresh_count = fresh.len();
        let sampled = sample(fresh, MAX_EVENTS);
        let left_out = u64::try_from(fresh_count - sampled.len()).unwrap_or(u64::MAX);
        let mut events = Vec::with_capacity(sampled.len());
        for row in sampled {
            events.push((self.event_id(tail, &row)?, row.entry));
        }
        // Unread lines are new only where the question did not reach back to lines that were shown before.
        let dropped = left_out + if fresh_count == MAX_ROWS { unread } else { 0 };
        Ok(TailBatch { events, dropped })
    }

    fn event_id(&self, tail: &Tail, row: &Row) -> Result<String> {
        self.cursors.seal(&Cursor {
            caller: tail.caller.clone(),
            query: tail.fingerprint.clone(),
            asked: row.entry.timestamp.get(),
            position: row.position.clone(),
            total: None,
            made: self.clock.now().get(),
        })
    }
}

impl Tail {
    fn is_fresh(&self, row: &Row) -> bool {
        let is_above = |(time, id): &(i64, String)| (row.position.time, &row.position.id) > (*time, id);
        self.floor.as_ref().is_none_or(is_above) && !self.shown.contains(&row.entry.id)
    }

    fn remember(&mut self, fresh: &[Row]) {
        for row in fresh {
            self.newest = self.newest.max(row.entry.timestamp);
            self.shown.insert(row.entry.id.clone());
            self.shown_times.push((row.entry.timestamp, row.entry.id.clone()));
        }
        let forgotten = self.newest.plus(-LATENESS_MICROS);
        let shown = &mut self.shown;
        self.shown_times.retain(|(time, id)| {
            let is_kept = *time >= forgotten;
            if !is_kept {
                shown.remove(id);
            }
            is_kept
        });
    }
}

/// Every n-th of the rows, so that at most `limit` are left.
fn sample(rows: Vec<Row>, limit: usize) -> Vec<Row> {
    let step = rows.len().div_ceil(limit).max(1);
    rows.into_iter().step_by(step).collect()
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
