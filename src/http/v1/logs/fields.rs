//! `GET /api/v1/logs/fields`: which fields a line has, and what can be asked of each.

use axum::Json;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::http::parameters::{Nothing, Takes};
use crate::model::FieldKind;
use crate::model::field::FIELDS;

/// The name that stands for whatever lies inside the context.
const INSIDE_CONTEXT: &str = "context.*";

/// The fields of a line.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct FieldsResponse {
    /// One for each field, in the order of a line.
    items: Vec<FieldItem>,
}

/// One field.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct FieldItem {
    /// Name in queries and answers; `context.*` stands for any key of the context.
    #[schema(example = "service")]
    name: &'static str,
    /// `keyword`, `text`, `date`, `ip`, `level` or `flattened`.
    #[schema(example = "keyword")]
    kind: &'static str,
}

/// List the fields of a line
///
/// Keywords, levels and addresses are matched whole, text by words; a key of the context is matched as text.
#[utoipa::path(
    get,
    path = "/api/v1/logs/fields",
    operation_id = "listFields",
    tag = "logs",
    responses((status = 200, description = "The fields", body = FieldsResponse, example = json!(example()))),
    security(("bearer" = ["logs:search"]))
)]
pub(in crate::http) async fn get(_: Takes<Nothing>) -> Json<FieldsResponse> {
    Json(fields())
}

fn fields() -> FieldsResponse {
    let known = FIELDS.iter().map(|field| FieldItem { name: field.name, kind: field.kind.as_str() });
    let inside = FieldItem { name: INSIDE_CONTEXT, kind: FieldKind::Flattened.as_str() };
    FieldsResponse { items: known.chain([inside]).collect() }
}

fn example() -> Value {
    serde_json::to_value(fields()).unwrap_or_else(|_| json!({}))
}
