//! What a line carries beside its fields: an object of anything, read only when somebody looks inside.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::OnceLock;

use serde::de::Error as _;
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

/// The `context` of a line. Most lines that are read are only passed on, so the text is kept and parsed at the first
/// look; it comes back exactly as it was sent.
#[derive(Clone, Default)]
pub struct LogContext {
    /// Text of an object, as long as nobody has changed it.
    raw: Option<Box<str>>,
    map: OnceLock<Map<String, Value>>,
}

impl LogContext {
    /// Whether there is nothing in it; does not parse.
    #[must_use]
    pub(crate) fn is_empty(&self) -> bool {
        match &self.raw {
            Some(raw) => &**raw == "{}",
            None => self.map.get().is_none_or(Map::is_empty),
        }
    }
}

impl LogContext {
    /// Takes the text of an object that was written by [`Self::to_json`]; anything else counts as empty.
    #[must_use]
    pub(crate) fn from_json(text: String) -> Self {
        if !text.starts_with('{') {
            return Self::default();
        }
        Self { raw: Some(text.into()), map: OnceLock::new() }
    }

    /// The text of the object; empty when there is nothing in it.
    #[must_use]
    pub(crate) fn to_json(&self) -> String {
        if self.is_empty() {
            return String::new();
        }
        match &self.raw {
            Some(raw) => raw.clone().into(),
            None => serde_json::to_string(&**self).unwrap_or_default(),
        }
    }
}

impl Deref for LogContext {
    type Target = Map<String, Value>;

    fn deref(&self) -> &Map<String, Value> {
        let parse = |raw: &str| serde_json::from_str(raw).unwrap_or_default();
        self.map.get_or_init(|| self.raw.as_deref().map(parse).unwrap_or_default())
    }
}

impl DerefMut for LogContext {
    fn deref_mut(&mut self) -> &mut Map<String, Value> {
        // Parse what there is, then forget the text: the map is the truth from now on.
        let _ = Self::deref(self);
        self.raw = None;
        let filled = self.map.take().unwrap_or_default();
        self.map = OnceLock::from(filled);
        #[expect(clippy::expect_used, reason = "the line above has filled it")]
        self.map.get_mut().expect("a filled cell")
    }
}

impl From<Map<String, Value>> for LogContext {
    fn from(map: Map<String, Value>) -> Self {
        Self { raw: None, map: OnceLock::from(map) }
    }
}

impl PartialEq for LogContext {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl fmt::Debug for LogContext {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, out)
    }
}

impl Serialize for LogContext {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.raw {
            Some(raw) => {
                let raw: &RawValue = serde_json::from_str(raw).map_err(S::Error::custom)?;
                raw.serialize(serializer)
            }
            None => (**self).serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for LogContext {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        if raw.get().starts_with('{') {
            return Ok(Self::from_json(raw.get().to_owned()));
        }
        Err(D::Error::custom("context is not an object"))
    }
}

/// Calls `visit` with every leaf below `members` and its path, keys joined by dots; `null` is no leaf.
///
/// A dot inside a key leads to the same path as an object does. Recursion is bounded: the JSON reader allows 128 levels.
pub(crate) fn for_each_leaf(members: &Map<String, Value>, mut visit: impl FnMut(&str, &Value)) {
    let mut path = String::new();
    for (key, value) in members {
        path.push_str(key);
        visit_leaves(&mut path, value, &mut visit);
        path.clear();
    }
}

fn visit_leaves(path: &mut String, value: &Value, visit: &mut impl FnMut(&str, &Value)) {
    match value {
        Value::Null => {}
        Value::Bool(_) | Value::Number(_) | Value::String(_) => visit(path, value),
        Value::Array(items) => items.iter().for_each(|item| visit_leaves(path, item, visit)),
        Value::Object(members) => {
            let length = path.len();
            for (key, member) in members {
                path.push('.');
                path.push_str(key);
                visit_leaves(path, member, visit);
                path.truncate(length);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comes_back_as_it_was_sent_and_can_be_looked_into() {
        let text = r#"{"b":1.50,"a":{"c":[1,2]}}"#;

        let context: LogContext = serde_json::from_str(text).unwrap();

        assert_eq!(serde_json::to_string(&context).unwrap(), text);
        assert_eq!(context["a"]["c"][1], 2);
        assert!(!context.is_empty());
        assert!(serde_json::from_str::<LogContext>("[1]").is_err());
        assert!(serde_json::from_str::<LogContext>("{}").unwrap().is_empty());
    }

    #[test]
    fn a_change_is_written() {
        let mut context: LogContext = serde_json::from_str(r#"{"a":1}"#).unwrap();

        context.insert("b".to_owned(), 2.into());

        assert_eq!(serde_json::to_string(&context).unwrap(), r#"{"a":1,"b":2}"#);
    }
}
