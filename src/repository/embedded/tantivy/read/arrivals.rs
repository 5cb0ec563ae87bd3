//! Lines in the order of their arrival: the latest of those that arrived after a point in time, and how many there are.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Instant;

use tantivy::query::Weight;
use tantivy::{DocAddress, Searcher};

use super::columns::Columns;
use super::scan::Hit;
use super::segment::{ScanError, Segment};
use crate::model::Micros;
use crate::model::query::ArrivalsRequest;

/// What has arrived.
#[derive(Default)]
pub(crate) struct Found {
    /// The latest lines, the earliest of them first.
    pub(crate) hits: Vec<Hit>,
    /// How many lines have arrived.
    pub(crate) total: u64,
}

/// When the latest of all lines arrived.
pub(crate) fn latest(columns: &[Arc<Columns>]) -> Micros {
    columns.iter().map(|columns| Micros::new(columns.received.max_value())).max().unwrap_or_default()
}

/// Finds what `weight` matches; it matches nothing that arrived before the point in time. Segments without anything later
/// are not looked at.
pub(crate) fn find(
    searcher: &Searcher,
    columns: &[Arc<Columns>],
    weight: &dyn Weight,
    request: &ArrivalsRequest,
    deadline: Instant,
) -> Result<Found, ScanError> {
    // The earliest stands on top, to make room for a later one.
    let mut found: BinaryHeap<Reverse<(i64, DocAddress)>> = BinaryHeap::new();
    let mut total = 0;
    for ((ordinal, reader), columns) in (0..).zip(searcher.segment_readers()).zip(columns) {
        if columns.received.max_value() <= request.after.get() {
            continue;
        }
        let segment = Segment::new(reader, columns, request.kinds, &request.query);
        segment.walk(weight, 0..reader.max_doc(), deadline, |doc| {
            total += 1;
            found.push(Reverse((columns.received.get_val(doc), DocAddress::new(ordinal, doc))));
            if found.len() > request.limit {
                found.pop();
            }
            Ok(ControlFlow::Continue(()))
        })?;
    }
    let hit = |Reverse((_, address)): Reverse<(i64, DocAddress)>| {
        let columns = usize::try_from(address.segment_ord).ok().and_then(|ordinal| columns.get(ordinal));
        let time = columns.map_or(0, |columns| columns.times.get_val(address.doc_id));
        Hit { time, address }
    };
    // Reversed twice: sorted, the latest stands first.
    let hits = found.into_sorted_vec().into_iter().rev().map(hit).collect();
    Ok(Found { hits, total })
}
