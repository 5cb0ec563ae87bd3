//! From the parameters of a request to what the store is asked.

use aws_lc_rs::digest::{SHA256, digest};
use jiff::tz::TimeZone;

use super::dates::parse_zone;
use super::fields::FieldSelection;
use super::params::{SearchParams, list, whole_number};
use super::parse::{ParseContext, parse};
use super::window::window;
use crate::error::{Error, ErrorCode, Result};
use crate::model::query::Selection;
use crate::model::{Caller, KindSet, Level, LogField, Micros, Query, Scope, SortOrder, TotalMode};

/// Rows of a page unless the request says otherwise.
const DEFAULT_LIMIT: usize = 100;
/// Rows of a page at most.
pub(crate) const MAX_LIMIT: usize = 1_000;

/// One way of looking at the lines: what a route adds to the caller's own question.
#[derive(Clone, Debug)]
pub(crate) struct View {
    /// Name, part of the fingerprint of a cursor.
    pub name: &'static str,
    /// Kinds of lines that are read.
    pub kinds: KindSet,
    /// Condition beside the caller's own.
    pub condition: Query,
    /// Whether it has more than one page.
    pub wants_next: bool,
}

impl View {
    /// All lines of these kinds.
    #[must_use]
    pub(crate) const fn all(name: &'static str, kinds: KindSet) -> Self {
        Self { name, kinds, condition: Query::All, wants_next: true }
    }
}

/// A request that has been understood.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    /// Which lines.
    pub selection: Selection,
    /// Order of the lines.
    pub sort: SortOrder,
    /// Rows of a page.
    pub limit: usize,
    /// How exactly to count.
    pub total: TotalMode,
    /// Zone of days and of histogram bounds.
    pub zone: TimeZone,
    /// Which members of a line are answered.
    pub fields: FieldSelection,
    /// Sentences about what is legal but likely a slip.
    pub warnings: Vec<String>,
    /// Sentences for whoever finds nothing.
    pub hints: Vec<String>,
}

impl Plan {
    /// Understands a request; `now` is the time of its first page.
    ///
    /// # Errors
    /// Any code from 3000 to 3010, naming the parameter at fault.
    pub(crate) fn new(params: &SearchParams, caller: &Caller, view: &View, now: Micros) -> Result<Self> {
        let zone = params.tz.as_deref().map(parse_zone).transpose()?;
        let range = window(params, now, zone.as_ref(), caller.max_window_days)?;
        let context = ParseContext { now, zone: zone.clone() };
        let parsed = parse(params.query.as_deref().unwrap_or_default(), &context)?;
        let query = Query::and([
            parsed.query,
            view.condition.clone(),
            service_condition(params.service.as_deref(), caller)?,
            level_condition(params)?,
            id_condition(LogField::RequestId, params.request_id.as_deref())?,
            id_condition(LogField::TraceId, params.trace_id.as_deref())?,
            id_condition(LogField::UserId, params.user_id.as_deref())?,
        ]);
        Ok(Self {
            selection: Selection { kinds: view.kinds, range, query },
            sort: one_of(
                params.sort.as_deref(),
                "sort",
                &[("desc", SortOrder::Desc), ("asc", SortOrder::Asc)],
            )?,
            limit: limit(params.limit.as_deref())?,
            total: one_of(
                params.total.as_deref(),
                "total",
                &[("bounded", TotalMode::Bounded), ("exact", TotalMode::Exact), ("none", TotalMode::None)],
            )?,
            zone: zone.unwrap_or(TimeZone::UTC),
            fields: FieldSelection::parse(params.fields.as_deref())?,
            warnings: parsed.warnings,
            hints: parsed.hints,
        })
    }
}

