//! Lines that were stored before: a shipper that was given no answer sends them again.
//!
//! Only lines with a client id are looked for, and only among those of the last hour: the rest is kept, whatever it says.

use std::collections::HashSet;
use std::sync::Arc;

use tantivy::columnar::Column;
use tantivy::schema::IndexRecordOption;
use tantivy::store::StoreReader;
use tantivy::{DocId, DocSet, InvertedIndexReader, Searcher, SegmentReader, TERMINATED, Term};

use super::super::schema::LineSchema;
use super::super::stored::Source;
use super::document::fingerprint_number;
use crate::model::LogField;
use crate::repository::Fingerprint;

/// How long a line that comes again is taken for the same.
const HOUR_MICROS: i64 = 3_600 * 1_000_000;
/// Decompressed blocks of stored lines that are kept: lines that come again do so in their order.
const CACHED_BLOCKS: usize = 2;

/// What was stored before a commit, and what waits for it.
pub(crate) struct Repeats<'a> {
    searcher: &'a Searcher,
    schema: &'a LineSchema,
    /// Lines received before are not looked at.
    since: i64,
    /// Segments with lines that are; opened when the first line is looked for.
    recent: Option<Vec<Recent<'a>>>,
    /// Lines that wait for the commit.
    waiting: HashSet<Fingerprint>,
}

/// A segment with lines of the last hour.
struct Recent<'a> {
    segment: &'a SegmentReader,
    received: Column<i64>,
    fingerprints: Arc<InvertedIndexReader>,
    lines: StoreReader,
}

impl<'a> Repeats<'a> {
    /// Looks at what was stored as of the last commit; `now` in microseconds.
    pub(crate) fn new(searcher: &'a Searcher, schema: &'a LineSchema, now: i64) -> Self {
        Self {
            searcher,
            schema,
            since: now.saturating_sub(HOUR_MICROS),
            recent: None,
            waiting: HashSet::new(),
        }
    }

    /// Whether a line was stored in the last hour, or waits for this commit; from now on it does. `source` are the bytes
    /// under which it is stored.
    pub(crate) fn is_repeat(&mut self, fingerprint: Fingerprint, source: &[u8]) -> tantivy::Result<bool> {
        let recent = match self.recent.take() {
            Some(recent) => recent,
            None => self.open()?,
        };
        let term = Term::from_field_u64(self.schema.fingerprint, fingerprint_number(fingerprint));
        let mut is_stored = false;
        for segment in &recent {
            is_stored = is_stored || segment.holds(&term, self.since, source)?;
        }
        self.recent = Some(recent);
        Ok(is_stored || !self.waiting.insert(fingerprint))
    }

    fn open(&self) -> tantivy::Result<Vec<Recent<'a>>> {
        let mut recent = Vec::new();
        for segment in self.searcher.segment_readers() {
            let received = segment.fast_fields().i64(LogField::ReceivedAt.name())?;
            if received.max_value() >= self.since {
                let fingerprints = segment.inverted_index(self.schema.fingerprint)?;
                let lines = segment.get_store_reader(CACHED_BLOCKS)?;
                recent.push(Recent { segment, received, fingerprints, lines });
            }
        }
        Ok(recent)
    }
}

impl Recent<'_> {
    fn holds(&self, term: &Term, since: i64, source: &[u8]) -> tantivy::Result<bool> {
        let Some(mut found) = self.fingerprints.read_postings(term, IndexRecordOption::Basic)? else {
            return Ok(false);
        };
        while found.doc() != TERMINATED {
            if self.is_it(found.doc(), since, source)? {
                return Ok(true);
            }
            found.advance();
        }
        Ok(false)
    }

    /// Whether a document is this very line, and recent. Its time needs no look: it is a part of the fingerprint.
    fn is_it(&self, doc: DocId, since: i64, source: &[u8]) -> tantivy::Result<bool> {
        let is_alive = self.segment.alive_bitset().is_none_or(|alive| alive.is_alive(doc));
        if !is_alive || self.received.first(doc).is_none_or(|received| received < since) {
            return Ok(false);
        }
        let document = self.lines.get_document_bytes(doc)?;
        Ok(Source::of(&document).is_ok_and(|stored| stored.bytes() == source))
    }
}
