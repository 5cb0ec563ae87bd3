//! Counts by time and by value.
//!
//! Segments lie in falling order of time, so every bucket of time is a run of documents: buckets cost nothing but
//! two binary searches. Values are counted in their columns.

use std::collections::HashMap;
use std::net::Ipv6Addr;
use std::sync::Arc;
use std::time::Instant;

use tantivy::Searcher;
use tantivy::columnar::Column;
use tantivy::query::Weight;

use super::super::schema::LineSchema;
use super::buckets::Buckets;
use super::columns::Columns;
use super::numbers::Numbers;
use super::segment::{ScanError, Segment};
use super::top::{SegmentTally, most_frequent};
use crate::model::page::Bucket;
use crate::model::query::CountRequest;
use crate::model::{FieldKind, Level, LogField, Micros, Query, TimeRange};
use crate::repository::value_order::most_frequent_first;

type Tally = Vec<HashMap<String, u64>>;

/// Counts for one request.
pub(crate) struct Count<'a> {
    /// What is counted in.
    pub searcher: &'a Searcher,
    /// Its open columns.
    pub columns: &'a [Arc<Columns>],
    /// The fields.
    pub schema: &'a LineSchema,
    /// The translated query.
    pub weight: &'a dyn Weight,
    /// What is counted.
    pub request: &'a CountRequest,
    /// When to give up.
    pub deadline: Instant,
}

