//! `GET /api/v1/me`: who the token makes you, and what bounds you.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use crate::error::Result;
use crate::http::AppState;
use crate::http::extract::Known;
use crate::http::parameters::{Nothing, Takes};
use crate::model::{Role, Scope};
use crate::search::plan::MAX_LIMIT;

/// Who you are.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct Me {
    /// Subject of the token.
    #[schema(example = "alice")]
    subject: String,
    /// Roles of the token.
    #[schema(value_type = Vec<String>, example = json!(["sre"]))]
    roles: Vec<Role>,
    /// Services whose lines you see; `null`: those of every service.
    #[schema(example = json!(["auth-service"]))]
    services: Option<Vec<String>>,
    /// Longest window of one search, in days.
    #[schema(example = 366)]
    max_window_days: u32,
    /// Bounds of one request.
    limits: RequestLimits,
}

/// Bounds of one request.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct RequestLimits {
    /// Most lines in one page.
    #[schema(example = 1000)]
    rows: usize,
    /// Largest body, in bytes, as sent and again after decompression.
    #[schema(example = 5_242_880)]
    body_bytes: usize,
    /// Longest URL, in bytes.
    #[schema(example = 8192)]
    url_bytes: usize,
}

/// Tell who the token makes you
///
/// Roles, the services whose lines you see, and how much one request may ask.
#[utoipa::path(
    get,
    path = "/api/v1/me",
    operation_id = "getMe",
    tag = "access",
    responses((status = 200, description = "Who you are", body = Me, example = json!(example()))),
    security(("bearer" = ["me:read"]))
)]
pub(in crate::http) async fn get(
    State(state): State<AppState>,
    Known(caller): Known,
    _: Takes<Nothing>,
) -> Result<Json<Me>> {
    Ok(Json(Me {
        services: match caller.scope {
            Scope::All => None,
            Scope::Services(services) => Some(services),
        },
        subject: caller.principal.subject,
        roles: caller.principal.roles,
        max_window_days: caller.max_window_days,
        limits: RequestLimits {
            rows: MAX_LIMIT,
            body_bytes: state.limits.body_bytes,
            url_bytes: state.limits.url_bytes,
        },
    }))
}

fn example() -> serde_json::Value {
    json!({
        "subject": "alice",
        "roles": ["developer"],
        "services": ["auth-service"],
        "max_window_days": 31,
        "limits": {"rows": MAX_LIMIT, "body_bytes": 5_242_880, "url_bytes": 8192}
    })
}
