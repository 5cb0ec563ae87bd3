//! Ids as hashed terms: 32 bits of a hash instead of the text, and a look at the line itself where it matches.

use std::borrow::Cow;
use std::sync::{Arc, Mutex, PoisonError};

use tantivy::query::doc_predicate_query::{DocPredicateQuery, FunctionPredicate};
use tantivy::query::{BooleanQuery, Query, TermQuery};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::store::StoreReader;
use tantivy::{DocId, SegmentReader, Term};

use super::row_id::RowIds;
use super::stored::{Source, StoredLine};
use crate::model::LogField;

/// What stands for an id in the index: FNV-1a folded to 32 bits. Equal hashes are told apart by the line.
pub(crate) fn hash(id: &str) -> u64 {
    let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    let hash = id.bytes().fold(0xcbf2_9ce4_8422_2325, step);
    (hash >> 32) ^ (hash & 0xffff_ffff)
}

/// Lines whose id is exactly `id`.
pub(crate) fn equals(field: LogField, place: Field, id: &str) -> Box<dyn Query> {
    let candidates = TermQuery::new(Term::from_field_u64(place, hash(id)), IndexRecordOption::Basic);
    let id = id.to_owned();
    let is_it = holds(field, move |found| found == id);
    Box::new(BooleanQuery::intersection(vec![Box::new(candidates), is_it]))
}

/// Lines whose id meets a condition. Reads every line it is asked about: alone, it reads all of them.
pub(crate) fn holds(
    field: LogField,
    condition: impl Fn(&str) -> bool + Send + Sync + 'static,
) -> Box<dyn Query> {
    let condition = Arc::new(condition);
    let predicate = FunctionPredicate::from(move |segment: &SegmentReader| {
        let reader = IdReader::open(segment, field)?;
        let condition = Arc::clone(&condition);
        Ok(move |doc: DocId| reader.with(doc, |id| condition(id)))
    });
    Box::new(DocPredicateQuery::from(predicate))
}

/// Reads one id of the lines of a segment: from its column, or out of the stored line.
enum IdReader {
    Column(RowIds),
    Stored { store: Mutex<StoreReader>, field: LogField },
}

impl IdReader {
    fn open(segment: &SegmentReader, field: LogField) -> tantivy::Result<Self> {
        if field == LogField::Id {
            return Ok(Self::Column(RowIds::open(segment)?));
        }
        // One block is enough: documents come in rising order.
        let store = Mutex::new(segment.get_store_reader(1)?);
        Ok(Self::Stored { store, field })
    }

    /// False where the line has no such id or cannot be read.
    fn with(&self, doc: DocId, condition: impl Fn(&str) -> bool) -> bool {
        match self {
            Self::Column(ids) => ids.get(doc).is_ok_and(|id| condition(&id.into_text())),
            Self::Stored { store, field } => {
                let store = store.lock().unwrap_or_else(PoisonError::into_inner);
                let source = store.get_document_bytes(doc).ok().and_then(|bytes| Source::of(&bytes).ok());
                source.is_some_and(|source| {
                    let line = source.line().ok();
                    line.and_then(|line| id_of(line, *field)).is_some_and(|id| condition(&id))
                })
            }
        }
    }
}

fn id_of(line: StoredLine<'_>, field: LogField) -> Option<Cow<'_, str>> {
    match field {
        LogField::ClientId => line.client_id,
        LogField::RequestId => line.request_id,
        LogField::TraceId => line.trace_id,
        LogField::SpanId => line.span_id,
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_has_32_bits() {
        for id in ["", "a", "0193a0c1-7c1b-7d3e-9f2a-6b1f0c2d4e5f"] {
            assert!(u32::try_from(hash(id)).is_ok(), "{id}");
        }
        assert_ne!(hash("a"), hash("b"));
    }
}
