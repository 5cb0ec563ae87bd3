//! What is asked for a page, and which answers are none.

use super::*;
use crate::model::query::Selection;
use crate::model::{KindSet, Query, TimeRange};
use crate::repository::elastic::transport::ElasticOptions;
use crate::repository::elastic::transport::{FakeServer, Script};

const EMPTY: &str = r#"{"timed_out":false,"_shards":{"total":1,"failed":0},"hits":{"hits":[]}}"#;

fn error(kind: &str) -> String {
    format!(r#"{{"error":{{"type":"{kind}","reason":"r"}}}}"#)
}

async fn ask(scripts: Vec<Script>) -> (StoreResult<Found>, Vec<String>) {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let server = FakeServer::start(scripts);
    let options = ElasticOptions { urls: vec![server.url.clone()], ..ElasticOptions::default() };
    let found = search(&Client::new(&options).unwrap(), "a,b", &Layout::of_our_own(), &json!({})).await;
    (found, server.requests())
}

fn body(total: TotalMode) -> Value {
    let selection = Selection { kinds: KindSet::ALL, range: TimeRange::everything(), query: Query::All };
    let request =
        PageRequest { selection, sort: SortOrder::Asc, limit: 6, start: None, wants_next: true, total };
    page(&request, 7, &Layout::of_our_own(), &Flavour::newest(), 8_000).unwrap().query
}

#[tokio::test]
async fn a_missing_index_is_left_out_on_the_second_request() {
    let (found, requests) =
        ask(vec![Script::Say(404, error("index_not_found_exception")), Script::Say(200, EMPTY.to_owned())])
            .await;

    assert!(!found.unwrap().completeness().partial);
    assert!(requests[0].starts_with("POST /a,b/_search?ignore_unavailable=false&allow_no_indices=true"));
    assert!(requests[1].starts_with("POST /a,b/_search?ignore_unavailable=true&allow_no_indices=true"));
}

#[tokio::test]
async fn a_closed_index_makes_the_answer_partial() {
    let (found, _) =
        ask(vec![Script::Say(400, error("index_closed_exception")), Script::Say(200, EMPTY.to_owned())])
            .await;

    assert!(found.unwrap().completeness().partial);
}

#[tokio::test]
async fn an_index_that_may_not_be_read_is_forbidden_and_not_empty() {
    let (found, requests) =
        ask(vec![Script::Say(403, error("security_exception")), Script::Say(200, EMPTY.to_owned())]).await;

    assert!(matches!(found, Err(StoreError::Unreadable { .. })));
    assert_eq!(requests.len(), 1);
}

#[tokio::test]
async fn an_empty_object_is_not_an_empty_result() {
    let (found, _) = ask(vec![Script::Say(200, "{}".to_owned())]).await;

    assert!(matches!(found, Err(StoreError::BadAnswer { .. })));
}

#[test]
fn a_page_goes_on_after_the_last_position() {
    let mut body = body(TotalMode::Bounded);

    begin_after(&mut body, &Position { time: 1_795_219_200_123_456_000, id: "a".to_owned() });

    assert_eq!(body["search_after"], json!([1_795_219_200_123_456_000_i64, "a"]));
    assert_eq!(body["sort"][0]["@timestamp"]["order"], "asc");
    assert_eq!(body["sort"][1]["id"]["order"], "asc");
    assert_eq!((&body["size"], &body["track_total_hits"]), (&json!(7), &json!(10_001)));
    assert_eq!(body["timeout"], "8000ms");
}

#[test]
fn totals_are_counted_as_asked() {
    assert_eq!(body(TotalMode::Exact)["track_total_hits"], true);
    assert_eq!(body(TotalMode::None)["track_total_hits"], false);
    assert_eq!(body(TotalMode::None).get("search_after"), None);
}
