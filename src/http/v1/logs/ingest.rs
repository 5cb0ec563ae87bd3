//! `POST /api/v1/logs`: take log lines in.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use serde::Serialize;
use serde_json::{Value, json};
use tracing::Instrument as _;
use utoipa::ToSchema;

use super::schema::line_example;
use crate::error::{Error, ErrorCode, Place, Result};
use crate::http::AppState;
use crate::http::extract::{Pairs, media_type, query_pairs};
use crate::http::problem::ErrorResponse;
use crate::search::{IngestAnswer, IngestRequest};
use crate::telemetry::labels::LineOutcome;

/// Media types that are taken; without a header the body is read as lines of JSON.
const MEDIA_TYPES: [&str; 5] =
    ["application/x-ndjson", "application/ndjson", "application/jsonl", "application/json", "text/plain"];

/// What became of the lines.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct IngestResponse {
    /// Lines on disk.
    #[schema(example = 99)]
    stored: usize,
    /// Lines that were refused.
    #[schema(example = 1)]
    refused: usize,
    /// Which lines were refused, and why.
    errors: Vec<Place>,
}

/// Send log lines
///
/// One JSON object a line, a JSON array of objects, or text with one message a line; plain or with gzip, at most
/// 5 MiB. A 200 means that every line is on disk; lines can be found within a second.
#[utoipa::path(
    post,
    path = "/api/v1/logs",
    operation_id = "sendLogs",
    tag = "logs",
    params(
        ("service" = Option<String>, Query, description = "Service of lines that name none, such as `auth-service`."),
        ("kind" = Option<String>, Query, description = "`security`: store all lines as security lines."),
        ("refresh" = Option<String>, Query, description = "`wait_for`: answer once the lines can be found."),
    ),
    request_body(
        description = "Lines under our names, the services' own (`msg`, `serviceId`, ...), pino's or ECS names",
        content(
            (String = "application/x-ndjson", example = json!(line_example().to_string())),
            (Vec<Object> = "application/json", example = json!([line_example()])),
            (String = "text/plain", example = json!("payment provider answered 502")),
        )
    ),
    responses(
        (status = 200, description = "All lines are stored", body = IngestResponse, example = json!({"stored": 100, "refused": 0, "errors": []})),
        (status = 207, description = "Some lines are stored, some refused", body = IngestResponse, example = json!(partly_example())),
        (status = 413, description = "The body is too large", body = ErrorResponse),
        (status = 415, description = "The type or encoding of the body is not taken", body = ErrorResponse),
        (status = 422, description = "No line is stored", body = ErrorResponse),
    ),
    security(("bearer" = ["logs:write"]))
)]
pub(in crate::http) async fn post(
    State(state): State<AppState>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Result<(StatusCode, Json<IngestResponse>)> {
    let how = request(query_pairs(&uri), media_type(&headers)?)?;
    let search = Arc::clone(&state.search);
    // In a task of its own: a client that goes away must not stop a commit half-way.
    let task = state.lifecycle.tasks().spawn(async move { search.ingest(body, how).await }.in_current_span());
    let answer =
        task.await.unwrap_or_else(|_| Err(Error::new(ErrorCode::Internal, "storing the lines failed")))?;

    let count = |lines: usize| u64::try_from(lines).unwrap_or(u64::MAX);
    state.metrics.log_lines.inc_by(LineOutcome::Stored, count(answer.stored));
    state.metrics.log_lines.inc_by(LineOutcome::Refused, count(answer.refused));
    respond(answer)
}

fn request(pairs: Pairs, content_type: Option<String>) -> Result<IngestRequest> {
    if content_type.as_deref().is_some_and(|kind| !MEDIA_TYPES.contains(&kind)) {
        let detail = "send application/x-ndjson, application/json or text/plain";
        return Err(Error::new(ErrorCode::UnsupportedMediaType, detail));
    }
    let mut how = IngestRequest { content_type, ..IngestRequest::default() };
    for (name, value) in pairs {
        let slot = match name.as_str() {
            "service" => &mut how.service,
            "kind" => &mut how.kind,
            "refresh" => &mut how.refresh,
            _ => return Err(unknown(&name)),
        };
        if slot.is_some() {
            let detail = format!("parameter '{name}' is given twice; send it once");
            return Err(Error::new(ErrorCode::BadParameter, detail).at(name));
        }
        *slot = value;
    }
    Ok(how)
}

fn unknown(name: &str) -> Error {
    let shown: String = name.chars().take(64).collect();
    let detail = format!("unknown parameter '{shown}'; the known ones are service, kind and refresh");
    Error::new(ErrorCode::BadParameter, detail).at(shown)
}

fn respond(answer: IngestAnswer) -> Result<(StatusCode, Json<IngestResponse>)> {
    if answer.stored == 0 {
        let detail = if answer.refused == 0 { "the body holds no line" } else { "no line could be stored" };
        let mut error = Error::new(ErrorCode::RefusedLine, detail);
        error.places = answer.errors;
        return Err(error);
    }
    let status = if answer.refused == 0 { StatusCode::OK } else { StatusCode::MULTI_STATUS };
    let response = IngestResponse { stored: answer.stored, refused: answer.refused, errors: answer.errors };
    Ok((status, Json(response)))
}

fn partly_example() -> Value {
    let detail = "timestamp: impossible date 2026-02-30";
    json!({"stored": 99, "refused": 1, "errors": [{"line": 17, "code": 3012, "detail": detail}]})
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(stored: usize, refused: usize) -> IngestAnswer {
        IngestAnswer { stored, refused, errors: vec![Place { line: Some(1), ..Place::default() }; refused] }
    }

    #[test]
    fn the_status_says_whether_all_some_or_none_are_stored() {
        assert_eq!(respond(answer(2, 0)).unwrap().0, StatusCode::OK);
        assert_eq!(respond(answer(1, 1)).unwrap().0, StatusCode::MULTI_STATUS);
        let none = respond(answer(0, 2)).unwrap_err();
        assert_eq!((none.code, none.places.len()), (ErrorCode::RefusedLine, 2));
        assert_eq!(respond(answer(0, 0)).unwrap_err().code, ErrorCode::RefusedLine);
    }

    #[test]
    fn parameters_are_known_and_come_once() {
        let pair = |name: &str| (name.to_owned(), Some("x".to_owned()));

        let how = request(vec![pair("service"), pair("refresh")], None).unwrap();
        assert_eq!((how.service.as_deref(), how.kind), (Some("x"), None));
        assert!(request(vec![pair("service"), pair("service")], None).is_err());
        assert!(request(vec![pair("index")], None).unwrap_err().detail.contains("'index'"));
        assert!(request(Vec::new(), Some("application/x-www-form-urlencoded".to_owned())).is_err());
    }
}
