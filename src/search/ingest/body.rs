//! A body of lines: what its content type says, how it is split, and which lines are refused.

use serde_json::value::RawValue;

use super::draft::{Draft, syntax_error};
use super::entry::{self, MAX_SERVICE_BYTES};
use crate::error::{Error, ErrorCode, Place, Result};
use crate::model::{LogId, LogKind, Micros};
use crate::repository::LineToStore;

/// Lines of one body at most, blank ones not counted; it bounds the memory that a body of tiny lines takes.
pub const MAX_LINES: usize = 100_000;

/// How the lines of a body are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyKind {
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
pub struct IngestOptions<'a> {
    /// How the lines are told apart.
    pub content: BodyKind,
    /// Service of lines that name none (`?service=`), at most 255 bytes.
    pub service: Option<&'a str>,
    /// `security` makes every line one (`?kind=security`); of the other kinds each line's level decides.
    pub kind: Option<LogKind>,
    /// Time of receipt, for lines without a time.
    pub now: Micros,
}

/// The lines of a body.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Decoded {
    /// Lines to store, each with its number in the body, from 1.
    pub lines: Vec<(usize, LineToStore)>,
    /// Refused lines, ascending; each names its line, code 3012 and the reason.
    pub refusals: Vec<Place>,
}

/// Tells from the content type, and for JSON from the first bytes, how the lines of a body are told apart.
///
/// Without a content type the body is taken for JSON.
///
/// # Errors
/// `UnsupportedMediaType` for other types, and for a charset other than UTF-8.
pub fn body_kind(content_type: Option<&str>, body: &[u8]) -> Result<BodyKind> {
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
        "application/x-ndjson" => Ok(BodyKind::Ndjson),
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

/// Turns a body into lines to store; `ids` makes an id for each line that brings none.
///
/// # Errors
/// `BadBody` when the body is not UTF-8 or, as one JSON document, not parseable; `BodyTooLarge` for more than
/// [`MAX_LINES`] lines; `RefusedLine` when it holds no line at all. A line that cannot be stored is no error: it
/// stands in [`Decoded::refusals`].
pub fn decode(body: &[u8], options: &IngestOptions<'_>, ids: &mut dyn FnMut() -> LogId) -> Result<Decoded> {
    let options = IngestOptions { service: checked_service(options.service)?, ..*options };
    let body = utf8(body)?;
    let mut decoded = Decoded::default();
    match options.content {
        BodyKind::Ndjson => {
            for (line, text) in numbered_lines(body)? {
                decoded
                    .add(line, Draft::read(text).and_then(|draft| entry::from_draft(draft, &options, ids)));
            }
        }
        BodyKind::Text => {
            for (line, text) in numbered_lines(body)? {
                decoded.add(line, entry::from_text(text.trim_end_matches('\r'), &options, ids));
            }
        }
        BodyKind::JsonArray | BodyKind::JsonObject => {
            for (line, text) in (1..).zip(documents(body, options.content)?) {
                let draft = Draft::read(text.get());
                decoded.add(line, draft.and_then(|draft| entry::from_draft(draft, &options, ids)));
            }
        }
    }
    if decoded.lines.is_empty() && decoded.refusals.is_empty() { Err(no_line()) } else { Ok(decoded) }
}

fn no_line() -> Error {
    Error::new(ErrorCode::RefusedLine, "the body holds no log line; send at least one")
}

impl Decoded {
    fn add(&mut self, line: usize, outcome: Result<LineToStore, String>) {
        match outcome {
            Ok(entry) => self.lines.push((line, entry)),
            Err(detail) => self.refusals.push(Place {
                line: Some(line),
                code: Some(ErrorCode::RefusedLine.number()),
                detail: Some(detail),
                ..Place::default()
            }),
        }
    }
}

fn checked_service(service: Option<&str>) -> Result<Option<&str>> {
    let service = service.map(str::trim).filter(|service| !service.is_empty());
    if service.is_some_and(|service| service.len() > MAX_SERVICE_BYTES) {
        let detail = format!("the service is longer than {MAX_SERVICE_BYTES} bytes; shorten it");
        return Err(Error::new(ErrorCode::BadParameter, detail).at("service"));
    }
    Ok(service)
}

fn utf8(body: &[u8]) -> Result<&str> {
    let text = std::str::from_utf8(body).map_err(|error| {
        let before = body.get(..error.valid_up_to()).unwrap_or_default();
        let line = before.split(|byte| *byte == b'\n').count();
        Error::new(ErrorCode::BadBody, format!("the body is not UTF-8 in line {line}; send UTF-8"))
    })?;
    Ok(text.strip_prefix('\u{FEFF}').unwrap_or(text))
}

/// The lines that are not blank, with their numbers.
fn numbered_lines(body: &str) -> Result<impl Iterator<Item = (usize, &str)>> {
    let lines = (1..).zip(body.split('\n')).filter(|(_, line)| !line.trim_ascii().is_empty());
    check_count(lines.clone().take(MAX_LINES + 1).count())?;
    Ok(lines)
}

/// The documents of a body that is JSON as a whole, each still as text, so that one can be refused alone.
fn documents(body: &str, content: BodyKind) -> Result<Vec<&RawValue>> {
    if body.trim_ascii().is_empty() {
        return Err(no_line());
    }
    let documents: serde_json::Result<Vec<&RawValue>> = match content {
        BodyKind::JsonArray => serde_json::from_str(body),
        BodyKind::JsonObject | BodyKind::Ndjson | BodyKind::Text => {
            serde_json::from_str(body).map(|document| vec![document])
        }
    };
    let documents = documents.map_err(|error| {
        let place = syntax_error(&error);
        Error::new(ErrorCode::BadBody, format!("the body is not JSON: {place} of line {}", error.line()))
    })?;
    check_count(documents.len())?;
    Ok(documents)
}

fn check_count(lines: usize) -> Result<()> {
    if lines > MAX_LINES {
        let detail = format!("the body holds more than {MAX_LINES} lines; send them in several requests");
        return Err(Error::new(ErrorCode::BodyTooLarge, detail));
    }
    Ok(())
}
