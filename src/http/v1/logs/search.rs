//! `GET` and `POST /api/v1/logs/search`: find log lines; both take the same parameters.

use axum::Json;
use axum::extract::State;

use super::schema::{PaginatedLogResponse, page_example};
use crate::error::Result;
use crate::http::AppState;
use crate::http::extract::Known;
use crate::http::parameters::{PAGE, RouteParams, Takes, TakesInBody, search_body_example};
use crate::http::problem::ErrorResponse;
use crate::search::SearchParams;

/// Everything that a search takes.
pub(in crate::http) struct Params;

impl RouteParams for Params {
    const SEARCH: &'static [&'static str] = PAGE;
    const PREFILLED: &'static [(&'static str, &'static str)] =
        &[("query", "level:error"), ("time_range", "24h"), ("limit", "20")];
}

/// Find log lines
///
/// Application and error lines of the services that your token names, newest first. `query` takes bare words, which
/// search the message, and `field:value` terms; `GET /api/v1/me` says how wide a window may be.
#[utoipa::path(
    get,
    path = "/api/v1/logs/search",
    operation_id = "searchLogs",
    tag = "logs",
    params(Takes<Params>),
    responses(
        (status = 200, description = "A page of lines", body = PaginatedLogResponse, example = json!(page_example())),
        (status = 410, description = "The cursor has expired", body = ErrorResponse),
        (status = 422, description = "Well-formed, but not possible", body = ErrorResponse),
    ),
    security(("bearer" = ["logs:search"]))
)]
pub(in crate::http) async fn get(
    State(state): State<AppState>,
    Known(caller): Known,
    given: Takes<Params>,
) -> Result<Json<PaginatedLogResponse>> {
    let answer = state.search.search_logs(&caller, &given.search).await?;
    Ok(Json(answer.into()))
}

/// Find log lines, with the parameters in the body
///
/// The same as `GET`, for queries that are too long for a URL or must not stand in one.
#[utoipa::path(
    post,
    path = "/api/v1/logs/search",
    operation_id = "searchLogsByBody",
    tag = "logs",
    request_body(content = SearchParams, content_type = "application/json", example = json!(search_body_example())),
    responses(
        (status = 200, description = "A page of lines", body = PaginatedLogResponse, example = json!(page_example())),
        (status = 410, description = "The cursor has expired", body = ErrorResponse),
        (status = 413, description = "The body is too large", body = ErrorResponse),
        (status = 415, description = "The body is not JSON", body = ErrorResponse),
        (status = 422, description = "Well-formed, but not possible", body = ErrorResponse),
    ),
    security(("bearer" = ["logs:search"]))
)]
pub(in crate::http) async fn post(
    State(state): State<AppState>,
    Known(caller): Known,
    TakesInBody(given): TakesInBody<Params>,
) -> Result<Json<PaginatedLogResponse>> {
    let answer = state.search.search_logs(&caller, &given.search).await?;
    Ok(Json(answer.into()))
}
