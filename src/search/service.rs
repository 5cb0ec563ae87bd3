//! The service behind the log routes.
//!
//! Every way of looking at lines ends in `SearchService::page`: understand the request (`plan`), read a page (`reader`), and mint the
//! cursor of the next one.

use std::sync::Arc;
use std::time::Instant;

use super::SearchParams;
use super::cursor::{Cursor, CursorSealer};
use super::fields::{FieldSelection, SelectedEntry};
use super::keys::MasterKey;
use super::plan::{Plan, View, fingerprint};
use super::reader::{LogReader, readable_kinds};
use crate::error::{Error, ErrorCode, Result};
use crate::model::page::PageStart;
use crate::model::query::{PageRequest, Selection};
use crate::model::{Caller, Clock, Completeness, LogEntry, Micros, Total, TotalMode};
use crate::repository::LogStore;

/// One page of lines as it is answered.
#[derive(Clone, Debug, PartialEq)]
pub struct SearchAnswer {
    /// The lines, in order.
    pub items: Vec<LogEntry>,
    /// Which members of the lines are answered.
    pub fields: FieldSelection,
    /// Where the next page begins; `None` at the end.
    pub next_cursor: Option<String>,
    /// How many lines meet the query, unless that was not asked.
    pub total: Option<Total>,
    /// How long the search took, in milliseconds.
    pub took_ms: u64,
    /// Whether everything answered.
    pub completeness: Completeness,
    /// Sentences about what is legal but likely a slip.
    pub warnings: Vec<String>,
}

impl SearchAnswer {
    /// Takes the lines out, as they are written: with the members that were asked for.
    #[must_use]
    pub fn take_selected(&mut self) -> Vec<SelectedEntry> {
        let select = |entry| SelectedEntry { entry, fields: self.fields.clone() };
        std::mem::take(&mut self.items).into_iter().map(select).collect()
    }
}

/// Finds log lines.
pub struct SearchService {
    pub(super) reader: LogReader,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) cursors: CursorSealer,
}

impl SearchService {
    /// Makes the service over a store; replicas share the master key, so that each opens the others' cursors.
    ///
    /// # Errors
    /// When the key cannot be used.
    pub fn new(store: Arc<dyn LogStore>, clock: Arc<dyn Clock>, master: &MasterKey) -> Result<Self> {
        Ok(Self { reader: LogReader::new(store), clock, cursors: CursorSealer::new(master)? })
    }

    /// Finds one page of the lines that `caller` may see: application and error lines, and security lines for roles
    /// that may read those.
    ///
    /// # Errors
    /// Parameters that cannot be read or are not allowed (3000 to 3013), and failures of the store (305x).
    pub async fn search_logs(&self, caller: &Caller, params: &SearchParams) -> Result<SearchAnswer> {
        let view = View::all("search", readable_kinds(caller));
        self.page(caller, params, &view).await
    }

    /// One page of a view.
    pub(super) async fn page(
        &self,
        caller: &Caller,
        params: &SearchParams,
        view: &View,
    ) -> Result<SearchAnswer> {
        self.page_of(caller, params, view).await.map(|(answer, _)| answer)
    }

    /// One page of a view, and the lines that it is a page of.
    pub(super) async fn page_of(
        &self,
        caller: &Caller,
        params: &SearchParams,
        view: &View,
    ) -> Result<(SearchAnswer, Selection)> {
        let started = Instant::now();
        let now = self.clock.now();
        let fingerprint = fingerprint(params, caller, view);
        let progress = self.progress(caller, params, &fingerprint, now)?;
        let plan = Plan::new(params, caller, view, progress.asked)?;
        let is_first = progress.start.is_none();
        let request = PageRequest {
            selection: plan.selection,
            sort: plan.sort,
            limit: plan.limit,
            total: if is_first { plan.total } else { TotalMode::None },
            start: progress.start,
            wants_next: view.wants_next,
        };
        let found = self.reader.page(caller, &request).await?;
        let total = progress.total.or(found.total);
        let next_cursor = found.next.map(|next| {
            self.cursors.seal(&Cursor {
                caller: caller.principal.subject.clone(),
                query: fingerprint,
                asked: progress.asked.get(),
                start: next,
                total,
                made: now.get(),
            })
        });
        let mut warnings = [plan.warnings, found.warnings].concat();
        if is_first && found.rows.is_empty() && !found.completeness.partial {
            warnings.extend(plan.hints);
            warnings.extend(self.near_values(caller, &request.selection).await);
        }
        let answer = SearchAnswer {
            items: found.rows.into_iter().map(|row| row.entry).collect(),
            fields: plan.fields,
            next_cursor: next_cursor.transpose()?,
            total,
            took_ms: u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
            completeness: found.completeness,
            warnings,
        };
        Ok((answer, request.selection))
    }

    /// How far the caller has come: to the first page, or to where the cursor says.
    fn progress(
        &self,
        caller: &Caller,
        params: &SearchParams,
        fingerprint: &str,
        now: Micros,
    ) -> Result<Progress> {
        let Some(text) = &params.cursor else {
            return Ok(Progress { asked: now, start: None, total: None });
        };
        let cursor = self.cursors.open(text, &caller.principal.subject, fingerprint, now)?;
        Ok(Progress { asked: Micros::new(cursor.asked), start: Some(cursor.start), total: cursor.total })
    }
}

struct Progress {
    asked: Micros,
    start: Option<PageStart>,
    total: Option<Total>,
}

/// Refuses to answer from a part of the index, where a part would be taken for the whole.
pub(super) fn require_complete(completeness: Completeness) -> Result<()> {
    if !completeness.partial {
        return Ok(());
    }
    Err(incomplete())
}

/// The failure of an answer that a part would falsify.
pub(super) fn incomplete() -> Error {
    let detail = "a part of the index did not answer, and a partial answer would mislead here; try again";
    Error::new(ErrorCode::EngineUnavailable, detail)
}
