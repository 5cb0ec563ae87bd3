//! How many requests are under way at a time. Open routes are not counted: probes answer under any load.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;

use super::pipeline::Pipeline;
use super::refuse;
use crate::error::{Error, ErrorCode};
use crate::http::rules::Access;

/// Refuses a request while too many others are under way.
pub(super) async fn bound(State(pipeline): State<Pipeline>, request: Request, next: Next) -> Response {
    let is_counted = pipeline.table.rule(&request).is_some_and(|rule| rule.access != Access::Open);
    if !is_counted {
        return next.run(request).await;
    }
    let Ok(_permit) = pipeline.requests.try_acquire() else {
        return refuse::refuse(request, Error::new(ErrorCode::Busy, "too many requests are under way")).await;
    };
    next.run(request).await
}
