//! Every effective value with its origin, for `config show`; secrets are gone before a line is made.

use toml::Value;

use super::key::{self, Print, Shape};
use super::origin::Origin;
use super::section::{ROOT, without_password};
use super::settings::{Setting, Settings};

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

/// Lists every setting, in the order of `default.toml`; of a table whose names the user chooses, what was given.
pub(crate) fn effective_values(settings: &Settings) -> Vec<EffectiveValue> {
    let mut values = Vec::new();
    for (path, shape) in key::paths(ROOT) {
        match shape {
            Shape::Value(_) => values.push(effective_value(&path, settings.given(&path))),
            Shape::Map(_) => {
                values.extend(settings.below(&path).map(|(path, given)| effective_value(path, Some(given))));
            }
            Shape::Table(_) | Shape::Unsupported(_) => {}
        }
    }
    values
}

fn effective_value(path: &str, given: Option<&Setting>) -> EffectiveValue {
    let path = path.to_owned();
    let Some(setting) = given else {
        return EffectiveValue { path, value: "(not set)".to_owned(), origin: Origin::Default };
    };
    let origin = setting.origin.clone();
    let value = match (setting.print, &setting.value) {
        (Print::Nothing, _) => "***".to_owned(),
        (Print::WithoutPasswords | Print::Whole, None) => String::new(),
        (Print::WithoutPasswords, Some(value)) => printed(value, without_password),
        (Print::Whole, Some(value)) => printed(value, str::to_owned),
    };
    EffectiveValue { path, value, origin }
}

fn printed(value: &Value, text: fn(&str) -> String) -> String {
    match value {
        Value::String(whole) => text(whole),
        Value::Array(items) => items.iter().map(|item| printed(item, text)).collect::<Vec<_>>().join(","),
        Value::Integer(_) | Value::Float(_) | Value::Boolean(_) | Value::Datetime(_) | Value::Table(_) => {
            value.to_string()
        }
    }
}
