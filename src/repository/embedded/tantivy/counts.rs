//! Counts by time and by value.
//!
//! Segments lie in falling order of time, so every bucket of time is a run of documents: buckets cost nothing but
//! two binary searches. Values are counted in their columns.

use std::collections::HashMap;
use std::net::Ipv6Addr;
use std::sync::Arc;
use std::time::Instant;

use tantivy::Searcher;
use tantivy::query::Weight;

use super::buckets::Buckets;
use super::columns::Columns;
use super::schema::LineSchema;
use super::segment::{ScanError, Segment};
use crate::model::page::Bucket;
use crate::model::query::CountRequest;
use crate::model::{FieldKind, Level, LogField, Micros, Query, TimeRange};
use crate::repository::value_order::most_frequent_first;

type Tally = Vec<HashMap<String, u64>>;

/// Counts for one request.
pub(super) struct Count<'a> {
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
    pub(super) fn run(&self) -> Result<Vec<Bucket>, ScanError> {
        let windows = self.windows();
        let mut counts = vec![0; windows.len()];
        let mut tally: Tally = vec![HashMap::new(); windows.len()];
        for (reader, columns) in self.searcher.segment_readers().iter().zip(self.columns) {
            let segment = Segment::new(reader, columns, self.request.selection.kinds);
            let buckets = Buckets::new(&segment, &windows, self.weight, self.deadline);
            self.count_segment(&buckets, &mut counts, &mut tally)?;
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
    ) -> Result<(), ScanError> {
        let Some(by) = self.request.by else {
            if self.request.selection.query == Query::All && buckets.segment().is_whole() {
                for (run, count) in buckets.runs().into_iter().zip(counts) {
                    *count += u64::from(run.end - run.start);
                }
                return Ok(());
            }
            return buckets.each(|bucket, _| add(counts, bucket));
        };
        match by {
            LogField::Level => Self::by_level(buckets, counts, tally),
            LogField::ClientIp => Self::by_address(buckets, counts, tally),
            field => {
                let segment = buckets.segment();
                let column = match self.schema.keyword(field) {
                    Some(_) => segment.columns.keyword(segment.reader, field)?,
                    None => None,
                };
                match column {
                    Some(column) => Self::by_keyword(buckets, counts, tally, &column),
                    None => buckets.each(|bucket, _| add(counts, bucket)),
                }
            }
        }
    }

    fn by_level(buckets: &Buckets<'_>, counts: &mut [u64], tally: &mut Tally) -> Result<(), ScanError> {
        let levels = &buckets.segment().columns.levels;
        let mut numbers = vec![[0_u64; Level::ALL.len()]; buckets.len()];
        buckets.each(|bucket, doc| {
            add(counts, bucket);
            let number = usize::try_from(levels.get_val(doc)).unwrap_or(usize::MAX);
            if let Some(count) = numbers.get_mut(bucket).and_then(|counts| counts.get_mut(number)) {
                *count += 1;
            }
        })?;
        for (numbers, values) in numbers.into_iter().zip(tally) {
            for (level, count) in Level::ALL.into_iter().zip(numbers).filter(|(_, count)| *count > 0) {
                *values.entry(level.as_str().to_owned()).or_default() += count;
            }
        }
        Ok(())
    }

    fn by_keyword(
        buckets: &Buckets<'_>,
        counts: &mut [u64],
        tally: &mut Tally,
        column: &tantivy::columnar::StrColumn,
    ) -> Result<(), ScanError> {
        // One past the last ordinal stands for "no value".
        let missing = u64::try_from(column.num_terms()).unwrap_or(u64::MAX);
        let ordinals = column.ords().clone().first_or_default_col(missing);
        let mut numbers = vec![vec![0_u64; column.num_terms() + 1]; buckets.len()];
        buckets.each(|bucket, doc| {
            add(counts, bucket);
            let ordinal = usize::try_from(ordinals.get_val(doc)).unwrap_or(usize::MAX);
            if let Some(count) = numbers.get_mut(bucket).and_then(|counts| counts.get_mut(ordinal)) {
                *count += 1;
            }
        })?;
        for (numbers, values) in numbers.into_iter().zip(tally) {
            let found = (0..missing).zip(numbers).filter(|(_, count)| *count > 0);
            let (ordinals, found): (Vec<_>, Vec<_>) = found.unzip();
            let mut found = found.into_iter();
            // In the order of the ordinals, so that every block of the dictionary is unpacked once.
            let each = |value: &[u8]| {
                if let (Ok(value), Some(count)) = (std::str::from_utf8(value), found.next()) {
                    *values.entry(value.to_owned()).or_default() += count;
                }
            };
            column
                .dictionary()
                .sorted_ords_to_term_cb(&ordinals, each)
                .map_err(tantivy::TantivyError::from)?;
        }
        Ok(())
    }

    fn by_address(buckets: &Buckets<'_>, counts: &mut [u64], tally: &mut Tally) -> Result<(), ScanError> {
        let addresses = buckets.segment().reader.fast_fields().ip_addr("client_ip")?;
        let mut numbers: Vec<HashMap<Ipv6Addr, u64>> = vec![HashMap::new(); buckets.len()];
        buckets.each(|bucket, doc| {
            add(counts, bucket);
            if let (Some(address), Some(counts)) = (addresses.first(doc), numbers.get_mut(bucket)) {
                *counts.entry(address).or_default() += 1;
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

fn add(counts: &mut [u64], bucket: usize) {
    if let Some(count) = counts.get_mut(bucket) {
        *count += 1;
    }
}
