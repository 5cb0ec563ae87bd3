//! How a walk goes from its first page into a point in time, against servers that say what the test wants.

use serde_json::json;

use super::*;
use crate::model::query::Selection;
use crate::model::{KindSet, Query, TimeRange, TotalMode};
use crate::repository::elastic::layout::Ties;
use crate::repository::elastic::transport::ElasticOptions;
use crate::repository::elastic::transport::PointInTime;
use crate::repository::elastic::transport::{FakeServer, Script};

/// A page of documents with these numbers to sort by.
fn found(hits: &[(&str, &[i64])]) -> Script {
    let hits: Vec<_> = hits
        .iter()
        .map(|(id, sort)| json!({"_index": "i", "_id": id, "sort": sort, "_source": {}}))
        .collect();
    let answer = json!({"timed_out": false, "_shards": {"total": 1, "failed": 0}, "hits": {"hits": hits}});
    Script::Say(200, answer.to_string())
}

fn opened() -> Script {
    Script::Say(200, json!({"id": "point"}).to_string())
}

fn request(limit: usize, start: Option<PageStart>) -> PageRequest {
    let selection = Selection { kinds: KindSet::ALL, range: TimeRange::everything(), query: Query::All };
    PageRequest { selection, sort: SortOrder::Desc, limit, start, wants_next: true, total: TotalMode::None }
}

/// A place inside a point in time, behind documents that were sorted by these numbers.
fn inside(last: &[i64], equal: usize) -> PageStart {
    let held = Held { id: pack("point"), number: 1, last: last.to_vec(), equal, before: Shown::default() };
    let state = WalkState { missing: Missing::default(), stage: Stage::Inside(held) };
    PageStart::Opaque(state.to_bytes())
}

fn state(rows: &Rows) -> WalkState {
    let Some(PageStart::Opaque(bytes)) = &rows.next else { panic!("{:?}", rows.next) };
    WalkState::from_bytes(bytes).unwrap()
}

fn layout() -> Layout {
    Layout { ties: Ties::Engine, ..Layout::of_our_own() }
}

struct Answered {
    rows: StoreResult<Rows>,
    requests: Vec<String>,
}

async fn ask(how: PointInTime, scripts: Vec<Script>, request: PageRequest) -> Answered {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let server = FakeServer::start(scripts);
    let options = ElasticOptions { urls: vec![server.url.clone()], ..ElasticOptions::default() };
    let walker = Walker {
        client: &Client::new(&options).unwrap(),
        points: &OpenPoints::default(),
        flavour: &Flavour { point_in_time: how, ..Flavour::newest() },
        layout: &layout(),
        target: "foreign-*",
        timeout_ms: 1_000,
    };
    let rows = walker.page(&request).await;
    Answered { rows, requests: server.requests() }
}

fn ids(rows: &Rows) -> Vec<&str> {
    rows.rows.iter().map(|row| row.entry.id.as_str()).collect()
}

fn body(request: &str) -> Value {
    serde_json::from_str(request.split("\r\n\r\n").nth(1).unwrap()).unwrap()
}

