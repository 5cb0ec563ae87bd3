//! From names and the types of fields to a layout: for each field, which indices hold it alike, and how.

use std::collections::{BTreeMap, BTreeSet};

use super::field_caps::FieldCaps;
use super::field_names::FieldNames;
use super::{FieldLayout, Group, IndexSet, Keys, Layout, Place, PlaceKind, Ties, TimeField, TimeUnit};
use crate::model::field::FIELDS;
use crate::model::{FieldRef, LogField};

/// Sub-field with whole values that dynamic mappings make.
const EXACT: &str = "keyword";
/// Sub-field with runs of letters that ours have.
const PARTS: &str = "parts";
/// The server's word for objects in a list that are documents of their own.
const NESTED: &str = "nested";

/// All paths whose types decide the layout of the fields.
pub(crate) fn paths_of_fields(names: &FieldNames) -> BTreeSet<String> {
    let known = FIELDS.iter().filter(|field| field.id != LogField::Context);
    known.flat_map(|field| names.of(field.id)).flat_map(|path| asked_for(path)).collect()
}

/// All paths whose types decide where keys of the context are.
pub(crate) fn paths_of_keys<'a>(
    names: &FieldNames,
    keys: impl IntoIterator<Item = &'a str>,
) -> BTreeSet<String> {
    let paths = keys.into_iter().flat_map(|key| names.of_key(key));
    paths.flat_map(|path| asked_for(&path)).collect()
}

/// A path, the sub-fields of it that matter, and the objects around it, whose type may change what can be asked.
fn asked_for(path: &str) -> Vec<String> {
    let own = [path.to_owned(), format!("{path}.{EXACT}"), format!("{path}.{PARTS}")];
    own.into_iter().chain(objects_around(path).map(str::to_owned)).collect()
}

/// `a` and `a.b` of `a.b.c`.
fn objects_around(path: &str) -> impl Iterator<Item = &str> {
    path.match_indices('.').filter_map(|(at, _)| path.get(..at)).filter(|path| !path.is_empty())
}

/// The layout of the fields; keys of the context are added when they are asked for.
pub(crate) fn layout(names: &FieldNames, caps: &FieldCaps) -> Layout {
    // Where a name is that of an object, another name may be that of a value inside it: `service`, `service.name`.
    let is_value = |place: &Place| place.kind != PlaceKind::Object;
    let field = |id: LogField| (id, field_layout(names.of(id), caps, is_value));
    let mut fields: BTreeMap<_, _> = FIELDS.iter().map(|row| field(row.id)).collect();
    let time = time_field(names.of(LogField::Timestamp), caps);
    let place = Place { path: time.path.clone(), kind: PlaceKind::Date };
    let group = Group { indices: IndexSet::All, places: vec![place] };
    fields.insert(LogField::Timestamp, FieldLayout { groups: vec![group] });
    let receipt = receipt(names, caps);
    let has_receipt =
        |index: &&String| receipt.as_ref().is_some_and(|path| caps.type_in(path, index).is_some());
    let without_receipt = caps.indices.iter().filter(|index| !has_receipt(index)).cloned().collect();
    let ties = if has_id_everywhere(names, caps) { Ties::Id } else { Ties::Engine };
    Layout {
        names: names.clone(),
        indices: caps.indices.clone(),
        kinds: None,
        withheld: caps.left_out.clone(),
        time,
        ties,
        receipt,
        without_receipt,
        fields,
        keys: Keys::Asked(BTreeMap::new()),
    }
}

/// Where a key of the context is.
pub(crate) fn key_layout(names: &FieldNames, key: &str, caps: &FieldCaps) -> FieldLayout {
    field_layout(&names.of_key(key), caps, |_| true)
}

/// The condition "has a context" holds for every document where whatever belongs to no field is context.
pub(crate) fn is_all_context(names: &FieldNames, field: &FieldRef) -> bool {
    *field == FieldRef::Known(LogField::Context) && names.of(LogField::Context).contains(&String::new())
}

fn has_id_everywhere(names: &FieldNames, caps: &FieldCaps) -> bool {
    let Some(path) = names.of(LogField::Id).first() else { return false };
    caps.indices.iter().all(|index| caps.type_in(path, index) == Some("keyword"))
}

/// The first name under which some index keeps the time of receipt, and none has anything else.
fn receipt(names: &FieldNames, caps: &FieldCaps) -> Option<String> {
    let is_date = |path: &str| {
        let mut kinds = caps.indices.iter().filter_map(|index| caps.type_in(path, index)).peekable();
        kinds.peek().is_some() && kinds.all(|kind| matches!(kind, "date" | "date_nanos"))
    };
    names.of(LogField::ReceivedAt).iter().find(|path| is_date(path)).cloned()
}

