//! Questions to indices that other people have made.

use std::collections::BTreeMap;

use super::tests::selection;
use super::*;
use crate::model::Preset;
use crate::repository::elastic::layout::FieldCaps;
use crate::repository::elastic::layout::FieldNames;
use crate::repository::elastic::layout::resolve;

/// Three indices: in `a` a service is a keyword and a message has no runs of letters, in `b` both are text with sub-fields, in
/// `c` a service is an object.
pub(crate) fn mixed_layout() -> Layout {
    let text = json!({"text": {"searchable": true}});
    let caps = FieldCaps::of(&json!({"indices": ["a", "b", "c"], "fields": {
        "@timestamp": {"date": {"searchable": true}},
        "message": text,
        "message.parts": {"text": {"searchable": true, "indices": ["b"]}, "unmapped": {"indices": ["a", "c"]}},
        "service": {"keyword": {"searchable": true, "indices": ["a"]}, "text": {"searchable": true, "indices": ["b"]},
            "object": {"indices": ["c"]}},
        "service.keyword": {"keyword": {"searchable": true, "indices": ["b"]}, "unmapped": {"indices": ["a", "c"]}},
        "application": {"keyword": {"searchable": true, "indices": ["a"]}, "unmapped": {"indices": ["b", "c"]}},
        "level": {"long": {"searchable": true}},
        "user_id": {"text": {"searchable": true}},
        "client_ip": {"keyword": {"searchable": true}},
    }}));
    resolve::layout(&FieldNames::new(Preset::Logstash, &BTreeMap::new()), &caps)
}

#[test]
fn each_group_of_indices_is_asked_in_its_own_way() {
    let layout = mixed_layout();
    let mut translator = Translator::new(&layout).unwrap();

    let dsl = translator.translate(&Query::term(LogField::Service, "gw")).unwrap();

    let inside = |name: &str| json!({"terms": {"_index": [name]}});
    let term = |path: &str| json!({"term": {path: {"value": "gw"}}});
    let should = dsl["bool"]["should"].as_array().unwrap();
    let has = |condition: &Value| assert!(should.contains(condition), "{condition} in {dsl:#}");
    has(
        &json!({"bool": {"filter": [{"bool": {"must_not": [{"terms": {"_index": ["b"]}}]}}, term("service")]}}),
    );
    has(
        &json!({"bool": {"filter": [{"bool": {"must_not": [{"terms": {"_index": ["b"]}}]}}, term("application")],
        "must_not": [{"exists": {"field": "service"}}]}}),
    );
    has(&json!({"bool": {"filter": [inside("b"), term("service.keyword")]}}));
    assert!(translator.left_out.is_empty());
}

#[test]
fn a_field_that_no_index_can_answer_for_is_refused_and_one_that_is_nowhere_finds_nothing() {
    let layout = mixed_layout();
    let ask = |query: Query| Translator::new(&layout).unwrap().translate(&query);

    let refused = ask(Query::term(LogField::UserId, "u1")).unwrap_err();
    assert!(
        matches!(&refused, StoreError::Unsupported { field, reason, .. } if field == "user_id" && reason.contains("is mapped as text without"))
    );
    assert_eq!(ask(Query::term(LogField::Method, "GET")).unwrap(), nothing());
    assert_eq!(ask(Query::Exists(LogField::Method.into())).unwrap(), nothing());
    assert_eq!(ask(Query::Levels(vec![Level::Error])).unwrap(), json!({"terms": {"level": [50]}}));
}

#[test]
fn indices_that_cannot_answer_are_left_out_and_said_so() {
    let caps = FieldCaps::of(&json!({"indices": ["a", "b"], "fields": {
        "@timestamp": {"date": {"searchable": true, "indices": ["a"]}, "keyword": {"searchable": true, "indices": ["b"]}},
        "service": {"keyword": {"searchable": true, "indices": ["a"]}, "text": {"searchable": true, "indices": ["b"]}},
    }}));
    let layout = resolve::layout(&FieldNames::of_our_own(), &caps);

    let translated = build_search_query(&selection(Query::term(LogField::Service, "gw")), &layout).unwrap();

    let without_b = json!({"bool": {"must_not": [{"terms": {"_index": ["b"]}}]}});
    let filter = translated.query["bool"]["filter"].as_array().unwrap();
    assert!(filter.contains(&without_b), "{filter:?}");
    assert!(translated.is_partial);
    assert_eq!(
        translated.warnings,
        [
            "lines of the index b are left out: there, service is mapped as text without a sub-field keyword, so whole values cannot be matched; map it as keyword",
            "lines of the index b are left out: there, timestamp is no date, or has another name",
        ]
    );
}

#[test]
fn epoch_milliseconds_are_asked_in_numbers() {
    let caps = FieldCaps::of(&json!({"indices": ["a"], "fields": {"time": {"long": {"searchable": true}}}}));
    let layout = resolve::layout(&FieldNames::new(Preset::Pino, &BTreeMap::new()), &caps);
    let translator = Translator::new(&layout).unwrap();

    assert_eq!(
        translator.window(Micros::new(1_000_001), Micros::new(2_000_000)),
        json!({"range": {"time": {"gte": 1_001, "lt": 2_000}}})
    );
}
