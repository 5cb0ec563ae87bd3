//! One JSON line, parsed once and sorted by what its keys mean; the rules come after, in `entry`.
//!
//! A line is recognised by its own keys alone: ours, the services' standard, pino, Logstash and ECS (dotted or nested)
//! may even be mixed in one line. A key that stands twice keeps its last value.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, Visitor};
use serde_json::{Map, Value};

use super::json::Json;
use super::names::{self, Name};
use super::options::IngestOptions;
use super::tally::Lacking;
use crate::model::LogField;
use crate::telemetry::labels::RequiredField;

/// The member that names the kind of a line; it is a property of the storage, hence no field.
const KIND: &str = "kind";

/// A value and the name under which it was sent.
#[derive(Debug)]
pub(super) struct Sent {
    pub(super) name: &'static Name,
    pub(super) value: Value,
}

/// A field of a line, if it was sent; never `null`.
pub(super) type Slot = Option<Sent>;

/// What a line says, before any rule.
#[derive(Debug, Default)]
pub(super) struct Draft {
    pub(super) id: Slot,
    pub(super) timestamp: Slot,
    pub(super) level: Slot,
    pub(super) service: Slot,
    pub(super) message: Slot,
    pub(super) request_id: Slot,
    pub(super) trace_id: Slot,
    pub(super) span_id: Slot,
    pub(super) user_id: Slot,
    pub(super) path: Slot,
    pub(super) method: Slot,
    pub(super) client_ip: Slot,
    pub(super) user_agent: Slot,
    pub(super) component: Slot,
    /// `context` and its aliases; their members are merged later.
    pub(super) contexts: Vec<Sent>,
    /// The member `kind`.
    pub(super) kind: Option<Value>,
    /// Members without a field, under their own keys.
    pub(super) others: Map<String, Value>,
}

impl Draft {
    /// Reads one JSON object.
    ///
    /// # Errors
    /// Says what is wrong with the line, and at which character of it.
    pub(super) fn read(line: &str) -> Result<Self, String> {
        if !line.trim_ascii_start().starts_with('{') {
            return Err("not a JSON object; send one object a line, or text/plain for plain text".to_owned());
        }
        let mut deserializer = serde_json::Deserializer::from_str(line);
        let draft = deserializer.deserialize_map(LineVisitor).and_then(|draft| {
            deserializer.end()?;
            Ok(draft)
        });
        draft.map_err(|error| format!("not JSON: {}", syntax_error(&error)))
    }

    /// The fields of the services' standard that the line does not have. The service of the request stands for that of its lines.
    pub(super) fn lacking(&self, options: &IngestOptions<'_>) -> Lacking {
        [
            (RequiredField::Timestamp, has_value(&self.timestamp)),
            (RequiredField::Level, has_value(&self.level)),
            (RequiredField::Message, has_value(&self.message)),
            (RequiredField::Service, has_value(&self.service) || options.service.is_some()),
            (RequiredField::RequestId, has_value(&self.request_id)),
        ]
        .map(|(field, is_there)| (!is_there).then_some(field))
    }

    fn put(&mut self, key: Key, value: Value) {
        match (key, value) {
            (Key::Kind, value) => self.kind = Some(value),
            (Key::Known(name), Value::Object(members)) if names::leads_to_a_field(name.text) => {
                self.put_nested(name.text.to_owned(), members);
            }
            (Key::Known(name), value) => self.put_known(name, value),
            (Key::Other(key), Value::Object(members)) if names::leads_to_a_field(&key) => {
                self.put_nested(key, members);
            }
            (Key::Other(key), value) => drop(self.others.insert(key, value)),
        }
    }

    /// Takes the fields out of an object such as `http`; the rest stays under its key.
    fn put_nested(&mut self, key: String, members: Map<String, Value>) {
        let was_empty = members.is_empty();
        let rest = self.take_known(&key, members);
        if was_empty || !rest.is_empty() {
            self.others.insert(key, Value::Object(rest));
        }
    }

