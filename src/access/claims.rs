//! Strictly read JSON of a token: a name that stands twice is an error, at every depth.
//!
//! Most parsers keep the last of two equal names; whoever looked at the first one was deceived.

use std::fmt;
use std::time::Duration;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use crate::model::Micros;

/// An object of a token: its header or its claims.
#[derive(Debug)]
pub(crate) struct Claims(Map<String, Value>);

impl Claims {
    /// A claim by its name, else by the dotted path of its name (`realm_access.roles`).
    ///
    /// The whole name comes first: some issuers use addresses, which hold dots, as names.
    pub(crate) fn get(&self, path: &str) -> Option<&Value> {
        if let Some(value) = self.0.get(path) {
            return Some(value);
        }
        let mut parts = path.split('.');
        let mut value = self.0.get(parts.next()?)?;
        for part in parts {
            value = value.as_object()?.get(part)?;
        }
        Some(value)
    }

    /// A claim that must be text.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.as_str()
    }

    /// A claim that must be a time, if it is there: seconds since 1970, whole or not.
    pub(crate) fn time(&self, name: &str) -> Result<Option<Micros>, NotATime> {
        let Some(value) = self.0.get(name) else {
            return Ok(None);
        };
        value.as_number().and_then(time).map(Some).ok_or(NotATime)
    }
}

/// A claim is there, but is no time.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NotATime;

fn time(seconds: &Number) -> Option<Micros> {
    let since_epoch = match seconds.as_u64() {
        Some(whole) => Duration::from_secs(whole),
        None => Duration::try_from_secs_f64(seconds.as_f64()?).ok()?,
    };
    i64::try_from(since_epoch.as_micros()).ok().map(Micros::new)
}

impl<'de> Deserialize<'de> for Claims {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match deserializer.deserialize_any(StrictVisitor)? {
            Value::Object(object) => Ok(Self(object)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
                Err(D::Error::custom("not an object"))
            }
        }
    }
}

/// A JSON value without equal names in any object.
struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StrictVisitor).map(Self)
    }
}

struct StrictVisitor;

impl<'de> Visitor<'de> for StrictVisitor {
    type Value = Value;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("JSON without equal names")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(Strict(item)) = sequence.next_element()? {
            items.push(item);
        }
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some((name, Strict(value))) = entries.next_entry::<String, Strict>()? {
            if object.insert(name, value).is_some() {
                return Err(A::Error::custom("a name stands twice"));
            }
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims(json: &str) -> Result<Claims, serde_json::Error> {
        serde_json::from_str(json)
    }

    #[test]
    fn a_name_that_stands_twice_is_refused_at_every_depth() {
        assert!(claims(r#"{"sub":"a","sub":"a"}"#).is_err());
        assert!(claims(r#"{"realm_access":{"roles":["viewer"],"roles":["admin"]}}"#).is_err());
        assert!(claims(r#"{"list":[{"a":1,"a":2}]}"#).is_err());
        assert!(claims(r#"{"a":{"b":1},"c":{"b":1}}"#).is_ok());
    }

    #[test]
    fn finds_a_claim_by_its_whole_name_before_its_path() {
        let claims =
            claims(r#"{"a.b":"whole","a":{"b":"path","c":{"d":1}},"https://x.example/r":[]}"#).unwrap();

        assert_eq!(claims.get("a.b"), Some(&Value::from("whole")));
        assert_eq!(claims.get("a.c.d"), Some(&Value::from(1)));
        assert_eq!(claims.get("https://x.example/r"), Some(&Value::Array(vec![])));
        assert_eq!(claims.get("a.b.c"), None);
        assert_eq!(claims.get(""), None);
    }

    #[test]
    fn a_time_is_a_number_of_seconds_that_is_not_negative() {
        let claims =
            claims(r#"{"a":12,"b":12.5,"c":-1,"d":"12","e":18446744073709551615,"f":null}"#).unwrap();

        assert_eq!(claims.time("a"), Ok(Some(Micros::new(12_000_000))));
        assert_eq!(claims.time("b"), Ok(Some(Micros::new(12_500_000))));
        for name in ["c", "d", "e", "f"] {
            assert_eq!(claims.time(name), Err(NotATime), "{name}");
        }
        assert_eq!(claims.time("absent"), Ok(None));
    }
}
