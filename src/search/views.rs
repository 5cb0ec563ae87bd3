//! Ways of looking at lines that people ask for by name: recent, errors, security, one line and its surroundings,
//! one request across services.

use std::collections::BTreeMap;

use super::SearchParams;
use super::plan::View;
use super::reader::readable_kinds;
use super::service::{SearchAnswer, SearchService, incomplete, require_complete};
use crate::error::{Error, ErrorCode, Result};
use crate::model::page::{PageStart, Row, Rows};
use crate::model::query::{CountRequest, PageRequest, Selection};
use crate::model::{
    Caller, Completeness, KindSet, Level, LogEntry, LogField, LogId, Position, Query, SortOrder, TimeRange,
    TotalMode,
};

/// Lines before and after a line that one request may ask for.
const MAX_SURROUNDING: usize = 500;
/// How far the surroundings of a line may lie from it.
const SURROUNDING_MICROS: i64 = 24 * 3_600 * 1_000_000;
/// Lines of a trace that are answered.
const MAX_TRACE: usize = 1_000;
/// A pause between two lines of a trace that is pointed out.
const GAP_MICROS: i64 = 1_000_000;
const DAY_MICROS: i64 = 24 * 3_600 * 1_000_000;
/// Services that are counted beside the errors.
const MAX_SERVICES: usize = 100;

/// A page of errors with their number per service.
#[derive(Clone, Debug, PartialEq)]
pub struct ErrorsAnswer {
    /// The page.
    pub page: SearchAnswer,
    /// Services and their errors in the window, the most first.
    pub by_service: Vec<(String, u64)>,
}

/// A line among its neighbours, all in ascending order.
#[derive(Clone, Debug, PartialEq)]
pub struct Surroundings {
    /// Lines before it.
    pub before: Vec<LogEntry>,
    /// The line itself.
    pub line: LogEntry,
    /// Lines after it.
    pub after: Vec<LogEntry>,
    /// Sentences about neighbours that were left out.
    pub warnings: Vec<String>,
}

/// The lines of one request or trace.
#[derive(Clone, Debug, PartialEq)]
pub struct Trace {
    /// The lines, oldest first; at most 1,000.
    pub items: Vec<LogEntry>,
    /// Services and their lines, in the order of their first line.
    pub services: Vec<(String, u64)>,
    /// The first line of level error or above.
    pub first_error: Option<LogEntry>,
    /// Pauses of a second or more: id of the line before the pause, and its length in seconds.
    pub gaps: Vec<(LogId, f64)>,
    /// Whether everything answered.
    pub completeness: Completeness,
    /// Sentences about likely slips, and about lines that were left out.
    pub warnings: Vec<String>,
}

impl SearchService {
    /// The newest lines of one service.
    ///
    /// # Errors
    /// `OutsideScope` when the service is not the caller's; else as for a search.
    pub async fn get_recent_logs(
        &self,
        caller: &Caller,
        service: &str,
        params: &SearchParams,
    ) -> Result<SearchAnswer> {
        caller.check_log_access(service)?;
        let condition = Query::term(LogField::Service, service);
        let view = View { condition, ..View::all("recent", KindSet::APP_AND_ERROR) };
        self.page(caller, params, &view).await
    }

    /// Lines of level error and above, with their number per service.
    ///
    /// # Errors
    /// As for a search.
    pub async fn search_error_logs(&self, caller: &Caller, params: &SearchParams) -> Result<ErrorsAnswer> {
        let condition = Query::Levels(Level::Error.and_above());
        let view = View { condition, ..View::all("errors", KindSet::APP_AND_ERROR) };
        let (mut page, selection) = self.page_of(caller, params, &view).await?;
        let request = CountRequest {
            selection,
            bounds: Vec::new(),
            by: Some(LogField::Service),
            top: MAX_SERVICES,
            prefix: None,
        };
        let mut counts = self.reader.counts(caller, &request).await?;
        let by_service = counts.buckets.pop().unwrap_or_default().by;
        // The answer is whole only where both of its halves are.
        page.completeness = page.completeness.and(counts.completeness);
        let new = counts.warnings.into_iter().filter(|warning| !page.warnings.contains(warning));
        let new: Vec<_> = new.collect();
        page.warnings.extend(new);
        Ok(ErrorsAnswer { page, by_service })
    }

    /// Security lines; never from a part of the index.
    ///
    /// # Errors
    /// As for a search; also `EngineUnavailable` when a part of the index did not answer.
    pub async fn search_security_logs(&self, caller: &Caller, params: &SearchParams) -> Result<SearchAnswer> {
        let view = View::all("security", KindSet::SECURITY);
        let answer = self.page(caller, params, &view).await?;
        require_complete(answer.completeness)?;
        Ok(answer)
    }

    /// One line by its id.
    ///
    /// # Errors
    /// `LineNotFound` when there is none, or none that the caller may see.
    pub async fn get_log(&self, caller: &Caller, id: &str) -> Result<LogEntry> {
        self.row(caller, id).await.map(|row| row.entry)
    }

