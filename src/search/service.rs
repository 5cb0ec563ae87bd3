//! The service behind the log routes: what goes in, what comes out, and who does it.

use std::sync::Arc;

use bytes::Bytes;

use super::SearchParams;
use super::parse::{ParseContext, parse};
use crate::error::{Error, ErrorCode, Place, Result};
use crate::model::query::{PageRequest, Selection};
use crate::model::{
    Caller, Clock, Completeness, KindSet, LogEntry, LogField, Query, Scope, SortOrder, TimeRange, Total,
    TotalMode,
};
use crate::repository::{LineToStore, LogStore, Visibility};

const DAY_MICROS: i64 = 86_400_000_000;
const DEFAULT_LIMIT: usize = 50;
const MAX_LIMIT: usize = 1_000;

/// One page of lines as it is answered.
#[derive(Clone, Debug, PartialEq)]
pub struct SearchAnswer {
    /// The lines, in order.
    pub items: Vec<LogEntry>,
    /// Where the next page begins; `None` at the end.
    pub next_cursor: Option<String>,
    /// How many lines meet the query, unless that was not asked.
    pub total: Option<Total>,
    /// How long the search took, in milliseconds.
    pub took_ms: u64,
    /// Where the answer came from: `memory`, `redis` or `none`.
    pub cache: &'static str,
    /// Whether everything answered.
    pub completeness: Completeness,
    /// Sentences about what is legal but likely a slip.
    pub warnings: Vec<String>,
}

/// How a body of lines is to be read and stored.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IngestRequest {
    /// Media type of the body, lower-case, without parameters.
    pub content_type: Option<String>,
    /// Service of lines that name none.
    pub service: Option<String>,
    /// Kind under which all lines are stored.
    pub kind: Option<String>,
    /// `wait_for`: answer once the lines can be found.
    pub refresh: Option<String>,
}

/// What became of a body of lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IngestAnswer {
    /// Lines on disk.
    pub stored: usize,
    /// Lines that cannot be stored.
    pub refused: usize,
    /// Which lines, and why.
    pub errors: Vec<Place>,
}

/// Finds log lines and takes them in.
pub struct SearchService {
    store: Arc<dyn LogStore>,
    clock: Arc<dyn Clock>,
}

impl SearchService {
    /// Makes the service over a store.
    #[must_use]
    pub fn new(store: Arc<dyn LogStore>, clock: Arc<dyn Clock>) -> Self {
        Self { store, clock }
    }

    /// Finds one page of lines that `caller` may see.
    ///
    /// # Errors
    ///
    /// Parameters that cannot be read or are not allowed, and failures of the store.
    pub async fn search_logs(&self, caller: &Caller, params: &SearchParams) -> Result<SearchAnswer> {
        let now = self.clock.now();
        let context = ParseContext { now, zone: jiff::tz::TimeZone::UTC };
        let parsed = parse(params.query.as_deref().unwrap_or_default(), &context)?;
        let limit = limit(params.limit.as_deref())?;
        let scope = match &caller.scope {
            Scope::All => Query::All,
            Scope::Services(services) => {
                Query::Terms { field: LogField::Service.into(), values: services.clone() }
            }
        };
        let Some(range) = TimeRange::new(now.plus(-DAY_MICROS), now) else {
            return Err(Error::new(ErrorCode::BadTimeRange, "the window of the last 24 hours is empty"));
        };
        let request = PageRequest {
            selection: Selection {
                kinds: KindSet::APP_AND_ERROR,
                range,
                query: Query::and([parsed.query, scope]),
            },
            sort: SortOrder::Desc,
            limit,
            after: None,
            total: TotalMode::Bounded,
        };
        let page = self.store.search(&request).await?;
        Ok(SearchAnswer {
            items: page.rows.into_iter().map(|row| row.entry).collect(),
            next_cursor: None,
            total: page.total,
            took_ms: 0,
            cache: "none",
            completeness: page.completeness,
            warnings: parsed.warnings,
        })
    }

    /// Stores a body of lines; on return those that count as stored are on disk.
    ///
    /// # Errors
    ///
    /// A body that cannot be read as a whole, and failures of the store.
    pub async fn ingest(&self, body: Bytes, how: IngestRequest) -> Result<IngestAnswer> {
        let mut answer = IngestAnswer::default();
        let mut lines = Vec::new();
        for (index, line) in body.split(|byte| *byte == b'\n').enumerate() {
            if line.is_empty() {
                continue;
            }
            match serde_json::from_slice::<LogEntry>(line) {
                Ok(entry) => lines.push(LineToStore { kind: entry.natural_kind(), entry }),
                Err(error) => answer.errors.push(Place {
                    line: Some(index + 1),
                    code: Some(ErrorCode::RefusedLine.number()),
                    detail: Some(error.to_string()),
                    ..Place::default()
                }),
            }
        }
        let waits = how.refresh.as_deref() == Some("wait_for");
        let visibility = if waits { Visibility::BeforeAnswer } else { Visibility::Soon };
        answer.stored =
            self.store.append(lines, visibility).await?.iter().filter(|line| line.is_ok()).count();
        answer.refused = answer.errors.len();
        Ok(answer)
    }
}

fn limit(text: Option<&str>) -> Result<usize> {
    let Some(text) = text else {
        return Ok(DEFAULT_LIMIT);
    };
    let is_whole = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_whole {
        return Err(Error::new(ErrorCode::BadParameter, "limit is not a whole number").at("limit"));
    }
    let limit = text.parse().unwrap_or(usize::MAX);
    if (1..=MAX_LIMIT).contains(&limit) {
        return Ok(limit);
    }
    Err(Error::new(ErrorCode::LimitOutOfRange, format!("limit must lie between 1 and {MAX_LIMIT}"))
        .at("limit"))
}
