//! What a value may look like, whether it stands in a file or in the environment.
//!
//! A message never repeats a value that is a secret or an address that may hold one.

use std::net::SocketAddr;

use toml::Value;
use toml::de::{DeInteger, DeValue};
use url::Url;

use super::origin::shown;
use crate::model::nearest::did_you_mean;

/// Reads a text: gives it as the configuration keeps it, or what is wrong with it.
pub(crate) type ReadText = fn(&str) -> Result<String, Complaint>;

/// The kinds of values. A text is read by the type that its user takes, so that both know one grammar.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    /// Text that this function reads.
    Text(ReadText),
    /// Texts that this function reads: an array, or a comma list.
    List(ReadText),
    /// A whole number within these bounds, both included.
    Number {
        /// Least number.
        min: i64,
        /// Greatest number.
        max: i64,
    },
}

/// A value as it was given.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Given<'a> {
    /// Text of the environment or of a flag.
    Text(&'a str),
    /// A value of a file.
    Toml(&'a DeValue<'a>),
}

/// What is wrong with a value, to follow the name of the setting.
pub(crate) type Complaint = String;

impl Kind {
    /// Any text.
    pub(crate) const ANY: Self = Self::Text(any);
    /// IP address and port.
    pub(crate) const ADDRESS: Self = Self::Text(address);

    /// Reads a value.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(crate) fn read(self, given: Given<'_>) -> Result<Value, Complaint> {
        match self {
            Self::Text(read) => {
                let text = text(given)?;
                if text.is_empty() {
                    return Err("must not be empty".to_owned());
                }
                read(text).map(Value::String)
            }
            Self::List(read) => list(given, read),
            Self::Number { min, max } => number(given, min, max),
        }
    }
}

fn text(given: Given<'_>) -> Result<&str, Complaint> {
    match given {
        Given::Text(text) => Ok(text),
        Given::Toml(value) => value.as_str().ok_or_else(|| wrong_type("a string", value)),
    }
}

fn wrong_type(wanted: &str, value: &DeValue<'_>) -> Complaint {
    let found = value.type_str();
    let article = if matches!(found, "integer" | "array") { "an" } else { "a" };
    format!("must be {wanted}, not {article} {found}")
}

fn number(given: Given<'_>, min: i64, max: i64) -> Result<Value, Complaint> {
    let complaint = |found: &str| match max {
        i64::MAX => format!("must be a whole number of at least {min}, not '{}'", shown(found)),
        _ => format!("must be a whole number from {min} to {max}, not '{}'", shown(found)),
    };
    let (parsed, found) = match given {
        Given::Text(text) => (text.trim().parse().ok(), text.to_owned()),
        Given::Toml(DeValue::Integer(integer)) => (integer_value(integer), integer.to_string()),
        Given::Toml(value) => return Err(wrong_type("a whole number", value)),
    };
    parsed.filter(|number| (min..=max).contains(number)).map(Value::Integer).ok_or_else(|| complaint(&found))
}

fn integer_value(integer: &DeInteger<'_>) -> Option<i64> {
    i64::from_str_radix(integer.as_str(), integer.radix()).ok()
}

fn list(given: Given<'_>, read: ReadText) -> Result<Value, Complaint> {
    let mut items = Vec::new();
    match given {
        Given::Toml(DeValue::Array(array)) => {
            for item in array {
                let Some(text) = item.get_ref().as_str() else {
                    return Err(wrong_type("an array of strings", item.get_ref()));
                };
                items.push(Value::String(read(text.trim())?));
            }
        }
        Given::Text(_) | Given::Toml(_) => {
            let text =
                text(given).map_err(|complaint| complaint.replace("a string", "a string or an array"))?;
            for item in text.split(',').map(str::trim).filter(|item| !item.is_empty()) {
                items.push(Value::String(read(item)?));
            }
        }
    }
    if items.is_empty() {
        return Err("must not be empty".to_owned());
    }
    Ok(Value::Array(items))
}

#[expect(clippy::unnecessary_wraps, reason = "one of many readers, which may refuse")]
fn any(text: &str) -> Result<String, Complaint> {
    Ok(text.to_owned())
}

fn address(text: &str) -> Result<String, Complaint> {
    let Ok(address) = text.trim().parse::<SocketAddr>() else {
        return Err(format!(
            "must be an IP address and a port such as 127.0.0.1:8002, not '{}'",
            shown(text)
        ));
    };
    Ok(address.to_string())
}

/// Reads one of `words`, in any case.
///
/// # Errors
/// Another word; says which is nearest.
pub(crate) fn word(text: &str, words: &[&'static str]) -> Result<String, Complaint> {
    let lower = text.trim().to_lowercase();
    if words.contains(&lower.as_str()) {
        return Ok(lower);
    }
    let hint = did_you_mean(&lower, words.iter().copied());
    Err(format!("must be one of {}, not '{}'{hint}", words.join(", "), shown(text)))
}

/// Reads an http or https address.
///
/// # Errors
/// Another scheme, or no host; does not repeat the address.
pub(crate) fn http_url(text: &str) -> Result<String, Complaint> {
    let is_http = Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
    if !is_http {
        return Err("must begin with http:// or https:// and name a host".to_owned());
    }
    Ok(text.to_owned())
}
