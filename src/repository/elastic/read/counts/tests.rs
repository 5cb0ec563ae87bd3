//! What counts ask for, and how answers are merged and sieved.

use std::collections::BTreeMap;

use super::*;
use crate::model::query::Selection;
use crate::model::{KindSet, Preset, Query};
use crate::repository::StoreError;
use crate::repository::elastic::layout::FieldCaps;
use crate::repository::elastic::layout::FieldNames;
use crate::repository::elastic::layout::resolve;

fn request(bounds: &[i64], by: Option<LogField>, prefix: Option<&str>) -> CountRequest {
    CountRequest {
        selection: Selection { kinds: KindSet::ALL, range: TimeRange::everything(), query: Query::All },
        bounds: bounds.iter().map(|micros| Micros::new(*micros)).collect(),
        by,
        top: 2,
        prefix: prefix.map(str::to_owned),
    }
}

fn body(request: &CountRequest) -> Value {
    Plan::new(request, &Layout::of_our_own()).requests(8_000).unwrap().0.remove(0).body
}

fn aggregation(request: &CountRequest) -> Value {
    body(request)["aggs"]["by_time"].clone()
}

fn answer(shards: u64, aggregations: &Value) -> SearchAnswer {
    serde_json::from_value(json!({
        "timed_out": false, "_shards": {"total": shards, "failed": 0}, "hits": {"hits": []},
        "aggregations": aggregations,
    }))
    .unwrap()
}

/// One bucket of `count` lines, in which the values were counted at each of these places.
fn counted(count: u64, places: &[&[(Value, u64)]]) -> SearchAnswer {
    let mut bucket = json!({"doc_count": count});
    for (number, values) in places.iter().enumerate() {
        let buckets: Vec<_> =
            values.iter().map(|(key, count)| json!({"key": key, "doc_count": count})).collect();
        bucket[number.to_string()] = json!({"doc_count": count, "by_value": {"buckets": buckets}});
    }
    answer(1, &json!({"by_time": {"buckets": {"0": bucket}}}))
}

fn read(request: &CountRequest, answer: SearchAnswer) -> StoreResult<Vec<Bucket>> {
    Plan::new(request, &Layout::of_our_own()).read(vec![answer])
}

#[test]
fn whole_milliseconds_are_counted_by_one_range_aggregation() {
    let dsl = aggregation(&request(&[1_234, 5_000, 9_001], None, None));

    assert_eq!(
        dsl,
        json!({"range": {"field": "@timestamp", "keyed": true, "ranges": [
            {"key": "0", "from": 1, "to": 5}, {"key": "1", "from": 5, "to": 10},
        ]}})
    );
}

#[test]
fn finer_bounds_are_counted_by_filters() {
    let dsl = aggregation(&request(&[0, 5_001, 9_000], None, None));

    let filters = &dsl["filters"]["filters"];
    assert_eq!(filters["0"]["range"]["@timestamp"]["lte"], "1970-01-01T00:00:00.005000999Z");
    assert_eq!(filters["1"]["range"]["@timestamp"]["gt"], "1970-01-01T00:00:00.005000999Z");
}

#[test]
fn the_query_cuts_off_what_lies_outside_of_the_bounds() {
    let body = body(&request(&[1_234, 9_001], None, None));

    let window = &body["query"]["bool"]["filter"][1]["range"]["@timestamp"];
    assert_eq!(
        (&window["gt"], &window["lte"]),
        (&json!("1970-01-01T00:00:00.001233999Z"), &json!("1970-01-01T00:00:00.009000999Z"))
    );
}

#[test]
fn without_bounds_there_is_one_bucket_of_everything() {
    let request = request(&[], None, None);

    let buckets = read(&request, counted(5, &[])).unwrap();

    assert_eq!(aggregation(&request), json!({"filters": {"filters": {"0": {"match_all": {}}}}}));
    assert_eq!(buckets, [Bucket { count: 5, by: vec![] }]);
}

#[test]
fn values_are_counted_in_every_bucket_and_sieved_by_prefix() {
    let dsl = aggregation(&request(&[], Some(LogField::Path), Some("/a")));

    let at_place = &dsl["aggs"]["0"];
    assert_eq!(at_place["filter"], json!({"prefix": {"path": {"value": "/a"}}}));
    assert_eq!(at_place["aggs"]["by_value"]["terms"]["field"], "path");
    assert_eq!(at_place["aggs"]["by_value"]["terms"]["order"], json!([{"_count": "desc"}, {"_key": "asc"}]));
}

#[test]
fn addresses_are_sieved_when_read() {
    let request = request(&[], Some(LogField::ClientIp), Some("10."));

    let answer = counted(5, &[&[(json!("192.168.0.1"), 3), (json!("10.0.0.1"), 2)]]);

    assert_eq!(aggregation(&request)["aggs"]["0"]["aggs"]["by_value"]["terms"]["field"], "client_ip");
    assert_eq!(read(&request, answer).unwrap()[0].by, [("10.0.0.1".to_owned(), 2)]);
}

