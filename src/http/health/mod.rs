//! `GET /health`: how the service and its back ends are. Always 200; the body says it.

pub(super) mod live;
pub(super) mod ready;

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::AppState;
use super::middleware::credentials;
use crate::model::health::Check;
use crate::model::{HealthReport, Permission};

/// How the service is.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct HealthResponse {
    /// `ok`, `degraded` or `down`.
    #[schema(example = "ok")]
    status: &'static str,
    /// `up` or `down`, for each back end.
    #[schema(value_type = BTreeMap<String, String>, example = json!({"search": "up"}))]
    checks: BTreeMap<&'static str, &'static str>,
    /// Version of the server; with the permission `health:detail` only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "0.1.0")]
    version: Option<&'static str>,
    /// Latency, version and capabilities of each back end, or the error that keeps it down; with the permission `health:detail` only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<BTreeMap<String, Object>>, example = json!({"search": {"latency_ms": 2}}))]
    detail: Option<BTreeMap<&'static str, Map<String, Value>>>,
}

/// Tell how the service and its back ends are
///
/// From the last probe, at most 5 seconds old, so it answers at once whatever hangs. A token with the permission
/// `health:detail` adds versions and latencies.
#[utoipa::path(
    get,
    path = "/health",
    operation_id = "getHealth",
    tag = "operations",
    responses(
        (status = 200, description = "How the service is", body = HealthResponse,
            example = json!({"status": "ok", "checks": {"search": "up"}})),
    ),
    security((), ("bearer" = ["health:detail"]))
)]
pub(super) async fn get(State(state): State<AppState>, headers: HeaderMap) -> Json<HealthResponse> {
    let is_operator = match credentials(&headers) {
        Ok(shown) => state.door.admit(&shown, Permission::ReadHealthDetail).await.is_ok(),
        Err(_) => false,
    };
    let report = state.health.borrow().clone();
    Json(HealthResponse {
        status: report.status().as_str(),
        checks: report.checks.iter().map(|check| (check.name, check.state.as_str())).collect(),
        version: is_operator.then_some(env!("CARGO_PKG_VERSION")),
        detail: is_operator.then(|| detail(report)),
    })
}

fn detail(report: HealthReport) -> BTreeMap<&'static str, Map<String, Value>> {
    let with_latency = |check: Check| {
        let mut detail = Map::from_iter([("latency_ms".to_owned(), json!(check.latency_ms))]);
        detail.extend(check.detail);
        (check.name, detail)
    };
    report.checks.into_iter().map(with_latency).collect()
}