    /// A line and those around it, of the same service when `same_service`.
    ///
    /// # Errors
    /// `LineNotFound`; `LimitOutOfRange` for more than 500 lines on one side; else as for a search.
    pub async fn get_log_context(
        &self,
        caller: &Caller,
        id: &str,
        before: usize,
        after: usize,
        same_service: bool,
    ) -> Result<Surroundings> {
        if before.max(after) > MAX_SURROUNDING {
            let detail = format!("before, after: at most {MAX_SURROUNDING} lines on each side");
            return Err(Error::new(ErrorCode::LimitOutOfRange, detail).at("before"));
        }
        let row = self.row(caller, id).await?;
        let time = row.entry.timestamp;
        let condition =
            if same_service { Query::term(LogField::Service, &*row.entry.service) } else { Query::All };
        let side = |sort, limit, range| {
            self.side(caller, condition.clone(), sort, limit, range, row.position.clone())
        };
        let earlier = TimeRange::new(time.plus(-SURROUNDING_MICROS), time.plus(1));
        let later = TimeRange::new(time, time.plus(SURROUNDING_MICROS));
        let entries = |found: Rows| found.rows.into_iter().map(|row| row.entry);
        let found_before = side(SortOrder::Desc, before, earlier).await?;
        let found_after = side(SortOrder::Asc, after, later).await?;
        let mut warnings = [found_before.warnings.clone(), found_after.warnings.clone()].concat();
        warnings.sort_unstable();
        warnings.dedup();
        Ok(Surroundings {
            before: entries(found_before).rev().collect(),
            line: row.entry,
            after: entries(found_after).collect(),
            warnings,
        })
    }

    /// Every line of one request id or trace id; over the caller's whole window unless the request names another.
    ///
    /// # Errors
    /// As for a search.
    pub async fn get_trace(&self, caller: &Caller, id: &str, params: &SearchParams) -> Result<Trace> {
        let mut params = params.clone();
        if params.from.is_none() && params.to.is_none() && params.time_range.is_none() {
            let now = self.clock.now();
            let longest = i64::from(caller.max_window_days) * DAY_MICROS;
            params.from = Some(now.plus(-longest).to_string());
        }
        params.sort = Some("asc".to_owned());
        params.limit = Some(MAX_TRACE.to_string());
        params.total = Some("none".to_owned());
        let either = |field| Query::term(field, id);
        let condition = Query::Or(vec![either(LogField::RequestId), either(LogField::TraceId)]);
        let view = View { condition, wants_next: false, ..View::all("trace", readable_kinds(caller)) };
        let page = self.page(caller, &params, &view).await?;
        Ok(trace(page))
    }

    async fn row(&self, caller: &Caller, id: &str) -> Result<Row> {
        self.reader.line(caller, &LogId::stored(id)).await?.ok_or_else(|| {
            let detail = "no line with this id; it may have passed its retention, or lie outside your scope";
            Error::new(ErrorCode::LineNotFound, detail)
        })
    }

    async fn side(
        &self,
        caller: &Caller,
        query: Query,
        sort: SortOrder,
        limit: usize,
        range: Option<TimeRange>,
        line: Position,
    ) -> Result<Rows> {
        let Some(range) = range.filter(|_| limit > 0) else {
            return Ok(Rows::default());
        };
        let selection = Selection { kinds: readable_kinds(caller), range, query };
        let start = Some(PageStart::Beside(line));
        let request =
            PageRequest { selection, sort, limit, start, wants_next: false, total: TotalMode::None };
        let found = self.reader.page(caller, &request).await?;
        // Neighbours that are missing for now would make others look like neighbours.
        if found.completeness.has_answered() { Ok(found) } else { Err(incomplete()) }
    }
}

fn trace(page: SearchAnswer) -> Trace {
    let mut order: Vec<String> = Vec::new();
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for entry in &page.items {
        if !counts.contains_key(&entry.service) {
            order.push(entry.service.clone());
        }
        *counts.entry(entry.service.clone()).or_default() += 1;
    }
    let count = |service: String| {
        let count = counts.get(&service).copied().unwrap_or_default();
        (service, count)
    };
    Trace {
        services: order.into_iter().map(count).collect(),
        first_error: page.items.iter().find(|entry| entry.level >= Level::Error).cloned(),
        gaps: page.items.windows(2).filter_map(gap).collect(),
        completeness: page.completeness,
        warnings: page.warnings,
        items: page.items,
    }
}

fn gap(pair: &[LogEntry]) -> Option<(LogId, f64)> {
    let [before, after] = pair else { return None };
    let micros = after.timestamp.get().saturating_sub(before.timestamp.get());
    let pause = std::time::Duration::from_micros(u64::try_from(micros).unwrap_or(0));
    (micros >= GAP_MICROS).then(|| (before.id.clone(), pause.as_secs_f64()))
}
