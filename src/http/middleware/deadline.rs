//! The longest time from the arrival of the whole request to the head of its answer.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::pipeline::Pipeline;
use crate::error::{Error, ErrorCode};

/// Gives up after the limit; the handler is dropped, what it left to the task tracker goes on.
pub(super) async fn bound(State(pipeline): State<Pipeline>, request: Request, next: Next) -> Response {
    let limits = &pipeline.state.limits;
    let rule = pipeline.table.rule(&request);
    let limit = rule.map_or(limits.request_time, |rule| rule.class.bounds(limits).answer_time);
    let answer = tokio::time::timeout(limit, next.run(request)).await;
    answer.unwrap_or_else(|_| {
        let detail = format!("no answer within {} seconds; try a shorter window", limit.as_secs());
        Error::new(ErrorCode::RequestTimeout, detail).into_response()
    })
}
