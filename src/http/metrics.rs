//! `GET /metrics`: the metrics of the process, for Prometheus.

use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;

use super::AppState;
use crate::error::{Error, ErrorCode, Result};

/// Tell the metrics of the process
///
/// In the text format of Prometheus.
#[utoipa::path(
    get,
    path = "/metrics",
    operation_id = "getMetrics",
    tag = "operations",
    responses(
        (status = 200, description = "The metrics", body = String, content_type = "text/plain",
            example = json!("# HELP active_log_searches Log searches under way.\n# TYPE active_log_searches gauge\nactive_log_searches 0\n")),
    ),
    security(())
)]
pub(super) async fn get(State(state): State<AppState>) -> Result<impl IntoResponse> {
    let text = state.metrics.text().map_err(|error| {
        tracing::error!(%error, "metrics cannot be written down");
        Error::new(ErrorCode::Internal, "the metrics cannot be written down")
    })?;
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text))
}
