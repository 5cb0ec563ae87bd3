//! The rules that make a line to store: what is filled in, converted, cut, moved to the context, refused.
//!
//! A line is refused only where it cannot be stored or where guessing would misfile it; anything else that does not
//! fit its field is kept in the context.

use std::net::IpAddr;

use serde_json::Value;

use super::context::Context;
use super::draft::{Draft, Sent, Slot};
use super::options::IngestOptions;
use super::{text, timestamp};
use crate::model::normal::{into_nfc, nfc};
use crate::model::{Level, LogContext, LogEntry, LogId, LogKind, Micros};
use crate::repository::{Fingerprint, LineToStore};

/// Longest message, in bytes; a longer one refuses its line.
pub(crate) const MAX_MESSAGE_BYTES: usize = 256 * 1024;
/// Longest name of a service, in bytes; a longer one refuses its line, since scopes compare whole names.
pub(super) const MAX_SERVICE_BYTES: usize = 255;
/// Longest value of the other fields, in bytes; a longer one is cut.
const MAX_KEYWORD_BYTES: usize = 4_096;

/// Service of a line that names none, in a request that names none.
const UNKNOWN_SERVICE: &str = "unknown";
/// Notes of ours in the context.
const LEVEL_RAW: &str = "level_raw";
const TIME_SOURCE: &str = "time_source";
const CLIENT_IP_RAW: &str = "client_ip_raw";
const RECEIPT: &str = "receipt";

/// Makes a line to store of a JSON line.
///
/// # Errors
/// Says why the line is refused, naming the field first.
pub(super) fn from_draft(
    draft: Draft,
    options: &IngestOptions<'_>,
    ids: &mut dyn FnMut() -> LogId,
) -> Result<LineToStore, String> {
    let is_security = names_security(draft.kind.as_ref())? || options.kind == Some(LogKind::Security);
    let mut context = Context::merge(draft.contexts, draft.others);
    let timestamp = draft.timestamp.map(|sent| timestamp::read(&sent.value)).transpose()?;
    let level = level(draft.level, &mut context);
    let service = service(draft.service, options.service, &mut context)?;
    let message = message(draft.message)?;
    let client_id = client_id(draft.id, &mut context);
    let mut keyword = |slot| keyword(slot, &mut context);
    let entry = LogEntry {
        id: ids(),
        client_id,
        timestamp: timestamp.unwrap_or(options.now),
        received_at: Some(options.now),
        level,
        service,
        message,
        request_id: keyword(draft.request_id),
        trace_id: keyword(draft.trace_id),
        span_id: keyword(draft.span_id),
        user_id: keyword(draft.user_id),
        path: keyword(draft.path),
        method: keyword(draft.method),
        user_agent: keyword(draft.user_agent),
        component: keyword(draft.component),
        client_ip: client_ip(draft.client_ip, &mut context),
        context: LogContext::default(),
    };
    stored(entry, context, timestamp, is_security)
}

/// Makes a line to store of a line of plain text, which stays whole.
///
/// # Errors
/// Says why the line is refused.
pub(super) fn from_text(
    line: &str,
    options: &IngestOptions<'_>,
    ids: &mut dyn FnMut() -> LogId,
) -> Result<LineToStore, String> {
    let head = text::head(line, options.now);
    let mut context = Context::default();
    let level = head.level.map_or(Level::Info, |(level, word)| {
        note_level(level, word.unwrap_or(level.as_str()), &mut context);
        level
    });
    let entry = LogEntry {
        id: ids(),
        client_id: None,
        timestamp: head.time.unwrap_or(options.now),
        received_at: Some(options.now),
        level,
        service: service(None, options.service, &mut context)?,
        message: checked_message(line.to_owned())?,
        request_id: None,
        trace_id: None,
        span_id: None,
        user_id: None,
        path: None,
        method: None,
        client_ip: None,
        user_agent: None,
        component: None,
        context: LogContext::default(),
    };
    stored(entry, context, head.time, options.kind == Some(LogKind::Security))
}

fn stored(
    mut entry: LogEntry,
    mut context: Context,
    sent_time: Option<Micros>,
    is_security: bool,
) -> Result<LineToStore, String> {
    if sent_time.is_none() {
        context.note(TIME_SOURCE, RECEIPT.into());
    }
    entry.context = context.finish()?.into();
    let kind = if is_security { LogKind::Security } else { entry.natural_kind() };
    let fingerprint = fingerprint(&entry, kind, sent_time)?;
    Ok(LineToStore { kind, entry, fingerprint })
}

