//! What counts ask for, and how answers are merged and sieved.

use super::*;
use crate::model::query::Selection;
use crate::model::{KindSet, Query};
use crate::repository::StoreError;

fn request(bounds: &[i64], by: Option<LogField>, prefix: Option<&str>) -> CountRequest {
    CountRequest {
        selection: Selection { kinds: KindSet::ALL, range: TimeRange::everything(), query: Query::All },
        bounds: bounds.iter().map(|micros| Micros::new(*micros)).collect(),
        by,
        top: 2,
        prefix: prefix.map(str::to_owned),
    }
}

fn aggregation(request: &CountRequest) -> Value {
    Plan::new(request).body(8_000)["aggs"]["by_time"].clone()
}

fn answer(shards: u64, aggregations: &Value) -> SearchAnswer {
    serde_json::from_value(json!({
        "timed_out": false, "_shards": {"total": shards, "failed": 0}, "hits": {"hits": []},
        "aggregations": aggregations,
    }))
    .unwrap()
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
    assert_eq!(filters["0"]["range"]["@timestamp"]["lt"], "1970-01-01T00:00:00.005001Z");
    assert_eq!(filters["1"]["range"]["@timestamp"]["gte"], "1970-01-01T00:00:00.005001Z");
}

#[test]
fn the_query_cuts_off_what_lies_outside_of_the_bounds() {
    let request = request(&[1_234, 9_001], None, None);

    let body = Plan::new(&request).body(8_000);

    let window = &body["query"]["bool"]["filter"][1]["range"]["@timestamp"];
    assert_eq!(
        (&window["gte"], &window["lt"]),
        (&json!("1970-01-01T00:00:00.001234Z"), &json!("1970-01-01T00:00:00.009001Z"))
    );
}

#[test]
fn without_bounds_there_is_one_bucket_of_everything() {
    let request = request(&[], None, None);
    let plan = Plan::new(&request);

    let buckets = plan.read(answer(1, &json!({"by_time": {"buckets": {"0": {"doc_count": 5}}}}))).unwrap();

    assert_eq!(aggregation(&request), json!({"filters": {"filters": {"0": {"match_all": {}}}}}));
    assert_eq!(buckets, [Bucket { count: 5, by: vec![] }]);
}

#[test]
fn values_are_counted_in_every_bucket_and_sieved_by_prefix() {
    let dsl = aggregation(&request(&[], Some(LogField::Path), Some("/a")));

    let filtered = &dsl["aggs"]["with_prefix"];
    assert_eq!(filtered["filter"], json!({"prefix": {"path": {"value": "/a"}}}));
    assert_eq!(filtered["aggs"]["by_value"]["terms"]["field"], "path");
    assert_eq!(filtered["aggs"]["by_value"]["terms"]["order"], json!([{"_count": "desc"}, {"_key": "asc"}]));
}

#[test]
fn addresses_are_sieved_when_read() {
    let request = request(&[], Some(LogField::ClientIp), Some("10."));

    let buckets = Plan::new(&request)
        .read(answer(
            1,
            &json!({"by_time": {"buckets": {"0": {"doc_count": 5, "by_value": {"buckets": [
                {"key": "192.168.0.1", "doc_count": 3}, {"key": "10.0.0.1", "doc_count": 2},
            ]}}}}}),
        ))
        .unwrap();

    assert_eq!(aggregation(&request)["aggs"]["by_value"]["terms"]["field"], "client_ip");
    assert_eq!(buckets[0].by, [("10.0.0.1".to_owned(), 2)]);
}

#[test]
fn spellings_of_a_level_are_merged_into_our_word() {
    let request = request(&[], Some(LogField::Level), None);

    let buckets = Plan::new(&request)
        .read(answer(1, &json!({"by_time": {"buckets": {"0": {"doc_count": 12, "by_value": {"buckets": [
            {"key": "info", "doc_count": 5}, {"key": "WARN", "doc_count": 3}, {"key": "warning", "doc_count": 3},
            {"key": "err", "doc_count": 1},
        ]}}}}})))
        .unwrap();

    assert_eq!(buckets[0].by, [("warn".to_owned(), 6), ("info".to_owned(), 5)]);
}

#[test]
fn equal_counts_are_ordered_by_value_and_cut_at_the_top() {
    let request = request(&[], Some(LogField::Service), None);

    let buckets = Plan::new(&request)
        .read(answer(
            1,
            &json!({"by_time": {"buckets": {"0": {"doc_count": 6, "by_value": {"buckets": [
                {"key": "c", "doc_count": 2}, {"key": "b", "doc_count": 2}, {"key": "a", "doc_count": 2},
            ]}}}}}),
        ))
        .unwrap();

    assert_eq!(buckets[0].by, [("a".to_owned(), 2), ("b".to_owned(), 2)]);
}

#[test]
fn missing_counts_are_zero_only_where_no_index_exists() {
    let request = request(&[0, 1_000, 2_000], None, None);
    let plan = Plan::new(&request);

    assert_eq!(plan.read(answer(0, &json!({}))).unwrap(), [Bucket::default(), Bucket::default()]);
    assert!(matches!(plan.read(answer(1, &json!({}))), Err(StoreError::BadAnswer { .. })));
    assert!(matches!(
        plan.read(answer(1, &json!({"by_time": {"buckets": {"0": {"doc_count": 1}}}}))),
        Err(StoreError::BadAnswer { .. })
    ));
}
