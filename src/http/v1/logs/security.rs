//! `GET /api/v1/logs/security`: security lines, for roles that may read them.

use axum::Json;
use axum::extract::State;

use super::schema::{PaginatedLogResponse, page_example};
use crate::error::Result;
use crate::http::AppState;
use crate::http::extract::Known;
use crate::http::parameters::{PAGE, RouteParams, Takes};
use crate::http::problem::ErrorResponse;

/// Everything that a search takes.
pub(in crate::http) struct Params;

impl RouteParams for Params {
    const SEARCH: &'static [&'static str] = PAGE;
}

/// Read security lines
///
/// Lines that their senders marked with `kind=security`, newest first. Never from a part of the index: while a part
/// does not answer, this is a 503.
#[utoipa::path(
    get,
    path = "/api/v1/logs/security",
    operation_id = "searchSecurityLogs",
    tag = "logs",
    params(Takes<Params>),
    responses(
        (status = 200, description = "A page of lines", body = PaginatedLogResponse, example = json!(page_example())),
        (status = 410, description = "The cursor has expired", body = ErrorResponse),
        (status = 422, description = "Well-formed, but not possible", body = ErrorResponse),
    ),
    security(("bearer" = ["logs:security"]))
)]
pub(in crate::http) async fn get(
    State(state): State<AppState>,
    Known(caller): Known,
    given: Takes<Params>,
) -> Result<Json<PaginatedLogResponse>> {
    let answer = state.search.search_security_logs(&caller, &given.search).await?;
    Ok(Json(answer.into()))
}
