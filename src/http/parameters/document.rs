//! Parameters in the OpenAPI document, made from the table that also reads them.

use serde_json::{Value, json};
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{
    AdditionalProperties, ArrayBuilder, Object, ObjectBuilder, OneOfBuilder, Schema, Type,
};
use utoipa::openapi::{RefOr, Required};
use utoipa::{IntoParams, PartialSchema, ToSchema};

use super::{RouteParams, Takes};
use crate::search::SearchParams;
use crate::search::params::{MAX_VALUES, Param, ParamKind};

impl<R: RouteParams> IntoParams for Takes<R> {
    fn into_params(_parameter_in: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let parameter = |param: &Param| {
            let prefilled = R::PREFILLED.iter().find(|(name, _)| *name == param.name);
            ParameterBuilder::new()
                .name(param.name)
                .parameter_in(ParameterIn::Query)
                .required(Required::False)
                .description(Some(sentence(param)))
                // Swagger UI fills its form in with this, unlike with the examples of the schema.
                .example(prefilled.map(|(_, value)| value_of(param, value)))
                .schema(Some(schema(param)))
                .build()
        };
        Self::all().map(parameter).collect()
    }
}

impl PartialSchema for SearchParams {
    fn schema() -> RefOr<Schema> {
        let object = ObjectBuilder::new()
            .schema_type(Type::Object)
            .description(Some("Parameters of a log search; a value may be a text or a number."))
            .additional_properties(Some(AdditionalProperties::FreeForm(false)))
            .examples([search_body_example()]);
        let property = |object: ObjectBuilder, param: &Param| object.property(param.name, member(param));
        RefOr::T(Schema::Object(Self::ALL.iter().fold(object, property).build()))
    }
}

impl ToSchema for SearchParams {
    fn name() -> std::borrow::Cow<'static, str> {
        "LogSearchRequest".into()
    }
}

/// A body that finds something in the demo.
pub(in crate::http) fn search_body_example() -> Value {
    json!({"query": "level:error", "from": "now-24h", "limit": 20})
}

fn sentence(param: &Param) -> String {
    let others: Vec<_> = param.other_names().map(|name| format!("`{name}`")).collect();
    let also = if others.is_empty() { String::new() } else { format!(" Also {}.", others.join(", ")) };
    format!("{}{also}", param.doc.trim())
}

fn value_of(param: &Param, text: &str) -> Value {
    match param.kind {
        ParamKind::Integer(_, _) => text.parse::<i64>().map_or_else(|_| Value::from(text), Value::from),
        ParamKind::Text | ParamKind::OneOf(_) | ParamKind::List => Value::from(text),
    }
}

/// A parameter of a query string.
fn schema(param: &Param) -> Schema {
    match param.kind {
        ParamKind::List => Schema::Array(values(param).build()),
        ParamKind::Text | ParamKind::OneOf(_) | ParamKind::Integer(..) => {
            Schema::Object(single(param).build())
        }
    }
}

/// A parameter as a member of a body, where a list may also be one text.
fn member(param: &Param) -> Schema {
    let description = Some(sentence(param));
    match param.kind {
        ParamKind::List => {
            let forms = OneOfBuilder::new()
                .item(single(param))
                .item(values(param))
                .examples([json!([param.example])]);
            Schema::OneOf(forms.description(description).build())
        }
        ParamKind::Text | ParamKind::OneOf(_) | ParamKind::Integer(..) => {
            Schema::Object(single(param).description(description).build())
        }
    }
}

fn values(param: &Param) -> ArrayBuilder {
    let value = ObjectBuilder::new().schema_type(Type::String);
    ArrayBuilder::new().items(value).max_items(Some(MAX_VALUES)).examples([json!([param.example])])
}

/// One value of a parameter.
fn single(param: &Param) -> ObjectBuilder {
    let schema: ObjectBuilder = Object::new().into();
    let example = value_of(param, param.example);
    match param.kind {
        ParamKind::Text | ParamKind::List => schema.schema_type(Type::String).examples([example]),
        ParamKind::OneOf(words) => {
            schema.schema_type(Type::String).enum_values(Some(words.iter().copied())).examples([example])
        }
        ParamKind::Integer(least, most) => {
            let bound = |value: i64| f64::from(i32::try_from(value).unwrap_or(i32::MAX));
            schema
                .schema_type(Type::Integer)
                .minimum(Some(bound(least)))
                .maximum(Some(bound(most)))
                .examples([example])
        }
    }
}
