//! One segment as the scans see it: documents in falling order of time, with their kinds.

use std::ops::{ControlFlow, Range};
use std::sync::Arc;
use std::time::Instant;

use tantivy::query::Weight;
use tantivy::{COLLECT_BLOCK_BUFFER_LEN, DocId, SegmentReader, TERMINATED};

use super::super::schema::is_id;
use super::columns::{Columns, OfKinds};
use crate::model::{FieldRef, KindSet, Query, TimeRange};

/// A search that would run past its deadline.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ScanError {
    /// The deadline passed.
    #[error("deadline passed")]
    Deadline,
    /// The index could not be read.
    #[error(transparent)]
    Index(#[from] tantivy::TantivyError),
}

/// Whether the index alone does not tell if a line matches.
fn reads_lines(query: &Query) -> bool {
    let is_hashed = |field: &FieldRef| matches!(field, FieldRef::Known(field) if is_id(*field));
    match query {
        Query::Prefix { field, .. } | Query::Range { field, .. } => is_hashed(field),
        other => other.children().iter().any(reads_lines),
    }
}

/// Blocks of documents between two looks at the clock.
const BLOCKS_PER_CHECK: u32 = 64;

/// A segment with the columns that every scan needs.
pub(crate) struct Segment<'a> {
    /// The segment itself.
    pub reader: &'a SegmentReader,
    /// Its open columns.
    pub columns: &'a Columns,
    /// Documents of the kinds that are read; `None` when that is all of them.
    wanted: Option<Arc<OfKinds>>,
    /// How many matches are looked for at a time.
    block: usize,
}

impl<'a> Segment<'a> {
    /// Looks at a segment for lines of some kinds that match a query.
    pub(crate) fn new(
        reader: &'a SegmentReader,
        columns: &'a Columns,
        kinds: KindSet,
        query: &Query,
    ) -> Self {
        // Where each look costs the reading of a line, none is taken that may not be needed.
        let block = if reads_lines(query) { 1 } else { COLLECT_BLOCK_BUFFER_LEN };
        Self { reader, columns, wanted: columns.of_kinds(kinds), block }
    }

    /// Time of a document in microseconds.
    pub(crate) fn time(&self, doc: DocId) -> i64 {
        self.columns.times.get_val(doc)
    }

    /// The first document that is older than `time`; the number of documents when none is.
    pub(crate) fn first_before(&self, time: i64) -> DocId {
        self.first_where(|candidate| candidate < time)
    }

    /// The first document that is `time` or older.
    pub(crate) fn first_at_or_before(&self, time: i64) -> DocId {
        self.first_where(|candidate| candidate <= time)
    }

    /// The documents of windows that follow one another, each beginning where the one before ends.
    pub(crate) fn runs(&self, windows: &[TimeRange]) -> Vec<Range<DocId>> {
        let mut runs = Vec::with_capacity(windows.len());
        let mut low = 0;
        // Later windows hold earlier documents, so every search begins where the one before ended.
        for window in windows.iter().rev() {
            let start = self.first_where_from(low, |time| time < window.to().get());
            let end = self.first_where_from(start, |time| time < window.from().get());
            runs.push(start..end);
            low = end;
        }
        runs.reverse();
        runs
    }

    /// The documents of a window.
    pub(crate) fn docs_within(&self, range: TimeRange) -> Range<DocId> {
        let start = self.first_before(range.to().get());
        start..self.first_before(range.from().get()).max(start)
    }

    fn first_where(&self, holds: impl Fn(i64) -> bool) -> DocId {
        self.first_where_from(0, holds)
    }

    /// The first document from `start` on whose time meets a condition that all later ones meet as well. Looks near
    /// `start` first.
    fn first_where_from(&self, start: DocId, holds: impl Fn(i64) -> bool) -> DocId {
        let last = self.reader.max_doc();
        let (mut low, mut high, mut step) = (start, start, 1);
        while high < last && !holds(self.columns.times.get_val(high)) {
            low = high + 1;
            high = high.saturating_add(step).min(last);
            step *= 2;
        }
        while low < high {
            let middle = low + (high - low) / 2;
            if holds(self.columns.times.get_val(middle)) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        low
    }

    /// Calls `visit` with every living document of `docs` that matches and is of a wanted kind, ascending, until it
    /// breaks or the deadline passes.
    pub(crate) fn walk(
        &self,
        weight: &dyn Weight,
        docs: Range<DocId>,
        deadline: Instant,
        mut visit: impl FnMut(DocId) -> Result<ControlFlow<()>, ScanError>,
    ) -> Result<(), ScanError> {
        self.walk_blocks(weight, docs, deadline, |block| {
            for doc in block {
                if visit(*doc)?.is_break() {
                    return Ok(ControlFlow::Break(()));
                }
            }
            Ok(ControlFlow::Continue(()))
        })
    }

    /// As [`Self::walk`], with many documents at a time: asking for each of its own costs more than looking at it.
    pub(crate) fn walk_blocks(
        &self,
        weight: &dyn Weight,
        docs: Range<DocId>,
        deadline: Instant,
        mut visit: impl FnMut(&[DocId]) -> Result<ControlFlow<()>, ScanError>,
    ) -> Result<(), ScanError> {
        if docs.is_empty() {
            return Ok(());
        }
        let mut scorer = weight.scorer(self.reader, 1.0)?;
        if scorer.doc() < docs.start {
            scorer.seek(docs.start);
        }
        let alive = self.reader.alive_bitset();
        let holds = |doc: &DocId| {
            alive.is_none_or(|alive| alive.is_alive(*doc))
                && self.wanted.as_ref().is_none_or(|wanted| wanted.docs.contains(*doc))
        };
        let mut found = [TERMINATED; COLLECT_BLOCK_BUFFER_LEN];
        let mut block = Vec::with_capacity(found.len());
        for number in 1_u32.. {
            let count = if self.block == 1 {
                found[0] = if number == 1 { scorer.doc() } else { scorer.advance() };
                1
            } else {
                scorer.fill_buffer(&mut found)
            };
            let matches = found.get(..count).unwrap_or_default();
            block.clear();
            block.extend(matches.iter().take_while(|doc| **doc < docs.end).copied().filter(holds));
            if !block.is_empty() && visit(&block)?.is_break() {
                return Ok(());
            }
            if count < self.block || matches.last().is_none_or(|last| *last >= docs.end) {
                return Ok(());
            }
            if number.is_multiple_of(BLOCKS_PER_CHECK) && Instant::now() >= deadline {
                return Err(ScanError::Deadline);
            }
        }
        Ok(())
    }

    /// The documents that are of no wanted kind, where these are few and all live: then whoever wants all documents need not
    /// look at each.
    pub(crate) fn exceptions(&self) -> Option<&[DocId]> {
        if self.reader.alive_bitset().is_some() {
            return None;
        }
        match &self.wanted {
            None => Some(&[]),
            Some(wanted) => wanted.exceptions.as_deref(),
        }
    }
}
