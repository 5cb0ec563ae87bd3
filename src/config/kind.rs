//! What a value may look like, whether it stands in a file or in the environment.
//!
//! A message never repeats a value that is a secret or an address that may hold one.

use std::net::SocketAddr;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use toml::Value;
use toml::de::{DeInteger, DeValue};
use url::Url;

use super::shown::shown;
use crate::model::nearest::did_you_mean;

/// Least length of an HS256 secret, in bytes: the length of the hash.
const MIN_HMAC_SECRET_BYTES: usize = 32;

/// The kinds of values.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    /// Any text.
    Text,
    /// IP address and port.
    Address,
    /// A whole number within these bounds, both included.
    Number {
        /// Least number.
        min: i64,
        /// Greatest number.
        max: i64,
    },
    /// One of these words, in any case.
    Word(&'static [&'static str]),
    /// An http or https address.
    HttpUrl,
    /// A list of http or https addresses.
    ServerUrls,
    /// An address with one of these schemes, which may hold a password.
    SecretUrl(&'static [&'static str]),
    /// A list of index names with stars.
    IndexPatterns,
    /// The `<env>` of index names.
    EnvironmentName,
    /// A secret that is long enough for HS256.
    HmacSecret,
    /// 32 bytes in hex or base64; kept as hex.
    MasterKey,
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
type Complaint = String;

impl Kind {
    /// Reads a value.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(crate) fn read(self, given: Given<'_>) -> Result<Value, Complaint> {
        match self {
            Self::Number { min, max } => number(given, min, max),
            Self::ServerUrls => list(given, http_url),
            Self::IndexPatterns => list(given, index_pattern),
            Self::Text
            | Self::Address
            | Self::Word(_)
            | Self::HttpUrl
            | Self::SecretUrl(_)
            | Self::EnvironmentName
            | Self::HmacSecret
            | Self::MasterKey => self.read_text(text(given)?).map(Value::String),
        }
    }

    fn read_text(self, text: &str) -> Result<String, Complaint> {
        if text.is_empty() {
            return Err("must not be empty".to_owned());
        }
        match self {
            Self::Address => address(text),
            Self::Word(words) => word(text, words),
            Self::HttpUrl => http_url(text),
            Self::SecretUrl(schemes) => secret_url(text, schemes),
            Self::EnvironmentName => environment_name(text),
            Self::HmacSecret => hmac_secret(text),
            Self::MasterKey => master_key(text),
            Self::Text | Self::Number { .. } | Self::ServerUrls | Self::IndexPatterns => Ok(text.to_owned()),
        }
    }
}

/// Reads a master key: 64 hex digits, or base64 of 32 bytes.
pub(crate) fn decode_master_key(text: &str) -> Option<[u8; 32]> {
    let bytes = hex::decode(text).or_else(|_| STANDARD.decode(text)).ok()?;
    bytes.try_into().ok()
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

fn list(given: Given<'_>, read: impl Fn(&str) -> Result<String, Complaint>) -> Result<Value, Complaint> {
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

fn address(text: &str) -> Result<String, Complaint> {
    let Ok(address) = text.trim().parse::<SocketAddr>() else {
        return Err(format!(
            "must be an IP address and a port such as 127.0.0.1:8002, not '{}'",
            shown(text)
        ));
    };
    Ok(address.to_string())
}

fn word(text: &str, words: &[&'static str]) -> Result<String, Complaint> {
    let lower = text.trim().to_lowercase();
    if words.contains(&lower.as_str()) {
        return Ok(lower);
    }
    let hint = did_you_mean(&lower, words.iter().copied());
    Err(format!("must be one of {}, not '{}'{hint}", words.join(", "), shown(text)))
}

fn http_url(text: &str) -> Result<String, Complaint> {
    let is_http = Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
    if !is_http {
        return Err("must begin with http:// or https:// and name a host".to_owned());
    }
    Ok(text.to_owned())
}

fn secret_url(text: &str, schemes: &[&str]) -> Result<String, Complaint> {
    let has_scheme = Url::parse(text).is_ok_and(|url| schemes.contains(&url.scheme()));
    if !has_scheme {
        let beginnings: Vec<_> = schemes.iter().map(|scheme| format!("{scheme}://")).collect();
        return Err(format!("must begin with {} and name a host", beginnings.join(" or ")));
    }
    Ok(text.to_owned())
}

fn index_pattern(text: &str) -> Result<String, Complaint> {
    let is_allowed = |byte: u8| {
        byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'.' | b'_' | b'*' | b':' | b'-')
    };
    let begins_well = !text.starts_with(['-', '_', ':']);
    if text.is_empty() || text.len() > 255 || !begins_well || !text.bytes().all(is_allowed) {
        return Err(format!(
            "must hold index names of lower-case letters, digits and . _ - : *, not '{}'",
            shown(text)
        ));
    }
    Ok(text.to_owned())
}

fn environment_name(text: &str) -> Result<String, Complaint> {
    let is_allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if text.len() > 32 || text.starts_with('-') || !text.bytes().all(is_allowed) {
        return Err(format!(
            "must be 1 to 32 lower-case letters, digits and dashes that begin with no dash, not '{}'",
            shown(text)
        ));
    }
    Ok(text.to_owned())
}

fn hmac_secret(text: &str) -> Result<String, Complaint> {
    if text.len() < MIN_HMAC_SECRET_BYTES {
        return Err(format!(
            "must be at least {MIN_HMAC_SECRET_BYTES} bytes long, and has {}; `openssl rand -hex 32` makes one",
            text.len()
        ));
    }
    Ok(text.to_owned())
}

fn master_key(text: &str) -> Result<String, Complaint> {
    let Some(key) = decode_master_key(text.trim()) else {
        return Err(
            "must be 64 hex digits or base64 of 32 bytes; `openssl rand -hex 32` makes one".to_owned()
        );
    };
    Ok(hex::encode(key))
}
