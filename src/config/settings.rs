//! Values by setting, each with its origin, before they become the typed configuration.

use std::collections::BTreeMap;

use toml::{Table, Value};

use super::keys::{KEYS, Key};
use super::kind::Given;
use super::origin::{Origin, Problem};

/// A value that was given.
#[derive(Clone, Debug)]
pub(crate) struct Setting {
    /// The value; none when it cannot be read, which is a problem of its own.
    pub(crate) value: Option<Value>,
    /// Where it was given.
    pub(crate) origin: Origin,
}

/// What one source says, or all of them laid over each other.
#[derive(Clone, Debug, Default)]
pub(crate) struct Settings {
    values: BTreeMap<&'static str, Setting>,
    /// `[logs.fields]`: our name to the name in the index.
    fields: BTreeMap<&'static str, Setting>,
}

impl Settings {
    /// Takes a value for `key`, and reports one that cannot be read.
    pub(crate) fn take(&mut self, key: &'static Key, given: Given<'_>, origin: Origin) -> Option<Problem> {
        let read = key.kind.read(given);
        let problem = read
            .as_ref()
            .err()
            .map(|complaint| Problem::new(origin.clone(), format!("'{}' {complaint}", key.path)));
        self.values.insert(key.path, Setting { value: read.ok(), origin });
        problem
    }

    /// Takes the name that one of our fields has in the indices that are read.
    pub(crate) fn take_field(&mut self, ours: &'static str, theirs: &str, origin: Origin) {
        self.fields.insert(ours, Setting { value: Some(Value::String(theirs.to_owned())), origin });
    }

    /// Lays another source over this one.
    pub(crate) fn overlay(&mut self, upper: Self) {
        self.values.extend(upper.values);
        self.fields.extend(upper.fields);
    }

    /// What was given for the setting with this path, also when it cannot be read.
    pub(crate) fn given(&self, path: &str) -> Option<&Setting> {
        self.values.get(path)
    }

    /// The text of a setting, if one was given and can be read.
    pub(crate) fn text(&self, path: &str) -> Option<&str> {
        self.given(path)?.value.as_ref()?.as_str()
    }

    /// Replaces a value by one that is known to be good.
    pub(crate) fn replace(&mut self, path: &'static str, value: Value, origin: Origin) {
        self.values.insert(path, Setting { value: Some(value), origin });
    }

    /// Pairs of our field and the setting of its name.
    pub(crate) fn fields(&self) -> impl Iterator<Item = (&'static str, &Setting)> {
        self.fields.iter().map(|(ours, setting)| (*ours, setting))
    }

    /// The values as the tree that the typed configuration is read from.
    pub(crate) fn tree(&self) -> Table {
        let mut tree = Table::new();
        for key in KEYS {
            let section = tree.entry(key.section()).or_insert_with(|| Value::Table(Table::new()));
            let value = self.given(key.path).and_then(|setting| setting.value.clone());
            if let (Value::Table(section), Some(value)) = (section, value) {
                section.insert(key.name().to_owned(), value);
            }
        }
        let fields: Table = self
            .fields()
            .filter_map(|(ours, setting)| Some((ours.to_owned(), setting.value.clone()?)))
            .collect();
        if let Some(Value::Table(logs)) = tree.get_mut("logs") {
            logs.insert("fields".to_owned(), Value::Table(fields));
        }
        tree
    }
}
