//! What scans read of a segment, opened once: opening a column costs more than a whole page of lines.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use tantivy::columnar::{Cardinality, Column, ColumnValues, StrColumn};
use tantivy::directory::OwnedBytes;
use tantivy::index::SegmentId;
use tantivy::store::StoreReader;
use tantivy::{BitSet, DocId, Searcher, SegmentReader};

use super::super::row_id::RowIds;
use super::super::schema::kind_number;
use super::numbers::UNPACKED;
use crate::model::{KindSet, LogField, LogKind};

/// Decompressed blocks of stored lines that are kept per segment.
const CACHED_BLOCKS: usize = 64;
/// Of how many documents one may be an exception, so that exceptions are kept one by one.
const DOCS_PER_EXCEPTION: usize = 4;

/// The open columns of a segment, and its stored lines. Segments never change, so these are good as long as the segment lives.
pub(crate) struct Columns {
    /// Times, falling.
    pub(crate) times: Arc<dyn ColumnValues<i64>>,
    /// Times of receipt, in no order.
    pub(crate) received: Arc<dyn ColumnValues<i64>>,
    /// Numbers of levels.
    pub(crate) levels: Column<u64>,
    kinds: Arc<dyn ColumnValues<u64>>,
    /// Number of documents.
    docs: DocId,
    lines: StoreReader,
    ids: OnceLock<RowIds>,
    of_kinds: Mutex<HashMap<u64, Option<Arc<OfKinds>>>>,
    keywords: Mutex<HashMap<LogField, Option<StrColumn>>>,
}

/// The documents of some kinds, which are not all of a segment.
pub(crate) struct OfKinds {
    pub(crate) docs: BitSet,
    /// All others in rising order, where they are few.
    pub(crate) exceptions: Option<Vec<DocId>>,
}

impl Columns {
    fn open(segment: &SegmentReader) -> tantivy::Result<Self> {
        let columns = segment.fast_fields();
        Ok(Self {
            times: every(columns.i64("time")?, 0),
            received: every(columns.i64(LogField::ReceivedAt.name())?, 0),
            kinds: every(columns.u64("kind")?, kind_number(LogKind::App)),
            levels: columns.u64("level")?,
            docs: segment.max_doc(),
            lines: segment.get_store_reader(CACHED_BLOCKS)?,
            ids: OnceLock::new(),
            of_kinds: Mutex::default(),
            keywords: Mutex::default(),
        })
    }

    /// The ids of the segment.
    pub(crate) fn ids(&self, segment: &SegmentReader) -> tantivy::Result<&RowIds> {
        if let Some(ids) = self.ids.get() {
            return Ok(ids);
        }
        let ids = RowIds::open(segment)?;
        Ok(self.ids.get_or_init(|| ids))
    }

    /// The bytes of a stored document.
    pub(crate) fn document(&self, doc: DocId) -> tantivy::Result<OwnedBytes> {
        self.lines.get_document_bytes(doc)
    }

    /// The documents of some kinds; `None` when that is all of them.
    pub(crate) fn of_kinds(&self, kinds: KindSet) -> Option<Arc<OfKinds>> {
        if kinds == KindSet::ALL {
            return None;
        }
        let wanted = kinds.kinds().into_iter().map(kind_number).fold(0, |bits, number| bits | (1 << number));
        let mut known = self.of_kinds.lock().unwrap_or_else(PoisonError::into_inner);
        known.entry(wanted).or_insert_with(|| self.find_kinds(wanted)).clone()
    }

    fn find_kinds(&self, wanted: u64) -> Option<Arc<OfKinds>> {
        let count = self.docs;
        let (mut docs, mut exceptions) = (BitSet::with_max_value(count), Vec::new());
        let mut numbers = [0; UNPACKED];
        let mut start = 0;
        while start < count {
            let unpacked = usize::try_from(count - start).unwrap_or(UNPACKED).min(UNPACKED);
            let (numbers, _) = numbers.split_at_mut(unpacked);
            self.kinds.get_range(start.into(), numbers);
            for (doc, number) in (start..).zip(numbers) {
                if wanted & (1 << *number) != 0 {
                    docs.insert(doc);
                } else {
                    exceptions.push(doc);
                }
            }
            start = start.saturating_add(u32::try_from(unpacked).unwrap_or(u32::MAX));
        }
        if exceptions.is_empty() {
            return None;
        }
        let are_few = exceptions.len() <= docs.len() / DOCS_PER_EXCEPTION;
        exceptions.shrink_to_fit();
        Some(Arc::new(OfKinds { docs, exceptions: are_few.then_some(exceptions) }))
    }

    /// The values of a keyword field; `None` where no line of the segment has one.
    pub(crate) fn keyword(
        &self,
        segment: &SegmentReader,
        field: LogField,
    ) -> tantivy::Result<Option<StrColumn>> {
        let mut keywords = self.keywords.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(column) = keywords.get(&field) {
            return Ok(column.clone());
        }
        let column = segment.fast_fields().str(field.name())?;
        keywords.insert(field, column.clone());
        Ok(column)
    }
}

/// The value of every document; where all have one, without a look at whether they do.
fn every<T: PartialOrd + Copy + std::fmt::Debug + Send + Sync + 'static>(
    column: Column<T>,
    missing: T,
) -> Arc<dyn ColumnValues<T>> {
    match column.get_cardinality() {
        Cardinality::Full => column.values,
        Cardinality::Optional | Cardinality::Multivalued => column.first_or_default_col(missing),
    }
}

/// The open columns of all segments.
#[derive(Default)]
pub(crate) struct ColumnCache {
    open: Mutex<HashMap<SegmentId, Arc<Columns>>>,
}

impl ColumnCache {
    /// The columns of every segment of a searcher, in its order.
    pub(crate) fn of(&self, searcher: &Searcher) -> tantivy::Result<Vec<Arc<Columns>>> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let mut columns = Vec::with_capacity(searcher.segment_readers().len());
        for segment in searcher.segment_readers() {
            let known = open.get(&segment.segment_id()).map(Arc::clone);
            let opened = match known {
                Some(known) => known,
                None => Arc::new(Columns::open(segment)?),
            };
            open.insert(segment.segment_id(), Arc::clone(&opened));
            columns.push(opened);
        }
        // Segments that were merged away are forgotten: their files keep their place on the disk as long as they are open.
        if open.len() > columns.len() {
            let living: Vec<_> = searcher.segment_readers().iter().map(SegmentReader::segment_id).collect();
            open.retain(|segment, _| living.contains(segment));
        }
        Ok(columns)
    }
}
