//! Lines in the order of their arrival. A cluster makes them visible in any order: each index when it refreshes, each writer
//! when its request is done. So every question reaches back, and what it brings may have been brought before.

use std::collections::BTreeSet;

use super::decode::Hit;
use super::search;
use crate::model::page::{Arrival, Arrivals, Settled};
use crate::model::query::ArrivalsRequest;
use crate::model::{Completeness, TotalMode};
use crate::repository::StoreResult;
use crate::repository::elastic::layout::Layout;
use crate::repository::elastic::transport::{Client, Flavour};

/// How long after its receipt a line may become visible, and how far the clock that stamped it may be ahead of ours: longer than
/// a request that writes lines and a refresh take together.
const LOOK_BACK_SECONDS: i64 = 10;
const LOOK_BACK_MICROS: i64 = LOOK_BACK_SECONDS * 1_000_000;

/// The answer where nothing is asked.
pub(crate) fn none(request: &ArrivalsRequest) -> Arrivals {
    Arrivals {
        lines: Vec::new(),
        total: 0,
        settled: Settled::UpTo(request.after),
        completeness: Completeness::default(),
        warnings: Vec::new(),
    }
}

/// Asks the indices of `target`.
pub(crate) async fn find(
    client: &Client,
    flavour: &Flavour,
    target: &str,
    layout: &Layout,
    request: &ArrivalsRequest,
    timeout_ms: u64,
) -> StoreResult<Arrivals> {
    let until = request.now.plus(LOOK_BACK_MICROS);
    let body = search::arrivals(request, until, layout, flavour, timeout_ms)?;
    let mut found = search::search(client, target, layout, &body.query).await?;
    let completeness = found.completeness().or_partial(body.is_partial);
    let total = found.answer.total(TotalMode::Exact).map_or(0, |total| total.value);
    let hits = found.answer.take_hits().into_iter().filter(|hit| !layout.is_withheld(&hit.index));
    let mut without_receipt = layout.without_receipt.clone();
    let mut lines: Vec<_> = hits.map(|hit| arrival(hit, layout, &mut without_receipt)).collect();
    // The order of the answer holds among lines of one time.
    lines.reverse();
    lines.sort_by_key(|line| line.time);
    // What did not answer may hold lines of any time.
    let settled =
        if completeness.has_answered() { request.now.plus(-LOOK_BACK_MICROS) } else { request.after };
    let warnings = body.warnings.into_iter().chain(found.left_out).chain(sentence(&without_receipt));
    Ok(Arrivals {
        lines,
        total,
        settled: Settled::UpTo(settled.max(request.after)),
        completeness,
        warnings: warnings.collect(),
    })
}

/// A document as a line that has arrived, and its index where nobody has kept when.
fn arrival(hit: Hit, layout: &Layout, without_receipt: &mut BTreeSet<String>) -> Arrival {
    let index = hit.index.clone();
    let line = hit.into_arrival(layout);
    if line.entry.received_at.is_none() {
        without_receipt.insert(index);
    }
    line
}

/// What is told about indices whose lines are followed by their own time.
fn sentence(without_receipt: &BTreeSet<String>) -> Option<String> {
    let first = without_receipt.first()?;
    let which = match without_receipt.len() {
        1 => format!("the index {first} keeps"),
        count => format!("{count} indices, such as {first}, keep"),
    };
    Some(format!(
        "{which} no time of receipt: lines are followed by their own time, and one that arrives more than \
         {LOOK_BACK_SECONDS} s late is not shown"
    ))
}
