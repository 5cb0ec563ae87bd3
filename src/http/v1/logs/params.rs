//! The parameters of a log search in the OpenAPI document, made from their one table.

use serde_json::{Value, json};
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{AdditionalProperties, Object, ObjectBuilder, Schema, Type};
use utoipa::openapi::{RefOr, Required};
use utoipa::{IntoParams, PartialSchema, ToSchema};

use crate::search::SearchParams;
use crate::search::params::{Param, ParamKind};

impl IntoParams for SearchParams {
    fn into_params(_parameter_in: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let parameter = |param: &Param| {
            ParameterBuilder::new()
                .name(param.name)
                .parameter_in(ParameterIn::Query)
                .required(Required::False)
                .description(Some(sentence(param)))
                .schema(Some(schema(param).build()))
                .build()
        };
        Self::ALL.iter().map(parameter).collect()
    }
}

impl PartialSchema for SearchParams {
    fn schema() -> RefOr<Schema> {
        let object = ObjectBuilder::new()
            .description(Some("Parameters of a log search; a value may be a text or a number."))
            .additional_properties(Some(AdditionalProperties::FreeForm(false)))
            .examples([example()]);
        let property = |object: ObjectBuilder, param: &Param| {
            object.property(param.name, schema(param).description(Some(sentence(param))).build())
        };
        RefOr::T(Schema::Object(Self::ALL.iter().fold(object, property).build()))
    }
}

impl ToSchema for SearchParams {
    fn name() -> std::borrow::Cow<'static, str> {
        "LogSearchRequest".into()
    }
}

/// A body that finds something in the demo.
pub(super) fn example() -> Value {
    json!({"query": "level:error AND timeout", "from": "now-1h", "limit": 100})
}

fn sentence(param: &Param) -> String {
    let also = param.alias.map_or_else(String::new, |alias| format!(" Also `{alias}`."));
    format!("{}{also}", param.doc.trim())
}

fn schema(param: &Param) -> ObjectBuilder {
    let schema: ObjectBuilder = Object::new().into();
    match param.kind {
        ParamKind::Text => schema.schema_type(Type::String).examples([param.example]),
        ParamKind::OneOf(words) => schema
            .schema_type(Type::String)
            .enum_values(Some(words.iter().copied()))
            .examples([param.example]),
        ParamKind::Integer(least, most) => {
            let example = param.example.parse::<i64>().unwrap_or(least);
            let bound = |value: i64| f64::from(i32::try_from(value).unwrap_or(i32::MAX));
            schema
                .schema_type(Type::Integer)
                .minimum(Some(bound(least)))
                .maximum(Some(bound(most)))
                .examples([example])
        }
    }
}