fn field_layout(paths: &[String], caps: &FieldCaps, is_wanted: impl Fn(&Place) -> bool) -> FieldLayout {
    let mut alike: BTreeMap<Vec<Place>, BTreeSet<String>> = BTreeMap::new();
    for index in &caps.indices {
        let places = paths.iter().filter_map(|path| place(path, index, caps));
        let places: Vec<_> = places.filter(&is_wanted).collect();
        if !places.is_empty() {
            alike.entry(places).or_default().insert(index.clone());
        }
    }
    let mut groups: Vec<(Vec<Place>, BTreeSet<String>)> = alike.into_iter().collect();
    groups.sort_by_key(|(_, indices)| std::cmp::Reverse(indices.len()));
    // The first group is that of most indices.
    let others = groups.iter().skip(1).flat_map(|(_, indices)| indices);
    let others: BTreeSet<String> = others.chain(&caps.left_out).cloned().collect();
    let with_set = |(number, (places, indices)): (usize, (Vec<Place>, BTreeSet<String>))| {
        let indices = match (number, others.is_empty()) {
            (0, true) => IndexSet::All,
            (0, false) => IndexSet::AllBut(others.clone()),
            _ => IndexSet::Only(indices),
        };
        Group { indices, places }
    };
    FieldLayout { groups: groups.into_iter().enumerate().map(with_set).collect() }
}

fn place(path: &str, index: &str, caps: &FieldCaps) -> Option<Place> {
    let is_nested = |object: &str| caps.type_in(object, index) == Some(NESTED);
    let kind = if objects_around(path).any(is_nested) {
        // Documents of their own, which no condition on the line can see.
        PlaceKind::Other(NESTED.to_owned())
    } else if let Some(word) = caps.type_in(path, index) {
        kind(word, path, index, caps)
    } else {
        // Leaves of an object of anything have no type of their own.
        let is_open = |object: &str| matches!(caps.type_in(object, index), Some("flattened" | "flat_object"));
        objects_around(path).any(is_open).then_some(PlaceKind::Keyword)?
    };
    Some(Place { path: path.to_owned(), kind })
}

fn kind(word: &str, path: &str, index: &str, caps: &FieldCaps) -> PlaceKind {
    let sub_field = |name: &str, kinds: &[&str]| {
        let path = format!("{path}.{name}");
        caps.type_in(&path, index).is_some_and(|word| kinds.contains(&word)).then_some(path)
    };
    match word {
        "keyword" | "constant_keyword" | "wildcard" | "version" => PlaceKind::Keyword,
        "text" | "match_only_text" | "annotated_text" => PlaceKind::Text {
            exact: sub_field(EXACT, &["keyword", "constant_keyword", "wildcard"]),
            parts: sub_field(PARTS, &["text"]),
        },
        "byte" => PlaceKind::Integer { bits: 8, has_sign: true },
        "short" => PlaceKind::Integer { bits: 16, has_sign: true },
        "integer" => PlaceKind::Integer { bits: 32, has_sign: true },
        "long" => PlaceKind::Integer { bits: 64, has_sign: true },
        "unsigned_long" => PlaceKind::Integer { bits: 64, has_sign: false },
        "half_float" => PlaceKind::Decimal { bits: 16 },
        "float" => PlaceKind::Decimal { bits: 32 },
        "double" | "scaled_float" => PlaceKind::Decimal { bits: 64 },
        "boolean" => PlaceKind::Boolean,
        "date" | "date_nanos" => PlaceKind::Date,
        "ip" => PlaceKind::Ip,
        "object" | "flattened" | "flat_object" => PlaceKind::Object,
        other => PlaceKind::Other(other.to_owned()),
    }
}

/// The name under which most indices have a usable time, the first of several; lines are sorted by one field only.
fn time_field(paths: &[String], caps: &FieldCaps) -> TimeField {
    let unit_in = |path: &str, index: &str| match caps.type_in(path, index) {
        Some("date" | "date_nanos") => Some(TimeUnit::Nanos),
        Some("long" | "unsigned_long") => Some(TimeUnit::Millis),
        _ => None,
    };
    let units_of =
        |path: &String| caps.indices.iter().filter_map(|index| unit_in(path, index)).collect::<Vec<_>>();
    // Of equal numbers the last would win.
    let used = paths.iter().rev().max_by_key(|path| units_of(path).len());
    let used = used.filter(|path| !units_of(path).is_empty());
    let path =
        used.or(paths.first()).cloned().unwrap_or_else(|| LogField::Timestamp.spec().elastic.to_owned());
    let unit = if units_of(&path).iter().all(|unit| *unit == TimeUnit::Millis) && used.is_some() {
        TimeUnit::Millis
    } else {
        TimeUnit::Nanos
    };
    // An index without that field may have its times under another name.
    let has_a_time = |index: &str| paths.iter().any(|path| caps.type_in(path, index).is_some());
    let is_unusable = |index: &&String| has_a_time(index) && unit_in(&path, index) != Some(unit);
    let unusable = caps.indices.iter().filter(is_unusable).cloned().collect();
    TimeField { path, unit, is_usable: used.is_some() || caps.indices.is_empty(), unusable }
}

#[cfg(test)]
mod tests;
