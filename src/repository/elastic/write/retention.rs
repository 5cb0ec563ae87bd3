//! Retention by deleting whole indices: each write alias is rolled over, and an index goes once its newest line is too
//! old. The index that is being written to never goes.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::model::{Micros, TotalMode};
use crate::repository::StoreResult;
use crate::repository::elastic::layout::Layout;
use crate::repository::elastic::query::Translator;
use crate::repository::elastic::read::SearchAnswer;
use crate::repository::elastic::read::search;
use crate::repository::elastic::transport::unavailable;
use crate::repository::elastic::transport::{Call, Client};

/// A new index begins after this time ...
const ROLLOVER_AGE: &str = "1d";
/// ... or this size.
const ROLLOVER_SIZE: &str = "30gb";

#[derive(Deserialize)]
struct NewerLines {
    doc_count: u64,
}

/// Deletes the indices behind `alias` that hold no line from `time` on; returns the number of lines in them.
pub(crate) async fn delete_before(client: &Client, alias: &str, time: Micros) -> StoreResult<u64> {
    // Without an alias nothing is installed, or lines go to a data stream, which lives by a policy of the cluster.
    if indices(client, alias).await?.is_none() {
        return Ok(0);
    }
    roll_over(client, alias).await?;
    let mut deleted = 0_u64;
    for index in old_indices(client, alias).await? {
        let Some(lines) = lines_if_all_older(client, &index, time).await? else { continue };
        let gone = client.write(&Call::delete(format!("/{index}"))).await?;
        if gone.status != 404 {
            gone.accept()?;
            deleted = deleted.saturating_add(lines);
            tracing::info!(index, lines, "index deleted: all of its lines have passed their retention");
        }
    }
    Ok(deleted)
}

async fn roll_over(client: &Client, alias: &str) -> StoreResult<()> {
    let conditions = json!({"conditions": {"max_age": ROLLOVER_AGE, "max_size": ROLLOVER_SIZE}});
    client.write(&Call::post(format!("/{alias}/_rollover"), &conditions).once()).await?.accept().map(|_| ())
}

/// The indices behind the alias; `None` where there is no such alias.
async fn indices(client: &Client, alias: &str) -> StoreResult<Option<Map<String, Value>>> {
    let answer = client.read(&Call::get(format!("/_alias/{alias}"))).await?;
    if answer.status == 404 {
        return Ok(None);
    }
    answer.accept()?.json().map(Some)
}

/// The indices behind the alias that are no longer written to.
async fn old_indices(client: &Client, alias: &str) -> StoreResult<Vec<String>> {
    let indices = indices(client, alias).await?.unwrap_or_default();
    let is_written = |index: &Value| {
        let alias = index.get("aliases").and_then(|aliases| aliases.get(alias));
        alias.and_then(|alias| alias.get("is_write_index")).and_then(Value::as_bool) == Some(true)
    };
    // Where no index is marked, the only one is written to.
    if !indices.values().any(is_written) {
        return Ok(Vec::new());
    }
    Ok(indices.into_iter().filter(|(_, index)| !is_written(index)).map(|(name, _)| name).collect())
}

/// Number of lines of an index, if none of them is newer; `None` to keep it.
async fn lines_if_all_older(client: &Client, index: &str, time: Micros) -> StoreResult<Option<u64>> {
    let own = Layout::of_our_own();
    let newer = Translator::new(&own)?.window(time, Micros::MAX_LINE);
    let body = json!({
        "size": 0,
        "track_total_hits": true,
        "aggs": {"newer": {"filter": newer}},
    });
    let found = search::search(client, index, &own, &body).await?;
    if found.completeness().partial {
        return Ok(None);
    }
    let mut answer = found.answer;
    let newer = take_newer(&mut answer)?;
    let lines = answer.total(TotalMode::Exact).map_or(0, |total| total.value);
    Ok((newer == Some(0)).then_some(lines))
}