#[test]
fn spellings_of_a_level_are_merged_into_our_word() {
    let request = request(&[], Some(LogField::Level), None);

    let answer = counted(
        12,
        &[&[
            (json!("info"), 5),
            (json!("WARN"), 3),
            (json!("warning"), 3),
            (json!("err"), 1),
            (json!(40), 1),
        ]],
    );

    let buckets = read(&request, answer).unwrap();
    assert_eq!(buckets[0].by, [("warn".to_owned(), 7), ("info".to_owned(), 5)]);
}

#[test]
fn lines_without_a_level_or_service_are_counted_as_they_are_shown() {
    let bucket = json!({"doc_count": 9, "missing": {"doc_count": 4},
        "0": {"doc_count": 5, "by_value": {"buckets": [{"key": "info", "doc_count": 5}]}}});
    let answer = || answer(1, &json!({"by_time": {"buckets": {"0": bucket}}}));

    let levels = read(&request(&[], Some(LogField::Level), None), answer()).unwrap();
    let services = read(&request(&[], Some(LogField::Service), None), answer()).unwrap();

    assert_eq!(levels[0].by, [("info".to_owned(), 9)]);
    assert_eq!(services[0].by, [("info".to_owned(), 5), ("unknown".to_owned(), 4)]);
    let dsl = aggregation(&request(&[], Some(LogField::Service), None));
    assert_eq!(
        dsl["aggs"]["missing"]["filter"],
        json!({"bool": {"must_not": [{"exists": {"field": "service"}}]}})
    );
}

#[test]
fn equal_counts_are_ordered_by_value_and_cut_at_the_top() {
    let request = request(&[], Some(LogField::UserId), None);

    let answer = counted(6, &[&[(json!("c"), 2), (json!("b"), 2), (json!("a"), 2)]]);

    assert_eq!(read(&request, answer).unwrap()[0].by, [("a".to_owned(), 2), ("b".to_owned(), 2)]);
}

#[test]
fn values_of_several_places_are_counted_apart_and_added_up() {
    let caps = FieldCaps::of(&json!({"indices": ["a", "b"], "fields": {
        "@timestamp": {"date": {"searchable": true}},
        "service": {"keyword": {"searchable": true, "indices": ["a"]}, "text": {"searchable": true, "indices": ["b"]}},
        "service.keyword": {"keyword": {"searchable": true, "indices": ["b"]}, "unmapped": {"indices": ["a"]}},
    }}));
    let layout = resolve::layout(&FieldNames::new(Preset::Logstash, &BTreeMap::new()), &caps);
    let request = request(&[], Some(LogField::Service), None);
    let plan = Plan::new(&request, &layout);

    let parts = plan.requests(8_000).unwrap().0;
    let answers = vec![
        counted(9, &[]),
        counted(4, &[&[(json!("gw"), 3), (json!("x"), 1)]]),
        counted(5, &[&[(json!("gw"), 5)]]),
    ];

    let of = |part: &Part| {
        let field = part.body["aggs"]["by_time"]["aggs"]["0"]["aggs"]["by_value"]["terms"]["field"].clone();
        (part.indices.within("logs-*", &layout.indices), field)
    };
    let asked: Vec<_> = parts.iter().map(of).collect();
    let list = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    assert_eq!(asked[0], (list(&["logs-*"]), Value::Null));
    assert!(
        asked.contains(&(list(&["a"]), json!("service")))
            || asked.contains(&(list(&["logs-*", "-b"]), json!("service"))),
        "{asked:?}"
    );
    assert_eq!(
        plan.read(answers).unwrap(),
        [Bucket { count: 9, by: vec![("gw".to_owned(), 8), ("x".to_owned(), 1)] }]
    );
}

#[test]
fn a_field_that_is_only_text_cannot_be_counted() {
    let caps = FieldCaps::of(&json!({"indices": ["a"], "fields": {
        "@timestamp": {"date": {"searchable": true}}, "service": {"text": {"searchable": true}},
    }}));
    let layout = resolve::layout(&FieldNames::of_our_own(), &caps);

    let refused = Plan::new(&request(&[], Some(LogField::Service), None), &layout).requests(8_000);

    assert!(matches!(refused, Err(StoreError::Unsupported { .. })));
}

#[test]
fn missing_counts_are_zero_only_where_no_index_exists() {
    let request = request(&[0, 1_000, 2_000], None, None);

    assert_eq!(read(&request, answer(0, &json!({}))).unwrap(), [Bucket::default(), Bucket::default()]);
    assert!(matches!(read(&request, answer(1, &json!({}))), Err(StoreError::BadAnswer { .. })));
    assert!(matches!(
        read(&request, answer(1, &json!({"by_time": {"buckets": {"0": {"doc_count": 1}}}}))),
        Err(StoreError::BadAnswer { .. })
    ));
}
