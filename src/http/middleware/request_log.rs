//! One log line a request, and the count of requests by route.
//!
//! The line is written when the last byte of the answer is handed over, or the client goes away (status 499).
//! Target `trailproof::request`; fields `method`, `route` (the template, never the path that was sent), `status`,
//! `latency_ms`, `request_id`, `subject`, `bytes`, `code`. No token, no query text, no body.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{MatchedPath, Request, State};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use hyper::body::{Frame, SizeHint};
use tracing::Instrument as _;

use super::pipeline::Pipeline;
use super::request_id::RequestId;
use crate::error::{Error, ErrorCode};
use crate::telemetry::Metrics;

/// Said of a request whose client went away before there was an answer.
const CLIENT_CLOSED_REQUEST: u16 = 499;

/// Who called; left on the answer by `authorize`.
#[derive(Clone, Debug)]
pub(super) struct Subject(pub(super) String);

/// Records the request.
pub(super) async fn record(State(pipeline): State<Pipeline>, request: Request, next: Next) -> Response {
    let mut record = Record::begin(&request, Arc::clone(&pipeline.state.metrics));
    // Whatever is logged while the request is under way carries its id.
    let span = tracing::info_span!("request", request_id = record.request_id.as_ref().map(RequestId::as_str));
    let response = next.run(request).instrument(span).await;
    record.answered(&response);
    response.map(|body| Body::new(RecordedBody { body, record }))
}

/// What is known about a request; writes it down when dropped.
struct Record {
    start: Instant,
    method: &'static str,
    route: Option<MatchedPath>,
    request_id: Option<RequestId>,
    status: Option<StatusCode>,
    subject: Option<Subject>,
    code: Option<ErrorCode>,
    bytes: u64,
    metrics: Arc<Metrics>,
}

impl Record {
    fn begin(request: &Request, metrics: Arc<Metrics>) -> Self {
        Self {
            start: Instant::now(),
            method: known_method(request.method()),
            route: request.extensions().get().cloned(),
            request_id: request.extensions().get().cloned(),
            status: None,
            subject: None,
            code: None,
            bytes: 0,
            metrics,
        }
    }

    fn answered(&mut self, response: &Response) {
        self.status = Some(response.status());
        self.subject = response.extensions().get().cloned();
        self.code = response.extensions().get::<Error>().map(|error| error.code);
    }
}

impl Drop for Record {
    fn drop(&mut self) {
        let route = self.route.as_ref().map_or("unmatched", MatchedPath::as_str);
        let status = self.status.map_or(CLIENT_CLOSED_REQUEST, |status| status.as_u16());
        self.metrics.http_requests.inc(route, self.method, status);
        let latency_ms = (self.start.elapsed().as_secs_f64() * 1e6).round() / 1e3;
        tracing::info!(
            target: "trailproof::request",
            method = self.method,
            route,
            status,
            latency_ms,
            request_id = self.request_id.as_ref().map(RequestId::as_str),
            subject = self.subject.as_ref().map(|subject| subject.0.as_str()),
            bytes = self.bytes,
            code = self.code.map(ErrorCode::number),
            "request"
        );
    }
}

/// A method as a label: the known ones, or `OTHER`.
fn known_method(method: &Method) -> &'static str {
    const KNOWN: [&str; 9] = ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE", "CONNECT"];
    KNOWN.into_iter().find(|known| *known == method.as_str()).unwrap_or("OTHER")
}

/// Counts the bytes of an answer and keeps its record until the last one.
struct RecordedBody {
    body: Body,
    record: Record,
}

impl HttpBody for RecordedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        if let Poll::Ready(Some(Ok(frame))) = &polled {
            let length = frame.data_ref().map_or(0, Bytes::len);
            self.record.bytes = self.record.bytes.saturating_add(u64::try_from(length).unwrap_or(u64::MAX));
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_method_that_nobody_knows_is_no_label_of_its_own() {
        assert_eq!(known_method(&Method::GET), "GET");
        assert_eq!(known_method(&Method::from_bytes(b"X-9f3a").unwrap()), "OTHER");
    }
}