impl Count<'_> {
    /// One bucket per pair of bounds, or one of the whole window.
    pub(crate) fn run(&self) -> Result<Vec<Bucket>, ScanError> {
        let windows = self.windows();
        let mut counts = vec![0; windows.len()];
        let mut tally: Tally = vec![HashMap::new(); windows.len()];
        let mut of_segments = Vec::new();
        for (reader, columns) in self.searcher.segment_readers().iter().zip(self.columns) {
            let selection = &self.request.selection;
            let segment = Segment::new(reader, columns, selection.kinds, &selection.query);
            let buckets = Buckets::new(&segment, &windows, self.weight, self.deadline);
            self.count_segment(&buckets, &mut counts, &mut tally, &mut of_segments)?;
        }
        if let Some(values) = tally.first_mut().filter(|_| !of_segments.is_empty()) {
            values
                .extend(most_frequent(&of_segments, self.request.top).map_err(tantivy::TantivyError::from)?);
        }
        let bucket = |(count, values)| Bucket { count, by: self.best(values) };
        Ok(counts.into_iter().zip(tally).map(bucket).collect())
    }

    fn windows(&self) -> Vec<TimeRange> {
        if self.request.bounds.is_empty() {
            return vec![self.request.selection.range];
        }
        let window = |pair: &[Micros]| match pair {
            [from, to] => TimeRange::new(*from, *to),
            _ => None,
        };
        self.request.bounds.windows(2).filter_map(window).collect()
    }

    fn count_segment(
        &self,
        buckets: &Buckets<'_>,
        counts: &mut [u64],
        tally: &mut Tally,
        of_segments: &mut Vec<SegmentTally>,
    ) -> Result<(), ScanError> {
        let Some(by) = self.request.by else {
            return self.tally(buckets, counts, None).map(|_| ());
        };
        match by {
            LogField::Level => self.by_level(buckets, counts, tally),
            LogField::ClientIp => Self::by_address(buckets, counts, tally),
            field => {
                let segment = buckets.segment();
                let column = match self.schema.keyword(field) {
                    Some(_) => segment.columns.keyword(segment.reader, field)?,
                    None => None,
                };
                let Some(column) = column else {
                    return self.tally(buckets, counts, None).map(|_| ());
                };
                let found = self.tally(buckets, counts, Some((column.ords(), column.num_terms())))?;
                let found = found.into_iter().map(|counts| SegmentTally { column: column.clone(), counts });
                let mut found: Vec<_> = found.collect();
                // A prefix leaves out values whose text is not known before.
                if let ([_], None) = (found.as_slice(), &self.request.prefix) {
                    of_segments.append(&mut found);
                    return Ok(());
                }
                for (found, values) in found.iter().zip(tally) {
                    let add = |text: &str, count| *values.entry(text.to_owned()).or_default() += count;
                    found.read_all(add).map_err(tantivy::TantivyError::from)?;
                }
                Ok(())
            }
        }
    }

    /// Counts the documents of each bucket, and in each how often every number below a limit stands in a column.
    fn tally(
        &self,
        buckets: &Buckets<'_>,
        counts: &mut [u64],
        column: Option<(&Column<u64>, usize)>,
    ) -> Result<Vec<Vec<u64>>, ScanError> {
        let size = column.map_or(0, |(_, size)| size);
        let mut found = vec![vec![0_u64; size]; buckets.len()];
        let mut numbers = Numbers::default();
        let everything = (self.request.selection.query == Query::All).then(|| buckets.segment().exceptions());
        let Some(exceptions) = everything.flatten() else {
            buckets.each(|bucket, docs| {
                add(counts, bucket, docs.len());
                if let (Some((column, _)), Some(found)) = (column, found.get_mut(bucket)) {
                    numbers.of_docs(column, docs, |number| change(found, number, 1));
                }
            })?;
            return Ok(found);
        };
        for (bucket, run) in buckets.runs().into_iter().enumerate() {
            let start = exceptions.partition_point(|doc| *doc < run.start);
            let end = exceptions.partition_point(|doc| *doc < run.end);
            let left_out = exceptions.get(start..end).unwrap_or_default();
            add(counts, bucket, run.len().saturating_sub(left_out.len()));
            if let (Some((column, _)), Some(found)) = (column, found.get_mut(bucket)) {
                numbers.of_run(column, run, |number| change(found, number, 1));
                numbers.of_docs(column, left_out, |number| change(found, number, -1));
            }
        }
        Ok(found)
    }

    fn by_level(
        &self,
        buckets: &Buckets<'_>,
        counts: &mut [u64],
        tally: &mut Tally,
    ) -> Result<(), ScanError> {
        let levels = &buckets.segment().columns.levels;
        let found = self.tally(buckets, counts, Some((levels, Level::ALL.len())))?;
        for (found, values) in found.into_iter().zip(tally) {
            for (level, count) in Level::ALL.into_iter().zip(found).filter(|(_, count)| *count > 0) {
                *values.entry(level.as_str().to_owned()).or_default() += count;
            }
        }
        Ok(())
    }

    fn by_address(buckets: &Buckets<'_>, counts: &mut [u64], tally: &mut Tally) -> Result<(), ScanError> {
        let addresses = buckets.segment().reader.fast_fields().ip_addr("client_ip")?;
        let mut numbers: Vec<HashMap<Ipv6Addr, u64>> = vec![HashMap::new(); buckets.len()];
        buckets.each(|bucket, docs| {
            add(counts, bucket, docs.len());
            let Some(numbers) = numbers.get_mut(bucket) else { return };
            for address in docs.iter().filter_map(|doc| addresses.first(*doc)) {
                *numbers.entry(address).or_default() += 1;
            }
        })?;
        for (numbers, values) in numbers.into_iter().zip(tally) {
            for (address, count) in numbers {
                *values.entry(address.to_canonical().to_string()).or_default() += count;
            }
        }
        Ok(())
    }

    /// The most frequent values.
    fn best(&self, values: HashMap<String, u64>) -> Vec<(String, u64)> {
        let prefix = self.request.prefix.as_deref().unwrap_or_default();
        let mut values: Vec<_> = values.into_iter().filter(|(value, _)| value.starts_with(prefix)).collect();
        let kind = self.request.by.map_or(FieldKind::Keyword, |field| field.spec().kind);
        most_frequent_first(&mut values, kind);
        values.truncate(self.request.top);
        values
    }
}

fn add(counts: &mut [u64], bucket: usize, docs: usize) {
    if let Some(count) = counts.get_mut(bucket) {
        *count += u64::try_from(docs).unwrap_or(u64::MAX);
    }
}

fn change(counts: &mut [u64], number: u64, by: i64) {
    if let Some(count) = usize::try_from(number).ok().and_then(|number| counts.get_mut(number)) {
        *count = count.saturating_add_signed(by);
    }
}
