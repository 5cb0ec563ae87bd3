//! `GET /health/ready`: whether requests should be sent here.

use axum::Json;
use axum::extract::State;

use super::live::ProbeResponse;
use crate::error::{Error, ErrorCode, Result};
use crate::http::AppState;
use crate::http::problem::ErrorResponse;
use crate::model::health::Status;

/// Tell whether requests should be sent here
///
/// For a readiness probe: 503 until the search engine has been reached once, and while the server is stopping. An
/// engine that is lost later makes it `degraded`: other requests are still answered.
#[utoipa::path(
    get,
    path = "/health/ready",
    operation_id = "getReadiness",
    tag = "operations",
    responses(
        (status = 200, description = "Ready", body = ProbeResponse, example = json!({"status": "ok"})),
        (status = 503, description = "Not ready", body = ErrorResponse),
    ),
    security(())
)]
pub(in crate::http) async fn get(State(state): State<AppState>) -> Result<Json<ProbeResponse>> {
    if state.lifecycle.is_draining() {
        return Err(Error::new(ErrorCode::Busy, "not ready: the server is stopping"));
    }
    let status = state.health.borrow().status();
    match status {
        Status::Ok | Status::Degraded => Ok(Json(ProbeResponse { status: status.as_str() })),
        Status::Down => Err(Error::new(
            ErrorCode::EngineUnavailable,
            "not ready: a back end has not been reached since the start",
        )),
    }
}
