//! The fields that a query can name: those of the field table, and keys inside the context.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::model::field::{FieldKind, LogField};

/// A field that a query names: one of the table, or a key inside `context`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FieldRef {
    /// A field of the table.
    Known(LogField),
    /// `context.<key>`; the key may hold dots.
    Context(String),
}

impl FieldRef {
    /// Resolves a name of a query: wire name, alias, or `context.<key>`.
    #[must_use]
    pub(crate) fn by_name(name: &str) -> Option<Self> {
        if let Some(known) = LogField::by_name(name) {
            return Some(Self::Known(known));
        }
        let key = name.strip_prefix("context.").or_else(|| name.strip_prefix("additionalContext."))?;
        (!key.is_empty()).then(|| Self::Context(key.to_owned()))
    }

    /// How the field is indexed; a key of `context` is `Flattened`.
    #[must_use]
    pub fn kind(&self) -> FieldKind {
        match self {
            Self::Known(field) => field.spec().kind,
            Self::Context(_) => FieldKind::Flattened,
        }
    }
}

impl From<LogField> for FieldRef {
    fn from(field: LogField) -> Self {
        Self::Known(field)
    }
}

impl fmt::Display for FieldRef {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Known(field) => out.write_str(field.name()),
            Self::Context(key) => write!(out, "context.{key}"),
        }
    }
}

impl Serialize for FieldRef {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_of_the_context_keeps_its_dots() {
        assert_eq!(FieldRef::by_name("context.a.b"), Some(FieldRef::Context("a.b".to_owned())));
        assert_eq!(FieldRef::by_name("context."), None);
        assert_eq!(FieldRef::by_name("servce"), None);
    }
}
