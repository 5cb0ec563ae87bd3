//! Pages: the newest (or oldest) lines of a query, without looking at more documents than needed.
//!
//! Every segment lies in falling order of time, so the newest lines stand first and a scan stops as soon as the
//! page is full. Lines of equal time are ordered by id; only where such a tie touches the page are ids read.

use std::ops::{ControlFlow, Range};
use std::sync::Arc;
use std::time::Instant;

use tantivy::directory::OwnedBytes;
use tantivy::query::Weight;
use tantivy::{DocAddress, DocId, Searcher};

use super::super::row_id::{RowId, RowIds};
use super::columns::Columns;
use super::segment::{ScanError, Segment};
use crate::model::query::PageRequest;
use crate::model::{Micros, Position, SortOrder, Total, TotalMode};

/// Documents in the first step of a backward scan; every further step is twice as long.
const FIRST_STEP: u32 = 1_024;

/// A line that belongs to the page.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hit {
    /// Time in microseconds.
    pub time: i64,
    /// Where it lies.
    pub address: DocAddress,
}

/// The end of the page before, ready to be compared with.
struct After {
    time: i64,
    id: RowId,
}

/// Scans for one page.
pub(crate) struct Scan<'a> {
    searcher: &'a Searcher,
    columns: &'a [Arc<Columns>],
    weight: &'a dyn Weight,
    request: &'a PageRequest,
    after: Option<After>,
    deadline: Instant,
}

impl<'a> Scan<'a> {
    /// Prepares a scan that begins right after a line, or at the first one.
    pub(crate) fn new(
        searcher: &'a Searcher,
        columns: &'a [Arc<Columns>],
        weight: &'a dyn Weight,
        request: &'a PageRequest,
        after: Option<&Position>,
        deadline: Instant,
    ) -> Self {
        let after = after.map(|position| After { time: position.time, id: RowId::new(&position.id) });
        Self { searcher, columns, weight, request, after, deadline }
    }

    /// The lines of the page in order, and the total where it was asked for.
    pub(crate) fn run(&self) -> Result<(Vec<Hit>, Option<Total>), ScanError> {
        let counts_along = self.request.sort == SortOrder::Desc && self.after.is_none();
        let mut counter = Counter::new(self.request.total);
        let mut hits = Vec::new();
        for (ordinal, segment) in self.segments() {
            match self.request.sort {
                SortOrder::Desc => {
                    let counter =
                        if counts_along { &mut counter } else { &mut Counter::new(TotalMode::None) };
                    self.newest(ordinal, &segment, &mut hits, counter)?;
                }
                SortOrder::Asc => self.oldest(ordinal, &segment, &mut hits)?,
            }
            self.keep_best(&mut hits);
        }
        if !counts_along {
            self.count(&mut counter)?;
        }
        self.order_ties(&mut hits)?;
        hits.truncate(self.request.limit);
        Ok((hits, counter.total()))
    }

    /// Segments with their ordinals, the one with the best line first, so that the others can stop early.
    fn segments(&self) -> Vec<(u32, Segment<'a>)> {
        let mut segments = Vec::new();
        for ((ordinal, reader), columns) in (0..).zip(self.searcher.segment_readers()).zip(self.columns) {
            if reader.max_doc() > 0 {
                let selection = &self.request.selection;
                segments.push((ordinal, Segment::new(reader, columns, selection.kinds, &selection.query)));
            }
        }
        match self.request.sort {
            SortOrder::Desc => segments.sort_by_key(|(_, segment)| std::cmp::Reverse(segment.time(0))),
            SortOrder::Asc => segments.sort_by_key(|(_, segment)| segment.time(segment.reader.max_doc() - 1)),
        }
        segments
    }

