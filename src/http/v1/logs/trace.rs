//! `GET /api/v1/logs/trace/{id}`: everything that one request wrote, across services.

use axum::Json;
use axum::extract::{Path, State};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::schema::{LogEntrySchema, ServiceCount, is_complete, line_example};
use crate::error::Result;
use crate::http::AppState;
use crate::http::extract::Known;
use crate::http::parameters::{RouteParams, Takes};
use crate::http::problem::ErrorResponse;
use crate::model::{Completeness, LogEntry};
use crate::search::params::Param;
use crate::search::views::Trace;

/// Which lines of the trace; order and length are given.
pub(in crate::http) struct Params;

impl RouteParams for Params {
    const SEARCH: &'static [&'static str] =
        &["query", "from", "to", "time_range", "service", "level", "min_level", "user_id", "tz"];
    const OWN: &'static [Param] = &[];
    const PREFILLED: &'static [(&'static str, &'static str)] = &[];
}

/// The lines of one request or trace.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct TraceResponse {
    /// The lines, oldest first; at most 1,000.
    #[schema(value_type = Vec<LogEntrySchema>)]
    items: Vec<LogEntry>,
    /// Services and their lines, in the order of their first line.
    services: Vec<ServiceCount>,
    /// The first line of level error or above.
    #[schema(value_type = Option<LogEntrySchema>, required = true)]
    first_error: Option<LogEntry>,
    /// Pauses of a second or more.
    gaps: Vec<Gap>,
    /// There only when a part of the index did not answer or was left out.
    #[serde(skip_serializing_if = "is_complete")]
    #[schema(required = false)]
    completeness: Completeness,
    /// Likely slips, and what was left out; there only when there is something to say.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false, example = json!(["the index logs-app-2024 is closed, so its lines are left out"]))]
    warnings: Vec<String>,
}

/// A pause between two lines.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct Gap {
    /// Id of the line before the pause.
    #[schema(example = "019365a0-7c1b-7d3e-9f2a-6b1f0c2d4e5f")]
    after: String,
    /// Length of the pause, in seconds.
    #[schema(example = 1.5)]
    seconds: f64,
}

impl From<Trace> for TraceResponse {
    fn from(trace: Trace) -> Self {
        let gap = |(after, seconds): (crate::model::LogId, f64)| Gap { after: after.to_string(), seconds };
        Self {
            items: trace.items,
            services: trace.services.into_iter().map(ServiceCount::from).collect(),
            first_error: trace.first_error,
            gaps: trace.gaps.into_iter().map(gap).collect(),
            completeness: trace.completeness,
            warnings: trace.warnings,
        }
    }
}

/// Follow a request across services
///
/// Every line with this request id or trace id, oldest first, with the first error and the pauses marked. Without a
/// window it looks as far back as you may; an id that nobody wrote has an empty answer.
#[utoipa::path(
    get,
    path = "/api/v1/logs/trace/{id}",
    operation_id = "getTrace",
    tag = "logs",
    params(
        ("id" = String, Path, description = "A request id or a trace id, as it stands in a line.",
            example = "a7a49477-f844-4e96-8cac-408d967d46d2"),
        Takes<Params>,
    ),
    responses(
        (status = 200, description = "The lines of the request", body = TraceResponse, example = json!(example())),
        (status = 422, description = "Well-formed, but not possible", body = ErrorResponse),
    ),
    security(("bearer" = ["logs:search"]))
)]
pub(in crate::http) async fn get(
    State(state): State<AppState>,
    Known(caller): Known,
    Path(id): Path<String>,
    given: Takes<Params>,
) -> Result<Json<TraceResponse>> {
    let trace = state.search.get_trace(&caller, &id, &given.search).await?;
    Ok(Json(trace.into()))
}

fn example() -> Value {
    json!({
        "items": [line_example()],
        "services": [{"service": "auth-service", "count": 1}],
        "first_error": line_example(),
        "gaps": []
    })
}
