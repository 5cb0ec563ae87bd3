//! `GET /api/v1/logs/fields/{name}/values`: the values of a field, and how many lines have each.

use axum::Json;
use axum::extract::{Path, State};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::schema::is_complete;
use crate::error::Result;
use crate::http::AppState;
use crate::http::extract::Known;
use crate::http::parameters::{COUNT, RouteParams, Takes};
use crate::http::problem::ErrorResponse;
use crate::model::Completeness;
use crate::search::params::{Param, ParamKind};

/// Which values, of which lines.
pub(in crate::http) struct Params;

impl RouteParams for Params {
    const SEARCH: &'static [&'static str] = COUNT;
    const OWN: &'static [Param] = &[
        Param {
            name: "prefix",
            alias: None,
            doc: "Only values that begin so; upper and lower case differ.",
            kind: ParamKind::Text,
            example: "auth",
        },
        Param {
            name: "limit",
            alias: None,
            doc: "Values at most; 100 unless given.",
            kind: ParamKind::Integer(1, 1_000),
            example: "100",
        },
    ];
}

/// Values of a field, the most frequent first.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct FieldValuesResponse {
    /// The values.
    items: Vec<ValueCount>,
    /// There only when a part of the index did not answer or was left out.
    #[serde(skip_serializing_if = "is_complete")]
    #[schema(required = false)]
    completeness: Completeness,
    /// Likely slips, and what was left out; there only when there is something to say.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false, example = json!(["the index logs-app-2024 is closed, so its lines are left out"]))]
    warnings: Vec<String>,
}

/// A value and how many lines have it.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct ValueCount {
    /// The value.
    #[schema(example = "auth-service")]
    value: String,
    /// Number of lines.
    #[schema(example = 120)]
    count: u64,
}

/// List the values of a field
///
/// The most frequent first, counted over the lines that the other parameters ask for. For keywords, levels and
/// addresses; ids of lines, times and messages have no values worth a list, and those of the context cannot be counted.
#[utoipa::path(
    get,
    path = "/api/v1/logs/fields/{name}/values",
    operation_id = "listFieldValues",
    tag = "logs",
    params(
        ("name" = String, Path, description = "A field of `GET /api/v1/logs/fields`.",
            example = "service"),
        Takes<Params>,
    ),
    responses(
        (status = 200, description = "The values", body = FieldValuesResponse, example = json!(example())),
        (status = 422, description = "There is no such field, or its values cannot be listed", body = ErrorResponse),
    ),
    security(("bearer" = ["logs:search"]))
)]
pub(in crate::http) async fn get(
    State(state): State<AppState>,
    Known(caller): Known,
    Path(name): Path<String>,
    mut given: Takes<Params>,
) -> Result<Json<FieldValuesResponse>> {
    given.search.limit = given.own("limit").map(str::to_owned);
    let found = state.search.field_values(&caller, &name, &given.search, given.own("prefix")).await?;
    let items = found.items.into_iter().map(|(value, count)| ValueCount { value, count }).collect();
    Ok(Json(FieldValuesResponse { items, completeness: found.completeness, warnings: found.warnings }))
}

fn example() -> Value {
    json!({"items": [{"value": "auth-service", "count": 120}, {"value": "gateway", "count": 80}]})
}
