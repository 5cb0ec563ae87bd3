//! The context of a line: what the sender put there, what has no field of its own, and the two notes of ours.

use serde_json::{Map, Value};

use super::draft::Sent;

/// Levels of objects and arrays that an engine takes inside `context`; what lies deeper is kept as JSON text.
const MAX_DEPTH: usize = 20;
/// Longest key inside `context`, with the keys around it, in bytes.
const MAX_KEY_BYTES: usize = 4_096;

/// The context of a line while it is put together.
#[derive(Debug, Default)]
pub(super) struct Context {
    members: Map<String, Value>,
}

impl Context {
    /// Merges the context objects of a line and its members without a field; the objects keep their keys.
    pub(super) fn merge(mut objects: Vec<Sent>, others: Map<String, Value>) -> Self {
        if objects.is_empty() {
            return Self { members: others };
        }
        let mut context = Self::default();
        objects.sort_by_key(|sent| sent.name.rank);
        for sent in objects {
            match sent.value {
                Value::Object(members) => context.extend(members),
                value => context.add(sent.name.text, value),
            }
        }
        context.extend(others);
        context
    }

    /// Adds what was sent under `key`; where the key is taken, under the next free `key_2`, `key_3` ….
    pub(super) fn add(&mut self, key: &str, value: Value) {
        match self.members.get(key) {
            None => drop(self.members.insert(key.to_owned(), value)),
            Some(there) if *there == value => {}
            Some(_) => self.add_beside(key, value),
        }
    }

    /// Sets a note of ours; what the sender has under that key moves to the next free one.
    pub(super) fn note(&mut self, key: &str, value: Value) {
        let Some(before) = self.members.insert(key.to_owned(), value) else { return };
        if self.members.get(key) != Some(&before) {
            self.add_beside(key, before);
        }
    }

    /// The finished object.
    ///
    /// # Errors
    /// Says which key no engine can store.
    pub(super) fn finish(mut self) -> Result<Map<String, Value>, String> {
        for (key, value) in &mut self.members {
            settle(key, value, 0, 1)?;
        }
        Ok(self.members)
    }

    fn extend(&mut self, members: Map<String, Value>) {
        if self.members.is_empty() {
            self.members = members;
            return;
        }
        for (key, value) in members {
            self.add(&key, value);
        }
    }

    fn add_beside(&mut self, key: &str, value: Value) {
        let mut count = 2_u64;
        let mut free = format!("{key}_{count}");
        while self.members.contains_key(&free) {
            count += 1;
            free = format!("{key}_{count}");
        }
        self.members.insert(free, value);
    }
}

/// Checks a key and what lies below it; `key_bytes` are those of the keys around it, `depth` the levels.
fn settle(key: &str, value: &mut Value, key_bytes: usize, depth: usize) -> Result<(), String> {
    let key_bytes = key_bytes + key.len() + 1;
    if key_bytes > MAX_KEY_BYTES {
        return Err(format!("context: a key is longer than {MAX_KEY_BYTES} bytes; shorten it"));
    }
    if key.contains('\0') {
        return Err("context: a key holds the character NUL; remove it".to_owned());
    }
    settle_value(value, key_bytes, depth)
}

fn settle_value(value: &mut Value, key_bytes: usize, depth: usize) -> Result<(), String> {
    if !value.is_object() && !value.is_array() {
        return Ok(());
    }
    if depth >= MAX_DEPTH {
        *value = Value::String(value.to_string());
        return Ok(());
    }
    if let Value::Object(members) = value {
        for (key, value) in members {
            settle(key, value, key_bytes, depth + 1)?;
        }
    } else if let Value::Array(items) = value {
        for item in items {
            settle_value(item, key_bytes, depth + 1)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn context(value: Value) -> Context {
        Context { members: serde_json::from_value(value).unwrap() }
    }

    #[test]
    fn a_key_that_is_taken_keeps_both_values() {
        let mut context = context(json!({"a": 1, "a_2": "mine"}));

        context.add("a", json!(1));
        context.add("a", json!(2));
        context.note("a", json!("ours"));

        let expected = json!({"a": "ours", "a_2": "mine", "a_3": 2, "a_4": 1});
        assert_eq!(Value::Object(context.finish().unwrap()), expected);
    }

    #[test]
    fn what_lies_too_deep_is_kept_as_text() {
        let deep = (0..30).fold(json!("leaf"), |inner, _| json!({"k": inner}));

        let members = context(deep).finish().unwrap();

        let path = "/k".repeat(MAX_DEPTH);
        let text = Value::Object(members).pointer(&path).unwrap().as_str().unwrap().to_owned();
        assert!(text.starts_with(r#"{"k":{"k":"#), "{text}");
        assert!(text.contains(r#""k":"leaf""#), "{text}");
    }

    #[test]
    fn a_key_that_no_engine_can_store_is_refused() {
        let long = context(json!({"a": [{"k".repeat(MAX_KEY_BYTES): 1}]})).finish();
        let nul = context(json!({"a": {"k\0": 1}})).finish();

        assert_eq!(long.unwrap_err(), "context: a key is longer than 4096 bytes; shorten it");
        assert_eq!(nul.unwrap_err(), "context: a key holds the character NUL; remove it");
    }
}