#[tokio::test]
async fn the_first_page_needs_no_point_in_time_and_remembers_ties_of_its_last_line() {
    let page = found(&[("a", &[9]), ("b", &[5]), ("c", &[5]), ("d", &[5])]);

    let Answered { rows, requests } = ask(PointInTime::Elasticsearch, vec![page], request(3, None)).await;

    let rows = rows.unwrap();
    assert_eq!(ids(&rows), ["a", "b", "c"]);
    let Stage::First(shown) = state(&rows).stage else { panic!("{:?}", rows.next) };
    assert_eq!((shown.time, shown.hashes.len()), (5, 2));
    assert_eq!(requests.len(), 1);
    assert_eq!(body(&requests[0])["sort"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn the_second_page_opens_one_and_leaves_out_what_was_shown() {
    let first = ask(
        PointInTime::Elasticsearch,
        vec![found(&[("b", &[5]), ("c", &[5]), ("d", &[5])])],
        request(2, None),
    );
    let next = first.await.rows.unwrap().next;

    let point = found(&[("c", &[5, 1]), ("d", &[5, 2]), ("b", &[5, 3]), ("e", &[5, 4]), ("f", &[4, 5])]);
    let second = ask(PointInTime::Elasticsearch, vec![opened(), point], request(2, next)).await;

    let rows = second.rows.unwrap();
    assert_eq!(ids(&rows), ["d", "e"]);
    let Stage::Inside(held) = state(&rows).stage else { panic!("{:?}", rows.next) };
    assert_eq!((held.last.as_slice(), held.before.hashes.len()), ([5, 4].as_slice(), 2));
    assert!(second.requests[0].starts_with("POST /foreign-*/_pit?keep_alive=60s&ignore_unavailable=true"));
    let asked = body(&second.requests[1]);
    assert_eq!((&asked["pit"]["id"], &asked["size"]), (&json!("point"), &json!(5)));
    let beyond = asked["query"]["bool"]["filter"].as_array().unwrap().last().unwrap();
    let window = &beyond["bool"]["filter"][0]["range"]["@timestamp"];
    assert_eq!(window["lte"], "1970-01-01T00:00:00.000000005Z");
}

#[tokio::test]
async fn lines_that_share_their_numbers_on_opensearch_are_passed_over_by_count() {
    // Three shards, each with a document of number 0; two of them were shown.
    let point = found(&[("a", &[5, 0]), ("b", &[5, 0]), ("c", &[5, 0]), ("d", &[5, 1]), ("e", &[5, 1])]);

    let page = ask(PointInTime::OpenSearch, vec![point], request(2, Some(inside(&[5, 0], 2)))).await;

    let rows = page.rows.unwrap();
    assert_eq!(ids(&rows), ["c", "d"]);
    let Stage::Inside(held) = state(&rows).stage else { panic!("{:?}", rows.next) };
    assert_eq!((held.last, held.equal), (vec![5, 1], 1));
    let asked = body(&page.requests[0]);
    assert_eq!((&asked["search_after"], &asked["size"]), (&json!([5, -1]), &json!(5)));
}

#[tokio::test]
async fn the_last_page_closes_its_point_in_time() {
    let closed = Script::Say(200, "{}".to_owned());

    let page = ask(
        PointInTime::Elasticsearch,
        vec![found(&[("a", &[4, 8])]), closed],
        request(2, Some(inside(&[5, 7], 1))),
    )
    .await;

    assert_eq!((ids(page.rows.as_ref().unwrap()), &page.rows.as_ref().unwrap().next), (vec!["a"], &None));
    assert!(page.requests[1].starts_with("DELETE /_pit"), "{}", page.requests[1]);
    assert_eq!(body(&page.requests[1])["id"], "point");
}

#[tokio::test]
async fn a_point_in_time_that_is_gone_says_so() {
    let error = json!({"error": {"type": "search_phase_execution_exception", "reason": "all shards failed",
        "root_cause": [{"type": "search_context_missing_exception", "reason": "No search context found for id [1]"}]}});

    let page = ask(
        PointInTime::Elasticsearch,
        vec![Script::Say(404, error.to_string())],
        request(2, Some(inside(&[5, 7], 1))),
    )
    .await;

    assert!(matches!(page.rows, Err(StoreError::Gone { .. })), "{:?}", page.rows);
}

#[tokio::test]
async fn a_page_of_one_moment_walks_in_a_point_in_time_from_the_start() {
    let many: Vec<_> = (0..MAX_SHOWN + 2).map(|number| (format!("d{number:03}"), vec![5])).collect();
    let many: Vec<_> = many.iter().map(|(id, sort)| (id.as_str(), sort.as_slice())).collect();
    let inside = found(&[("d001", &[5, 1]), ("d000", &[5, 2])]);

    let page = ask(
        PointInTime::Elasticsearch,
        vec![found(&many), opened(), inside, Script::Say(200, "{}".to_owned())],
        request(MAX_SHOWN + 1, None),
    )
    .await;

    assert_eq!(ids(&page.rows.unwrap()), ["d001", "d000"]);
    assert_eq!(body(&page.requests[2]).get("search_after"), None);
}

#[tokio::test]
async fn a_page_that_nobody_goes_on_from_opens_nothing() {
    let many: Vec<_> = (0..MAX_SHOWN + 2).map(|number| (format!("d{number:03}"), vec![5])).collect();
    let many: Vec<_> = many.iter().map(|(id, sort)| (id.as_str(), sort.as_slice())).collect();
    let alone = PageRequest { wants_next: false, ..request(MAX_SHOWN + 1, None) };

    let page = ask(PointInTime::Elasticsearch, vec![found(&many)], alone).await;

    let rows = page.rows.unwrap();
    assert_eq!((rows.rows.len(), rows.next, page.requests.len()), (MAX_SHOWN + 1, None, 1));
}

#[tokio::test]
async fn a_point_in_time_does_not_outlive_the_failure_of_its_first_page() {
    let first = ask(PointInTime::Elasticsearch, vec![found(&[("a", &[5]), ("b", &[4])])], request(1, None));
    let next = first.await.rows.unwrap().next;
    let fault = Script::Say(500, "{}".to_owned());

    let page = ask(PointInTime::Elasticsearch, vec![opened(), fault], request(1, next)).await;

    assert!(page.rows.is_err());
    assert!(page.requests.last().unwrap().starts_with("DELETE /_pit"), "{:?}", page.requests);
}

#[tokio::test]
async fn a_cursor_of_another_order_is_gone() {
    let position = Position { time: 5, id: "c".to_owned() };

    let page =
        ask(PointInTime::Elasticsearch, vec![found(&[])], request(3, Some(PageStart::After(position)))).await;
    let garbage =
        ask(PointInTime::Elasticsearch, vec![found(&[])], request(3, Some(PageStart::Opaque(vec![9])))).await;

    assert!(matches!(page.rows, Err(StoreError::Gone { .. })), "{:?}", page.rows);
    assert!(matches!(garbage.rows, Err(StoreError::Gone { .. })), "{:?}", garbage.rows);
}

#[tokio::test]
async fn neighbours_of_the_same_time_are_ordered_by_the_ids_of_their_documents() {
    let position = Position { time: 5, id: "c".to_owned() };
    let ties = found(&[("a", &[5]), ("d", &[5]), ("b", &[5]), ("c", &[5])]);

    // Both questions are asked at once, so both get the same answer here.
    let page =
        ask(PointInTime::Elasticsearch, vec![ties], request(3, Some(PageStart::Beside(position)))).await;

    assert_eq!(ids(&page.rows.unwrap())[..2], ["b", "a"]);
    assert_eq!(page.requests.len(), 2);
}
