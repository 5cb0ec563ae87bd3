//! Every effective value with its origin, for `config show`; secrets are gone before a line is made.

use toml::Value;

use super::keys::{KEYS, Key};
use super::kind::Kind;
use super::origin::Origin;
use super::sections::without_password;
use super::settings::Settings;

/// One effective setting, fit to be printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EffectiveValue {
    /// `section.key`.
    pub path: String,
    /// The value; `***` for a secret, `(not set)` where there is none.
    pub value: String,
    /// Where it comes from.
    pub origin: Origin,
}

/// Lists every setting, in the order of `default.toml`, then `[logs.fields]`.
pub(crate) fn effective_values(settings: &Settings) -> Vec<EffectiveValue> {
    let mut values: Vec<_> = KEYS.iter().map(|key| effective_value(key, settings)).collect();
    for (ours, setting) in settings.fields() {
        values.push(EffectiveValue {
            path: format!("logs.fields.{ours}"),
            value: setting.value.as_ref().map(plain).unwrap_or_default(),
            origin: setting.origin.clone(),
        });
    }
    values
}

fn effective_value(key: &Key, settings: &Settings) -> EffectiveValue {
    let path = key.path.to_owned();
    let Some(setting) = settings.given(key.path) else {
        return EffectiveValue { path, value: "(not set)".to_owned(), origin: Origin::Default };
    };
    let origin = setting.origin.clone();
    let value = match (key.is_secret, key.kind, &setting.value) {
        (true, _, _) => "***".to_owned(),
        (false, Kind::ServerUrls, Some(Value::Array(items))) => {
            let addresses: Vec<_> = items.iter().filter_map(Value::as_str).map(without_password).collect();
            addresses.join(",")
        }
        (false, Kind::HttpUrl, Some(Value::String(address))) => without_password(address),
        (false, _, Some(value)) => plain(value),
        (false, _, None) => String::new(),
    };
    EffectiveValue { path, value, origin }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(","),
        Value::Integer(_) | Value::Float(_) | Value::Boolean(_) | Value::Datetime(_) | Value::Table(_) => {
            value.to_string()
        }
    }
}
