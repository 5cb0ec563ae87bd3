//! `POST /api/v1/logs`: take log lines in.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use serde::Serialize;
use serde_json::{Value, json};
use tracing::Instrument as _;
use utoipa::ToSchema;

use super::schema::line_example;
use crate::error::{Error, ErrorCode, Place, Result};
use crate::http::AppState;
use crate::http::extract::media_type;
use crate::http::parameters::{RouteParams, Takes};
use crate::http::problem::ErrorResponse;
use crate::ingest::{IngestAnswer, IngestRequest};
use crate::search::params::{Param, ParamKind};

/// What holds for all lines of a body.
pub(in crate::http) struct Params;

impl RouteParams for Params {
    const SEARCH: &'static [&'static str] = &[];
    const OWN: &'static [Param] = &[
        Param {
            name: "service",
            alias: None,
            doc: "Service of lines that name none; `unknown` unless given.",
            kind: ParamKind::Text,
            example: "auth-service",
        },
        Param {
            name: "kind",
            alias: None,
            doc: "Stores all lines as security lines; unless given, their level tells errors from the rest.",
            kind: ParamKind::OneOf(&["security"]),
            example: "security",
        },
        Param {
            name: "refresh",
            alias: None,
            doc: "`wait_for`: answers once the lines can be found.",
            kind: ParamKind::OneOf(&["wait_for", "false"]),
            example: "wait_for",
        },
    ];
}

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
///
/// Each line gets an `id` of its own; what it carries as `id` is kept as `client_id`, and need not be unique. The same
/// line sent again within an hour, with the same `id` and content, counts as stored and is kept once: send a request
/// again that was not answered. On a cluster a line may show twice where its index was rolled over meanwhile, and a
/// line without an `id` is kept each time.
#[utoipa::path(
    post,
    path = "/api/v1/logs",
    operation_id = "sendLogs",
    tag = "logs",
    params(Takes<Params>),
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
    given: Takes<Params>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<(StatusCode, Json<IngestResponse>)> {
    let how = request(&given, media_type(&headers)?);
    let ingest = Arc::clone(&state.ingest);
    // In a task of its own: a client that goes away must not stop a commit half-way.
    let task = state.lifecycle.tasks().spawn(async move { ingest.ingest(body, how).await }.in_current_span());
    let answer =
        task.await.unwrap_or_else(|_| Err(Error::new(ErrorCode::Internal, "storing the lines failed")))?;
    respond(answer)
}

fn request(given: &Takes<Params>, content_type: Option<String>) -> IngestRequest {
    let own = |name| given.own(name).map(str::to_owned);
    IngestRequest { content_type, service: own("service"), kind: own("kind"), refresh: own("refresh") }
}

fn respond(answer: IngestAnswer) -> Result<(StatusCode, Json<IngestResponse>)> {
    if answer.stored == 0 {
        let detail =
            format!("none of the {} lines can be stored; correct them and send them again", answer.refused);
        return Err(Error { code: ErrorCode::RefusedLine, detail, places: answer.errors });
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
    }

    #[test]
    fn parameters_are_taken() {
        let pair = |name: &str| (name.to_owned(), Some("x".to_owned()));
        let given = Takes::<Params>::read(vec![pair("service"), pair("refresh")]).unwrap();

        let how = request(&given, None);

        assert_eq!((how.service.as_deref(), how.kind, how.refresh.as_deref()), (Some("x"), None, Some("x")));
    }
}
