//! `GET /api/v1/logs/errors`: lines of level error and above, and how many each service wrote.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::schema::{PaginatedLogResponse, ServiceCount, page_example};
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

/// A page of errors, and how many each service wrote.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct ErrorLogsResponse {
    #[serde(flatten)]
    page: PaginatedLogResponse,
    /// Services and their errors in the whole window, the most first; at most 100.
    by_service: Vec<ServiceCount>,
}

/// Read errors
///
/// Lines of level error and fatal, newest first. `by_service` counts the whole window, not only the page.
#[utoipa::path(
    get,
    path = "/api/v1/logs/errors",
    operation_id = "searchErrorLogs",
    tag = "logs",
    params(Takes<Params>),
    responses(
        (status = 200, description = "A page of errors", body = ErrorLogsResponse, example = json!(example())),
        (status = 410, description = "The cursor has expired", body = ErrorResponse),
        (status = 422, description = "Well-formed, but not possible", body = ErrorResponse),
    ),
    security(("bearer" = ["logs:search"]))
)]
pub(in crate::http) async fn get(
    State(state): State<AppState>,
    Known(caller): Known,
    given: Takes<Params>,
) -> Result<Json<ErrorLogsResponse>> {
    let answer = state.search.search_error_logs(&caller, &given.search).await?;
    let by_service = answer.by_service.into_iter().map(ServiceCount::from).collect();
    Ok(Json(ErrorLogsResponse { page: answer.page.into(), by_service }))
}

fn example() -> Value {
    let mut example = page_example();
    if let Some(members) = example.as_object_mut() {
        members.insert("by_service".to_owned(), json!([{"service": "auth-service", "count": 1}]));
    }
    example
}
