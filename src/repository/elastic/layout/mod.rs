//! How each field can be asked in the indices that are read: under which path, of which type, in which of them.
//!
//! Our own indices have one layout, which is known without asking. `field_caps.rs` asks for that of others under the names of
//! `field_names.rs`, `resolve/` makes a layout of the answer, `cache.rs` keeps it fresh. `place.rs`, `index_set.rs` and `time_field.rs` are
//! its parts; `shortcomings.rs` says what cannot be searched.

mod cache;
mod field_caps;
mod field_names;
mod index_set;
mod place;
pub(crate) mod resolve;
mod shortcomings;
mod time_field;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::indices;
use crate::model::field::FIELDS;
use crate::model::{FieldKind, FieldRef, KindSet, LogField};

pub(crate) use cache::LayoutCache;
#[cfg(test)]
pub(crate) use field_caps::FieldCaps;
pub(crate) use field_names::FieldNames;
pub(crate) use index_set::IndexSet;
pub(crate) use place::{FieldLayout, Group, Place, PlaceKind};
pub(crate) use shortcomings::{Shortcoming, shortcomings};
pub(crate) use time_field::{TimeField, TimeUnit};

/// How the fields can be asked in a set of indices.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Layout {
    /// How documents name our fields.
    pub(crate) names: FieldNames,
    /// The indices that were asked for it; none where it is known without asking.
    pub(crate) indices: BTreeSet<String>,
    /// Whom it is for: those who may read lines of these kinds; `None` where the kinds are told apart by index.
    pub(crate) kinds: Option<KindSet>,
    /// Indices that are matched as well, and may not be read.
    pub(crate) withheld: BTreeSet<String>,
    /// The time of a line.
    pub(crate) time: TimeField,
    /// The order of lines of the same time.
    pub(crate) ties: Ties,
    /// Where documents keep the time of their receipt, a date in every index that has it.
    pub(crate) receipt: Option<String>,
    /// Indices that keep none.
    pub(crate) without_receipt: BTreeSet<String>,
    pub(crate) fields: BTreeMap<LogField, FieldLayout>,
    pub(crate) keys: Keys,
}

/// Where the keys of the context are.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Keys {
    /// All of them below this object of anything.
    Below(String),
    /// Each where the server said; those that nobody has asked for are missing.
    Asked(BTreeMap<String, FieldLayout>),
}

/// What orders lines of the same time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ties {
    /// Their id, a keyword of every index: a page can begin right after any line.
    Id,
    /// The engine's own order, which holds within a point in time only.
    Engine,
}

impl Layout {
    /// The layout of the indices that we make.
    pub(crate) fn of_our_own() -> Self {
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
            names: FieldNames::of_our_own(),
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
            receipt: Some(LogField::ReceivedAt.spec().elastic.to_owned()),
            without_receipt: BTreeSet::new(),
            fields: FIELDS.iter().map(field).collect(),
            keys: Keys::Below(LogField::Context.spec().elastic.to_owned()),
        }
    }

    /// Whether these are the indices that we make.
    pub(crate) fn is_our_own(&self) -> bool {
        matches!(self.keys, Keys::Below(_))
    }

    /// The condition that a document may be read as a line of these kinds: patterns, aliases and other clusters may lead to
    /// security lines, and to audit events. `None` for indices that are named by kind.
    pub(crate) fn readable(&self, kinds: KindSet) -> Option<Value> {
        (!self.is_our_own()).then(|| indices::readable(kinds, self.withheld.iter()))
    }

    /// Whether an index may not be read by those whom this layout is for, whether or not it was there when the layout was
    /// asked for.
    pub(crate) fn is_withheld(&self, index: &str) -> bool {
        self.kinds.is_some_and(|kinds| indices::is_withheld(index, kinds))
    }

    /// Where a field is; nowhere if nobody has asked for it.
    pub(crate) fn of(&self, field: &FieldRef) -> FieldLayout {
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
    pub(crate) fn id_path(&self) -> Option<String> {
        let place = self.of(&LogField::Id.into()).groups.first()?.places.first()?.clone();
        (self.ties == Ties::Id).then_some(place.path)
    }
}