    fn take_known(&mut self, path: &str, members: Map<String, Value>) -> Map<String, Value> {
        let mut rest = Map::new();
        for (key, value) in members {
            let path = format!("{path}.{key}");
            match (names::find(&path), value) {
                (Some(name), value) => self.put_known(name, value),
                (None, Value::Object(inner)) if names::leads_to_a_field(&path) => {
                    let inner = self.take_known(&path, inner);
                    if !inner.is_empty() {
                        rest.insert(key, Value::Object(inner));
                    }
                }
                (None, value) => drop(rest.insert(key, value)),
            }
        }
        rest
    }

    /// Keeps a field. Where two names of one field are sent, the one that `FIELDS` names first wins; the other
    /// one's value, if it differs, goes to the context under the name it was sent with.
    fn put_known(&mut self, name: &'static Name, value: Value) {
        let Some(slot) = self.slot(name.field) else {
            self.contexts.retain(|sent| sent.name.rank != name.rank);
            self.contexts.extend((!value.is_null()).then_some(Sent { name, value }));
            return;
        };
        if value.is_null() {
            slot.take_if(|sent| sent.name.rank == name.rank);
            return;
        }
        let Some(before) = slot.take() else {
            *slot = Some(Sent { name, value });
            return;
        };
        let is_same_name = before.name.rank == name.rank;
        let is_same_value = before.value == value;
        let after = Sent { name, value };
        let (kept, lost) = if before.name.rank < name.rank { (before, after) } else { (after, before) };
        *slot = Some(kept);
        if !is_same_name && !is_same_value {
            self.others.insert(lost.name.text.to_owned(), lost.value);
        }
    }

    /// The slot of a field; `None` for the context, which has no single one, and for what no sender gives.
    fn slot(&mut self, field: LogField) -> Option<&mut Slot> {
        Some(match field {
            LogField::Id => &mut self.id,
            LogField::Timestamp => &mut self.timestamp,
            LogField::Level => &mut self.level,
            LogField::Service => &mut self.service,
            LogField::Message => &mut self.message,
            LogField::RequestId => &mut self.request_id,
            LogField::TraceId => &mut self.trace_id,
            LogField::SpanId => &mut self.span_id,
            LogField::UserId => &mut self.user_id,
            LogField::Path => &mut self.path,
            LogField::Method => &mut self.method,
            LogField::ClientIp => &mut self.client_ip,
            LogField::UserAgent => &mut self.user_agent,
            LogField::Component => &mut self.component,
            LogField::ClientId | LogField::ReceivedAt | LogField::Context => return None,
        })
    }
}

/// Whether a field is a text that says something, a number or a truth value.
fn has_value(slot: &Slot) -> bool {
    match slot.as_ref().map(|sent| &sent.value) {
        Some(Value::String(text)) => !text.trim_ascii().is_empty(),
        Some(Value::Bool(_) | Value::Number(_)) => true,
        Some(Value::Null | Value::Array(_) | Value::Object(_)) | None => false,
    }
}

/// What the parser found wrong, without any of the text it read.
pub(super) fn syntax_error(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let reason = text.split(" at line ").next().unwrap_or_default();
    format!("{reason} at column {}", error.column())
}

/// What a key of a line means; a name of the table costs no allocation.
enum Key {
    Known(&'static Name),
    Kind,
    Other(String),
}

struct KeyVisitor;

impl<'de> DeserializeSeed<'de> for KeyVisitor {
    type Value = Key;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Key, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for KeyVisitor {
    type Value = Key;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> Result<Key, E> {
        Ok(match names::find(key) {
            Some(name) => Key::Known(name),
            None if key == KIND => Key::Kind,
            None => Key::Other(key.to_owned()),
        })
    }
}

struct LineVisitor;

impl<'de> Visitor<'de> for LineVisitor {
    type Value = Draft;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Draft, A::Error> {
        let mut draft = Draft::default();
        while let Some(key) = members.next_key_seed(KeyVisitor)? {
            let value = members.next_value_seed(Json)?;
            draft.put(key, value);
        }
        Ok(draft)
    }
}
