//! What surrounds every request, from the outside in:
//!
//! request id, log line, headers for browsers, compression, error bodies, panics, limits, capacity, permission, pace,
//! media type, body, search metrics, deadline. Probes and metrics pass all of it but capacity and permission.

mod authorize;
mod body;
mod capacity;
mod deadline;
mod limits;
mod negotiate;
mod pace;
mod pipeline;
pub(super) mod refuse;
pub(super) mod request_id;
mod request_log;
mod search_metrics;
mod security_headers;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use tower_http::CompressionLevel;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, Predicate as _, SizeAbove};

pub(super) use authorize::credentials;
pub(super) use pipeline::Pipeline;

use super::problem;

/// Smaller answers are not worth compressing.
const COMPRESS_ABOVE_BYTES: u64 = 1_024;

/// Surrounds the routes; a layer that is added later lies further outside.
pub(super) fn around(router: Router, pipeline: &Pipeline) -> Router {
    let compressible = DefaultPredicate::new().and(SizeAbove::new(COMPRESS_ABOVE_BYTES));
    let compression = CompressionLayer::new().quality(CompressionLevel::Fastest).compress_when(compressible);
    router
        .layer(DefaultBodyLimit::disable())
        .layer(from_fn_with_state(pipeline.clone(), deadline::bound))
        .layer(from_fn_with_state(pipeline.clone(), search_metrics::search_logs_with_metrics))
        .layer(from_fn_with_state(pipeline.clone(), body::read))
        .layer(from_fn_with_state(pipeline.clone(), negotiate::check))
        .layer(from_fn_with_state(pipeline.clone(), pace::bound))
        .layer(from_fn_with_state(pipeline.clone(), authorize::check))
        .layer(from_fn_with_state(pipeline.clone(), capacity::bound))
        .layer(from_fn_with_state(pipeline.clone(), limits::check))
        .layer(CatchPanicLayer::custom(problem::panicked))
        .layer(from_fn(problem::render))
        .layer(compression)
        .layer(from_fn(security_headers::set))
        .layer(from_fn_with_state(pipeline.clone(), request_log::record))
        .layer(from_fn(request_id::assign))
}