    /// Appends the newest lines of a segment, ties of the last one included, and counts along.
    fn newest(
        &self,
        ordinal: u32,
        segment: &Segment<'_>,
        hits: &mut Vec<Hit>,
        counter: &mut Counter,
    ) -> Result<(), ScanError> {
        let window = segment.docs_within(self.request.selection.range);
        let start = match &self.after {
            Some(after) => segment.first_at_or_before(after.time).max(window.start),
            None => window.start,
        };
        let mut collect_end = match self.worst(hits) {
            Some(worst) => segment.first_before(worst).min(window.end),
            None => window.end,
        };
        let ids = self.ids(segment)?;
        let mut last = None;
        let mut collected = 0;
        segment.walk_blocks(self.weight, start..window.end, self.deadline, |block| {
            counter.add(block.len());
            for doc in block {
                if *doc >= collect_end {
                    break;
                }
                let time = segment.time(*doc);
                if collected >= self.request.limit && last != Some(time) {
                    collect_end = *doc;
                } else if self.is_beyond(time, *doc, ids)? {
                    hits.push(Hit { time, address: DocAddress::new(ordinal, *doc) });
                    collected += 1;
                    last = Some(time);
                }
            }
            let is_full = block.last().is_some_and(|doc| *doc >= collect_end);
            Ok(if is_full && counter.is_done() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
        })
    }

    /// Appends the oldest lines of a segment: steps backward from the end of the window, each twice as long.
    fn oldest(&self, ordinal: u32, segment: &Segment<'_>, hits: &mut Vec<Hit>) -> Result<(), ScanError> {
        let window = segment.docs_within(self.request.selection.range);
        let mut end = match &self.after {
            Some(after) => segment.first_before(after.time).min(window.end),
            None => window.end,
        };
        let start = match self.worst(hits) {
            Some(worst) => segment.first_at_or_before(worst).max(window.start),
            None => window.start,
        };
        let ids = self.ids(segment)?;
        let mut collected = Vec::new();
        let mut step = FIRST_STEP;
        while end > start && !self.is_full_before(&collected, end, segment) {
            let from = end.saturating_sub(step).max(start);
            let mut found = self.step(ordinal, segment, from..end, ids)?;
            found.append(&mut collected);
            collected = found;
            end = from;
            step = step.saturating_mul(2);
        }
        hits.append(&mut collected);
        Ok(())
    }

    fn step(
        &self,
        ordinal: u32,
        segment: &Segment<'_>,
        docs: Range<DocId>,
        ids: Option<&RowIds>,
    ) -> Result<Vec<Hit>, ScanError> {
        let mut found = Vec::new();
        segment.walk(self.weight, docs, self.deadline, |doc| {
            let time = segment.time(doc);
            if self.is_beyond(time, doc, ids)? {
                found.push(Hit { time, address: DocAddress::new(ordinal, doc) });
            }
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(found)
    }

    /// Whether a backward scan has enough: a full page, and no further line of the time of its last one.
    /// `collected` is in the order of documents, newest first.
    fn is_full_before(&self, collected: &[Hit], end: DocId, segment: &Segment<'_>) -> bool {
        let Some(last) =
            collected.len().checked_sub(self.request.limit).and_then(|index| collected.get(index))
        else {
            return false;
        };
        end == 0 || segment.time(end - 1) > last.time
    }

    /// Columns of ids, where the page begins in the middle of a tie.
    fn ids<'b>(&self, segment: &Segment<'b>) -> tantivy::Result<Option<&'b RowIds>> {
        self.after.as_ref().map(|_| segment.columns.ids(segment.reader)).transpose()
    }

    /// Whether a line lies beyond the end of the page before.
    fn is_beyond(&self, time: i64, doc: DocId, ids: Option<&RowIds>) -> Result<bool, ScanError> {
        let (Some(after), Some(ids)) = (&self.after, ids) else {
            return Ok(true);
        };
        if time != after.time {
            return Ok(true);
        }
        let id = ids.get(doc)?;
        Ok(match self.request.sort {
            SortOrder::Desc => id < after.id,
            SortOrder::Asc => id > after.id,
        })
    }

    /// Time of the last line of a full page; lines beyond it need not be looked at.
    fn worst(&self, hits: &[Hit]) -> Option<i64> {
        hits.get(self.request.limit.checked_sub(1)?).map(|hit| hit.time)
    }

    /// Sorts by time and drops what can no longer be on the page; ties of the last line stay.
    fn keep_best(&self, hits: &mut Vec<Hit>) {
        match self.request.sort {
            SortOrder::Desc => hits.sort_by_key(|hit| std::cmp::Reverse(hit.time)),
            SortOrder::Asc => hits.sort_by_key(|hit| hit.time),
        }
        if let Some(worst) = self.worst(hits) {
            let tail = hits.iter().skip(self.request.limit).take_while(|hit| hit.time == worst).count();
            hits.truncate(self.request.limit + tail);
        }
    }

    /// Orders lines of equal time by id. Only here are ids read, and only those of ties.
    fn order_ties(&self, hits: &mut [Hit]) -> Result<(), ScanError> {
        for tie in hits.chunk_by_mut(|left, right| left.time == right.time) {
            if tie.len() < 2 {
                continue;
            }
            let mut keyed = Vec::with_capacity(tie.len());
            for hit in &*tie {
                keyed.push((row_id(self.searcher, self.columns, hit.address)?, *hit));
            }
            match self.request.sort {
                SortOrder::Desc => keyed.sort_by(|left, right| right.0.cmp(&left.0)),
                SortOrder::Asc => keyed.sort_by(|left, right| left.0.cmp(&right.0)),
            }
            for (place, (_, hit)) in tie.iter_mut().zip(keyed) {
                *place = hit;
            }
        }
        Ok(())
    }

    /// Counts in a pass of its own, where the page itself does not see every line of the window.
    fn count(&self, counter: &mut Counter) -> Result<(), ScanError> {
        for (_, segment) in self.segments() {
            if counter.is_done() {
                return Ok(());
            }
            let window = segment.docs_within(self.request.selection.range);
            segment.walk_blocks(self.weight, window, self.deadline, |block| {
                counter.add(block.len());
                Ok(if counter.is_done() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
            })?;
        }
        Ok(())
    }
}

/// The stored bytes of a line.
pub(crate) fn document(columns: &[Arc<Columns>], address: DocAddress) -> tantivy::Result<OwnedBytes> {
    of_segment(columns, address)?.document(address.doc_id)
}

/// The id of a line.
pub(crate) fn row_id(
    searcher: &Searcher,
    columns: &[Arc<Columns>],
    address: DocAddress,
) -> tantivy::Result<RowId> {
    let segment = searcher.segment_reader(address.segment_ord);
    of_segment(columns, address)?.ids(segment)?.get(address.doc_id)
}

/// When a line was received.
pub(crate) fn received(columns: &[Arc<Columns>], address: DocAddress) -> tantivy::Result<Micros> {
    Ok(Micros::new(of_segment(columns, address)?.received.get_val(address.doc_id)))
}

fn of_segment(columns: &[Arc<Columns>], address: DocAddress) -> tantivy::Result<&Columns> {
    let of_segment = usize::try_from(address.segment_ord).ok().and_then(|ordinal| columns.get(ordinal));
    let not_open = || tantivy::TantivyError::InternalError("a segment that is not open".to_owned());
    of_segment.map(Arc::as_ref).ok_or_else(not_open)
}

/// Counts up to where the total is known well enough.
struct Counter {
    mode: TotalMode,
    counted: u64,
}

impl Counter {
    const fn new(mode: TotalMode) -> Self {
        Self { mode, counted: 0 }
    }

    fn add(&mut self, count: usize) {
        self.counted += u64::try_from(count).unwrap_or(u64::MAX);
    }

    const fn is_done(&self) -> bool {
        match self.mode {
            TotalMode::None => true,
            TotalMode::Bounded => self.counted > Total::BOUND,
            TotalMode::Exact => false,
        }
    }

    const fn total(&self) -> Option<Total> {
        match self.mode {
            TotalMode::None => None,
            TotalMode::Bounded => Some(Total::bounded(self.counted)),
            TotalMode::Exact => Some(Total::exactly(self.counted)),
        }
    }
}
