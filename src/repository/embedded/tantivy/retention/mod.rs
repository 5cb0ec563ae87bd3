//! Deleting lines by age and by size, and giving their disk space back.
//!
//! A deleted line goes from the disk when its segment is rewritten. By age that is left to the merge policy: an hour's
//! lines are not worth rewriting a large segment. By size it is done at once, because the space is what is wanted.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::ops::Bound;
use std::path::Path;
use std::sync::Arc;

use tantivy::query::{BooleanQuery, Query, RangeQuery};
use tantivy::{Searcher, SegmentReader, Term};

use super::failure::Failure;
use super::log_store::TantivyLogStore;
use super::read::columns::Columns;
use super::read::segment::Segment;
use super::schema::LineSchema;
use super::schema::kind_number;
use crate::model::{self, KindSet, LogKind, Micros};
use crate::repository::StoreResult;

/// Above the limit, so much of it is freed beyond what is needed that the next minute's lines fit.
const SPARE_SHARE: u64 = 20;
/// Estimates are corrected at most this often; what is then too much goes the next time.
const ROUNDS: usize = 8;
/// Files that belong to no segment.
const SHARED_FILES: [&str; 2] = ["meta.json", ".managed.json"];

impl TantivyLogStore {
    /// Deletes the lines of a kind that are older than `time`; returns how many.
    pub(super) async fn delete_older(&self, kind: LogKind, time: Micros) -> StoreResult<u64> {
        let schema = &self.shared.schema;
        let number = Bound::Included(Term::from_field_u64(schema.kind, kind_number(kind)));
        let of_kind = RangeQuery::new(number.clone(), number);
        let both: Vec<Box<dyn Query>> = vec![Box::new(older_than(schema, time.get())), Box::new(of_kind)];
        self.writer.delete(Box::new(BooleanQuery::intersection(both))).await
    }

    /// Bytes of the files that are in use.
    pub(super) async fn measure(&self) -> StoreResult<u64> {
        self.writer.reload().await?;
        Ok(self.usage().await?.total)
    }

    /// Deletes the oldest lines until the files take at most `max_bytes`; returns how many lines.
    pub(super) async fn shrink(&self, max_bytes: u64) -> StoreResult<u64> {
        let target = max_bytes - max_bytes / SPARE_SHARE;
        let mut deleted = 0;
        self.writer.reload().await?;
        for _ in 0..ROUNDS {
            let usage = self.usage().await?;
            if usage.total <= max_bytes {
                break;
            }
            // Lines that are deleted already go first; without them the sizes of segments tell how much lines weigh.
            if !usage.holds_deleted {
                let Some(cutoff) = self.cutoff(usage, target).await? else { break };
                deleted += self.writer.delete(Box::new(older_than(&self.shared.schema, cutoff))).await?;
            }
            self.writer.rewrite().await?;
        }
        Ok(deleted)
    }

    async fn usage(&self) -> StoreResult<Usage> {
        self.blocking(|shared| {
            let usage = Usage::of(&shared.reader.searcher(), &shared.folder);
            usage.map_err(|error| Failure::from(&error).to_store_error())
        })
        .await
    }

    async fn cutoff(&self, usage: Usage, target: u64) -> StoreResult<Option<i64>> {
        self.blocking(move |shared| {
            let searcher = shared.reader.searcher();
            let columns = shared.columns.of(&searcher);
            let cutoff =
                columns.map(|open| cutoff(&searcher, &open, &usage, usage.total.saturating_sub(target)));
            cutoff.map_err(|error| Failure::from(error).to_store_error())
        })
        .await
    }
}

fn older_than(schema: &LineSchema, time: i64) -> RangeQuery {
    RangeQuery::new(Bound::Unbounded, Bound::Excluded(Term::from_field_i64(schema.time, time)))
}

/// What the segments in use take on disk. Merges under way write further files, which replace others in the end.
struct Usage {
    total: u64,
    by_segment: HashMap<String, u64>,
    holds_deleted: bool,
}

impl Usage {
    fn of(searcher: &Searcher, folder: &Path) -> io::Result<Self> {
        let segments = searcher.segment_readers();
        let names = segments.iter().map(|segment| (segment.segment_id().uuid_string(), 0));
        let mut by_segment: HashMap<String, u64> = names.collect();
        let mut total = 0;
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let name = entry.file_name();
            let name = name.to_string_lossy();
            let segment = by_segment.get_mut(name.split('.').next().unwrap_or_default());
            if segment.is_none() && !SHARED_FILES.contains(&name.as_ref()) {
                continue;
            }
            // A file may go while we look.
            let bytes = entry.metadata().map_or(0, |metadata| metadata.len());
            total += bytes;
            if let Some(sum) = segment {
                *sum += bytes;
            }
        }
        Ok(Self { total, by_segment, holds_deleted: segments.iter().any(SegmentReader::has_deletes) })
    }
}

/// The earliest time before which lines of about `needed` bytes lie; `None` when there is no line.
///
/// The lines of a segment are taken to be of one size.
fn cutoff(searcher: &Searcher, open: &[Arc<Columns>], usage: &Usage, needed: u64) -> Option<i64> {
    let mut segments = Vec::new();
    for (reader, columns) in searcher.segment_readers().iter().zip(open) {
        let bytes = usage.by_segment.get(&reader.segment_id().uuid_string()).copied().unwrap_or(0);
        segments.push((Segment::new(reader, columns, KindSet::ALL, &model::Query::All), bytes));
    }
    let last = |segment: &Segment<'_>| segment.reader.max_doc().saturating_sub(1);
    let oldest = segments.iter().map(|(segment, _)| segment.time(last(segment))).min();
    let newest = segments.iter().map(|(segment, _)| segment.time(0)).max();
    let (Some(mut low), Some(newest)) = (oldest, newest) else { return None };
    let mut high = newest.saturating_add(1);
    while low < high {
        let middle = low + (high - low) / 2;
        let freed: u64 = segments.iter().map(|(segment, bytes)| older_bytes(segment, *bytes, middle)).sum();
        if freed >= needed {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    Some(low.min(newest.saturating_add(1)))
}

fn older_bytes(segment: &Segment<'_>, bytes: u64, time: i64) -> u64 {
    let lines = segment.reader.max_doc();
    let older = lines.saturating_sub(segment.first_before(time));
    let share = u128::from(bytes) * u128::from(older) / u128::from(lines.max(1));
    u64::try_from(share).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
