//! Where documents hold a value, and what can be asked there.

use std::collections::BTreeSet;

use super::index_set::IndexSet;

/// Where a field is, by groups of indices that hold it alike; none at all when no index has it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct FieldLayout {
    pub(crate) groups: Vec<Group>,
}

/// Indices that hold a field alike.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Group {
    pub(crate) indices: IndexSet,
    /// Where documents hold the value, at least one; the first that a document has counts.
    pub(crate) places: Vec<Place>,
}

/// A place where documents hold a value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub(crate) path: String,
    pub(crate) kind: PlaceKind,
}

/// What can be asked at a place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum PlaceKind {
    /// Whole values.
    Keyword,
    /// Words; and whole values where there is a sub-field for them.
    Text {
        /// Path of the sub-field with whole values.
        exact: Option<String>,
        /// Path of the sub-field with runs of letters.
        parts: Option<String>,
    },
    /// Whole numbers of so many bits, without a sign where that is said.
    Integer {
        /// Bits of a value.
        bits: u32,
        /// Whether there are negative numbers.
        has_sign: bool,
    },
    /// Numbers with a fraction, as floating point numbers of so many bits.
    Decimal {
        /// Bits of a value: 16, 32 or 64.
        bits: u32,
    },
    /// `true` or `false`.
    Boolean,
    /// Points in time.
    Date,
    /// IP addresses.
    Ip,
    /// Objects: there or not there.
    Object,
    /// Nothing, by the server's own word for the type.
    Other(String),
}

impl Place {
    /// Path under which whole values match.
    pub(crate) fn exact_path(&self) -> Option<&str> {
        match &self.kind {
            PlaceKind::Keyword => Some(&self.path),
            PlaceKind::Text { exact, .. } => exact.as_deref(),
            PlaceKind::Integer { .. }
            | PlaceKind::Decimal { .. }
            | PlaceKind::Boolean
            | PlaceKind::Date
            | PlaceKind::Ip
            | PlaceKind::Object
            | PlaceKind::Other(_) => None,
        }
    }

    /// Path whose values can be counted.
    pub(crate) fn countable_path(&self) -> Option<&str> {
        match &self.kind {
            PlaceKind::Keyword | PlaceKind::Text { .. } => self.exact_path(),
            PlaceKind::Integer { .. } | PlaceKind::Boolean | PlaceKind::Ip => Some(&self.path),
            PlaceKind::Decimal { .. } | PlaceKind::Date | PlaceKind::Object | PlaceKind::Other(_) => None,
        }
    }
}

impl FieldLayout {
    /// One place in all indices.
    pub(crate) fn everywhere(path: &str, kind: PlaceKind) -> Self {
        let place = Place { path: path.to_owned(), kind };
        Self { groups: vec![Group { indices: IndexSet::All, places: vec![place] }] }
    }

    /// All places, each once.
    pub(crate) fn places(&self) -> BTreeSet<&Place> {
        self.groups.iter().flat_map(|group| &group.places).collect()
    }
}
