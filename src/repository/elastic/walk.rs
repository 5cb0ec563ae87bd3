//! Pages: where lines of one time are ordered by their ids, a page begins right after any line.
//!
//! In other people's indices they have no order of their own. There the first page needs no point in time, and most searches
//! end there; the second opens one, and leaves out what the first has shown; from then on the cluster's own numbers say where a
//! page begins. So every line that is there at the beginning is met exactly once. The same happens where a page ends with a line
//! that somebody else has written into our indices, without an id.

use std::collections::BTreeSet;

use aws_lc_rs::digest::{SHA256, digest};
use serde_json::{Value, json};

use super::asking;
use super::client::Client;
use super::decode::{Hit, SearchAnswer, WITHOUT_ID};
use super::flavour::Flavour;
use super::layout::{Layout, Ties};
use super::point_in_time::{OpenPoints, Point, pack, unpack};
use super::search::{self, Found, Page};
use crate::model::page::{Held, Rows, Shown, Walk};
use crate::model::query::PageRequest;
use crate::model::{Completeness, Position, SortOrder};
use crate::repository::{StoreError, StoreResult};

/// Lines of one time that a cursor names one by one; with more it would be too long for a URL.
const MAX_SHOWN: usize = 256;
/// Lines of the time of a line that are looked at to find its neighbours.
const MAX_TIES: usize = 1_000;

/// What a page is asked with.
pub(super) struct Walker<'a> {
    pub(super) client: &'a Client,
    pub(super) points: &'a OpenPoints,
    pub(super) flavour: &'a Flavour,
    pub(super) layout: &'a Layout,
    /// The indices, as a list for a URL path.
    pub(super) target: &'a str,
    pub(super) timeout_ms: u64,
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
}

