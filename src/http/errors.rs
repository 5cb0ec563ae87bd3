//! `GET /errors/{code}`: what an error code means; `type` of every error body points here.

use std::fmt::Write as _;

use axum::Json;
use axum::extract::Path;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::problem::{ErrorResponse, status};
use crate::error::{Error, ErrorCode, Result};

/// What an error code means.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ErrorExplanation {
    /// The number.
    #[schema(example = 3003)]
    code: u16,
    /// Short name of the failure.
    #[schema(example = "unknown field")]
    title: &'static str,
    /// HTTP status of answers with this code.
    #[schema(example = 422)]
    status: u16,
    /// What has gone wrong.
    #[schema(example = "The query names a field that does not exist.")]
    meaning: &'static str,
    /// What to do about it.
    #[schema(example = "Use a field of GET /api/v1/logs/fields.")]
    advice: &'static str,
}

/// Explain an error code
///
/// Every error body names its code, and its `type` is the path of this route.
#[utoipa::path(
    get,
    path = "/errors/{code}",
    operation_id = "explainError",
    tag = "operations",
    params(("code" = u16, Path, description = "The number of the code.", example = 3003)),
    responses(
        (status = 200, description = "What the code means", body = ErrorExplanation, example = json!(example())),
        (status = 404, description = "There is no such code", body = ErrorResponse),
    ),
    security(())
)]
pub(super) async fn get(Path(code): Path<String>) -> Result<Json<ErrorExplanation>> {
    let known = ErrorCode::ALL.iter().find(|known| known.number().to_string() == code);
    let missing =
        || Error::new(ErrorCode::NoSuchRoute, "there is no such error code; they are numbers such as 3003");
    known.map(|code| Json(explanation(*code))).ok_or_else(missing)
}

fn explanation(code: ErrorCode) -> ErrorExplanation {
    ErrorExplanation {
        code: code.number(),
        title: code.title(),
        status: status(code).as_u16(),
        meaning: code.meaning(),
        advice: code.advice(),
    }
}

fn example() -> Value {
    serde_json::to_value(explanation(ErrorCode::UnknownField)).unwrap_or_else(|_| json!({}))
}

/// The page `docs/errors.md`: one row for every code.
#[must_use]
pub fn errors_page() -> String {
    let mut page = String::from(
        "# Error codes\n\n\
         Every answer with a status of 400 or above is `application/problem+json` with a stable `code`; `GET /errors/{code}`\n\
         explains one. This page is generated from the table in the source (`UPDATE_DOCS=1 cargo test --test it`).\n\n\
         | code | title | what to do |\n|---|---|---|\n",
    );
    for code in ErrorCode::ALL {
        let advice = code.advice().replace('|', "\\|");
        // Writing to a String cannot fail.
        let _ = writeln!(page, "| {} | {} | {advice} |", code.number(), code.title());
    }
    page
}
