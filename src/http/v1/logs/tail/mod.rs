//! `GET /api/v1/logs/tail`: lines as they come in, as server-sent events. How a tail goes on stands in `feed.rs`.

mod feed;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::{IntoResponse, Sse};
use axum::{Extension, response::Response};
use utoipa::IntoParams;
use utoipa::openapi::Required;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};

use self::feed::Feed;
use super::schema::line_example;
use crate::error::{Error, ErrorCode, Result};
use crate::http::AppState;
use crate::http::extract::Known;
use crate::http::middleware::request_id::RequestId;
use crate::http::parameters::{RouteParams, Takes};
use crate::http::problem::{ErrorResponse, problem_example};
use crate::search::fields::FieldSelection;

/// A proxy that gathers an answer before it passes it on would hold the lines back.
const UNBUFFERED: (HeaderName, HeaderValue) =
    (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));

/// How a cursor looks.
const CURSOR: &str = "bm90IGEgcmVhbCBjdXJzb3I";

/// Which lines; a tail has no window, no order and no end.
pub(in crate::http) struct Params;

impl RouteParams for Params {
    const SEARCH: &'static [&'static str] =
        &["query", "service", "level", "min_level", "request_id", "trace_id", "user_id", "fields", "tz"];
    const PREFILLED: &'static [(&'static str, &'static str)] = &[];
}

/// The header by which a client goes on.
pub(in crate::http) struct LastEventId;

impl IntoParams for LastEventId {
    fn into_params(_parameter_in: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let schema = ObjectBuilder::new().schema_type(Type::String).examples([CURSOR]).build();
        let header = ParameterBuilder::new()
            .name("Last-Event-ID")
            .parameter_in(ParameterIn::Header)
            .required(Required::False)
            .description(Some("The `id` of the last event that arrived, to go on after it."))
            .schema(Some(schema))
            .build();
        vec![header]
    }
}

/// Follow lines as they come in
///
/// Server-sent events without an end, so a page that waits for the whole answer waits for ever: use `curl -N` or an
/// `EventSource`. Lines come in the order of their arrival, whatever their `timestamp` says, from those on that arrive
/// after the beginning. Each is a `message` whose `id` is a cursor: send it as `Last-Event-ID` within 5 minutes to go
/// on without loss or repetition (an `EventSource` does). Above 500 lines a second they are sampled, and `dropped`
/// tells how many were left out: `{"count":120}`. A `warning` says, once, which lines cannot come at all. While the
/// store fails, `error` brings the error body, and the tail goes on by itself when the store does; an `error` is also
/// the last event when the token has expired. A comment every 15 seconds keeps the connection alive. Ten tails at a
/// time for each caller.
#[utoipa::path(
    get,
    path = "/api/v1/logs/tail",
    operation_id = "tailLogs",
    tag = "logs",
    params(LastEventId, Takes<Params>),
    responses(
        (status = 200, description = "Lines as they come in", content_type = "text/event-stream", body = String,
            example = json!(example())),
        (status = 400, description = "A parameter or the Last-Event-ID cannot be read", body = ErrorResponse),
        (status = 422, description = "Well-formed, but not possible", body = ErrorResponse),
        (status = 429, description = "You have ten tails open already; see Retry-After", body = ErrorResponse,
            example = json!(problem_example(ErrorCode::TooManyRequests))),
    ),
    security(("bearer" = ["logs:search"]))
)]
pub(in crate::http) async fn get(
    State(state): State<AppState>,
    Known(caller): Known,
    Extension(request_id): Extension<RequestId>,
    headers: HeaderMap,
    given: Takes<Params>,
) -> Result<Response> {
    let fields = FieldSelection::parse(given.search.fields.as_deref())?;
    let last_event_id = last_event_id(&headers)?;
    // The other half is for the answer.
    let patience = state.limits.request_time / 2;
    let tail = state.search.start_tail(&caller, &given.search, last_event_id, patience).await?;
    let seat = state.tails.take(&caller.principal.subject)?;
    let feed = Feed::new(&state, tail, fields, &headers, request_id, seat)?;
    Ok(([UNBUFFERED], Sse::new(feed.into_stream())).into_response())
}

/// The header in which a client says where to go on; an empty one says nothing.
fn last_event_id(headers: &HeaderMap) -> Result<Option<&str>> {
    let unreadable = || {
        let detail = "Last-Event-ID: send the id of one event, unchanged";
        Error::new(ErrorCode::BadCursor, detail).at("Last-Event-ID")
    };
    let mut values = headers.get_all("last-event-id").iter();
    let (value, more) = (values.next(), values.next());
    if more.is_some() {
        return Err(unreadable());
    }
    let text = value.map(|value| value.to_str().map_err(|_| unreadable())).transpose()?;
    Ok(text.filter(|text| !text.is_empty()))
}

fn example() -> String {
    format!("id: {CURSOR}\nevent: message\ndata: {}\n\n", line_example())
}
