//! The OpenAPI document: what is the same for all routes. What a route is stands beside its handler.

use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{
    Components, ContentBuilder, InfoBuilder, LicenseBuilder, OpenApi, OpenApiBuilder, Ref, RefOr,
    ResponseBuilder,
};

use super::problem::{PROBLEM_JSON, problem_example, status};
use crate::error::ErrorCode;

const TAGS: [(&str, &str); 3] = [
    ("logs", "Find log lines, and send them."),
    ("access", "Who you are and what you may do."),
    ("operations", "Health, metrics and explanations, for operators and probes."),
];

/// Errors that every route can answer.
const COMMON: [(ErrorCode, &str); 3] = [
    (ErrorCode::BadParameter, "The request cannot be read"),
    (ErrorCode::NotAcceptable, "The Accept header leaves out what the route answers"),
    (ErrorCode::Internal, "A defect of ours"),
];

/// Errors that every route behind a token can answer as well.
const BEHIND_A_TOKEN: [(ErrorCode, &str); 4] = [
    (ErrorCode::Unauthenticated, "No token, or one that is not accepted"),
    (ErrorCode::Forbidden, "Your roles or your services do not allow it"),
    (ErrorCode::EngineUnavailable, "A back end cannot be reached, or the server is busy; see Retry-After"),
    (ErrorCode::EngineTimeout, "A deadline passed; see Retry-After"),
];

/// Size, form and method of the request are checked before any route is asked.
const OTHER: &str = "Any other error, such as 405, 408, 414, 429 or 431";

/// The document before any route is in it.
pub(super) fn base() -> OpenApi {
    let info = InfoBuilder::new()
        .title("Trailproof")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(
            "Search your logs, prove your audit trail.\n\n\
             1. Get a token: `trailproof demo` prints one for each role, `trailproof token --role sre` makes one.\n\
             2. On the [page to try things out](/docs), paste it under *Authorize*.\n\
             3. Open `GET /api/v1/logs/search` and execute it: the form is filled in.\n\n\
             The [reference](/redoc) shows the same document to read.\n\nEvery answer carries `X-Request-Id`; every error is \
             `application/problem+json` with a stable `code`, which `GET /errors/{code}` explains.",
        ))
        .license(Some(LicenseBuilder::new().name("Apache-2.0").identifier(Some("Apache-2.0")).build()));
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("JWT")
        .description(Some(
            "Paste the token alone, without the word Bearer. Its roles must hold the permission that the route names.",
        ))
        .build();
    let components = Components::builder().security_scheme("bearer", SecurityScheme::Http(bearer)).build();
    let tags = TAGS.map(|(name, text)| TagBuilder::new().name(name).description(Some(text)).build());
    OpenApiBuilder::new().info(info.build()).components(Some(components)).tags(Some(tags)).build()
}

/// Adds to each operation the errors that are common to all, and an example to each error.
pub(super) fn complete(document: &mut OpenApi) {
    for item in document.paths.paths.values_mut() {
        let operations =
            [&mut item.get, &mut item.post, &mut item.put, &mut item.delete, &mut item.patch, &mut item.head];
        operations.into_iter().flatten().for_each(complete_operation);
    }
}

fn complete_operation(operation: &mut Operation) {
    let is_open = operation.security.iter().flatten().any(|needed| *needed == SecurityRequirement::default());
    let more = if is_open { &[][..] } else { &BEHIND_A_TOKEN };
    let responses = &mut operation.responses.responses;
    for (code, text) in COMMON.iter().chain(more) {
        let key = status(*code).as_str().to_owned();
        responses.entry(key).or_insert_with(|| RefOr::T(ResponseBuilder::new().description(*text).build()));
    }
    responses
        .entry("default".to_owned())
        .or_insert_with(|| RefOr::T(ResponseBuilder::new().description(OTHER).build()));
    for (key, response) in responses {
        let RefOr::T(response) = response else {
            continue;
        };
        let Some(code) = typical_code(key) else {
            continue;
        };
        // The operation may name a code that says more than the typical one.
        let own = response.content.values().find_map(|content| match content {
            RefOr::T(content) => content.example.clone(),
            RefOr::Ref(_) => None,
        });
        let example = own.unwrap_or_else(|| problem_example(code));
        let schema = Ref::from_schema_name("ErrorResponse");
        let content = ContentBuilder::new().schema(Some(schema)).example(Some(example)).build();
        response.content.clear();
        response.content.insert(PROBLEM_JSON.to_owned(), RefOr::T(content));
    }
}

/// A code that is typical of an error status.
fn typical_code(key: &str) -> Option<ErrorCode> {
    if key == "default" {
        return Some(ErrorCode::BadRequest);
    }
    let common = COMMON.iter().chain(&BEHIND_A_TOKEN).map(|(code, _)| *code);
    let special = [
        ErrorCode::NoSuchRoute,
        ErrorCode::CursorExpired,
        ErrorCode::BodyTooLarge,
        ErrorCode::UnsupportedMediaType,
        ErrorCode::UnknownField,
        ErrorCode::TooManyRequests,
    ];
    common.chain(special).find(|code| status(*code).as_str() == key)
}

/// The document as JSON, as it is served and as it stands in `docs/api/openapi.json`.
pub(super) fn text(document: &OpenApi) -> String {
    document.to_pretty_json().map(|json| json + "\n").unwrap_or_default()
}