/// What tells this line, sent again, from another one with its client id: all of it but what we have given to it.
fn fingerprint(
    entry: &LogEntry,
    kind: LogKind,
    sent_time: Option<Micros>,
) -> Result<Option<Fingerprint>, String> {
    if entry.client_id.is_none() {
        return Ok(None);
    }
    let as_sent = (
        (&entry.client_id, kind, sent_time.map(Micros::get), entry.level, &entry.service, &entry.message),
        (&entry.request_id, &entry.trace_id, &entry.span_id, &entry.user_id, &entry.path, &entry.method),
        (&entry.client_ip, &entry.user_agent, &entry.component, entry.context.to_json()),
    );
    let bytes =
        postcard::to_stdvec(&as_sent).map_err(|error| format!("the line cannot be stored: {error}"))?;
    Ok(Some(Fingerprint::of(&bytes)))
}

/// Whether the member `kind` says security. The words of the other kinds are taken, but the level decides those.
fn names_security(kind: Option<&Value>) -> Result<bool, String> {
    let word = match kind {
        None | Some(Value::Null) => return Ok(false),
        Some(value) => value.as_str().unwrap_or_default(),
    };
    let kind = LogKind::ALL.into_iter().find(|kind| kind.as_str().eq_ignore_ascii_case(word));
    kind.map(|kind| kind == LogKind::Security)
        .ok_or_else(|| "kind: unknown word; use app, error or security".to_owned())
}

/// Reads the level; what cannot be read is info. The original is noted unless only its case differs.
fn level(slot: Slot, context: &mut Context) -> Level {
    let Some(Sent { name, value }) = slot else { return Level::Info };
    match value {
        Value::String(word) => {
            let level = Level::parse(&word);
            note_level(level.unwrap_or_default(), &word, context);
            level.unwrap_or_default()
        }
        Value::Array(_) | Value::Object(_) => {
            context.add(name.text, value);
            Level::Info
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {
            let level = Level::parse(&value.to_string()).unwrap_or_default();
            context.note(LEVEL_RAW, value);
            level
        }
    }
}

fn note_level(level: Level, word: &str, context: &mut Context) {
    if !word.eq_ignore_ascii_case(level.as_str()) {
        context.note(LEVEL_RAW, word.into());
    }
}

fn service(slot: Slot, of_request: Option<&str>, context: &mut Context) -> Result<String, String> {
    let sent = scalar(slot, context).map(trimmed).filter(|service| !service.is_empty());
    let service = sent.unwrap_or_else(|| nfc(of_request.unwrap_or(UNKNOWN_SERVICE)).into_owned());
    if service.len() > MAX_SERVICE_BYTES {
        return Err(format!("service: longer than {MAX_SERVICE_BYTES} bytes; shorten it"));
    }
    Ok(service)
}

fn trimmed(text: String) -> String {
    let kept = text.trim();
    if kept.len() == text.len() { text } else { kept.to_owned() }
}

/// The text of the line; anything but a text becomes its JSON.
fn message(slot: Slot) -> Result<String, String> {
    checked_message(match slot.map(|sent| sent.value) {
        None => String::new(),
        Some(Value::String(message)) => message,
        Some(value) => value.to_string(),
    })
}

fn checked_message(message: String) -> Result<String, String> {
    let message = into_nfc(message);
    if message.len() > MAX_MESSAGE_BYTES {
        return Err(format!("message: longer than {MAX_MESSAGE_BYTES} bytes; shorten it or split the line"));
    }
    Ok(message)
}

/// The value of a field that is a text, composed: numbers and truth values are written out; an object or a list goes to the
/// context under the name it was sent with.
fn scalar(slot: Slot, context: &mut Context) -> Option<String> {
    let Sent { name, value } = slot?;
    match value {
        Value::String(text) => Some(into_nfc(text)),
        Value::Null => None,
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        Value::Array(_) | Value::Object(_) => {
            context.add(name.text, value);
            None
        }
    }
}

/// What the sender calls the line; what cannot be a name goes to the context.
fn client_id(slot: Slot, context: &mut Context) -> Option<String> {
    let name = slot.as_ref()?.name.text;
    let id = scalar(slot, context).filter(|id| !id.is_empty())?;
    if LogId::is_allowed(&id) {
        return Some(id);
    }
    context.add(name, id.into());
    None
}

/// As [`scalar`], cut to the length that is matched as a whole; the context then says how long it was.
fn keyword(slot: Slot, context: &mut Context) -> Option<String> {
    let field = slot.as_ref()?.name.field;
    let mut text = scalar(slot, context)?;
    if text.len() > MAX_KEYWORD_BYTES {
        context.note(&format!("{}_bytes", field.name()), text.len().into());
        text.truncate(text.floor_char_boundary(MAX_KEYWORD_BYTES));
    }
    Some(text)
}

/// The address in its one canonical spelling; what is no address goes to the context.
fn client_ip(slot: Slot, context: &mut Context) -> Option<String> {
    let text = scalar(slot, context)?;
    let word = text.trim();
    if word.is_empty() {
        return None;
    }
    let Ok(address) = word.parse::<IpAddr>() else {
        context.note(CLIENT_IP_RAW, text.into());
        return None;
    };
    Some(address.to_canonical().to_string())
}
