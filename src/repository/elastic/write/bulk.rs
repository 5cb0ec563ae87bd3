//! Writes lines in bulk. Those with a client id are written under their fingerprint, so that sending them again stores nothing
//! twice.

use std::sync::atomic::{AtomicBool, Ordering};

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::document::{Document, document_id};
use super::{write_target, write_target::WriteTarget};
use crate::repository::elastic::STORE;
use crate::repository::elastic::indices::IndexNames;
use crate::repository::elastic::transport::FlavourCache;
use crate::repository::elastic::transport::{Call, Client};
use crate::repository::elastic::transport::{Complaint, bad_answer};
use crate::repository::{LineToStore, StoreError, StoreResult, Visibility};

/// A request is sent when it has grown to this size; one line more may exceed it.
const MAX_REQUEST_BYTES: usize = 5 * 1024 * 1024;

/// What became of each line, in order.
type Verdicts = Vec<Result<(), String>>;

#[derive(Deserialize)]
struct BulkAnswer {
    items: Vec<Map<String, Value>>,
}

#[derive(Deserialize)]
struct Item {
    status: u16,
    #[serde(default)]
    error: Value,
    /// What a data stream did with a document that does not fit its mapping.
    failure_store: Option<String>,
}

/// What a request insists on: the cluster would otherwise make an index of its own, with a mapping of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Guard {
    Alias,
    DataStream,
    /// Older servers cannot be told so; they are asked each time what the names are.
    None,
}

/// Writes lines, and remembers whether they go to write aliases or to data streams.
#[derive(Debug, Default)]
pub(crate) struct Writer {
    writes_to_data_streams: AtomicBool,
}

impl Writer {
    /// Stores `lines`. A failure of the cluster fails the whole call, although some of the lines may have been stored.
    pub(crate) async fn append(
        &self,
        client: &Client,
        capabilities: &FlavourCache,
        names: &IndexNames,
        lines: &[LineToStore],
        visibility: Visibility,
    ) -> StoreResult<Verdicts> {
        let before = self.writes_to_data_streams.load(Ordering::Relaxed);
        let refusal = match append_to(before, client, capabilities, names, lines, visibility).await {
            Err(error @ StoreError::Unprepared { .. }) => error,
            done => return done,
        };
        // The other of the two profiles may have been installed.
        let now = are_data_streams(client, names, lines).await?;
        if now == before {
            return Err(refusal);
        }
        self.writes_to_data_streams.store(now, Ordering::Relaxed);
        append_to(now, client, capabilities, names, lines, visibility).await
    }
}

/// Writes to data streams or to write aliases, and to nothing else.
async fn append_to(
    data_streams: bool,
    client: &Client,
    capabilities: &FlavourCache,
    names: &IndexNames,
    lines: &[LineToStore],
    visibility: Visibility,
) -> StoreResult<Verdicts> {
    if !data_streams {
        return append(client, names, Guard::Alias, lines, visibility).await;
    }
    if capabilities.get(client).await?.can_require_data_stream() {
        return append(client, names, Guard::DataStream, lines, visibility).await;
    }
    if !are_data_streams(client, names, lines).await? {
        return Err(unprepared());
    }
    append(client, names, Guard::None, lines, visibility).await
}

/// Whether all the names that `lines` go to are data streams.
async fn are_data_streams(client: &Client, names: &IndexNames, lines: &[LineToStore]) -> StoreResult<bool> {
    let mut wanted: Vec<_> = lines.iter().map(|line| names.alias(line.kind)).collect();
    wanted.sort_unstable();
    wanted.dedup();
    let found = write_target::look_up(client, &wanted).await?;
    Ok(wanted.iter().all(|name| found.get(name) == Some(&WriteTarget::DataStream)))
}

async fn append(
    client: &Client,
    names: &IndexNames,
    guard: Guard,
    lines: &[LineToStore],
    visibility: Visibility,
) -> StoreResult<Verdicts> {
    let mut verdicts = Vec::with_capacity(lines.len());
    let mut body = Vec::new();
    let mut count = 0;
    for line in lines {
        write_line(&mut body, &names.alias(line.kind), line)?;
        count += 1;
        if body.len() >= MAX_REQUEST_BYTES {
            let body = std::mem::take(&mut body);
            verdicts.append(&mut send(client, guard, body, count, visibility).await?);
            count = 0;
        }
    }
    if count > 0 {
        verdicts.append(&mut send(client, guard, body, count, visibility).await?);
    }
    Ok(verdicts)
}

