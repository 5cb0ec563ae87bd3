//! Values by setting, each with its origin, before they become the typed configuration.

use std::collections::BTreeMap;

use toml::{Table, Value};

use super::key::{self, Print};
use super::kind::Given;
use super::origin::{Origin, Problem};

/// A value that was given.
#[derive(Clone, Debug)]
pub(crate) struct Setting {
    /// The value; none when it cannot be read, which is a problem of its own.
    pub(crate) value: Option<Value>,
    /// Where it was given.
    pub(crate) origin: Origin,
    /// How much of it is printed.
    pub(crate) print: Print,
}

/// What one source says, or all of them laid over each other.
#[derive(Clone, Debug, Default)]
pub(crate) struct Settings {
    values: BTreeMap<String, Setting>,
    unsupported: BTreeMap<String, (&'static key::Unsupported, Origin)>,
}

impl Settings {
    /// Takes a value for the setting at `path`, and reports one that cannot be read.
    pub(crate) fn take(
        &mut self,
        path: &str,
        value: &key::Value,
        given: Given<'_>,
        origin: Origin,
    ) -> Option<Problem> {
        let read = value.kind.read(given);
        let problem = read
            .as_ref()
            .err()
            .map(|complaint| Problem::new(origin.clone(), format!("'{path}' {complaint}")));
        self.values.insert(path.to_owned(), Setting { value: read.ok(), origin, print: value.print });
        problem
    }

    /// Notes that a setting was given that this version would ignore; its value is not looked at.
    pub(crate) fn note(&mut self, path: &str, setting: &'static key::Unsupported, origin: Origin) {
        self.unsupported.insert(path.to_owned(), (setting, origin));
    }

    /// Lays another source over this one.
    pub(crate) fn overlay(&mut self, upper: Self) {
        self.values.extend(upper.values);
        self.unsupported.extend(upper.unsupported);
    }

    /// What was given for the setting at this path, also when it cannot be read.
    pub(crate) fn given(&self, path: &str) -> Option<&Setting> {
        self.values.get(path)
    }

    /// The text of a setting, if one was given and can be read.
    pub(crate) fn text(&self, path: &str) -> Option<&str> {
        self.given(path)?.value.as_ref()?.as_str()
    }

    /// Replaces a value by one that is known to be good.
    pub(crate) fn replace(&mut self, path: &str, value: Value, origin: Origin) {
        if let Some(setting) = self.values.get_mut(path) {
            setting.value = Some(value);
            setting.origin = origin;
        }
    }

    /// What was given inside the table at `path`, with the full path of each.
    pub(crate) fn below(&self, path: &str) -> impl Iterator<Item = (&str, &Setting)> {
        let beginning = format!("{path}.");
        self.values
            .iter()
            .filter(move |(path, _)| path.starts_with(&beginning))
            .map(|(path, setting)| (path.as_str(), setting))
    }

    /// What was given and would be ignored: path, setting, place.
    pub(crate) fn unsupported(&self) -> impl Iterator<Item = (&str, &'static key::Unsupported, &Origin)> {
        self.unsupported.iter().map(|(path, (setting, origin))| (path.as_str(), *setting, origin))
    }

    /// A problem with a setting that was given, at its place.
    pub(crate) fn problem(&self, path: &str, message: impl Into<String>) -> Option<Problem> {
        Some(Problem::new(self.given(path)?.origin.clone(), message))
    }

    /// A problem if the setting at `path` was given without the `needed` one.
    pub(crate) fn needs(&self, path: &str, needed: &str) -> Option<Problem> {
        if self.given(needed).is_some() {
            return None;
        }
        self.problem(path, format!("'{path}' is set without '{needed}'; set both or none"))
    }

    /// A problem if two settings were given of which only one may be.
    pub(crate) fn excludes(&self, path: &str, other: &str) -> Option<Problem> {
        self.given(other)?;
        self.problem(path, format!("'{path}' and '{other}' are both set; keep one"))
    }

    /// The values as the tree that the typed configuration is read from: each dot of a path leads into a table.
    pub(crate) fn tree(&self) -> Table {
        let mut tree = Table::new();
        for (path, setting) in &self.values {
            if let Some(value) = &setting.value {
                plant(&mut tree, path, value.clone());
            }
        }
        tree
    }
}

fn plant(tree: &mut Table, path: &str, value: Value) {
    let Some((table, rest)) = path.split_once('.') else {
        tree.insert(path.to_owned(), value);
        return;
    };
    let below = tree.entry(table).or_insert_with(|| Value::Table(Table::new()));
    if let Value::Table(below) = below {
        plant(below, rest, value);
    }
}
