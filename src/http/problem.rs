//! Errors on the wire: status, headers and the `application/problem+json` body. The only place that knows statuses.
//!
//! A handler returns [`Error`]; `render` writes the body, because only there the request id is known. It also
//! replaces what axum itself would say in plain text.

use axum::Json;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::middleware::refuse;
use super::middleware::request_id::RequestId;
use crate::error::{Error, ErrorCode, Place};

/// Media type of every error.
pub(super) const PROBLEM_JSON: &str = "application/problem+json";

/// The body of every answer with a status of 400 or above (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ErrorResponse {
    /// Where the code is explained.
    #[serde(rename = "type")]
    #[schema(example = "/errors/3003")]
    kind: String,
    /// Name of the failure, the same in every answer with this code.
    #[schema(example = "unknown field")]
    title: &'static str,
    /// The HTTP status.
    #[schema(example = 422)]
    status: u16,
    /// Stable number of the failure.
    #[schema(example = 3003)]
    code: u16,
    /// What is wrong with this request, and what to do.
    #[schema(example = "unknown field 'servce'; did you mean 'service'?")]
    detail: String,
    /// Places in the input; empty where none can be named.
    errors: Vec<Place>,
    /// Id of the request, as in the header `X-Request-Id` and in the server's log.
    #[schema(example = "7f3a0b52-4c8e-4d7a-9a57-0d6b1e2f3c4d")]
    request_id: String,
}

impl ErrorResponse {
    /// Makes the body for an error.
    pub(super) fn new(error: &Error, request_id: &str) -> Self {
        Self {
            kind: format!("/errors/{}", error.code.number()),
            title: error.code.title(),
            status: status(error.code).as_u16(),
            code: error.code.number(),
            detail: error.detail.clone(),
            errors: error.places.clone(),
            request_id: request_id.to_owned(),
        }
    }
}

/// The body of an error with a code, for the documentation.
pub(super) fn problem_example(code: ErrorCode) -> Value {
    let error = match code {
        ErrorCode::UnknownField => {
            Error::new(code, "unknown field 'servce'; did you mean 'service'?").at_offset("query", 0)
        }
        ErrorCode::BadParameter => {
            Error::new(code, "unknown parameter 'limti'; did you mean 'limit'?").at("limti")
        }
        other => Error::new(other, code.advice()),
    };
    serde_json::to_value(ErrorResponse::new(&error, "7f3a0b52-4c8e-4d7a-9a57-0d6b1e2f3c4d"))
        .unwrap_or_default()
}

/// The status of each code.
pub(super) const fn status(code: ErrorCode) -> StatusCode {
    match code {
        ErrorCode::BadParameter
        | ErrorCode::QuerySyntax
        | ErrorCode::BadTime
        | ErrorCode::BadCursor
        | ErrorCode::CursorOfOtherQuery
        | ErrorCode::BadBody
        | ErrorCode::BadRequest => StatusCode::BAD_REQUEST,
        ErrorCode::Unauthenticated | ErrorCode::BadToken => StatusCode::UNAUTHORIZED,
        ErrorCode::OutsideScope
        | ErrorCode::CursorOfOtherCaller
        | ErrorCode::EngineReadOnly
        | ErrorCode::Forbidden => StatusCode::FORBIDDEN,
        ErrorCode::LineNotFound | ErrorCode::NoSuchRoute => StatusCode::NOT_FOUND,
        ErrorCode::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
        ErrorCode::NotAcceptable => StatusCode::NOT_ACCEPTABLE,
        ErrorCode::BodyTimeout => StatusCode::REQUEST_TIMEOUT,
        ErrorCode::CursorExpired => StatusCode::GONE,
        ErrorCode::BodyTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        ErrorCode::UrlTooLong => StatusCode::URI_TOO_LONG,
        ErrorCode::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        ErrorCode::QueryTooComplex
        | ErrorCode::UnknownField
        | ErrorCode::UnsupportedOperation
        | ErrorCode::BadTimeRange
        | ErrorCode::LimitOutOfRange
        | ErrorCode::RefusedLine
        | ErrorCode::TooManyBuckets => StatusCode::UNPROCESSABLE_ENTITY,
        ErrorCode::TooManyRequests => StatusCode::TOO_MANY_REQUESTS,
        ErrorCode::HeadersTooLarge => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
        ErrorCode::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        ErrorCode::EngineBadAnswer => StatusCode::BAD_GATEWAY,
        ErrorCode::EngineUnavailable
        | ErrorCode::EngineOverloaded
        | ErrorCode::EngineUnprepared
        | ErrorCode::EngineUnreadable
        | ErrorCode::StorageFull
        | ErrorCode::Busy => StatusCode::SERVICE_UNAVAILABLE,
        ErrorCode::EngineTimeout | ErrorCode::RequestTimeout => StatusCode::GATEWAY_TIMEOUT,
    }
}

