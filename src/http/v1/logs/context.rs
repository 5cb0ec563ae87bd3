//! `GET /api/v1/logs/{id}/context`: a line among its neighbours.

use axum::Json;
use axum::extract::{Path, State};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::schema::{LogEntrySchema, line_example};
use crate::error::{Error, ErrorCode, Result};
use crate::http::AppState;
use crate::http::extract::Known;
use crate::http::parameters::{RouteParams, Takes};
use crate::http::problem::{ErrorResponse, problem_example};
use crate::model::LogEntry;
use crate::search::params::{Param, ParamKind, whole_number};
use crate::search::views::Surroundings;

/// Lines on each side unless the request says otherwise.
const DEFAULT_LINES: usize = 20;
/// Lines on each side at most.
const MAX_LINES: usize = 500;

/// How many lines, and whose.
pub(in crate::http) struct Params;

impl RouteParams for Params {
    const SEARCH: &'static [&'static str] = &[];
    const OWN: &'static [Param] = &[
        Param {
            name: "before",
            alias: None,
            doc: "Lines before it at most; 20 unless given.",
            kind: ParamKind::Integer(0, 500),
            example: "20",
        },
        Param {
            name: "after",
            alias: None,
            doc: "Lines after it at most; 20 unless given.",
            kind: ParamKind::Integer(0, 500),
            example: "20",
        },
        Param {
            name: "same",
            alias: None,
            doc: "`service`: only lines of the service of this line; every service of yours unless given.",
            kind: ParamKind::OneOf(&["service"]),
            example: "service",
        },
    ];
}

/// A line among its neighbours.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct SurroundingsResponse {
    /// Lines before it, oldest first.
    #[schema(value_type = Vec<LogEntrySchema>)]
    before: Vec<LogEntry>,
    /// The line.
    #[schema(value_type = LogEntrySchema)]
    line: LogEntry,
    /// Lines after it, oldest first.
    #[schema(value_type = Vec<LogEntrySchema>)]
    after: Vec<LogEntry>,
    /// What was left out around the line; there only when something was.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false, example = json!(["the index logs-app-2024 is closed, so its lines are left out"]))]
    warnings: Vec<String>,
}

impl From<Surroundings> for SurroundingsResponse {
    fn from(found: Surroundings) -> Self {
        Self { before: found.before, line: found.line, after: found.after, warnings: found.warnings }
    }
}

/// Read what happened around a line
///
/// The lines right before and after it, at most a day away, each side oldest first.
#[utoipa::path(
    get,
    path = "/api/v1/logs/{id}/context",
    operation_id = "getLogContext",
    tag = "logs",
    params(
        ("id" = String, Path, description = "Id of the line, as it stands in an answer.",
            example = "019365a0-7c1b-7d3e-9f2a-6b1f0c2d4e5f"),
        Takes<Params>,
    ),
    responses(
        (status = 200, description = "The line and its neighbours", body = SurroundingsResponse, example = json!(example())),
        (status = 404, description = "There is no such line, or none that you may see", body = ErrorResponse,
            example = json!(problem_example(ErrorCode::LineNotFound))),
        (status = 422, description = "More than 500 lines on one side", body = ErrorResponse,
            example = json!(problem_example(ErrorCode::LimitOutOfRange))),
    ),
    security(("bearer" = ["logs:search"]))
)]
pub(in crate::http) async fn get(
    State(state): State<AppState>,
    Known(caller): Known,
    Path(id): Path<String>,
    given: Takes<Params>,
) -> Result<Json<SurroundingsResponse>> {
    let lines = |name| -> Result<usize> {
        Ok(whole_number(given.own(name), name, 0..=MAX_LINES)?.unwrap_or(DEFAULT_LINES))
    };
    let (before, after) = (lines("before")?, lines("after")?);
    let same_service = match given.own("same") {
        None => false,
        Some("service") => true,
        Some(_) => {
            return Err(Error::new(ErrorCode::BadParameter, "same: use service, or leave it out").at("same"));
        }
    };
    let found = state.search.get_log_context(&caller, &id, before, after, same_service).await?;
    Ok(Json(found.into()))
}

fn example() -> Value {
    json!({"before": [], "line": line_example(), "after": []})
}
