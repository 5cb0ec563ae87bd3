//! Buckets of time in one segment: which bucket a document lies in.
//!
//! Documents fall in time, so every bucket is a run of documents. Finding the runs costs a few looks at the column of
//! times per bucket; where fewer documents match than that, looking at their own times is cheaper.

use std::ops::{ControlFlow, Range};
use std::time::Instant;

use tantivy::DocId;
use tantivy::query::Weight;

use super::segment::{ScanError, Segment};
use crate::model::TimeRange;

/// Looks at the column of times that finding one run costs, about.
const LOOKS_PER_RUN: usize = 16;

/// The buckets of a request in one segment.
pub(crate) struct Buckets<'a> {
    segment: &'a Segment<'a>,
    /// Ascending, each beginning where the one before ends.
    windows: &'a [TimeRange],
    weight: &'a dyn Weight,
    deadline: Instant,
}

impl<'a> Buckets<'a> {
    pub(crate) fn new(
        segment: &'a Segment<'a>,
        windows: &'a [TimeRange],
        weight: &'a dyn Weight,
        deadline: Instant,
    ) -> Self {
        Self { segment, windows, weight, deadline }
    }

    /// Number of buckets.
    pub(crate) fn len(&self) -> usize {
        self.windows.len()
    }

    /// The segment.
    pub(crate) fn segment(&self) -> &Segment<'a> {
        self.segment
    }

    /// The run of documents of every bucket.
    pub(crate) fn runs(&self) -> Vec<Range<DocId>> {
        self.segment.runs(self.windows)
    }

    /// Calls `visit` with all matching documents, some of one bucket at a time.
    pub(crate) fn each(&self, mut visit: impl FnMut(usize, &[DocId])) -> Result<(), ScanError> {
        let (Some(first), Some(last)) = (self.windows.first(), self.windows.last()) else {
            return Ok(());
        };
        let Some(whole) = TimeRange::new(first.from(), last.to()) else {
            return Ok(());
        };
        let docs = self.segment.docs_within(whole);
        let matches = self.weight.scorer(self.segment.reader, 1.0)?.size_hint();
        let is_sparse = usize::try_from(matches).is_ok_and(|matches| matches < self.len() * LOOKS_PER_RUN);
        // Later buckets hold earlier documents: the walk goes from the last bucket to the first.
        let mut bucket = self.len() - 1;
        if is_sparse {
            return self.segment.walk(self.weight, docs, self.deadline, |doc| {
                let time = self.segment.time(doc);
                while bucket > 0 && self.windows.get(bucket).is_some_and(|window| time < window.from().get())
                {
                    bucket -= 1;
                }
                visit(bucket, &[doc]);
                Ok(ControlFlow::Continue(()))
            });
        }
        let runs = self.runs();
        self.segment.walk_blocks(self.weight, docs, self.deadline, |block| {
            let mut left = block;
            while let Some(first) = left.first() {
                while bucket > 0 && runs.get(bucket).is_some_and(|run| *first >= run.end) {
                    bucket -= 1;
                }
                // The first bucket takes all that is left.
                let end = runs.get(bucket).filter(|_| bucket > 0).map_or(DocId::MAX, |run| run.end);
                let (of_bucket, others) = left.split_at(left.partition_point(|doc| *doc < end));
                visit(bucket, of_bucket);
                left = others;
            }
            Ok(ControlFlow::Continue(()))
        })
    }
}