impl Walker<'_> {
    /// One page.
    pub(super) async fn page(&self, request: &PageRequest) -> StoreResult<Rows> {
        match (&request.after, self.layout.ties) {
            (None, Ties::Id) => self.after(request, None).await,
            (None, Ties::Engine) => self.first(request).await,
            (Some(Walk::After(position)), ties) => match (position.id.strip_prefix(WITHOUT_ID), ties) {
                (Some(id), _) => self.beside(request, position.time, id).await,
                (None, Ties::Id) => self.after(request, Some(position)).await,
                (None, Ties::Engine) => self.beside(request, position.time, &position.id).await,
            },
            (Some(Walk::At(shown)), _) => {
                let point = self.open().await?;
                self.inside(request, point, Start::Behind(shown.clone())).await
            }
            (Some(Walk::Held(held)), _) => {
                let id = unpack(&held.id).ok_or(StoreError::Gone { store: super::STORE })?;
                self.points.touch(held.walk);
                let point = Point { walk: held.walk, id };
                self.inside(request, point, Start::GoOn(held.clone())).await
            }
        }
    }

    /// A page where lines of one time are ordered by their ids.
    async fn after(&self, request: &PageRequest, position: Option<&Position>) -> StoreResult<Rows> {
        let mut body = self.body(request, request.limit + 1)?;
        if let Some(position) = position {
            search::begin_after(&mut body.body, position);
        }
        let Answered { mut hits, answer, completeness } = self.ask(&body.body).await?;
        let has_more = hits.len() > request.limit;
        hits.truncate(request.limit);
        let without_id = match hits.last() {
            Some(last) if last.lacks_id(self.layout) => Some(Walk::At(self.shown(&hits))),
            Some(_) | None => None,
        };
        let mut rows = self.rows(hits, without_id, &answer, completeness, request, &body);
        let after_last = || rows.rows.last().map(|row| Walk::After(row.position.clone()));
        rows.next = rows.next.take().or_else(after_last).filter(|_| has_more);
        Ok(rows)
    }

    async fn first(&self, request: &PageRequest) -> StoreResult<Rows> {
        let body = self.body(request, request.limit + 1)?;
        let Answered { mut hits, answer, completeness } = self.ask(&body.body).await?;
        let has_more = hits.len() > request.limit;
        hits.truncate(request.limit);
        let shown = self.shown(&hits);
        if has_more && shown.hashes.len() > MAX_SHOWN {
            // This page had better been part of a point in time. Where no more can be opened, its long cursor still does.
            match self.open().await {
                Ok(point) => return self.inside(request, point, Start::First).await,
                Err(StoreError::Overloaded { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        let next = has_more.then_some(Walk::At(shown));
        Ok(self.rows(hits, next, &answer, completeness, request, &body))
    }

    /// A page inside a point in time.
    async fn inside(&self, request: &PageRequest, mut point: Point, start: Start) -> StoreResult<Rows> {
        let how = self.flavour.point_in_time;
        let (before, after, passed_over) = match start {
            Start::First => (Shown::default(), None, 0),
            Start::Behind(shown) => (shown, None, 0),
            Start::GoOn(held) => {
                let (after, passed_over) = how.go_on(&held.last, held.equal);
                (held.before, Some(after), passed_over)
            }
        };
        let mut page = self.body(request, request.limit + 1 + before.hashes.len() + passed_over)?;
        if !before.hashes.is_empty() {
            narrow(&mut page.body, self.at_or_beyond(before.time, request.sort));
            // Lines without an id come last of their time in this order, so all others of it have been shown.
            if let (Some(path), SortOrder::Desc) = (self.layout.id_path(), request.sort) {
                let have_id = [self.at(before.time), asking::path_exists(&path)];
                narrow(&mut page.body, json!({"bool": {"must_not": [{"bool": {"filter": have_id}}]}}));
            }
        }
        search::within(&mut page.body, &point.id, after.as_deref());
        let mut answer = search::inside(self.client, &page.body).await?;
        let completeness = answer.completeness();
        point.id = answer.pit_id.take().unwrap_or(point.id);
        let found = answer.take_hits();
        let is_new = |(number, hit): &(usize, &Hit)| *number >= passed_over && !self.is_among(hit, &before);
        let new: Vec<usize> = found.iter().enumerate().filter(is_new).map(|(number, _)| number).collect();
        let last = request.limit.checked_sub(1).and_then(|place| new.get(place)).copied();
        let next = if let Some(last) = last.filter(|_| new.len() > request.limit) {
            Some(Walk::Held(self.held(&point, &found, last, before)))
        } else {
            self.points.close(self.client, how, &point).await;
            None
        };
        let of_page: BTreeSet<usize> = new.into_iter().take(request.limit).collect();
        let hits = found.into_iter().enumerate().filter(|(number, _)| of_page.contains(number));
        let hits = hits.map(|(_, hit)| hit).collect();
        Ok(self.rows(hits, next, &answer, completeness, request, &page))
    }

    /// Where the walk stands behind the hit number `last`.
    fn held(&self, point: &Point, found: &[Hit], last: usize, before: Shown) -> Held {
        let up_to_last = found.get(..=last).unwrap_or_default();
        let numbers = |hit: &Hit| hit.sort.iter().filter_map(Value::as_i64).collect::<Vec<_>>();
        let last_numbers = up_to_last.last().map(numbers).unwrap_or_default();
        let equal = up_to_last.iter().rev().take_while(|hit| numbers(hit) == last_numbers).count();
        let is_at = up_to_last.last().and_then(|hit| hit.nanos(self.layout.time.unit)) == Some(before.time);
        let before = if is_at { before } else { Shown::default() };
        Held { id: pack(&point.id), walk: point.walk, last: last_numbers, equal, before }
    }

    fn is_among(&self, hit: &Hit, shown: &Shown) -> bool {
        hit.nanos(self.layout.time.unit) == Some(shown.time) && shown.hashes.contains(&hash(hit))
    }

    /// Lines right before or after a line: of its own time those with a greater or smaller id, then those of other times.
    async fn beside(&self, request: &PageRequest, nanos: i64, id: &str) -> StoreResult<Rows> {
        let mut ties = self.body(request, MAX_TIES)?;
        narrow(&mut ties.body, self.at(nanos));
        let mut others = self.body(request, request.limit)?;
        let time = &self.layout.time;
        let beyond = match request.sort {
            SortOrder::Desc => time.between(None, Some(nanos)),
            SortOrder::Asc => time.between(Some(nanos.saturating_add(1)), None),
        };
        narrow(&mut others.body, beyond);
        let (ties, others_found) = tokio::try_join!(self.ask(&ties.body), self.ask(&others.body))?;
        let mut hits = ties.hits;
        hits.retain(|hit| match request.sort {
            SortOrder::Desc => *hit.id < *id,
            SortOrder::Asc => *hit.id > *id,
        });
        hits.sort_by(|one, other| match request.sort {
            SortOrder::Desc => other.id.cmp(&one.id),
            SortOrder::Asc => one.id.cmp(&other.id),
        });
        hits.extend(others_found.hits);
        hits.truncate(request.limit);
        let partial = ties.completeness.partial || others_found.completeness.partial;
        let completeness = Completeness { partial, ..others_found.completeness };
        Ok(self.rows(hits, None, &others_found.answer, completeness, request, &others))
    }

    fn body(&self, request: &PageRequest, size: usize) -> StoreResult<Page> {
        search::page(request, size, self.layout, self.flavour, self.timeout_ms)
    }

    async fn ask(&self, body: &Value) -> StoreResult<Answered> {
        let Found { mut answer, closed_left_out } = search::search(self.client, self.target, body).await?;
        let own = answer.completeness();
        let completeness = Completeness { partial: own.partial || closed_left_out, ..own };
        Ok(Answered { hits: answer.take_hits(), answer, completeness })
    }

    async fn open(&self) -> StoreResult<Point> {
        self.points.open(self.client, self.flavour.point_in_time, self.target).await
    }

    /// The last lines of a page that share its last time, and have no order among each other.
    fn shown(&self, hits: &[Hit]) -> Shown {
        let nanos = |hit: &Hit| hit.nanos(self.layout.time.unit);
        let Some(time) = hits.last().and_then(nanos) else { return Shown::default() };
        let at_its_time = hits.iter().rev().take_while(|hit| nanos(hit) == Some(time));
        let has_no_order = |hit: &&Hit| self.layout.ties == Ties::Engine || hit.lacks_id(self.layout);
        let hashes = at_its_time.filter(has_no_order).map(hash).collect();
        Shown { time, hashes }
    }

    fn at(&self, nanos: i64) -> Value {
        self.layout.time.between(Some(nanos), Some(nanos.saturating_add(1)))
    }

    fn at_or_beyond(&self, nanos: i64, sort: SortOrder) -> Value {
        let time = &self.layout.time;
        match sort {
            SortOrder::Desc => time.between(None, Some(nanos.saturating_add(1))),
            SortOrder::Asc => time.between(Some(nanos), None),
        }
    }

    fn rows(
        &self,
        hits: Vec<Hit>,
        next: Option<Walk>,
        answer: &SearchAnswer,
        completeness: Completeness,
        request: &PageRequest,
        page: &Page,
    ) -> Rows {
        Rows {
            rows: hits.into_iter().map(|hit| hit.into_row(self.layout)).collect(),
            next,
            total: answer.total(request.total),
            completeness: Completeness { partial: completeness.partial || page.is_partial, ..completeness },
            warnings: page.warnings.clone(),
        }
    }
}

/// Adds a condition to the query of a body.
fn narrow(body: &mut Value, condition: Value) {
    if let Some(filter) = body.pointer_mut("/query/bool/filter").and_then(Value::as_array_mut) {
        filter.push(condition);
    }
}

/// Tells a document from all others: ids are unique in one index only.
fn hash(hit: &Hit) -> [u8; 8] {
    let whole = digest(&SHA256, format!("{}\0{}", hit.index, hit.id).as_bytes());
    let mut short = [0; 8];
    for (to, from) in short.iter_mut().zip(whole.as_ref()) {
        *to = *from;
    }
    short
}

#[cfg(test)]
mod tests;