/// Seconds after which a request may succeed, for the statuses where waiting helps.
fn retry_after(status: StatusCode) -> Option<HeaderValue> {
    match status {
        StatusCode::TOO_MANY_REQUESTS => Some(HeaderValue::from_static("1")),
        StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT => Some(HeaderValue::from_static("5")),
        _ => None,
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let status = status(self.code);
        let mut response = status.into_response();
        let headers = response.headers_mut();
        if let Some(seconds) = retry_after(status) {
            headers.insert(header::RETRY_AFTER, seconds);
        }
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response.extensions_mut().insert(self);
        response
    }
}

/// Writes the body of every answer that is an error.
pub(super) async fn render(request: Request, next: Next) -> Response {
    let id = request.extensions().get::<RequestId>().cloned();
    let response = next.run(request).await;
    if !response.status().is_client_error() && !response.status().is_server_error() {
        return response;
    }
    let error = response.extensions().get::<Error>().cloned().unwrap_or_else(|| plain(response.status()));
    let problem = ErrorResponse::new(&error, id.as_ref().map_or("", RequestId::as_str));
    let (mut parts, _) = response.into_parts();
    parts.status = status(error.code);
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.extensions.insert(error);
    let (json, body) = Json(problem).into_response().into_parts();
    parts.headers.extend(json.headers);
    parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
    Response::from_parts(parts, body)
}

/// What a bare status means when a library made it.
fn plain(status: StatusCode) -> Error {
    let (code, detail) = match status {
        StatusCode::NOT_FOUND => (ErrorCode::NoSuchRoute, "no such route"),
        StatusCode::METHOD_NOT_ALLOWED => {
            (ErrorCode::MethodNotAllowed, "the route does not take this method")
        }
        StatusCode::PAYLOAD_TOO_LARGE => (ErrorCode::BodyTooLarge, "the body is too large"),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => {
            (ErrorCode::UnsupportedMediaType, "the type of the body is not taken")
        }
        other if other.is_server_error() => (ErrorCode::Internal, "the request failed inside the server"),
        _ => (ErrorCode::BadRequest, "the request cannot be read"),
    };
    Error::new(code, detail)
}

/// Answers a path that no route has.
pub(super) async fn no_such_route(request: Request) -> Response {
    let error = Error::new(ErrorCode::NoSuchRoute, "no route has this path; /docs lists the routes");
    refuse::refuse(request, error).await
}

/// Answers a method that the route does not have: OPTIONS with what it has, any other with 405. The router adds `Allow`.
pub(super) async fn method_not_allowed(request: Request) -> Response {
    if request.method() == Method::OPTIONS {
        return StatusCode::NO_CONTENT.into_response();
    }
    let error =
        Error::new(ErrorCode::MethodNotAllowed, "the route does not take this method; see the Allow header");
    refuse::refuse(request, error).await
}

/// Turns a panic of a handler into an answer; the sentence of the panic stays in the log.
#[expect(clippy::needless_pass_by_value, reason = "the layer hands the payload over")]
pub(super) fn panicked(payload: Box<dyn std::any::Any + Send + 'static>) -> Response<Body> {
    let words = payload.downcast_ref::<&str>().copied();
    let reason =
        words.or_else(|| payload.downcast_ref::<String>().map(String::as_str)).unwrap_or("no reason given");
    tracing::error!(reason, "a request handler panicked");
    Error::new(ErrorCode::Internal, "the request failed inside the server; its log says why").into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_an_error_status_and_waiting_is_only_advised_where_it_helps() {
        for code in ErrorCode::ALL {
            let status = status(*code);

            assert!(status.is_client_error() || status.is_server_error(), "{code:?}");
            let waits = matches!(status.as_u16(), 429 | 503 | 504);
            assert_eq!(retry_after(status).is_some(), waits, "{code:?}");
        }
    }

    #[test]
    fn a_body_holds_what_the_contract_names() {
        let error = Error::new(ErrorCode::UnknownField, "unknown field 'servce'").at_offset("query", 0);

        let body = serde_json::to_value(ErrorResponse::new(&error, "r1")).unwrap();

        let expected = serde_json::json!({
            "type": "/errors/3003", "title": "unknown field", "status": 422, "code": 3003,
            "detail": "unknown field 'servce'", "errors": [{"pointer": "query", "offset": 0}], "request_id": "r1"
        });
        assert_eq!(body, expected);
    }
}
