//! One segment as the scans see it: documents in falling order of time, with their kinds.

use std::ops::{ControlFlow, Range};
use std::time::Instant;

use tantivy::query::Weight;
use tantivy::{DocId, SegmentReader, TERMINATED};

use super::columns::Columns;
use super::document::kind_number;
use crate::model::{KindSet, TimeRange};

/// A search that would run past its deadline.
#[derive(Debug, thiserror::Error)]
pub(super) enum ScanError {
    /// The deadline passed.
    #[error("deadline passed")]
    Deadline,
    /// The index could not be read.
    #[error(transparent)]
    Index(#[from] tantivy::TantivyError),
}

/// Documents looked at between two looks at the clock.
const DOCS_PER_CHECK: u32 = 4_096;

/// A segment with the columns that every scan needs.
pub(super) struct Segment<'a> {
    /// The segment itself.
    pub reader: &'a SegmentReader,
    /// Its open columns.
    pub columns: &'a Columns,
    /// Kinds that are read, as bits; `None` when that is all of them.
    wanted: Option<u64>,
}

impl<'a> Segment<'a> {
    /// Looks at a segment for lines of some kinds.
    pub(super) fn new(reader: &'a SegmentReader, columns: &'a Columns, kinds: KindSet) -> Self {
        let bits = kinds.kinds().into_iter().map(kind_number).fold(0, |bits, number| bits | (1 << number));
        Self { reader, columns, wanted: (kinds != KindSet::ALL).then_some(bits) }
    }

    /// Time of a document in microseconds.
    pub(super) fn time(&self, doc: DocId) -> i64 {
        self.columns.times.get_val(doc)
    }

    /// The first document that is older than `time`; the number of documents when none is.
    pub(super) fn first_before(&self, time: i64) -> DocId {
        self.first_where(|candidate| candidate < time)
    }

    /// The first document that is `time` or older.
    pub(super) fn first_at_or_before(&self, time: i64) -> DocId {
        self.first_where(|candidate| candidate <= time)
    }

    /// The documents of windows that follow one another, each beginning where the one before ends.
    pub(super) fn runs(&self, windows: &[TimeRange]) -> Vec<Range<DocId>> {
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
    pub(super) fn docs_within(&self, range: TimeRange) -> Range<DocId> {
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
    pub(super) fn walk(
        &self,
        weight: &dyn Weight,
        docs: Range<DocId>,
        deadline: Instant,
        mut visit: impl FnMut(DocId) -> Result<ControlFlow<()>, ScanError>,
    ) -> Result<(), ScanError> {
        if docs.is_empty() {
            return Ok(());
        }
        let mut scorer = weight.scorer(self.reader, 1.0)?;
        let mut doc = if scorer.doc() < docs.start { scorer.seek(docs.start) } else { scorer.doc() };
        let alive = self.reader.alive_bitset();
        let mut until_check = DOCS_PER_CHECK;
        while doc < docs.end && doc != TERMINATED {
            let lives = alive.is_none_or(|alive| alive.is_alive(doc));
            let is_wanted = self.wanted.is_none_or(|bits| bits & (1 << self.columns.kinds.get_val(doc)) != 0);
            if lives && is_wanted && visit(doc)?.is_break() {
                return Ok(());
            }
            until_check -= 1;
            if until_check == 0 {
                until_check = DOCS_PER_CHECK;
                if Instant::now() >= deadline {
                    return Err(ScanError::Deadline);
                }
            }
            doc = scorer.advance();
        }
        Ok(())
    }

    /// Whether every document lives and is of a wanted kind, so that documents may be counted without a look at them.
    pub(super) fn is_whole(&self) -> bool {
        self.wanted.is_none() && self.reader.alive_bitset().is_none()
    }
}
