//! How each field can be asked in the indices that are read: under which path, of which type, in which of them.
//!
//! Our own indices have one layout, which is known without asking. `caps.rs` asks for that of others, `resolve.rs` makes a
//! layout of the answer, `layouts.rs` keeps it fresh.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::asking;
use super::indices;
use super::names::Names;
use crate::model::field::FIELDS;
use crate::model::{FieldKind, FieldRef, KindSet, LogField};

/// How the fields can be asked in a set of indices.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Layout {
    /// How documents name our fields.
    pub(super) names: Names,
    /// The indices that were asked for it; none where it is known without asking.
    pub(super) indices: BTreeSet<String>,
    /// Whom it is for: those who may read lines of these kinds; `None` where the kinds are told apart by index.
    pub(super) kinds: Option<KindSet>,
    /// Indices that are matched as well, and may not be read.
    pub(super) withheld: BTreeSet<String>,
    /// The time of a line.
    pub(super) time: TimeField,
    /// The order of lines of the same time.
    pub(super) ties: Ties,
    pub(super) fields: BTreeMap<LogField, FieldLayout>,
    pub(super) keys: Keys,
}

/// Where the keys of the context are.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Keys {
    /// All of them below this object of anything.
    Below(String),
    /// Each where the server said; those that nobody has asked for are missing.
    Asked(BTreeMap<String, FieldLayout>),
}

/// What orders lines of the same time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ties {
    /// Their id, a keyword of every index: a page can begin right after any line.
    Id,
    /// The engine's own order, which holds within a point in time only.
    Engine,
}

/// The one field that holds the time of lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TimeField {
    pub(super) path: String,
    pub(super) unit: TimeUnit,
    /// False when there are indices, and none of them has a time.
    pub(super) is_usable: bool,
    /// Indices in which the field is of another type, so that their lines can be neither found nor ordered.
    pub(super) unusable: BTreeSet<String>,
}

/// What the numbers of a time field count when lines are sorted by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TimeUnit {
    /// A date, asked for in nanoseconds.
    Nanos,
    /// A plain number: milliseconds since the epoch.
    Millis,
}

/// Where a field is, by groups of indices that hold it alike; none at all when no index has it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct FieldLayout {
    pub(super) groups: Vec<Group>,
}

/// Indices that hold a field alike.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Group {
    pub(super) indices: IndexSet,
    /// Where documents hold the value, at least one; the first that a document has counts.
    pub(super) places: Vec<Place>,
}

/// Some of the indices that are read.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum IndexSet {
    /// All of them.
    All,
    /// These.
    Only(BTreeSet<String>),
    /// All others: what most indices have in common also holds for those that come.
    AllBut(BTreeSet<String>),
}

/// A place where documents hold a value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) path: String,
    pub(super) kind: PlaceKind,
}

/// What can be asked at a place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum PlaceKind {
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
    /// Numbers with a fraction.
    Decimal,
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
    pub(super) fn exact_path(&self) -> Option<&str> {
        match &self.kind {
            PlaceKind::Keyword => Some(&self.path),
            PlaceKind::Text { exact, .. } => exact.as_deref(),
            PlaceKind::Integer { .. }
            | PlaceKind::Decimal
            | PlaceKind::Boolean
            | PlaceKind::Date
            | PlaceKind::Ip
            | PlaceKind::Object
            | PlaceKind::Other(_) => None,
        }
    }

    /// Path whose values can be counted.
    pub(super) fn countable_path(&self) -> Option<&str> {
        match &self.kind {
            PlaceKind::Keyword | PlaceKind::Text { .. } => self.exact_path(),
            PlaceKind::Integer { .. } | PlaceKind::Boolean | PlaceKind::Ip => Some(&self.path),
            PlaceKind::Decimal | PlaceKind::Date | PlaceKind::Object | PlaceKind::Other(_) => None,
        }
    }
}

impl TimeField {
    /// The condition that a line lies in a half-open span of nanoseconds; an end that is missing is open.
    pub(super) fn between(&self, from: Option<i64>, to: Option<i64>) -> Value {
        match self.unit {
            TimeUnit::Nanos => asking::dates_between(&self.path, from, to),
            // A whole millisecond lies at, after or before a point exactly when it does so of the next whole one.
            TimeUnit::Millis => {
                let millis = |nanos: i64| nanos.saturating_add(999_999).div_euclid(1_000_000);
                let ends = [("gte", from), ("lt", to)];
                let ends: serde_json::Map<String, Value> = ends
                    .into_iter()
                    .filter_map(|(name, nanos)| Some((name.to_owned(), millis(nanos?).into())))
                    .collect();
                if ends.is_empty() {
                    asking::path_exists(&self.path)
                } else {
                    json!({"range": {&self.path: ends}})
                }
            }
        }
    }
}

impl IndexSet {
    /// The indices as a list of names and patterns, out of those of `target`, of which `known` are there.
    pub(super) fn within(&self, target: &str, known: &BTreeSet<String>) -> Vec<String> {
        let all = target.split(',').map(str::to_owned);
        match self {
            Self::All => all.collect(),
            Self::Only(names) => names.iter().cloned().collect(),
            // A name is excluded from the star before it that leads to it. Where an alias or a data stream leads there,
            // or another cluster, only the names of the others are left.
            Self::AllBut(names) => {
                let is_excludable = |name: &String| !name.contains(':') && is_matched(target, name);
                if names.iter().all(is_excludable) {
                    let others = all.filter(|name| !names.contains(name));
                    others.chain(names.iter().map(|name| format!("-{name}"))).collect()
                } else {
                    known.difference(names).cloned().collect()
                }
            }
        }
    }

