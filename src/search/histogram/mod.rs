//! Lines over time, and values with their counts.

pub(crate) mod interval;

use std::time::Instant;

use self::interval::Interval;
use super::SearchParams;
use super::plan::{Plan, View};
use super::reader::readable_kinds;
use super::service::SearchService;
use super::suggestion::is_unique;
use crate::error::{Error, ErrorCode, Result};
use crate::model::page::Counts;
use crate::model::query::CountRequest;
use crate::model::{Caller, Completeness, FieldKind, FieldRef, LogField, Micros, TimeRange, Total};

/// Values of one bucket that are named; the rest is in the count only.
const MAX_SERIES: usize = 50;
/// Values of a field that are listed at most.
const MAX_VALUES: usize = 1_000;
/// Values of a field that are listed unless the request says otherwise.
const DEFAULT_VALUES: usize = 100;

/// Lines over time.
#[derive(Clone, Debug, PartialEq)]
pub struct Histogram {
    /// The step.
    pub interval: Interval,
    /// The zone that the bounds are aligned in.
    pub zone: jiff::tz::TimeZone,
    /// Every bucket of the window, empty ones too.
    pub buckets: Vec<HistogramBucket>,
    /// Sum of the buckets.
    pub total: Total,
    /// How long it took, in milliseconds.
    pub took_ms: u64,
    /// Whether everything answered.
    pub completeness: Completeness,
    /// Sentences about likely slips, and about what was left out.
    pub warnings: Vec<String>,
}

/// One bucket of a histogram.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistogramBucket {
    /// Its first moment.
    pub from: Micros,
    /// The first moment after it.
    pub to: Micros,
    /// Lines in it.
    pub count: u64,
    /// Lines per value of the field asked for; only what occurs.
    pub by: Vec<(String, u64)>,
}

/// Values of a field, the most frequent first.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldValues {
    /// Value and number of lines.
    pub items: Vec<(String, u64)>,
    /// Whether everything answered.
    pub completeness: Completeness,
    /// Sentences about likely slips, and about what was left out.
    pub warnings: Vec<String>,
}

impl SearchService {
    /// Counts the lines of a query over time. `interval` is `auto` when absent, `by` is `level` or `service`.
    ///
    /// # Errors
    /// As for a search; also `BadParameter` for an unknown `interval` or `by`, and `TooManyBuckets`.
    pub async fn histogram(
        &self,
        caller: &Caller,
        params: &SearchParams,
        interval: Option<&str>,
        by: Option<&str>,
    ) -> Result<Histogram> {
        let started = Instant::now();
        let by = by.map(series).transpose()?;
        let plan = self.count_plan(caller, params)?;
        let range = plan.selection.range;
        let interval = match interval {
            None | Some("auto") => Interval::automatic(range, &plan.zone),
            Some(text) => Interval::parse(text)?,
        };
        let bounds = if range.is_empty() { Vec::new() } else { interval.bounds(range, &plan.zone)? };
        let windows: Vec<_> = bounds.windows(2).filter_map(window).collect();
        let request = CountRequest { selection: plan.selection, bounds, by, top: MAX_SERIES, prefix: None };
        let counts =
            if windows.is_empty() { Counts::default() } else { self.reader.counts(caller, &request).await? };
        let bucket = |(window, bucket): (TimeRange, crate::model::page::Bucket)| HistogramBucket {
            from: window.from(),
            to: window.to(),
            count: bucket.count,
            by: bucket.by,
        };
        let buckets: Vec<_> = windows.into_iter().zip(counts.buckets).map(bucket).collect();
        let total = Total::exactly(buckets.iter().map(|bucket| bucket.count).sum());
        let mut warnings = [plan.warnings, counts.warnings].concat();
        if total.value == 0 && !counts.completeness.partial {
            warnings.extend(self.near_values(caller, &request.selection).await);
        }
        Ok(Histogram {
            interval,
            zone: plan.zone,
            total,
            buckets,
            took_ms: u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
            completeness: counts.completeness,
            warnings,
        })
    }

    /// Lists the values of a field that begin with `prefix` among the lines of a query, the most frequent first.
    ///
    /// # Errors
    /// `UnknownField`; `UnsupportedOperation` for fields whose values cannot be counted; else as for a search.
    pub async fn field_values(
        &self,
        caller: &Caller,
        name: &str,
        params: &SearchParams,
        prefix: Option<&str>,
    ) -> Result<FieldValues> {
        let field = countable(name)?;
        let plan = self.count_plan(caller, params)?;
        let top = if params.limit.is_some() { plan.limit.min(MAX_VALUES) } else { DEFAULT_VALUES };
        let request = CountRequest {
            selection: plan.selection,
            bounds: Vec::new(),
            by: Some(field),
            top,
            prefix: prefix.map(str::to_owned),
        };
        let mut counts = self.reader.counts(caller, &request).await?;
        let items = counts.buckets.pop().unwrap_or_default().by;
        let warnings = [plan.warnings, counts.warnings].concat();
        Ok(FieldValues { items, completeness: counts.completeness, warnings })
    }

    fn count_plan(&self, caller: &Caller, params: &SearchParams) -> Result<Plan> {
        let view = View::all("counts", readable_kinds(caller));
        Plan::new(params, caller, &view, self.clock.now())
    }
}

fn window(pair: &[Micros]) -> Option<TimeRange> {
    match pair {
        [from, to] => TimeRange::new(*from, *to),
        _ => None,
    }
}

fn series(name: &str) -> Result<LogField> {
    match name {
        "level" => Ok(LogField::Level),
        "service" => Ok(LogField::Service),
        _ => Err(Error::new(ErrorCode::BadParameter, "by: use level or service").at("by")),
    }
}

/// A field whose values can be counted: keywords, levels and addresses. Ids of lines are all different, times and messages
/// are no values, and of the context not every engine can count them.
fn countable(name: &str) -> Result<LogField> {
    let Some(field) = FieldRef::by_name(name) else {
        let shown: String = name.chars().take(64).collect();
        return Err(Error::new(ErrorCode::UnknownField, format!("unknown field '{shown}'")).at("name"));
    };
    if let (FieldRef::Known(known), FieldKind::Keyword | FieldKind::Ip | FieldKind::Level) =
        (&field, field.kind())
        // Of nearly as many values as lines a list tells nothing.
        && !is_unique(*known)
    {
        return Ok(*known);
    }
    let detail =
        format!("the values of {field} cannot be listed; use service, level or another keyword field");
    Err(Error::new(ErrorCode::UnsupportedOperation, detail).at("name"))
}
