//! `GET /api/v1/logs/histogram`: how many lines there are over time.

use axum::Json;
use axum::extract::State;
use jiff::fmt::temporal::DateTimePrinter;
use jiff::tz::TimeZone;
use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use crate::error::{ErrorCode, Result};
use crate::http::AppState;
use crate::http::extract::Known;
use crate::http::parameters::{COUNT, RouteParams, Takes};
use crate::http::problem::{ErrorResponse, problem_example};
use crate::model::{Completeness, Micros, Total};
use crate::search::histogram::{Histogram, HistogramBucket};
use crate::search::params::{Param, ParamKind};
use crate::telemetry::labels::{CacheSource, Label as _};

/// Which lines, and how to cut the time.
pub(in crate::http) struct Params;

impl RouteParams for Params {
    const SEARCH: &'static [&'static str] = COUNT;
    const OWN: &'static [Param] = &[
        Param {
            name: "interval",
            alias: None,
            doc: "Length of a bucket: a number and `s`, `m`, `h` or `d`, or `1w`, `1M`, or `auto`, which chooses one. At most 120 buckets.",
            kind: ParamKind::Text,
            example: "15m",
        },
        Param {
            name: "by",
            alias: None,
            doc: "Counts for each value of this field in every bucket.",
            kind: ParamKind::OneOf(&["level", "service"]),
            example: "level",
        },
    ];
    const PREFILLED: &'static [(&'static str, &'static str)] =
        &[("interval", "auto"), ("by", "level"), ("time_range", "24h")];
}

/// Lines over time.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct HistogramResponse {
    /// Length of a bucket; `auto` is told as what it chose.
    #[schema(example = "15m")]
    interval: String,
    /// Time zone of the bounds.
    #[schema(example = "Asia/Seoul")]
    tz: String,
    /// Every bucket of the window in order, empty ones too; the first and the last are cut to the window.
    buckets: Vec<BucketResponse>,
    /// Sum of the buckets.
    total: Total,
    /// How long it took, in milliseconds.
    #[schema(example = 3)]
    took_ms: u64,
    /// Cache that the answer came from; always `none` in this version.
    #[schema(example = "none")]
    cache: &'static str,
    /// Whether the answer covers everything that was asked.
    completeness: Completeness,
    /// Likely slips, and what was left out; there only when there is something to say.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false, example = json!(["the index logs-app-2024 is closed, so its lines are left out"]))]
    warnings: Vec<String>,
}

/// One bucket of a histogram.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = HistogramBucket)]
pub(in crate::http) struct BucketResponse {
    /// Its first moment, in the time zone asked for.
    #[schema(example = "2026-11-21T09:00:00+09:00")]
    from: String,
    /// The first moment after it.
    #[schema(example = "2026-11-21T09:15:00+09:00")]
    to: String,
    /// Lines in it.
    #[schema(example = 3)]
    count: u64,
    /// Lines for each value of the field asked for with `by`; only what occurs.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<std::collections::BTreeMap<String, u64>>, example = json!({"info": 2, "error": 1}))]
    by: Option<Map<String, Value>>,
}

/// Count lines over time
///
/// The bounds are aligned to the interval in the time zone `tz`, so that days are days also when the clock changes.
#[utoipa::path(
    get,
    path = "/api/v1/logs/histogram",
    operation_id = "getHistogram",
    tag = "logs",
    params(Takes<Params>),
    responses(
        (status = 200, description = "The buckets", body = HistogramResponse, example = json!(example())),
        (status = 422, description = "Too many buckets, or not possible in another way", body = ErrorResponse,
            example = json!(problem_example(ErrorCode::TooManyBuckets))),
    ),
    security(("bearer" = ["logs:search"]))
)]
pub(in crate::http) async fn get(
    State(state): State<AppState>,
    Known(caller): Known,
    given: Takes<Params>,
) -> Result<Json<HistogramResponse>> {
    let by = given.own("by");
    let found = state.search.histogram(&caller, &given.search, given.own("interval"), by).await?;
    let tz = given.search.tz.clone().unwrap_or_else(|| "UTC".to_owned());
    Ok(Json(response(found, tz, by.is_some())))
}

fn response(found: Histogram, tz: String, is_split: bool) -> HistogramResponse {
    let zone = found.zone;
    let bucket = |bucket: HistogramBucket| BucketResponse {
        from: local(bucket.from, &zone),
        to: local(bucket.to, &zone),
        count: bucket.count,
        by: is_split
            .then(|| bucket.by.into_iter().map(|(value, count)| (value, Value::from(count))).collect()),
    };
    HistogramResponse {
        interval: found.interval.to_string(),
        tz,
        buckets: found.buckets.into_iter().map(bucket).collect(),
        total: found.total,
        took_ms: found.took_ms,
        cache: CacheSource::None.as_str(),
        completeness: found.completeness,
        warnings: found.warnings,
    }
}

/// A time with the offset that the zone has then.
fn local(time: Micros, zone: &TimeZone) -> String {
    let timestamp = time.timestamp();
    let offset = zone.to_offset(timestamp);
    if offset.is_zero() {
        return timestamp.to_string();
    }
    DateTimePrinter::new().timestamp_with_offset_to_string(&timestamp, offset)
}

fn example() -> Value {
    json!({
        "interval": "15m",
        "tz": "Asia/Seoul",
        "buckets": [{
            "from": "2026-11-21T09:00:00+09:00",
            "to": "2026-11-21T09:15:00+09:00",
            "count": 3,
            "by": {"info": 2, "error": 1}
        }],
        "total": {"value": 3, "relation": "eq"},
        "took_ms": 3,
        "cache": "none",
        "completeness": {"partial": false, "failed_shards": 0, "stale_seconds": 0}
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bound_carries_the_offset_of_its_day() {
        let of = |time, zone| local(Micros::parse_rfc3339(time).unwrap(), &TimeZone::get(zone).unwrap());

        assert_eq!(of("2026-11-21T00:00:00Z", "Asia/Seoul"), "2026-11-21T09:00:00+09:00");
        assert_eq!(of("2026-10-25T00:30:00.5Z", "Europe/Berlin"), "2026-10-25T02:30:00.5+02:00");
        assert_eq!(of("2026-10-25T01:30:00Z", "Europe/Berlin"), "2026-10-25T02:30:00+01:00");
        assert_eq!(of("2026-11-21T00:00:00Z", "UTC"), "2026-11-21T00:00:00Z");
    }
}
