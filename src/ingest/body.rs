//! A body of lines: how it is split, and which lines are refused.

use serde_json::value::RawValue;

use super::draft::{Draft, syntax_error};
use super::entry::{self, MAX_SERVICE_BYTES};
use super::options::{BodyKind, IngestOptions};
use super::tally::{Lacking, Tally};
use crate::error::{Error, ErrorCode, Place, Result};
use crate::model::LogId;
use crate::repository::LineToStore;

/// Lines of one body at most, blank ones not counted; it bounds the memory that a body of tiny lines takes.
pub(crate) const MAX_LINES: usize = 100_000;

/// The lines of a body.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Decoded {
    /// Lines to store, each with its number in the body, from 1.
    pub(crate) lines: Vec<(usize, LineToStore)>,
    /// Refused lines, ascending; each names its line, code 3012 and the reason.
    pub(crate) refusals: Vec<Place>,
    /// What is amiss with the lines to store.
    pub(crate) tally: Tally,
}

/// Turns a body into lines to store; `ids` makes an id for each line that brings none.
///
/// # Errors
/// `BadBody` when the body is not UTF-8 or, as one JSON document, not parseable; `BodyTooLarge` for more than
/// [`MAX_LINES`] lines; `RefusedLine` when it holds no line at all. A line that cannot be stored is no error: it
/// stands in [`Decoded::refusals`].
pub(crate) fn decode(
    body: &[u8],
    options: &IngestOptions<'_>,
    ids: &mut dyn FnMut() -> LogId,
) -> Result<Decoded> {
    let options = IngestOptions { service: checked_service(options.service)?, ..*options };
    let body = utf8(body)?;
    let mut decoded = Decoded::default();
    match options.content {
        BodyKind::Ndjson => {
            for (line, text) in numbered_lines(body)? {
                decoded.add(line, from_json(text, &options, ids));
            }
        }
        BodyKind::Text => {
            for (line, text) in numbered_lines(body)? {
                let outcome = entry::from_text(text.trim_end_matches('\r'), &options, ids);
                // The services' standard is one of JSON: it asks nothing of plain text.
                decoded.add(line, outcome.map(|entry| (entry, Lacking::default())));
            }
        }
        BodyKind::JsonArray | BodyKind::JsonObject => {
            for (line, text) in (1..).zip(documents(body, options.content)?) {
                decoded.add(line, from_json(text.get(), &options, ids));
            }
        }
    }
    if decoded.lines.is_empty() && decoded.refusals.is_empty() { Err(no_line()) } else { Ok(decoded) }
}

fn from_json(
    text: &str,
    options: &IngestOptions<'_>,
    ids: &mut dyn FnMut() -> LogId,
) -> Result<(LineToStore, Lacking), String> {
    let draft = Draft::read(text)?;
    let lacking = draft.lacking(options);
    Ok((entry::from_draft(draft, options, ids)?, lacking))
}

fn no_line() -> Error {
    Error::new(ErrorCode::RefusedLine, "the body holds no log line; send at least one")
}

impl Decoded {
    fn add(&mut self, line: usize, outcome: Result<(LineToStore, Lacking), String>) {
        match outcome {
            Ok((to_store, lacking)) => {
                self.tally.add(&to_store.entry, lacking);
                self.lines.push((line, to_store));
            }
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
