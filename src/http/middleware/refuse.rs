//! Refusing a request whose body has not been read.

use std::time::Duration;

use axum::body::{Body, HttpBody as _};
use axum::extract::Request;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use futures_util::StreamExt as _;

use crate::error::Error;

/// Longest pause of a sender that is worth waiting for.
const PAUSE: Duration = Duration::from_millis(200);
/// Longest time that is spent on throwing a body away.
const PATIENCE: Duration = Duration::from_secs(2);

/// Answers `error`, and lets a sender that is in the middle of its body finish first.
///
/// A connection that is closed on a sender is reset, and then the answer is lost with it. Nothing is kept of what
/// arrives; a sender that pauses or goes on for long is cut off.
pub(crate) async fn refuse(request: Request, error: Error) -> Response {
    let waits_for_permission = request.headers().contains_key(header::EXPECT);
    let body = request.into_body();
    if !waits_for_permission && !body.is_end_stream() {
        discard(body).await;
    }
    error.into_response()
}

/// Reads and forgets, within the limits above.
async fn discard(body: Body) {
    let mut chunks = body.into_data_stream();
    let reading = async { while let Ok(Some(Ok(_))) = tokio::time::timeout(PAUSE, chunks.next()).await {} };
    // Out of patience is as good as finished: the answer goes out either way.
    let _ = tokio::time::timeout(PATIENCE, reading).await;
}
