//! How a setting is declared: its name, and what may stand under it. Sections are tables of such keys, and so is the file.

use super::kind::Kind;

/// A name in the file, with what may stand under it.
#[derive(Debug)]
pub(crate) struct Key {
    /// The last part of the path.
    pub(crate) name: &'static str,
    /// What may stand there.
    pub(crate) shape: Shape,
}

/// What may stand under a name.
#[derive(Debug)]
pub(crate) enum Shape {
    /// One value.
    Value(Value),
    /// A table whose names are all known.
    Table(&'static [Key]),
    /// A table whose names the user chooses.
    Map(Map),
    /// What other versions know and this one would ignore: setting it is an error.
    Unsupported(Unsupported),
}

/// One value.
#[derive(Debug)]
pub(crate) struct Value {
    /// Environment variable, if there is one; the same name with `_FILE` behind it names a file that holds the value.
    pub(crate) variable: Option<&'static str>,
    /// What the value may look like.
    pub(crate) kind: Kind,
    /// How much of it is printed.
    pub(crate) print: Print,
}

/// How much of a value is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Print {
    /// All of it.
    Whole,
    /// All but the passwords in its addresses.
    WithoutPasswords,
    /// Nothing.
    Nothing,
}

/// A table whose names the user chooses.
#[derive(Debug)]
pub(crate) struct Map {
    /// The name as the configuration keeps it, without a dot; the error follows the path in a message.
    pub(crate) read_name: fn(&str) -> Result<String, String>,
    /// What stands under each name.
    pub(crate) entry: &'static Shape,
}

/// A setting that this version would ignore.
#[derive(Debug)]
pub(crate) struct Unsupported {
    /// Environment variable.
    pub(crate) variable: &'static str,
    /// What this version lacks, to follow "this version".
    pub(crate) lack: &'static str,
}

impl Key {
    /// A value that is printed.
    pub(crate) const fn value(name: &'static str, variable: &'static str, kind: Kind) -> Self {
        Self::printed(name, variable, kind, Print::Whole)
    }

    /// A value that is never printed.
    pub(crate) const fn secret(name: &'static str, variable: &'static str, kind: Kind) -> Self {
        Self::printed(name, variable, kind, Print::Nothing)
    }

    /// A value, and how much of it is printed.
    pub(crate) const fn printed(
        name: &'static str,
        variable: &'static str,
        kind: Kind,
        print: Print,
    ) -> Self {
        Self { name, shape: Shape::Value(Value { variable: Some(variable), kind, print }) }
    }

    /// A table of known names.
    pub(crate) const fn table(name: &'static str, keys: &'static [Self]) -> Self {
        Self { name, shape: Shape::Table(keys) }
    }

    /// A setting that this version would ignore; `lack` follows "this version".
    pub(crate) const fn unsupported(name: &'static str, variable: &'static str, lack: &'static str) -> Self {
        Self { name, shape: Shape::Unsupported(Unsupported { variable, lack }) }
    }
}

impl Shape {
    /// Whether setting it, or something in it, does anything.
    pub(crate) fn is_supported(&self) -> bool {
        match self {
            Self::Value(_) | Self::Map(_) => true,
            Self::Table(keys) => keys.iter().any(|key| key.shape.is_supported()),
            Self::Unsupported(_) => false,
        }
    }

    /// Whether it is a table.
    pub(crate) fn is_table(&self) -> bool {
        match self {
            Self::Table(_) | Self::Map(_) => true,
            Self::Value(_) | Self::Unsupported(_) => false,
        }
    }

    /// The environment variable that sets it.
    pub(crate) fn variable(&self) -> Option<&'static str> {
        match self {
            Self::Value(value) => value.variable,
            Self::Unsupported(unsupported) => Some(unsupported.variable),
            Self::Table(_) | Self::Map(_) => None,
        }
    }
}

/// The variable that names a file with the value of `variable`.
pub(crate) fn file_variable(variable: &str) -> String {
    format!("{variable}_FILE")
}

/// The path of a name inside the table at `path`; the path of the file itself is empty.
pub(crate) fn joined(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

/// Every path that is known beforehand, in the order of the declarations: a table stands before what is in it.
pub(crate) fn paths(keys: &'static [Key]) -> Vec<(String, &'static Shape)> {
    let mut found = Vec::new();
    collect("", keys, &mut found);
    found
}

/// The value that is declared at a path.
pub(crate) fn value_at(keys: &'static [Key], path: &str) -> Option<&'static Value> {
    paths(keys).into_iter().find_map(|(known, shape)| match shape {
        Shape::Value(value) if known == path => Some(value),
        Shape::Value(_) | Shape::Table(_) | Shape::Map(_) | Shape::Unsupported(_) => None,
    })
}

fn collect(path: &str, keys: &'static [Key], found: &mut Vec<(String, &'static Shape)>) {
    for key in keys {
        let path = joined(path, key.name);
        found.push((path.clone(), &key.shape));
        if let Shape::Table(keys) = &key.shape {
            collect(&path, keys, found);
        }
    }
}
