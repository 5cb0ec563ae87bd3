//! What a request says about all its lines, and what its content type makes of the body.

use serde_json::value::RawValue;

use crate::error::{Error, ErrorCode, Result};
use crate::model::{LogKind, Micros};

/// How the lines of a body are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BodyKind {
    /// One JSON object a line.
    Ndjson,
    /// A JSON array of objects.
    JsonArray,
    /// One JSON object that may span lines.
    JsonObject,
    /// One message a line.
    Text,
}

/// What a request says about all its lines.
#[derive(Clone, Copy, Debug)]
pub(crate) struct IngestOptions<'a> {
    /// How the lines are told apart.
    pub(crate) content: BodyKind,
    /// Service of lines that name none (`?service=`), at most 255 bytes.
    pub(crate) service: Option<&'a str>,
    /// `security` makes every line one (`?kind=security`); of the other kinds each line's level decides.
    pub(crate) kind: Option<LogKind>,
    /// Time of receipt, for lines without a time.
    pub(crate) now: Micros,
}

/// Tells from the content type, and for JSON from the first bytes, how the lines of a body are told apart.
///
/// Without a content type the body is taken for JSON.
///
/// # Errors
/// `UnsupportedMediaType` for other types, and for a charset other than UTF-8.
pub(crate) fn body_kind(content_type: Option<&str>, body: &[u8]) -> Result<BodyKind> {
    let mut parts = content_type.unwrap_or("application/json").split(';');
    let media_type = parts.next().unwrap_or_default().trim().to_ascii_lowercase();
    for parameter in parts {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        let charset = value.trim().trim_matches('"');
        let is_utf8 = charset.eq_ignore_ascii_case("utf-8") || charset.eq_ignore_ascii_case("utf8");
        if name.trim().eq_ignore_ascii_case("charset") && !is_utf8 {
            return Err(unsupported("the charset of the body is not understood; send UTF-8"));
        }
    }
    match media_type.as_str() {
        "application/json" => Ok(json_kind(body)),
        "application/x-ndjson" | "application/ndjson" | "application/jsonl" | "application/x-jsonlines" => {
            Ok(BodyKind::Ndjson)
        }
        "text/plain" => Ok(BodyKind::Text),
        _ => Err(unsupported(
            "the content type is not understood; send application/json, application/x-ndjson or text/plain",
        )),
    }
}

fn unsupported(detail: &str) -> Error {
    Error::new(ErrorCode::UnsupportedMediaType, detail).at("Content-Type")
}

fn json_kind(body: &[u8]) -> BodyKind {
    let body = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body).trim_ascii();
    if body.starts_with(b"[") {
        return BodyKind::JsonArray;
    }
    // An object that goes on after its first line, to the end of the body: one object, printed for people.
    let first_line = body.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let goes_on = first_line.len() < body.len()
        && serde_json::from_slice::<&RawValue>(first_line).is_err_and(|error| error.is_eof())
        && serde_json::from_slice::<&RawValue>(body).is_ok();
    if goes_on { BodyKind::JsonObject } else { BodyKind::Ndjson }
}
