//! Reads the numbers of a column many at a time: asking for each of its own costs more than counting it.

use std::ops::Range;

use tantivy::DocId;
use tantivy::columnar::Column;

/// Numbers that are unpacked together.
pub(crate) const UNPACKED: usize = 1_024;

/// Room for numbers, used again and again.
#[derive(Default)]
pub(crate) struct Numbers {
    docs: Vec<DocId>,
    rows: Vec<u32>,
    read: Vec<u64>,
}

impl Numbers {
    /// Calls `visit` with the numbers of documents, given in rising order; some have none.
    pub(crate) fn of_docs(&mut self, column: &Column<u64>, docs: &[DocId], visit: impl FnMut(u64)) {
        self.docs.clear();
        self.rows.clear();
        column.row_ids_for_docs(docs, &mut self.docs, &mut self.rows);
        self.read.resize(self.rows.len(), 0);
        column.values.get_vals(&self.rows, &mut self.read);
        self.read.iter().copied().for_each(visit);
    }

    /// Calls `visit` with the numbers of all documents of a run.
    pub(crate) fn of_run(&mut self, column: &Column<u64>, run: Range<DocId>, mut visit: impl FnMut(u64)) {
        let mut rows = column.index.docid_range_to_rowids(run);
        while !rows.is_empty() {
            let count = rows.len().min(UNPACKED);
            self.read.resize(count, 0);
            column.values.get_range(rows.start.into(), &mut self.read);
            self.read.iter().copied().for_each(&mut visit);
            rows.start = rows.start.saturating_add(u32::try_from(count).unwrap_or(u32::MAX));
        }
    }
}