fn take_newer(answer: &mut SearchAnswer) -> StoreResult<Option<u64>> {
    let Some(newer) = answer.aggregations.remove("newer") else { return Ok(None) };
    let newer: NewerLines =
        serde_json::from_value(newer).map_err(|error| unavailable(format!("age of an index: {error}")))?;
    Ok(Some(newer.doc_count))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repository::StoreError;
    use crate::repository::elastic::transport::ElasticOptions;
    use crate::repository::elastic::transport::{FakeServer, Script};

    const ALIAS: &str = r#"{"logs-app-dev-000001":{"aliases":{"logs-app-dev":{"is_write_index":false}}},
        "logs-app-dev-000002":{"aliases":{"logs-app-dev":{"is_write_index":true}}}}"#;

    fn index(total: u64, newer: u64, failed: u64) -> String {
        json!({"timed_out": false, "_shards": {"total": 2, "failed": failed},
            "hits": {"total": {"value": total, "relation": "eq"}, "hits": []},
            "aggregations": {"newer": {"doc_count": newer}}})
        .to_string()
    }

    async fn run(answers: &[(u16, &str)]) -> (StoreResult<u64>, Vec<String>) {
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let scripts = answers.iter().map(|(status, body)| Script::Say(*status, (*body).to_owned())).collect();
        let server = FakeServer::start(scripts);
        let options = ElasticOptions { urls: vec![server.url.clone()], ..ElasticOptions::default() };
        let client = Client::new(&options).unwrap();
        let deleted = delete_before(&client, "logs-app-dev", Micros::new(1)).await;
        let lines =
            server.requests().iter().map(|request| request.lines().next().unwrap().to_owned()).collect();
        (deleted, lines)
    }

    #[tokio::test]
    async fn an_index_goes_when_all_of_its_lines_are_older() {
        let (deleted, requests) =
            run(&[(200, ALIAS), (200, "{}"), (200, ALIAS), (200, &index(7, 0, 0)), (200, "{}")]).await;

        assert_eq!(deleted.unwrap(), 7);
        assert_eq!(requests.len(), 5);
        assert_eq!(requests.last().unwrap(), "DELETE /logs-app-dev-000001 HTTP/1.1");
    }

    #[tokio::test]
    async fn an_index_stays_with_one_newer_line_or_one_silent_shard() {
        for (newer, failed) in [(1, 0), (0, 1)] {
            let (deleted, requests) =
                run(&[(200, ALIAS), (200, "{}"), (200, ALIAS), (200, &index(7, newer, failed))]).await;

            assert_eq!(deleted.unwrap(), 0);
            assert!(requests.iter().all(|request| !request.starts_with("DELETE")), "{requests:?}");
        }
    }

    #[tokio::test]
    async fn the_only_index_stays_even_if_it_is_not_marked() {
        let alias = r#"{"logs-app-dev-000001":{"aliases":{"logs-app-dev":{}}}}"#;

        let (deleted, requests) = run(&[(200, alias), (200, "{}"), (200, alias)]).await;

        assert_eq!((deleted.unwrap(), requests.len()), (0, 3));
    }

    #[tokio::test]
    async fn without_an_alias_nothing_is_changed() {
        let (deleted, requests) = run(&[(404, r#"{"error":"alias [logs-app-dev] missing"}"#)]).await;

        assert_eq!(deleted.unwrap(), 0);
        assert_eq!(requests, ["GET /_alias/logs-app-dev HTTP/1.1"]);
    }

    #[tokio::test]
    async fn a_user_who_may_not_roll_over_is_told_so() {
        let (deleted, requests) =
            run(&[(200, ALIAS), (403, r#"{"error":{"type":"security_exception","reason":"no"}}"#)]).await;

        assert!(matches!(deleted, Err(StoreError::Forbidden { .. })));
        assert_eq!(requests.len(), 2);
        assert!(requests[1].starts_with("POST /logs-app-dev/_rollover"), "{requests:?}");
    }
}