/// Fingerprint of everything that must stay the same from page to page.
#[must_use]
pub(crate) fn fingerprint(params: &SearchParams, caller: &Caller, view: &View) -> String {
    let scope = match &caller.scope {
        Scope::All => vec!["*".to_owned()],
        Scope::Services(services) => services.clone(),
    };
    let asked = [
        &params.query,
        &params.from,
        &params.to,
        &params.time_range,
        &params.min_level,
        &params.request_id,
        &params.trace_id,
        &params.user_id,
        &params.sort,
        &params.tz,
    ];
    let services = sorted(params.service.as_deref(), |name| name);
    let levels = sorted(params.level.as_deref(), Level::parse);
    // Debug output quotes and escapes every part, so that two different requests never run together.
    let (name, kinds, condition) = (view.name, view.kinds, &view.condition);
    let text = format!("{name:?} {kinds:?} {condition:?} {scope:?} {services:?} {levels:?} {asked:?}");
    hex::encode(digest(&SHA256, text.as_bytes()).as_ref())
}

/// What a list asks for, however it is written; one that cannot be read never gets as far as a cursor.
fn sorted<'a, T: Ord>(text: Option<&'a str>, read: impl Fn(&'a str) -> T) -> Vec<T> {
    let mut values: Vec<T> = list(text, "").unwrap_or_default().into_iter().map(read).collect();
    values.sort_unstable();
    values.dedup();
    values
}

fn service_condition(text: Option<&str>, caller: &Caller) -> Result<Query> {
    let services = list(text, "service")?;
    for service in &services {
        caller.check_log_access(service)?;
    }
    Ok(match services.as_slice() {
        [] => Query::All,
        [service] => Query::term(LogField::Service, *service),
        services => Query::Terms {
            field: LogField::Service.into(),
            values: services.iter().map(|&service| service.to_owned()).collect(),
        },
    })
}

fn level_condition(params: &SearchParams) -> Result<Query> {
    let mut exact: Vec<_> = list(params.level.as_deref(), "level")?
        .into_iter()
        .map(|text| level(text, "level"))
        .collect::<Result<_>>()?;
    exact.sort_unstable();
    exact.dedup();
    let lowest = params.min_level.as_deref().map(|text| level(text, "min_level")).transpose()?;
    Ok(Query::and([
        if exact.is_empty() { Query::All } else { Query::Levels(exact) },
        lowest.map_or(Query::All, |level| Query::Levels(level.and_above())),
    ]))
}

fn level(text: &str, name: &'static str) -> Result<Level> {
    Level::parse(text).ok_or_else(|| {
        let detail = format!("{name}: not a level; use trace, debug, info, warn, error or fatal");
        Error::new(ErrorCode::BadParameter, detail).at(name)
    })
}

fn id_condition(field: LogField, value: Option<&str>) -> Result<Query> {
    let Some(value) = value else {
        return Ok(Query::All);
    };
    if value.is_empty() || value.len() > 512 || value.contains('\0') {
        let detail = format!("{}: it must hold 1 to 512 characters", field.name());
        return Err(Error::new(ErrorCode::BadParameter, detail).at(field.name()));
    }
    Ok(Query::term(field, value))
}

fn one_of<T: Copy + Default>(text: Option<&str>, name: &'static str, words: &[(&str, T)]) -> Result<T> {
    let Some(text) = text else {
        return Ok(T::default());
    };
    words.iter().find(|(word, _)| *word == text).map(|(_, value)| *value).ok_or_else(|| {
        let known: Vec<_> = words.iter().map(|(word, _)| *word).collect();
        let detail = format!("{name}: use one of {}", known.join(", "));
        Error::new(ErrorCode::BadParameter, detail).at(name)
    })
}

fn limit(text: Option<&str>) -> Result<usize> {
    let limit = whole_number(text, "limit", 1..=MAX_LIMIT).map_err(|mut error| {
        if error.code == ErrorCode::LimitOutOfRange {
            error.detail.push_str("; follow next_cursor for more");
        }
        error
    })?;
    Ok(limit.unwrap_or(DEFAULT_LIMIT))
}
