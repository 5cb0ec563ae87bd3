//! Layouts of indices that other people have made.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::*;
use crate::model::Preset;

fn names(preset: Preset) -> FieldNames {
    FieldNames::new(preset, &BTreeMap::new())
}

fn caps(fields: &Value) -> FieldCaps {
    FieldCaps::of(&json!({"indices": ["a", "b", "c"], "fields": fields}))
}

fn place(path: &str, kind: PlaceKind) -> Place {
    Place { path: path.to_owned(), kind }
}

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn indices_that_hold_a_field_alike_are_one_group() {
    let text = PlaceKind::Text { exact: Some("log.level.keyword".to_owned()), parts: None };
    let caps = caps(&json!({
        "log.level": {"keyword": {"searchable": true, "indices": ["a", "b"]}, "text": {"searchable": true, "indices": ["c"]}},
        "log.level.keyword": {"keyword": {"searchable": true, "indices": ["c"]}, "unmapped": {"indices": ["a", "b"]}},
    }));

    let found = &layout(&names(Preset::Ecs), &caps).fields[&LogField::Level];

    assert_eq!(
        found.groups,
        [
            Group {
                indices: IndexSet::AllBut(set(&["c"])),
                places: vec![place("log.level", PlaceKind::Keyword)]
            },
            Group { indices: IndexSet::Only(set(&["c"])), places: vec![place("log.level", text)] },
        ]
    );
}

#[test]
fn a_field_that_some_indices_lack_needs_no_groups() {
    let caps = caps(&json!({
        "user.id": {"keyword": {"searchable": true, "indices": ["a"]}, "unmapped": {"indices": ["b", "c"]}},
    }));

    let found = &layout(&names(Preset::Ecs), &caps).fields[&LogField::UserId];

    assert_eq!(found.groups.len(), 1);
    assert_eq!(found.groups[0].indices, IndexSet::All);
}

#[test]
fn a_name_that_is_an_object_leaves_the_field_to_the_next_name() {
    let caps = caps(&json!({
        "service": {"object": {"searchable": false}},
        "service.name": {"keyword": {"searchable": true}},
    }));

    let found = &layout(&names(Preset::Logstash), &caps).fields[&LogField::Service];

    assert_eq!(
        found.groups,
        [Group { indices: IndexSet::All, places: vec![place("service.name", PlaceKind::Keyword)] }]
    );
}

#[test]
fn what_lies_in_nested_documents_cannot_be_asked() {
    let caps = caps(&json!({
        "items": {"nested": {"searchable": false}},
        "items.sku": {"keyword": {"searchable": true}},
    }));

    let found = key_layout(&names(Preset::Ecs), "items.sku", &caps);

    assert_eq!(found.groups[0].places, [place("items.sku", PlaceKind::Other("nested".to_owned()))]);
    assert!(paths_of_keys(&names(Preset::Ecs), ["items.sku"]).contains("items"));
}

#[test]
fn indices_with_their_time_under_another_name_than_most_are_left_out() {
    let fields = json!({
        "timestamp": {"date": {"searchable": true, "indices": ["a"]}, "unmapped": {"indices": ["b", "c"]}},
        "time": {"long": {"searchable": true, "indices": ["b"]}, "date": {"searchable": true, "indices": ["c"]},
            "unmapped": {"indices": ["a"]}},
    });

    let time = layout(&names(Preset::Pino), &caps(&fields)).time;

    assert_eq!((time.path.as_str(), time.unit, time.unusable), ("time", TimeUnit::Nanos, set(&["a", "b"])));
}

#[test]
fn the_time_is_the_first_name_with_dates_or_numbers() {
    let time = |preset, fields: Value| layout(&names(preset), &caps(&fields)).time;
    let everywhere = |kind: &str| json!({kind: {"searchable": true}});

    let date = time(Preset::Pino, json!({"timestamp": everywhere("date"), "time": everywhere("long")}));
    let number = time(Preset::Pino, json!({"time": everywhere("long")}));
    let text = time(Preset::Pino, json!({"timestamp": everywhere("text")}));
    let mixed = time(
        Preset::Ecs,
        json!({"@timestamp": {"date": {"searchable": true, "indices": ["a"]},
            "date_nanos": {"searchable": true, "indices": ["b"]}, "keyword": {"searchable": true, "indices": ["c"]}}}),
    );

    assert_eq!((date.path.as_str(), date.unit), ("timestamp", TimeUnit::Nanos));
    assert_eq!((number.path.as_str(), number.unit), ("time", TimeUnit::Millis));
    assert!(!text.is_usable);
    assert_eq!((mixed.unit, mixed.unusable), (TimeUnit::Nanos, set(&["c"])));
}

#[test]
fn lines_are_ordered_by_id_only_where_every_index_has_it_as_a_keyword() {
    let ties = |preset, fields: Value| layout(&names(preset), &caps(&fields)).ties;

    assert_eq!(ties(Preset::Trailproof, json!({"id": {"keyword": {"searchable": true}}})), Ties::Id);
    let some = json!({"id": {"keyword": {"searchable": true, "indices": ["a"]}, "unmapped": {"indices": ["b", "c"]}}});
    assert_eq!(ties(Preset::Trailproof, some), Ties::Engine);
    assert_eq!(ties(Preset::Ecs, json!({"id": {"keyword": {"searchable": true}}})), Ties::Engine);
}

#[test]
fn keys_of_the_context_may_lie_in_objects_of_anything() {
    let caps = caps(&json!({
        "labels": {"flattened": {"searchable": true}},
        "host.name": {"keyword": {"searchable": true}},
        "tenant": {"long": {"searchable": true}},
        "additionalContext.tenant": {"keyword": {"searchable": true}},
    }));
    let places = |preset, key| {
        let layout = key_layout(&names(preset), key, &caps);
        layout.groups.into_iter().flat_map(|group| group.places).collect::<Vec<_>>()
    };

    assert_eq!(places(Preset::Ecs, "labels.team"), [place("labels.team", PlaceKind::Keyword)]);
    assert_eq!(places(Preset::Ecs, "labels"), [place("labels", PlaceKind::Object)]);
    assert_eq!(places(Preset::Ecs, "host.name"), [place("host.name", PlaceKind::Keyword)]);
    assert_eq!(places(Preset::Ecs, "nobody"), []);
    let number = PlaceKind::Integer { bits: 64, has_sign: true };
    assert_eq!(
        places(Preset::Pino, "tenant"),
        [place("additionalContext.tenant", PlaceKind::Keyword), place("tenant", number)]
    );
}

#[test]
fn what_is_asked_for_covers_sub_fields_and_objects_around() {
    let paths = paths_of_keys(&names(Preset::Ecs), ["a.b.c"]);

    assert_eq!(paths, set(&["a.b.c", "a.b.c.keyword", "a.b.c.parts", "a.b", "a"]));
    assert!(paths_of_fields(&names(Preset::Ecs)).contains("message.parts"));
}
