//! `GET /health/live`: the process runs and takes requests. Never looks at a back end.

use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;

/// The one word of a probe.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct ProbeResponse {
    /// `ok`, or `degraded` where a back end has been lost.
    #[schema(example = "ok")]
    pub(super) status: &'static str,
}

/// Tell that the process is alive
///
/// For a liveness probe: only a restart would help a process that does not answer this.
#[utoipa::path(
    get,
    path = "/health/live",
    operation_id = "getLiveness",
    tag = "operations",
    responses((status = 200, description = "Alive", body = ProbeResponse, example = json!({"status": "ok"}))),
    security(())
)]
pub(in crate::http) async fn get() -> Json<ProbeResponse> {
    Json(ProbeResponse { status: "ok" })
}
