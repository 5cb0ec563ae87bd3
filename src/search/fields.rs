//! Which members of a line are answered (`fields=timestamp,message,context.order_id`).

use serde::ser::Error as _;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

use crate::error::{Error, ErrorCode, Result};
use crate::model::{FieldRef, LogEntry, LogField};

/// Fields that one request may name.
const MAX_FIELDS: usize = 64;

/// The members of a line that are answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum FieldSelection {
    /// All of them.
    #[default]
    All,
    /// These only; the id is always among them, so that a line can be asked for again.
    Only(Vec<FieldRef>),
}

impl FieldSelection {
    /// Reads a list of names separated by commas.
    ///
    /// # Errors
    /// `UnknownField`, or `BadParameter` for an empty name or too many of them.
    pub(crate) fn parse(text: Option<&str>) -> Result<Self> {
        let Some(text) = text else {
            return Ok(Self::All);
        };
        let mut fields = vec![FieldRef::from(LogField::Id)];
        for name in text.split(',').map(str::trim) {
            let field = FieldRef::by_name(name).ok_or_else(|| {
                let shown: String = name.chars().take(64).collect();
                Error::new(ErrorCode::UnknownField, format!("fields: unknown field '{shown}'")).at("fields")
            })?;
            if !fields.contains(&field) {
                fields.push(field);
            }
            if fields.len() > MAX_FIELDS {
                let detail = format!("fields: at most {MAX_FIELDS} fields may be named");
                return Err(Error::new(ErrorCode::LimitOutOfRange, detail).at("fields"));
            }
        }
        Ok(Self::Only(fields))
    }

    /// A line cut down to the selection, as JSON.
    ///
    /// # Errors
    /// When the line cannot be written as JSON, which a stored line always can.
    pub(crate) fn apply(&self, entry: &LogEntry) -> serde_json::Result<Value> {
        let value = serde_json::to_value(entry)?;
        let (Self::Only(fields), Value::Object(mut members)) = (self, value.clone()) else {
            return Ok(value);
        };
        let mut context = match members.get_mut(LogField::Context.name()) {
            Some(Value::Object(context)) => std::mem::take(context),
            _ => Map::new(),
        };
        let is_wanted = |field: LogField| fields.contains(&FieldRef::Known(field));
        if let Some(time) = entry.received_at.filter(|_| is_wanted(LogField::ReceivedAt)) {
            members.insert(LogField::ReceivedAt.name().to_owned(), serde_json::to_value(time)?);
        }
        members.retain(|name, _| LogField::by_name(name).is_some_and(is_wanted));
        if !is_wanted(LogField::Context) {
            context.retain(|key, _| fields.iter().any(|field| is_key_or_below(field, key)));
        }
        if !context.is_empty() {
            members.insert(LogField::Context.name().to_owned(), Value::Object(context));
        }
        Ok(Value::Object(members))
    }
}

/// A line that is written with the selected members only.
#[derive(Clone, Debug)]
pub struct SelectedEntry {
    /// The line.
    pub entry: LogEntry,
    /// Its members that are written.
    pub fields: FieldSelection,
}

impl Serialize for SelectedEntry {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        match &self.fields {
            FieldSelection::All => self.entry.serialize(serializer),
            FieldSelection::Only(_) => {
                self.fields.apply(&self.entry).map_err(S::Error::custom)?.serialize(serializer)
            }
        }
    }
}

/// Whether `field` names the top-level `key` of a context or something below it.
fn is_key_or_below(field: &FieldRef, key: &str) -> bool {
    match field {
        FieldRef::Context(path) => {
            path == key || path.strip_prefix(key).is_some_and(|rest| rest.starts_with('.'))
        }
        FieldRef::Known(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn entry() -> LogEntry {
        serde_json::from_value(json!({
            "id": "a", "timestamp": "2026-11-21T00:00:00Z", "level": "info", "service": "gateway", "message": "m",
            "path": "/x", "context": {"order_id": "42", "user": {"name": "n"}, "other": 1}
        }))
        .unwrap()
    }

    #[test]
    fn keeps_the_id_and_what_is_named() {
        let cut = |fields| FieldSelection::parse(Some(fields)).unwrap().apply(&entry()).unwrap();

        assert_eq!(cut("message"), json!({"id": "a", "message": "m"}));
        assert_eq!(cut("url.path,level"), json!({"id": "a", "level": "info", "path": "/x"}));
        assert_eq!(cut("context.order_id"), json!({"id": "a", "context": {"order_id": "42"}}));
        assert_eq!(cut("context.user.name"), json!({"id": "a", "context": {"user": {"name": "n"}}}));
        assert_eq!(cut("context")["context"]["other"], json!(1));
    }

    #[test]
    fn the_time_of_receipt_is_answered_where_it_is_named() {
        let received_at = crate::model::Micros::parse_rfc3339("2026-11-21T00:00:01Z");
        let entry = LogEntry { received_at, ..entry() };
        let named = FieldSelection::parse(Some("received_at")).unwrap();

        assert_eq!(
            named.apply(&entry).unwrap(),
            json!({"id": "a", "received_at": "2026-11-21T00:00:01.000000Z"})
        );
        assert_eq!(FieldSelection::All.apply(&entry).unwrap().get("received_at"), None);
    }

    #[test]
    fn refuses_unknown_and_too_many_fields() {
        let code = |fields: &str| FieldSelection::parse(Some(fields)).unwrap_err().code;
        let many: Vec<_> = (0..1_000).map(|number| format!("context.k{number}")).collect();

        assert_eq!(code("servce"), ErrorCode::UnknownField);
        assert_eq!(code("*"), ErrorCode::UnknownField);
        assert_eq!(code(""), ErrorCode::UnknownField);
        assert_eq!(code(&many.join(",")), ErrorCode::LimitOutOfRange);
    }
}
