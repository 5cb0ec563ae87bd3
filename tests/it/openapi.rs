//! The OpenAPI document and the pages that are generated: complete, and the same as in the repository.

use std::path::Path;

use serde_json::Value;
use trailproof::demo::corpus::Corpus;
use trailproof::http::{errors_page, openapi_document};
use trailproof::model::Level;

use crate::harness::NOW;

fn document() -> Value {
    serde_json::from_str(&openapi_document().unwrap()).unwrap()
}

fn operations(document: &Value) -> Vec<(String, Value)> {
    let paths = document["paths"].as_object().unwrap().iter();
    let operations = paths.flat_map(|(path, item)| {
        let methods = item.as_object().unwrap().iter();
        methods.map(move |(method, operation)| (format!("{method} {path}"), operation.clone()))
    });
    operations.collect()
}

/// Compares a generated file with the one in the repository; writes it instead when `UPDATE_DOCS` is set.
#[track_caller]
fn assert_current(path: &str, generated: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    #[expect(clippy::disallowed_methods, reason = "whoever runs the tests chooses, not the program")]
    let updates = std::env::var_os("UPDATE_DOCS").is_some();
    if updates {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, generated).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == generated, "{} is stale: run UPDATE_DOCS=1 cargo test --test it", path.display());
}

#[test]
fn the_generated_openapi_document_in_the_repository_is_current() {
    assert_current("docs/api/openapi.json", &openapi_document().unwrap());
}

#[test]
fn the_generated_page_of_error_codes_is_current() {
    assert_current("docs/errors.md", &errors_page());
}

#[test]
fn it_is_openapi_3_1_with_the_names_that_clients_rely_on() {
    let document = document();

    assert_eq!(document["openapi"], "3.1.0");
    for name in ["LogSearchRequest", "LogEntry", "PaginatedLogResponse", "ErrorResponse"] {
        assert!(document["components"]["schemas"][name].is_object(), "{name}");
    }
    assert_eq!(document["components"]["securitySchemes"]["bearer"]["scheme"], "bearer");
}

#[test]
fn every_operation_says_what_it_is_who_may_call_it_and_how_it_fails() {
    let operations = operations(&document());

    assert!(operations.len() >= 9, "{operations:?}");
    for (name, operation) in operations {
        for key in ["summary", "description", "operationId"] {
            assert!(operation[key].as_str().is_some_and(|text| !text.is_empty()), "{name} lacks {key}");
        }
        assert_eq!(operation["tags"].as_array().map(Vec::len), Some(1), "{name}");
        assert!(operation["security"].is_array(), "{name} lacks security");
        let responses = operation["responses"].as_object().unwrap();
        assert!(responses.keys().any(|status| status.starts_with('4')), "{name} never fails");
        for (status, response) in responses {
            for (kind, content) in
                response["content"].as_object().unwrap_or_else(|| panic!("{name} {status}"))
            {
                assert!(!content["example"].is_null(), "{name} {status} {kind} lacks an example");
            }
        }
    }
}

#[test]
fn neither_the_document_nor_the_codes_speak_of_masks_that_do_not_exist() {
    for text in [openapi_document().unwrap(), errors_page()] {
        assert!(!text.to_lowercase().contains("mask"));
    }
}

#[test]
fn operation_ids_are_unique() {
    let document = document();
    let mut ids: Vec<_> = operations(&document)
        .into_iter()
        .map(|(_, operation)| operation["operationId"].to_string())
        .collect();
    let count = ids.len();
    ids.sort();
    ids.dedup();

    assert_eq!(ids.len(), count);
}

#[test]
fn every_reference_leads_somewhere() {
    fn references(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Object(members) => {
                found.extend(members.get("$ref").and_then(Value::as_str).map(str::to_owned));
                members.values().for_each(|member| references(member, found));
            }
            Value::Array(items) => items.iter().for_each(|item| references(item, found)),
            _ => {}
        }
    }
    let document = document();
    let mut found = Vec::new();

    references(&document, &mut found);

    assert!(!found.is_empty());
    for reference in found {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
}

#[test]
fn every_parameter_has_text_and_an_example() {
    let document = document();
    let body = &document["components"]["schemas"]["LogSearchRequest"]["properties"];

    for (name, operation) in operations(&document) {
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let shown = format!("{name} {}", parameter["name"]);
            assert!(parameter["description"].as_str().is_some_and(|text| text.ends_with('.')), "{shown}");
            let has_example = !parameter["schema"]["examples"].is_null() || !parameter["example"].is_null();
            assert!(has_example, "{shown} has no example");
        }
    }
    for parameter in document["paths"]["/api/v1/logs/search"]["get"]["parameters"].as_array().unwrap() {
        assert!(!body[parameter["name"].as_str().unwrap()]["description"].is_null(), "{parameter}");
    }
    assert_eq!(body.as_object().unwrap().len(), 16);
}

#[test]
fn every_field_has_text_and_every_plain_one_an_example() {
    let document = document();

    let mut missing = Vec::new();
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        if !schema["description"].is_string() {
            missing.push(format!("{name}: text"));
        }
        for (field, property) in properties(schema) {
            let has_text =
                property["description"].is_string() || property["oneOf"][0]["description"].is_string();
            if !has_text {
                missing.push(format!("{name}.{field}: text"));
            }
            let is_plain = !property.to_string().contains("$ref");
            if is_plain && property["example"].is_null() && property["examples"].is_null() {
                missing.push(format!("{name}.{field}: example"));
            }
        }
    }
    assert_eq!(missing, Vec::<String>::new());
}

/// The fields of a schema, and of those that it is made of.
fn properties(schema: &Value) -> Vec<(String, Value)> {
    let parts = schema["allOf"].as_array().into_iter().flatten().chain([schema]);
    let fields = parts.filter_map(|part| part["properties"].as_object()).flatten();
    fields.map(|(name, property)| (name.clone(), property.clone())).collect()
}

#[test]
fn the_search_stands_first() {
    let text = openapi_document().unwrap();
    let document: serde_json::Map<String, Value> = serde_json::from_str(&text).unwrap();

    let first = document["paths"].as_object().unwrap().keys().next().unwrap();

    assert_eq!(first, "/api/v1/logs/search");
}

#[test]
fn the_request_of_the_example_is_the_first_failure_of_the_incident_in_every_demo() {
    let document = document();
    let example = &document["paths"]["/api/v1/logs/trace/{id}"]["get"]["parameters"][0]["example"];
    let day = 24 * 3_600 * 1_000_000_i64;

    for end in [NOW, NOW.plus(-12_345_678_901_234)] {
        let lines = Corpus::new(Corpus::DEMO_SEED, end, day, 50_000).map(|line| line.entry);
        let mut failures = lines.filter(|entry| {
            entry.timestamp >= end.plus(-day / 8)
                && entry.service == "auth-service"
                && entry.level >= Level::Error
        });
        assert_eq!(&Value::from(failures.next().unwrap().request_id), example);
    }
}
