//! What handlers take from a request: the caller, and parameters as pairs of name and value.

use std::fmt;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Uri, header};
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::Value;

use crate::error::{Error, ErrorCode, Result};
use crate::model::Caller;
use crate::search::params::takes_several;

/// Parameters by name; `None` for a JSON null.
pub(super) type Pairs = Vec<(String, Option<String>)>;

/// The caller, let in by `middleware::authorize` before the handler runs.
#[derive(Clone, Debug)]
pub(super) struct Known(pub(super) Caller);

impl<S: Sync> FromRequestParts<S> for Known {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self> {
        let missing =
            || Error::new(ErrorCode::Internal, "the route is open, yet its handler asks for the caller");
        parts.extensions.get::<Self>().cloned().ok_or_else(missing)
    }
}

/// The parameters of the query string; `middleware::limits` has checked the percent-escapes.
pub(super) fn query_pairs(uri: &Uri) -> Pairs {
    let query = uri.query().unwrap_or_default();
    url::form_urlencoded::parse(query.as_bytes())
        .map(|(name, value)| (name.into_owned(), Some(value.into_owned())))
        .collect()
}

/// The members of a JSON object whose values are texts or numbers; an array of those for a parameter that takes several
/// gives a pair for each.
///
/// # Errors
///
/// Another media type, no JSON object, or a member that is an object, a boolean, or an array that makes no sense.
pub(super) fn json_pairs(headers: &HeaderMap, body: &[u8]) -> Result<Pairs> {
    if media_type(headers)?.as_deref() != Some("application/json") {
        return Err(Error::new(ErrorCode::UnsupportedMediaType, "send the parameters as application/json"));
    }
    let JsonPairs(members) = serde_json::from_slice(body).map_err(|error| {
        Error::new(
            ErrorCode::BadBody,
            format!("the body is not a JSON object of parameters: {}", without_text(&error)),
        )
    })?;
    let mut pairs = Vec::with_capacity(members.len());
    for (name, value) in members {
        match value {
            Value::Array(values) if takes_several(&name) && !values.is_empty() => {
                for value in values {
                    // Only a whole member may be null; a missing value among others is a slip.
                    let value = text(&name, value)?.unwrap_or_default();
                    pairs.push((name.clone(), Some(value)));
                }
            }
            value => {
                let value = text(&name, value)?;
                pairs.push((name, value));
            }
        }
    }
    Ok(pairs)
}

/// Media type of the body: lower-case, without parameters. UTF-8 is the only character set.
///
/// # Errors
///
/// A type that cannot be read, or another character set.
pub(super) fn media_type(headers: &HeaderMap) -> Result<Option<String>> {
    let Some(value) = headers.get(header::CONTENT_TYPE) else {
        return Ok(None);
    };
    let unreadable = || Error::new(ErrorCode::UnsupportedMediaType, "the Content-Type header cannot be read");
    let text = value.to_str().map_err(|_| unreadable())?.to_ascii_lowercase();
    let (essence, parameters) = text.split_once(';').unwrap_or((&text, ""));
    let charsets = parameters.split(';').filter_map(|parameter| parameter.trim().strip_prefix("charset="));
    for charset in charsets {
        if !matches!(charset.trim_matches('"'), "utf-8" | "utf8" | "us-ascii") {
            return Err(Error::new(ErrorCode::UnsupportedMediaType, "the body must be UTF-8"));
        }
    }
    Ok(Some(essence.trim().to_owned()))
}

fn text(name: &str, value: Value) -> Result<Option<String>> {
    match value {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text)),
        Value::Number(number) => Ok(Some(number.to_string())),
        Value::Bool(_) | Value::Array(_) | Value::Object(_) => {
            let shown: String = name.chars().take(64).collect();
            let or_several = if takes_several(name) { ", or an array of one or more texts" } else { "" };
            let detail = format!("parameter '{shown}' must be a text or a number{or_several}");
            Err(Error::new(ErrorCode::BadParameter, detail).at(shown))
        }
    }
}

/// Says where JSON breaks off without repeating what was sent.
fn without_text(error: &serde_json::Error) -> String {
    let what = match error.classify() {
        serde_json::error::Category::Eof => "it ends too early",
        serde_json::error::Category::Syntax => "it is not JSON",
        serde_json::error::Category::Data => "it is another kind of value",
        serde_json::error::Category::Io => "it cannot be read",
    };
    format!("{what} at line {} column {}", error.line(), error.column())
}

/// The members of an object in their order; unlike a map it keeps a name that comes twice.
struct JsonPairs(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for JsonPairs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;

        impl<'de> Visitor<'de> for Members {
            type Value = JsonPairs;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<JsonPairs, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(JsonPairs(members))
            }
        }

        deserializer.deserialize_map(Members)
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn json(content_type: &'static str, body: &str) -> Result<Pairs> {
        let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_static(content_type))]);
        json_pairs(&headers, body.as_bytes())
    }

    #[test]
    fn texts_numbers_and_nulls_become_pairs_and_duplicates_stay() {
        let pairs =
            json("application/json; charset=UTF-8", r#"{"q":"a","limit":5,"limit":6,"to":null}"#).unwrap();

        let expected = [("q", Some("a")), ("limit", Some("5")), ("limit", Some("6")), ("to", None)];
        let expected: Vec<_> =
            expected.into_iter().map(|(name, value)| (name.to_owned(), value.map(str::to_owned))).collect();
        assert_eq!(pairs, expected);
    }

    #[test]
    fn what_is_not_an_object_of_plain_values_is_refused_without_repeating_it() {
        for (body, code) in [
            ("", ErrorCode::BadBody),
            ("null", ErrorCode::BadBody),
            ("[1]", ErrorCode::BadBody),
            (r#"{"q":"secret""#, ErrorCode::BadBody),
            (r#"{"q":"secret"} x"#, ErrorCode::BadBody),
            (r#"{"q":"\ud800"}"#, ErrorCode::BadBody),
            (r#"{"q":["secret"]}"#, ErrorCode::BadParameter),
            (r#"{"q":true}"#, ErrorCode::BadParameter),
            (r#"{"service":[]}"#, ErrorCode::BadParameter),
            (r#"{"service":[["secret"]]}"#, ErrorCode::BadParameter),
        ] {
            let error = json("application/json", body).unwrap_err();

            assert_eq!(error.code, code, "{body}");
            assert!(!error.detail.contains("secret"), "{}", error.detail);
        }
        let nested = format!("{{\"q\":{}1{}}}", "[".repeat(200), "]".repeat(200));
        assert_eq!(json("application/json", &nested).unwrap_err().code, ErrorCode::BadBody);
    }

    #[test]
    fn other_types_and_character_sets_are_refused() {
        assert_eq!(json("text/plain", "{}").unwrap_err().code, ErrorCode::UnsupportedMediaType);
        assert_eq!(
            json("application/json; charset=utf-16", "{}").unwrap_err().code,
            ErrorCode::UnsupportedMediaType
        );
        assert_eq!(json_pairs(&HeaderMap::new(), b"{}").unwrap_err().code, ErrorCode::UnsupportedMediaType);
    }

    #[test]
    fn the_query_string_is_decoded() {
        let pairs = query_pairs(&Uri::from_static("/x?query=%EA%B2%B0%EC%A0%9C+a&limit="));

        assert_eq!(pairs[0], ("query".to_owned(), Some("결제 a".to_owned())));
        assert_eq!(pairs[1], ("limit".to_owned(), Some(String::new())));
    }
}
