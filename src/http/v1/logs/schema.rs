//! A log line and a page of lines in the OpenAPI document; the one field table gives names, text and examples.

use std::borrow::Cow;

use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{AdditionalProperties, KnownFormat, ObjectBuilder, Schema, SchemaFormat, Type};
use utoipa::{PartialSchema, ToSchema};

use crate::model::field::{FIELDS, Field, FieldKind, LogField};
use crate::model::{Completeness, Level, Total};
use crate::search::SearchAnswer;
use crate::search::fields::SelectedEntry;
use crate::telemetry::labels::{CacheSource, Label as _};

/// One page of log lines.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct PaginatedLogResponse {
    /// The lines, in order.
    #[schema(value_type = Vec<LogEntrySchema>)]
    items: Vec<SelectedEntry>,
    /// Where the page ends.
    page: Page,
    /// How many lines meet the query; absent with `total=none`.
    #[serde(skip_serializing_if = "Option::is_none")]
    total: Option<Total>,
    /// How long the search took, in milliseconds.
    #[schema(example = 4)]
    took_ms: u64,
    /// Cache that the answer came from; always `none` in this version.
    #[schema(example = "none")]
    cache: &'static str,
    /// Whether the answer covers everything that was asked.
    completeness: Completeness,
    /// Sentences about what is legal but likely a slip; where nothing is found, also the nearest values of a name that no
    /// line of the window has.
    #[schema(example = json!([]))]
    warnings: Vec<String>,
}

/// A service and how many of the lines are its own.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct ServiceCount {
    /// The service.
    #[schema(example = "auth-service")]
    service: String,
    /// Number of lines.
    #[schema(example = 12)]
    count: u64,
}

impl From<(String, u64)> for ServiceCount {
    fn from((service, count): (String, u64)) -> Self {
        Self { service, count }
    }
}

/// Whether an answer covers everything, so that nothing has to be said about it.
pub(super) fn is_complete(completeness: &Completeness) -> bool {
    *completeness == Completeness::default()
}

/// Where a page ends.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct Page {
    /// Send it as `cursor` for the next page; `null` on the last one.
    #[schema(example = "bm90IGEgcmVhbCBjdXJzb3I")]
    next_cursor: Option<String>,
}

impl From<SearchAnswer> for PaginatedLogResponse {
    fn from(mut answer: SearchAnswer) -> Self {
        Self {
            items: answer.take_selected(),
            page: Page { next_cursor: answer.next_cursor },
            total: answer.total,
            took_ms: answer.took_ms,
            cache: CacheSource::None.as_str(),
            completeness: answer.completeness,
            warnings: answer.warnings,
        }
    }
}

/// Stands for `model::LogEntry` in the document, under the name `LogEntry`.
pub(in crate::http) struct LogEntrySchema;

impl PartialSchema for LogEntrySchema {
    fn schema() -> RefOr<Schema> {
        let object = ObjectBuilder::new()
            .description(Some("One log line; a field without a value is left out."))
            .examples([line_example()]);
        let required =
            [LogField::Id, LogField::Timestamp, LogField::Level, LogField::Service, LogField::Message];
        let object =
            FIELDS.iter().fold(object, |object, field| object.property(field.name, field_schema(field)));
        let object = required.iter().fold(object, |object, field| object.required(field.name()));
        RefOr::T(Schema::Object(object.build()))
    }
}

impl ToSchema for LogEntrySchema {
    fn name() -> Cow<'static, str> {
        "LogEntry".into()
    }
}

fn field_schema(field: &Field) -> Schema {
    let schema = ObjectBuilder::new().description(Some(field.doc)).examples([example_of(field)]);
    let schema = match field.kind {
        FieldKind::Keyword | FieldKind::Text | FieldKind::Ip => schema.schema_type(Type::String),
        FieldKind::Date => {
            schema.schema_type(Type::String).format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
        }
        FieldKind::Level => schema.schema_type(Type::String).enum_values(Some(Level::ALL.map(Level::as_str))),
        FieldKind::Flattened => {
            schema.schema_type(Type::Object).additional_properties(Some(AdditionalProperties::FreeForm(true)))
        }
    };
    Schema::Object(schema.build())
}

fn example_of(field: &Field) -> Value {
    match field.kind {
        FieldKind::Flattened => serde_json::from_str(field.example).unwrap_or_default(),
        FieldKind::Keyword | FieldKind::Text | FieldKind::Ip | FieldKind::Date | FieldKind::Level => {
            Value::from(field.example)
        }
    }
}

/// A log line with every field that is answered unasked.
pub(super) fn line_example() -> Value {
    let shown = FIELDS.iter().filter(|field| field.id != LogField::ReceivedAt);
    let members: Map<_, _> = shown.map(|field| (field.name.to_owned(), example_of(field))).collect();
    Value::Object(members)
}

/// A page with one line.
pub(super) fn page_example() -> Value {
    json!({
        "items": [line_example()],
        "page": {"next_cursor": null},
        "total": {"value": 1, "relation": "eq"},
        "took_ms": 4,
        "cache": "none",
        "completeness": {"partial": false, "failed_shards": 0, "stale_seconds": 0},
        "warnings": []
    })
}