fn write_line(body: &mut Vec<u8>, alias: &str, line: &LineToStore) -> StoreResult<()> {
    let unwritable =
        |error: serde_json::Error| StoreError::Corrupt { store: STORE, reason: error.to_string() };
    let action = json!({"create": {"_index": alias, "_id": document_id(line)}});
    serde_json::to_writer(&mut *body, &action).map_err(unwritable)?;
    body.push(b'\n');
    serde_json::to_writer(&mut *body, &Document::from(&line.entry)).map_err(unwritable)?;
    body.push(b'\n');
    Ok(())
}

async fn send(
    client: &Client,
    guard: Guard,
    body: Vec<u8>,
    count: usize,
    visibility: Visibility,
) -> StoreResult<Verdicts> {
    let mut call = Call::lines("/_bulk", body).with(
        "filter_path",
        "items.*.status,items.*.failure_store,items.*.error.type,items.*.error.reason,items.*.error.caused_by",
    );
    match guard {
        Guard::Alias => call = call.with("require_alias", "true"),
        Guard::DataStream => call = call.with("require_data_stream", "true"),
        Guard::None => {}
    }
    match visibility {
        Visibility::Soon => {}
        Visibility::BeforeAnswer => call = call.with("refresh", "wait_for"),
    }
    let answer: BulkAnswer = client.write(&call).await?.accept()?.json()?;
    if answer.items.len() != count {
        return Err(bad_answer(format!("{} results for {count} lines", answer.items.len())));
    }
    answer.items.into_iter().map(verdict).collect()
}

fn verdict(item: Map<String, Value>) -> StoreResult<Result<(), String>> {
    let outcome = item.into_iter().next().map(|(_, outcome)| outcome).unwrap_or_default();
    let Item { status, error, failure_store } =
        serde_json::from_value(outcome).map_err(|error| bad_answer(format!("bulk item: {error}")))?;
    // Nobody would find it there.
    if failure_store.as_deref() == Some("used") {
        return Ok(Err("the cluster has put the line into the failure store of its data stream".to_owned()));
    }
    let complaint = Complaint::of(&error);
    match status {
        // 409: this very line is there already.
        200..=299 | 409 => Ok(Ok(())),
        403 => Err(complaint.forbidden()),
        404 if complaint.kind == "index_not_found_exception" => Err(unprepared()),
        // 503 here means that one shard cannot take this line now.
        429 | 503 => Err(complaint.overload()),
        500..=599 => Err(complaint.outage(status)),
        _ => Ok(Err(complaint.to_string())),
    }
}

