//! A JSON value of a line, read exactly as it was sent.
//!
//! `serde_json::Value` gives a meaning of its own to objects whose first key begins with `$serde_json::private`: it
//! parses text inside text, past the limit of nesting. Lines come from anyone, so they are read without that.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// Reads one value; a key that stands twice in an object keeps its last value.
pub(super) struct Json;

impl<'de> DeserializeSeed<'de> for Json {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Json {
    type Value = Value;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a JSON value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = items.next_element_seed(Self)? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut members = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            let value = entries.next_value_seed(Self)?;
            members.insert(key, value);
        }
        Ok(Value::Object(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Value, serde_json::Error> {
        Json.deserialize(&mut serde_json::Deserializer::from_str(text))
    }

    #[test]
    fn reads_what_the_library_reads() {
        let text = r#"{"a":[1,-2,2.5,1e300,true,null,"\u00e9\n"],"b":{"c":{}},"a b":18446744073709551615}"#;

        assert_eq!(read(text).unwrap(), serde_json::from_str::<Value>(text).unwrap());
    }

    #[test]
    fn text_inside_text_stays_text() {
        let text = r#"{"a":{"$serde_json::private::RawValue":"{\"b\":1}"}}"#;

        assert_eq!(read(text).unwrap().to_string(), text);
    }

    #[test]
    fn refuses_deep_nesting_and_lone_surrogates() {
        let deep = "[".repeat(200) + &"]".repeat(200);

        assert!(read(&deep).unwrap_err().to_string().starts_with("recursion limit exceeded"));
        assert!(read(r#""\ud800""#).is_err());
    }
}
