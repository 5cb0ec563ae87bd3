//! One request to `_search`, asked so that "no permission" and "not there" cannot pass for "no lines".

use serde_json::{Value, json};

use super::answer::Answer;
use super::client::{Call, Client};
use super::decode::SearchAnswer;
use super::flavour::Flavour;
use super::translate;
use crate::model::query::PageRequest;
use crate::model::{Completeness, LogField, LogId, SortOrder, Total, TotalMode};
use crate::repository::StoreResult;

/// What the indices answered, and whether some of them were left out.
pub(super) struct Found {
    /// The answer.
    pub(super) answer: SearchAnswer,
    /// Whether a closed index was left out.
    pub(super) closed_left_out: bool,
}

impl Found {
    /// Whether everything that was asked answered.
    pub(super) fn completeness(&self) -> Completeness {
        let own = self.answer.completeness();
        Completeness { partial: own.partial || self.closed_left_out, ..own }
    }
}

/// Searches the indices of `target`.
///
/// The first request insists on every index by name: with `ignore_unavailable` a cluster silently leaves out what the
/// user may not read. Only when it says that an index is missing or closed is it asked to do without.
pub(super) async fn search(client: &Client, target: &str, body: &Value) -> StoreResult<Found> {
    let answer = client.read(&call(target, body, "false")).await?;
    let complaint = answer.complaint();
    let closed_left_out = complaint.kind == "index_closed_exception";
    let answer = if closed_left_out || complaint.kind == "index_not_found_exception" {
        client.read(&call(target, body, "true")).await?
    } else {
        answer
    };
    Ok(Found { answer: read(client, answer)?, closed_left_out })
}

fn read(client: &Client, answer: Answer) -> StoreResult<SearchAnswer> {
    let timeout_ms = u64::try_from(client.timeout().as_millis()).unwrap_or(u64::MAX);
    answer.accept()?.json::<SearchAnswer>()?.finished(timeout_ms)
}

fn call(target: &str, body: &Value, ignore_unavailable: &'static str) -> Call {
    Call::post(format!("/{target}/_search"), body)
        .with("ignore_unavailable", ignore_unavailable)
        .with("allow_no_indices", "true")
}

/// The body that asks for one page.
pub(super) fn page(request: &PageRequest, flavour: &Flavour, timeout_ms: u64) -> Value {
    let order = match request.sort {
        SortOrder::Desc => "desc",
        SortOrder::Asc => "asc",
    };
    // One more than the bound tells "exactly 10,000" from "more than that".
    let counted = match request.total {
        TotalMode::Bounded => json!(Total::BOUND + 1),
        TotalMode::Exact => json!(true),
        TotalMode::None => json!(false),
    };
    let mut body = json!({
        "size": request.limit,
        "query": translate::build_search_query(&request.selection),
        "sort": [
            // Nanoseconds also where a foreign index has plain dates, so that positions are comparable.
            {LogField::Timestamp.spec().elastic: {
                "order": order, "missing": flavour.place_of_missing_times(), "unmapped_type": "date_nanos",
                "numeric_type": "date_nanos",
            }},
            {LogField::Id.spec().elastic: {"order": order, "missing": "_last", "unmapped_type": "keyword"}},
        ],
        "track_total_hits": counted,
        "timeout": format!("{timeout_ms}ms"),
    });
    if let (Some(after), Some(members)) = (&request.after, body.as_object_mut()) {
        members.insert("search_after".to_owned(), json!([after.time, after.id]));
    }
    body
}

/// The body that asks for one line by its id; foreign documents have it only as the id of the document.
pub(super) fn by_id(id: &LogId, timeout_ms: u64) -> Value {
    json!({
        "size": 1,
        "query": {"bool": {"filter": [{"bool": {
            "should": [
                {"term": {LogField::Id.spec().elastic: {"value": id.as_str()}}},
                {"ids": {"values": [id.as_str()]}},
            ],
            "minimum_should_match": 1,
        }}]}},
        "sort": [{LogField::Timestamp.spec().elastic: {
            "order": "desc", "missing": "_last", "unmapped_type": "date_nanos", "numeric_type": "date_nanos",
        }}],
        "track_total_hits": false,
        "timeout": format!("{timeout_ms}ms"),
    })
}

#[cfg(test)]
mod tests {
    use super::super::ElasticOptions;
    use super::super::fake_server::{FakeServer, Script};
    use super::*;
    use crate::model::query::Selection;
    use crate::model::{KindSet, Position, Query, TimeRange};
    use crate::repository::StoreError;

    const EMPTY: &str = r#"{"timed_out":false,"_shards":{"total":1,"failed":0},"hits":{"hits":[]}}"#;

    fn error(kind: &str) -> String {
        format!(r#"{{"error":{{"type":"{kind}","reason":"r"}}}}"#)
    }

    async fn ask(scripts: Vec<Script>) -> (StoreResult<Found>, Vec<String>) {
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let server = FakeServer::start(scripts);
        let options = ElasticOptions { urls: vec![server.url.clone()], ..ElasticOptions::default() };
        let found = search(&Client::new(&options).unwrap(), "a,b", &json!({})).await;
        (found, server.requests())
    }

    fn request(after: Option<Position>, total: TotalMode) -> PageRequest {
        let selection = Selection { kinds: KindSet::ALL, range: TimeRange::everything(), query: Query::All };
        PageRequest { selection, sort: SortOrder::Asc, limit: 7, after, total }
    }

    #[tokio::test]
    async fn a_missing_index_is_left_out_on_the_second_request() {
        let (found, requests) = ask(vec![
            Script::Say(404, error("index_not_found_exception")),
            Script::Say(200, EMPTY.to_owned()),
        ])
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
            ask(vec![Script::Say(403, error("security_exception")), Script::Say(200, EMPTY.to_owned())])
                .await;

        assert!(matches!(found, Err(StoreError::Forbidden { .. })));
        assert_eq!(requests.len(), 1);
    }

    #[tokio::test]
    async fn an_empty_object_is_not_an_empty_result() {
        let (found, _) = ask(vec![Script::Say(200, "{}".to_owned())]).await;

        assert!(matches!(found, Err(StoreError::BadAnswer { .. })));
    }

    #[test]
    fn a_page_goes_on_after_the_last_position() {
        let after = Position { time: 1_795_219_200_123_456_000, id: "a".to_owned() };

        let body = page(&request(Some(after), TotalMode::Bounded), &Flavour::newest(), 8_000);

        assert_eq!(body["search_after"], json!([1_795_219_200_123_456_000_i64, "a"]));
        assert_eq!(body["sort"][0]["@timestamp"]["order"], "asc");
        assert_eq!(body["sort"][1]["id"]["order"], "asc");
        assert_eq!((&body["size"], &body["track_total_hits"]), (&json!(7), &json!(10_001)));
        assert_eq!(body["timeout"], "8000ms");
    }

    #[test]
    fn totals_are_counted_as_asked() {
        assert_eq!(page(&request(None, TotalMode::Exact), &Flavour::newest(), 1)["track_total_hits"], true);
        assert_eq!(page(&request(None, TotalMode::None), &Flavour::newest(), 1)["track_total_hits"], false);
        assert_eq!(page(&request(None, TotalMode::None), &Flavour::newest(), 1).get("search_after"), None);
    }
}
