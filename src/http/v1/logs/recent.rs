//! `GET /api/v1/logs/recent/{service}`: the newest lines of one service.

use axum::Json;
use axum::extract::{Path, State};

use super::schema::{PaginatedLogResponse, page_example};
use crate::error::{Error, ErrorCode, Result};
use crate::http::AppState;
use crate::http::extract::Known;
use crate::http::parameters::{RouteParams, Takes};
use crate::http::problem::{ErrorResponse, problem_example};

/// Longest name of a service in a path, in bytes.
const MAX_SERVICE_BYTES: usize = 63;

/// Those of a search but `service`, which stands in the path.
pub(in crate::http) struct Params;

impl RouteParams for Params {
    const SEARCH: &'static [&'static str] = &[
        "query",
        "from",
        "to",
        "time_range",
        "level",
        "min_level",
        "request_id",
        "trace_id",
        "user_id",
        "sort",
        "limit",
        "cursor",
        "fields",
        "tz",
        "total",
    ];
}

/// Read the newest lines of a service
///
/// Application and error lines of one service, newest first; a service that wrote nothing has an empty page.
#[utoipa::path(
    get,
    path = "/api/v1/logs/recent/{service}",
    operation_id = "getRecentLogs",
    tag = "logs",
    params(
        ("service" = String, Path, description = "Name of the service: 1 to 63 letters, digits, `.`, `_` or `-`, \
            beginning with a letter or digit.", example = "gateway"),
        Takes<Params>,
    ),
    responses(
        (status = 200, description = "A page of lines", body = PaginatedLogResponse, example = json!(page_example())),
        (status = 403, description = "The service is outside your scope", body = ErrorResponse,
            example = json!(problem_example(ErrorCode::OutsideScope))),
        (status = 410, description = "The cursor has expired", body = ErrorResponse),
        (status = 422, description = "Well-formed, but not possible", body = ErrorResponse),
    ),
    security(("bearer" = ["logs:search"]))
)]
pub(in crate::http) async fn get(
    State(state): State<AppState>,
    Known(caller): Known,
    Path(service): Path<String>,
    given: Takes<Params>,
) -> Result<Json<PaginatedLogResponse>> {
    check_name(&service)?;
    let answer = state.search.get_recent_logs(&caller, &service, &given.search).await?;
    Ok(Json(answer.into()))
}

/// A name in a path is no place for patterns, lists and paths.
fn check_name(service: &str) -> Result<()> {
    let begins_well = service.starts_with(|first: char| first.is_ascii_alphanumeric());
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    if begins_well && service.len() <= MAX_SERVICE_BYTES && service.bytes().all(is_allowed) {
        return Ok(());
    }
    let detail = format!(
        "service: not a name; use 1 to {MAX_SERVICE_BYTES} letters, digits, '.', '_' or '-', beginning with a letter or digit"
    );
    Err(Error::new(ErrorCode::BadParameter, detail).at("service"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_plain_and_short() {
        for name in ["gateway", "A", "0", "auth-service", "a.b_c-D9", &"x".repeat(63)] {
            assert!(check_name(name).is_ok(), "{name}");
        }
        for name in ["", ".", "..", ".security", "*", "a,b", "-a", "a:b", "<a>", "_all", "가", "a b", "a/b"]
        {
            assert_eq!(check_name(name).unwrap_err().code, ErrorCode::BadParameter, "{name}");
        }
        assert!(check_name(&"x".repeat(64)).is_err());
    }
}
