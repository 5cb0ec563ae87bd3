//! Pages: where lines of one time are ordered by their ids, a page begins right after any line.
//!
//! In other people's indices they have no order of their own. There the first page needs no point in time, unless it ends
//! among more lines of one time than a cursor can name, and most searches end there. The second opens one, and leaves out
//! what the first has shown; from then on the cluster's own numbers say where a page begins. So every line that is there at
//! the beginning is met exactly once. The same happens where a page of our own ends with a line that somebody else has
//! written, whose id is missing or need not be unique.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{decode::Hit, decode::SearchAnswer, decode::WITHOUT_ORDER};
use super::{point_in_time::OpenPoints, point_in_time::Point, point_in_time::pack, point_in_time::unpack};
use super::{search, search::Page};
use super::{
    walk_state::Held, walk_state::Missing, walk_state::Shown, walk_state::Stage, walk_state::WalkState,
};
use crate::model::page::{PageStart, Rows};
use crate::model::query::PageRequest;
use crate::model::{Completeness, Position, SortOrder};
use crate::repository::elastic::STORE;
use crate::repository::elastic::layout::{Layout, Ties};
use crate::repository::elastic::transport::Client;
use crate::repository::elastic::transport::Flavour;
use crate::repository::{StoreError, StoreResult};

/// Lines of one time that a cursor names one by one; with more it would be too long for a URL.
const MAX_SHOWN: usize = 256;
/// Lines of the time of a line that are looked at to find its neighbours.
const MAX_TIES: usize = 1_000;

/// What a page is asked with.
pub(crate) struct Walker<'a> {
    pub(crate) client: &'a Client,
    pub(crate) points: &'a OpenPoints,
    pub(crate) flavour: &'a Flavour,
    pub(crate) layout: &'a Layout,
    /// The indices, as a list for a URL path.
    pub(crate) target: &'a str,
    pub(crate) timeout_ms: u64,
}

/// Where a page begins inside a point in time.
enum Start {
    /// At the first line.
    First,
    /// Behind lines that were shown before it was opened.
    Behind(Shown),
    /// Where the page before ended.
    GoOn(Held),
}

/// Hits of a page, and what is said with them.
struct Answered {
    hits: Vec<Hit>,
    answer: SearchAnswer,
    completeness: Completeness,
    warnings: Vec<String>,
    /// A sentence about indices that were left out.
    left_out: Option<String>,
}

impl Answered {
    fn missing(&self) -> Missing {
        Missing { is_partial: self.completeness.partial, left_out: self.left_out.clone() }
    }
}

