//! The columns that scans read, opened once a segment: opening one costs more than a whole page of lines.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use tantivy::columnar::{ColumnValues, StrColumn};
use tantivy::index::SegmentId;
use tantivy::{Searcher, SegmentReader};

use super::document::kind_number;
use super::row_id::RowIds;
use crate::model::{LogField, LogKind};

/// The open columns of a segment. Segments never change, so these are good as long as the segment lives.
pub(super) struct Columns {
    /// Times, falling.
    pub(super) times: Arc<dyn ColumnValues<i64>>,
    /// Numbers of kinds.
    pub(super) kinds: Arc<dyn ColumnValues<u64>>,
    /// Numbers of levels.
    pub(super) levels: Arc<dyn ColumnValues<u64>>,
    ids: OnceLock<RowIds>,
    keywords: Mutex<HashMap<LogField, Option<StrColumn>>>,
}

impl Columns {
    fn open(segment: &SegmentReader) -> tantivy::Result<Self> {
        let columns = segment.fast_fields();
        Ok(Self {
            times: columns.i64("time")?.first_or_default_col(0),
            kinds: columns.u64("kind")?.first_or_default_col(kind_number(LogKind::App)),
            levels: columns.u64("level")?.first_or_default_col(0),
            ids: OnceLock::new(),
            keywords: Mutex::default(),
        })
    }

    /// The ids of the segment.
    pub(super) fn ids(&self, segment: &SegmentReader) -> tantivy::Result<&RowIds> {
        if let Some(ids) = self.ids.get() {
            return Ok(ids);
        }
        let ids = RowIds::open(segment)?;
        Ok(self.ids.get_or_init(|| ids))
    }

    /// The values of a keyword field; `None` where no line of the segment has one.
    pub(super) fn keyword(
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

/// The open columns of all segments.
#[derive(Default)]
pub(super) struct ColumnCache {
    open: Mutex<HashMap<SegmentId, Arc<Columns>>>,
}

impl ColumnCache {
    /// The columns of every segment of a searcher, in its order.
    pub(super) fn of(&self, searcher: &Searcher) -> tantivy::Result<Vec<Arc<Columns>>> {
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
        // Segments that were merged away are forgotten.
        if open.len() > 2 * columns.len() {
            let living: Vec<_> = searcher.segment_readers().iter().map(SegmentReader::segment_id).collect();
            open.retain(|segment, _| living.contains(segment));
        }
        Ok(columns)
    }
}
