//! `GET /api/v1/logs/fields` and `/fields/{name}/values`.

use serde_json::json;
use trailproof::model::LogEntry;

use crate::harness::{TestApp, line};

const FIELDS: &str = "/api/v1/logs/fields";

#[tokio::test]
async fn every_field_is_listed_with_its_kind_and_the_context_stands_for_its_keys() {
    let answer = TestApp::new().get_as("viewer", FIELDS).await.json();

    let items = answer["items"].as_array().unwrap();
    assert_eq!(items.len(), 18);
    assert_eq!(items[0], json!({"name": "id", "kind": "keyword"}));
    for expected in [
        json!({"name": "message", "kind": "text"}),
        json!({"name": "client_ip", "kind": "ip"}),
        json!({"name": "context.*", "kind": "flattened"}),
    ] {
        assert!(items.contains(&expected), "{expected}");
    }
}

#[tokio::test]
async fn values_come_with_their_counts_the_most_frequent_first() {
    let app = TestApp::new();
    let of = |id: &str, service: &str| LogEntry { service: service.to_owned(), ..line(id, 5) };
    app.store
        .put([of("a", "gateway"), of("b", "gateway"), of("c", "auth-service"), of("d", "authority")])
        .await;

    let all = app.get_as("sre", &format!("{FIELDS}/service/values")).await.json();
    let some = app.get_as("sre", &format!("{FIELDS}/serviceName/values?prefix=auth&limit=1")).await.json();
    let own = app.get_as("viewer@gateway", &format!("{FIELDS}/service/values")).await.json();

    let expected = json!({"items": [
        {"value": "gateway", "count": 2}, {"value": "auth-service", "count": 1}, {"value": "authority", "count": 1}
    ]});
    assert_eq!(all, expected);
    assert_eq!(some, json!({"items": [{"value": "auth-service", "count": 1}]}));
    assert_eq!(own, json!({"items": [{"value": "gateway", "count": 2}]}));
}

#[tokio::test]
async fn a_query_narrows_the_lines_that_are_counted() {
    let app = TestApp::new();
    let of = |id: &str, order: &str, age: i64| {
        let context = json!({"order": {"id": order}}).as_object().unwrap().clone();
        LogEntry { context: context.into(), ..line(id, age) }
    };
    app.store.put([of("a", "42", 5), of("b", "43", 7_200)]).await;

    let path = format!("{FIELDS}/service/values?query=context.order.id:42&time_range=1h");
    let answer = app.get_as("sre", &path).await.json();

    assert_eq!(answer, json!({"items": [{"value": "gateway", "count": 1}]}));
}

#[tokio::test]
async fn unknown_and_countless_fields_are_422_and_bad_parameters_400() {
    let app = TestApp::new();

    app.get_as("sre", &format!("{FIELDS}/servce/values")).await.problem(422, 3003);
    for name in ["message", "timestamp", "id", "context", "context.order.id"] {
        app.get_as("sre", &format!("{FIELDS}/{name}/values")).await.problem(422, 3004);
    }
    for query in ["limit=x", "sort=asc", "prefix=a&prefix=b", "top=5"] {
        app.get_as("sre", &format!("{FIELDS}/service/values?{query}")).await.problem(400, 3000);
    }
    app.get_as("sre", &format!("{FIELDS}/service/values?limit=0")).await.problem(422, 3006);
    app.get_as("sre", &format!("{FIELDS}/service")).await.problem(404, 3083);
}