fn unprepared() -> StoreError {
    let reason = "the indices are not installed; run `trailproof es bootstrap`".to_owned();
    StoreError::Unprepared { store: STORE, reason }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::LogKind;
    use crate::repository::elastic::transport::ElasticOptions;
    use crate::repository::elastic::transport::{FakeServer, Script};

    fn line(id: &str, message: &str) -> LineToStore {
        let entry = serde_json::from_value(json!({
            "id": id, "timestamp": "2026-11-21T00:00:00Z", "level": "info", "service": "gw", "message": message,
        }))
        .unwrap();
        LineToStore { kind: LogKind::App, entry, fingerprint: None }
    }

    async fn append_to(
        server: &FakeServer,
        lines: &[LineToStore],
        visibility: Visibility,
    ) -> StoreResult<Verdicts> {
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let options = ElasticOptions { urls: vec![server.url.clone()], ..ElasticOptions::default() };
        let names = IndexNames::new(crate::model::EnvName::default(), Vec::new());
        let client = Client::new(&options).unwrap();
        Writer::default().append(&client, &FlavourCache::default(), &names, lines, visibility).await
    }

    async fn verdicts(items: Value) -> StoreResult<Verdicts> {
        let count = items.as_array().unwrap().len();
        let server = FakeServer::saying(200, &json!({"items": items}).to_string());
        let lines: Vec<_> = (0..count).map(|number| line(&number.to_string(), "m")).collect();
        append_to(&server, &lines, Visibility::Soon).await
    }

    #[tokio::test]
    async fn each_line_has_a_verdict_of_its_own() {
        let verdicts = verdicts(json!([
            {"create": {"status": 201}},
            {"create": {"status": 409, "error": {"type": "version_conflict_engine_exception", "reason": "r"}}},
            {"create": {"status": 400, "error": {"type": "document_parsing_exception", "reason": "bad date"}}},
            {"create": {"status": 201, "failure_store": "used"}},
        ]))
        .await
        .unwrap();

        assert_eq!(verdicts[..3], [Ok(()), Ok(()), Err("document_parsing_exception: bad date".to_owned())]);
        assert!(verdicts[3].as_ref().unwrap_err().contains("failure store"), "{verdicts:?}");
    }

    #[tokio::test]
    async fn a_cluster_that_cannot_take_a_line_fails_the_call() {
        let one = |status: u16, kind: &str, reason: &str| {
            verdicts(json!([{"create": {"status": 201}},
                {"create": {"status": status, "error": {"type": kind, "reason": reason}}}]))
        };

        assert!(matches!(
            one(429, "es_rejected_execution_exception", "").await,
            Err(StoreError::Overloaded { .. })
        ));
        assert!(matches!(
            one(503, "unavailable_shards_exception", "").await,
            Err(StoreError::Overloaded { .. })
        ));
        assert!(matches!(one(403, "security_exception", "").await, Err(StoreError::Forbidden { .. })));
        assert!(matches!(
            one(404, "index_not_found_exception", "").await,
            Err(StoreError::Unprepared { .. })
        ));
        assert!(matches!(
            one(429, "cluster_block_exception", "disk usage exceeded flood-stage watermark").await,
            Err(StoreError::Full { .. })
        ));
    }

    #[tokio::test]
    async fn an_answer_that_forgets_a_line_is_a_bad_answer() {
        let server = FakeServer::saying(200, r#"{"items":[{"create":{"status":201}}]}"#);

        let answer = append_to(&server, &[line("a", "m"), line("b", "m")], Visibility::Soon).await;

        assert!(matches!(answer, Err(StoreError::BadAnswer { .. })));
        assert!(matches!(verdicts(json!([{}])).await, Err(StoreError::BadAnswer { .. })));
    }

    #[tokio::test]
    async fn lines_go_to_the_write_alias_of_their_kind_and_are_waited_for_on_demand() {
        let server = FakeServer::saying(200, r#"{"items":[{"create":{"status":201}}]}"#);
        let security = LineToStore { kind: LogKind::Security, ..line("a", "m") };

        append_to(&server, &[security], Visibility::BeforeAnswer).await.unwrap();

        let request = server.requests().remove(0);
        assert!(request.starts_with("POST /_bulk?") && request.contains("require_alias=true"), "{request}");
        assert!(request.contains("&refresh=wait_for"), "{request}");
        assert!(request.contains(r#"{"create":{"_index":"logs-security-dev","_id":"a"}}"#), "{request}");
    }

    #[tokio::test]
    async fn lines_go_to_data_streams_where_those_are_installed() {
        let missing = json!({"items": [{"create": {"status": 404,
            "error": {"type": "index_not_found_exception", "reason": "is not an alias"}}}]});
        let created = json!({"items": [{"create": {"status": 201}}]});
        let say = |status, body: &Value| Script::Say(status, body.to_string());
        let streams = json!({"data_streams": [{"name": "logs-app-dev"}]});
        for (version, guard) in [("8.13.0", "&require_data_stream=true"), ("8.12.2", "")] {
            let mut scripts = vec![
                say(200, &missing),
                say(200, &streams),
                say(200, &json!({"nodes": {"a": {"version": version}}})),
                say(400, &json!({})),
                say(405, &json!({})),
                say(405, &json!({})),
            ];
            // A server that cannot be told what to write to is asked what it is.
            scripts.extend(guard.is_empty().then(|| say(200, &streams)));
            scripts.push(say(200, &created));
            let server = FakeServer::start(scripts);

            let verdicts = append_to(&server, &[line("a", "m")], Visibility::Soon).await.unwrap();

            assert_eq!(verdicts, [Ok(())]);
            let request = server.requests().pop().unwrap();
            assert!(request.starts_with("POST /_bulk?"), "{request}");
            assert!(request.contains(guard) && request.contains("require") != guard.is_empty(), "{request}");
        }
    }

    #[tokio::test]
    async fn many_lines_go_in_several_requests_and_none_in_no_request() {
        let two = r#"{"items":[{"create":{"status":201}},{"create":{"status":201}}]}"#;
        let one = r#"{"items":[{"create":{"status":201}}]}"#;
        let server =
            FakeServer::start(vec![Script::Say(200, two.to_owned()), Script::Say(200, one.to_owned())]);
        let big = "x".repeat(MAX_REQUEST_BYTES - 200);
        let lines = [line("a", &big), line("b", &"x".repeat(400)), line("c", "m")];

        let verdicts = append_to(&server, &lines, Visibility::Soon).await.unwrap();

        assert_eq!((verdicts.len(), server.requests().len()), (3, 2));
        assert_eq!(append_to(&server, &[], Visibility::Soon).await.unwrap(), []);
        assert_eq!(server.requests().len(), 2);
    }
}