impl Walker<'_> {
    /// One page.
    pub(crate) async fn page(&self, request: &PageRequest) -> StoreResult<Rows> {
        match (&request.start, self.layout.ties) {
            (None, Ties::Id) => self.page_after(request, None).await,
            (None, Ties::Engine) => self.first_page(request).await,
            (Some(PageStart::After(position)), Ties::Id) => self.page_after(request, Some(position)).await,
            // The order in which the pages before were shown is gone.
            (Some(PageStart::After(_)), Ties::Engine) => Err(StoreError::Gone { store: STORE }),
            (Some(PageStart::Beside(line)), ties) => match (line.id.strip_prefix(WITHOUT_ORDER), ties) {
                (None, Ties::Id) => self.page_after(request, Some(line)).await,
                (None, Ties::Engine) => self.neighbours(request, line.time, &line.id).await,
                (Some(tie), _) => self.neighbours(request, line.time, tie).await,
            },
            (Some(PageStart::Opaque(bytes)), _) => self.go_on(request, WalkState::from_bytes(bytes)?).await,
        }
    }

    /// A page where lines of one time are ordered by their ids.
    async fn page_after(&self, request: &PageRequest, position: Option<&Position>) -> StoreResult<Rows> {
        let mut body = self.body(request, request.limit + 1)?;
        if let Some(position) = position {
            search::begin_after(&mut body.query, position);
        }
        let mut found = self.ask(&body).await?;
        let has_more = found.hits.len() > request.limit && request.wants_next;
        found.hits.truncate(request.limit);
        let next = match found.hits.last().filter(|_| has_more) {
            None => None,
            Some(last) => match last.position(self.layout) {
                Some(position) if last.is_in_order(self.layout) => Some(PageStart::After(position)),
                Some(_) | None => Some(self.behind(&found)),
            },
        };
        Ok(self.rows(found, next, request))
    }

    /// The first page where lines of one time have no order.
    async fn first_page(&self, request: &PageRequest) -> StoreResult<Rows> {
        let body = self.body(request, request.limit + 1)?;
        let mut found = self.ask(&body).await?;
        let has_more = found.hits.len() > request.limit && request.wants_next;
        found.hits.truncate(request.limit);
        if has_more && Shown::of(&found.hits, self.layout).hashes.len() > MAX_SHOWN {
            // This page should have been part of a point in time. If none can be opened, a long cursor still works.
            match self.open().await {
                Ok(point) => {
                    return self.inside(request, point, Start::First, found.missing()).await;
                }
                Err(StoreError::Overloaded { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        let next = has_more.then(|| self.behind(&found));
        Ok(self.rows(found, next, request))
    }

    /// What follows a page that was asked for without a point in time.
    fn behind(&self, found: &Answered) -> PageStart {
        let shown = Shown::of(&found.hits, self.layout);
        let state = WalkState { missing: found.missing(), stage: Stage::First(shown) };
        PageStart::Opaque(state.to_bytes())
    }

    async fn go_on(&self, request: &PageRequest, state: WalkState) -> StoreResult<Rows> {
        match state.stage {
            Stage::First(shown) => {
                let point = self.open().await?;
                self.inside(request, point, Start::Behind(shown), state.missing).await
            }
            Stage::Inside(held) => {
                let id = unpack(&held.id).ok_or(StoreError::Gone { store: STORE })?;
                self.points.touch(held.number);
                let point = Point { number: held.number, id };
                self.inside(request, point, Start::GoOn(held), state.missing).await
            }
        }
    }

    /// A page inside a point in time. One that was opened for it does not outlive its failure.
    async fn inside(
        &self,
        request: &PageRequest,
        point: Point,
        start: Start,
        missing: Missing,
    ) -> StoreResult<Rows> {
        let is_new = matches!(start, Start::First | Start::Behind(_));
        let page = self.page_inside(request, point.clone(), start, missing).await;
        if is_new && page.is_err() {
            self.points.close(self.client, self.flavour.point_in_time, &point).await;
        }
        page
    }

    async fn page_inside(
        &self,
        request: &PageRequest,
        mut point: Point,
        start: Start,
        missing: Missing,
    ) -> StoreResult<Rows> {
        let how = self.flavour.point_in_time;
        let (before, after, passed_over) = match start {
            Start::First => (Shown::default(), None, 0),
            Start::Behind(shown) => (shown, None, 0),
            Start::GoOn(held) => {
                let (after, passed_over) = how.go_on(&held.last, held.equal);
                (held.before, Some(after), passed_over)
            }
        };
        let mut body = self.body(request, request.limit + 1 + before.hashes.len() + passed_over)?;
        if !before.hashes.is_empty() {
            narrow(&mut body.query, before.beyond(request.sort, self.layout)?);
        }
        search::enter(&mut body.query, &point.id, after.as_deref());
        let mut answer = search::in_point_in_time(self.client, &body.query).await?;
        let completeness = answer.completeness().or_partial(body.is_partial || missing.is_partial);
        point.id = answer.pit_id.take().unwrap_or(point.id);
        let found = answer.take_hits();
        let unseen = self.unseen(&found, passed_over, &before);
        let last = request.limit.checked_sub(1).and_then(|place| unseen.get(place)).copied();
        let next = if let Some(last) = last.filter(|_| unseen.len() > request.limit) {
            let held = self.held(&point, &found, last, before);
            let state = WalkState { missing: missing.clone(), stage: Stage::Inside(held) };
            Some(PageStart::Opaque(state.to_bytes()))
        } else {
            self.points.close(self.client, how, &point).await;
            None
        };
        let of_page: BTreeSet<usize> = unseen.into_iter().take(request.limit).collect();
        let hits = found.into_iter().enumerate().filter(|(number, _)| of_page.contains(number));
        let hits = hits.map(|(_, hit)| hit).collect();
        Ok(self.rows(
            Answered { hits, answer, completeness, warnings: body.warnings, left_out: missing.left_out },
            next,
            request,
        ))
    }

    /// Numbers of the hits that were not shown before.
    fn unseen(&self, found: &[Hit], passed_over: usize, before: &Shown) -> Vec<usize> {
        let numbered = found.iter().enumerate().skip(passed_over);
        numbered.filter(|(_, hit)| !before.holds(hit, self.layout)).map(|(number, _)| number).collect()
    }

    /// Where the walk stands behind the hit number `last`.
    fn held(&self, point: &Point, found: &[Hit], last: usize, before: Shown) -> Held {
        let up_to_last = found.get(..=last).unwrap_or_default();
        let numbers = |hit: &Hit| hit.sort.iter().filter_map(Value::as_i64).collect::<Vec<_>>();
        let last_numbers = up_to_last.last().map(numbers).unwrap_or_default();
        let equal = up_to_last.iter().rev().take_while(|hit| numbers(hit) == last_numbers).count();
        let is_at = up_to_last.last().and_then(|hit| hit.nanos(self.layout.time.unit)) == Some(before.time);
        let before = if is_at { before } else { Shown::default() };
        Held { id: pack(&point.id), number: point.number, last: last_numbers, equal, before }
    }

    /// Lines right before or after a line: of its own time those whose document stands before or after it (`document`), then those of
    /// other times.
    async fn neighbours(&self, request: &PageRequest, nanos: i64, document: &str) -> StoreResult<Rows> {
        let time = &self.layout.time;
        let mut ties = self.body(request, MAX_TIES)?;
        narrow(&mut ties.query, time.between(Some(nanos), Some(nanos.saturating_add(1))));
        let mut others = self.body(request, request.limit)?;
        let beyond = match request.sort {
            SortOrder::Desc => time.between(None, Some(nanos)),
            SortOrder::Asc => time.between(Some(nanos.saturating_add(1)), None),
        };
        narrow(&mut others.query, beyond);
        let (mut ties, mut found) = tokio::try_join!(self.ask(&ties), self.ask(&others))?;
        // With more than that of one time, others may stand between.
        let is_cut_off = ties.hits.len() >= MAX_TIES;
        ties.hits.retain(|hit| match request.sort {
            SortOrder::Desc => *hit.tie() < *document,
            SortOrder::Asc => *hit.tie() > *document,
        });
        ties.hits.sort_by(|one, other| match request.sort {
            SortOrder::Desc => other.tie().cmp(&one.tie()),
            SortOrder::Asc => one.tie().cmp(&other.tie()),
        });
        ties.hits.append(&mut found.hits);
        ties.hits.truncate(request.limit);
        found.hits = ties.hits;
        found.completeness = found.completeness.and(ties.completeness).or_partial(is_cut_off);
        if is_cut_off {
            found
                .warnings
                .push(format!("more than {MAX_TIES} lines have the time of this one; some are left out"));
        }
        Ok(self.rows(found, None, request))
    }

    fn body(&self, request: &PageRequest, size: usize) -> StoreResult<Page> {
        search::page(request, size, self.layout, self.flavour, self.timeout_ms)
    }

    async fn ask(&self, body: &Page) -> StoreResult<Answered> {
        let mut found = search::search(self.client, self.target, self.layout, &body.query).await?;
        let completeness = found.completeness().or_partial(body.is_partial);
        let hits = found.answer.take_hits();
        let hint = body.hint.filter(|_| hits.is_empty()).map(str::to_owned);
        let warnings = body.warnings.iter().cloned().chain(hint).collect();
        Ok(Answered { hits, answer: found.answer, completeness, warnings, left_out: found.left_out })
    }

    async fn open(&self) -> StoreResult<Point> {
        self.points.open(self.client, self.flavour.point_in_time, self.target).await
    }

    fn rows(&self, found: Answered, next: Option<PageStart>, request: &PageRequest) -> Rows {
        Rows {
            rows: found
                .hits
                .into_iter()
                .filter(|hit| !self.layout.is_withheld(&hit.index))
                .map(|hit| hit.into_row(self.layout))
                .collect(),
            next,
            total: found.answer.total(request.total),
            completeness: found.completeness,
            warnings: found.warnings.into_iter().chain(found.left_out).collect(),
        }
    }
}

/// Adds a condition to the query of a body.
fn narrow(body: &mut Value, condition: Value) {
    if let Some(filter) = body.pointer_mut("/query/bool/filter").and_then(Value::as_array_mut) {
        filter.push(condition);
    }
}

#[cfg(test)]
mod tests;
