//! `GET /api/v1/logs/{id}`: one line.

use axum::Json;
use axum::extract::{Path, State};

use super::schema::{LogEntrySchema, line_example};
use crate::error::{ErrorCode, Result};
use crate::http::AppState;
use crate::http::extract::Known;
use crate::http::parameters::{Nothing, Takes};
use crate::http::problem::{ErrorResponse, problem_example};
use crate::model::LogEntry;

/// Read one line
///
/// By the `id` that every line of an answer carries; lines that their sender has named are searched for with
/// `query=client_id:…`. A line outside your scope does not exist for you.
#[utoipa::path(
    get,
    path = "/api/v1/logs/{id}",
    operation_id = "getLog",
    tag = "logs",
    params(("id" = String, Path, description = "Id of the line, as it stands in an answer.",
        example = "019365a0-7c1b-7d3e-9f2a-6b1f0c2d4e5f")),
    responses(
        (status = 200, description = "The line", body = LogEntrySchema, example = json!(line_example())),
        (status = 404, description = "There is no such line, or none that you may see", body = ErrorResponse,
            example = json!(problem_example(ErrorCode::LineNotFound))),
    ),
    security(("bearer" = ["logs:search"]))
)]
pub(in crate::http) async fn get(
    State(state): State<AppState>,
    Known(caller): Known,
    Path(id): Path<String>,
    _: Takes<Nothing>,
) -> Result<Json<LogEntry>> {
    state.search.get_log(&caller, &id).await.map(Json)
}