    /// The condition that a document lies in one of the indices; `None` when it always does.
    pub(super) fn condition(&self) -> Option<Value> {
        match self {
            Self::All => None,
            Self::Only(names) => Some(json!({"terms": {"_index": names}})),
            Self::AllBut(names) => Some(json!({"bool": {"must_not": [{"terms": {"_index": names}}]}})),
        }
    }
}

/// Whether a pattern with a star in a list leads to this very name, or it stands there itself beside a star.
fn is_matched(target: &str, name: &str) -> bool {
    let has_star = target.split(',').any(|pattern| pattern.contains('*'));
    has_star && target.split(',').any(|pattern| indices::matches(pattern, name))
}

impl FieldLayout {
    /// One place in all indices.
    fn everywhere(path: &str, kind: PlaceKind) -> Self {
        let place = Place { path: path.to_owned(), kind };
        Self { groups: vec![Group { indices: IndexSet::All, places: vec![place] }] }
    }

    /// All places, each once.
    pub(super) fn places(&self) -> BTreeSet<&Place> {
        self.groups.iter().flat_map(|group| &group.places).collect()
    }
}

impl Layout {
    /// The layout of the indices that we make.
    pub(super) fn of_our_own() -> Self {
        let of = |name: &str, kind| match kind {
            FieldKind::Keyword | FieldKind::Level => PlaceKind::Keyword,
            FieldKind::Text => PlaceKind::Text { exact: None, parts: Some(format!("{name}.parts")) },
            FieldKind::Date => PlaceKind::Date,
            FieldKind::Ip => PlaceKind::Ip,
            FieldKind::Flattened => PlaceKind::Object,
        };
        let field = |field: &crate::model::Field| {
            (field.id, FieldLayout::everywhere(field.elastic, of(field.elastic, field.kind)))
        };
        Self {
            names: Names::of_our_own(),
            indices: BTreeSet::new(),
            kinds: None,
            withheld: BTreeSet::new(),
            time: TimeField {
                path: LogField::Timestamp.spec().elastic.to_owned(),
                unit: TimeUnit::Nanos,
                is_usable: true,
                unusable: BTreeSet::new(),
            },
            ties: Ties::Id,
            fields: FIELDS.iter().map(field).collect(),
            keys: Keys::Below(LogField::Context.spec().elastic.to_owned()),
        }
    }

    /// Whether these are the indices that we make.
    pub(super) fn is_our_own(&self) -> bool {
        matches!(self.keys, Keys::Below(_))
    }

    /// The condition that a document may be read as a line of these kinds: patterns, aliases and other clusters may lead to
    /// security lines, and to audit events. `None` for indices that are named by kind.
    pub(super) fn readable(&self, kinds: KindSet) -> Option<Value> {
        (!self.is_our_own()).then(|| indices::readable(kinds, self.withheld.iter()))
    }

    /// Whether an index may not be read by those whom this layout is for, whether or not it was there when the layout was
    /// asked for.
    pub(super) fn is_withheld(&self, index: &str) -> bool {
        self.kinds.is_some_and(|kinds| indices::is_withheld(index, kinds))
    }

    /// Where a field is; nowhere if nobody has asked for it.
    pub(super) fn of(&self, field: &FieldRef) -> FieldLayout {
        let asked = match (field, &self.keys) {
            (FieldRef::Known(field), _) => self.fields.get(field).cloned(),
            (FieldRef::Context(key), Keys::Below(object)) => {
                Some(FieldLayout::everywhere(&format!("{object}.{key}"), PlaceKind::Keyword))
            }
            (FieldRef::Context(key), Keys::Asked(keys)) => keys.get(key).cloned(),
        };
        asked.unwrap_or_default()
    }

    /// Path of the keyword that holds ids, where lines are ordered by it.
    pub(super) fn id_path(&self) -> Option<String> {
        let place = self.of(&LogField::Id.into()).groups.first()?.places.first()?.clone();
        (self.ties == Ties::Id).then_some(place.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_is_excluded_by_name_only_where_a_star_leads_to_it() {
        let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
        let but = |name: &str| IndexSet::AllBut(set(&[name]));
        let known = set(&["a-1", "a-2", "b", ".ds-logs-x-1", ".ds-logs-x-2"]);

        assert_eq!(but("a-1").within("a-*,b", &known), ["a-*", "b", "-a-1"]);
        assert_eq!(but("b").within("a-*,b", &known), ["a-*", "-b"]);
        // An alias, a data stream, or another cluster leads there.
        for (target, name) in [("all", "a-1"), ("logs-*", ".ds-logs-x-1"), ("far:a-*", "far:a-1")] {
            let named = but(name).within(target, &known);
            assert!(named.contains(&"a-2".to_owned()) && !named.contains(&name.to_owned()), "{named:?}");
        }
    }
}
