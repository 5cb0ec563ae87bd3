//! `GET` and `POST /api/v1/logs/search`: find log lines; both take the same parameters.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::{Extension, Json};

use super::params;
use super::schema::{PaginatedLogResponse, page_example};
use crate::error::Result;
use crate::http::AppState;
use crate::http::extract::{Known, json_pairs, query_pairs};
use crate::http::problem::ErrorResponse;
use crate::search::SearchParams;
use crate::telemetry::labels::CacheSource;

/// Find log lines
///
/// Application and error lines of the services that your token names, newest first. `query` takes bare words, which
/// search the message, and `field:value` terms; `GET /api/v1/me` says how wide a window may be.
#[utoipa::path(
    get,
    path = "/api/v1/logs/search",
    operation_id = "searchLogs",
    tag = "logs",
    params(SearchParams),
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
    uri: Uri,
) -> Result<(Extension<CacheSource>, Json<PaginatedLogResponse>)> {
    let params = SearchParams::from_pairs(query_pairs(&uri))?;
    let answer = state.search.search_logs(&caller, &params).await?;
    Ok((Extension(CacheSource::by_word(answer.cache)), Json(answer.into())))
}

/// Find log lines, with the parameters in the body
///
/// The same as `GET`, for queries that are too long for a URL or must not stand in one.
#[utoipa::path(
    post,
    path = "/api/v1/logs/search",
    operation_id = "searchLogsByBody",
    tag = "logs",
    request_body(content = SearchParams, content_type = "application/json", example = json!(params::example())),
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
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Result<(Extension<CacheSource>, Json<PaginatedLogResponse>)> {
    let pairs = query_pairs(&uri).into_iter().chain(json_pairs(&headers, &body)?);
    let params = SearchParams::from_pairs(pairs)?;
    let answer = state.search.search_logs(&caller, &params).await?;
    Ok((Extension(CacheSource::by_word(answer.cache)), Json(answer.into())))
}
