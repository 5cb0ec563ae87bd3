//! A node of the cluster is replaced by one of another version while lines are written and searched.
//!
//! The nodes are started here, by `tests/servers`: `cargo test --test cli cluster_upgrade`.

use std::collections::BTreeSet;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::task::JoinHandle;

use crate::home::Home;

/// Above anything that a loaded machine needs.
const PATIENCE: Duration = Duration::from_mins(2);
/// Lines of one request.
const BATCH: usize = 20;

/// A node that is stopped with its test.
struct Node {
    url: String,
    folder: String,
}

impl Node {
    fn start(arguments: &[&str]) -> Self {
        let started = servers(&[&["start"], arguments].concat());
        let node: Value = serde_json::from_str(&started).unwrap();
        let text = |member: &str| node[member].as_str().unwrap().to_owned();
        Self { url: text("url"), folder: text("dir") }
    }

    fn name(&self) -> &str {
        Path::new(&self.folder).file_name().unwrap().to_str().unwrap()
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        servers(&["stop", &self.folder]);
    }
}

fn servers(arguments: &[&str]) -> String {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/servers");
    let mut command = Command::new(script);
    command.args(arguments).stdin(Stdio::null()).stderr(Stdio::inherit());
    let done = command.output().unwrap();
    assert!(done.status.success(), "tests/servers {arguments:?}");
    String::from_utf8(done.stdout).unwrap()
}

/// What a caller does meanwhile.
struct Load {
    is_over: Arc<AtomicBool>,
    writing: JoinHandle<Written>,
    searching: JoinHandle<Searched>,
}

#[derive(Default)]
struct Written {
    acknowledged: BTreeSet<String>,
    refused: Vec<String>,
}

#[derive(Default)]
struct Searched {
    failed: Vec<String>,
}

struct Caller {
    http: reqwest::Client,
    url: String,
    service: String,
    sre: String,
    /// Searches that were answered.
    answered: AtomicUsize,
}

impl Caller {
    /// Sends a batch until it is acknowledged; ids of one's own let nothing be stored twice.
    async fn write(&self, number: usize, written: &mut Written) {
        let ids: Vec<_> = (0..BATCH).map(|line| format!("line-{number}-{line}")).collect();
        let lines: Vec<_> = ids
            .iter()
            .map(|id| json!({"id": id, "service": "load", "message": id}).to_string() + "\n")
            .collect();
        let deadline = Instant::now() + PATIENCE;
        loop {
            let request = self.http.post(format!("{}/api/v1/logs", self.url)).bearer_auth(&self.service);
            let request = request.header("content-type", "application/x-ndjson").body(lines.concat());
            let answer = match request.send().await {
                Ok(answer) if answer.status().is_success() => break,
                Ok(answer) => answer.text().await.unwrap_or_default(),
                Err(error) => error.to_string(),
            };
            written.refused.push(answer);
            assert!(Instant::now() < deadline, "{:?}", written.refused.last());
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        written.acknowledged.extend(ids);
    }

    async fn search(&self, searched: &mut Searched) {
        let request = self.http.get(format!("{}/api/v1/logs/search?query=service:load&limit=5", self.url));
        match request.bearer_auth(&self.sre).send().await {
            Ok(answer) if answer.status().is_success() => drop(self.answered.fetch_add(1, Ordering::Relaxed)),
            Ok(answer) => searched.failed.push(answer.text().await.unwrap_or_default()),
            Err(error) => searched.failed.push(error.to_string()),
        }
    }

    async fn health(&self) -> Value {
        let request = self.http.get(format!("{}/health", self.url)).bearer_auth(&self.sre);
        request.send().await.unwrap().json().await.unwrap()
    }

    /// Waits until as many more searches were answered.
    async fn wait_for_searches(&self, more: usize) {
        let wanted = self.answered.load(Ordering::Relaxed) + more;
        let deadline = Instant::now() + PATIENCE;
        while self.answered.load(Ordering::Relaxed) < wanted {
            assert!(Instant::now() < deadline, "no search is answered");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    async fn wait_for_versions(&self, wanted: &[&str]) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let health = self.health().await;
            let versions = &health["detail"]["elasticsearch"]["versions"];
            if *versions == json!(wanted) {
                return;
            }
            assert!(Instant::now() < deadline, "{wanted:?}: {health}");
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
    }
}

impl Load {
    #[expect(clippy::disallowed_methods, reason = "both end when they are told")]
    fn begin(caller: &Arc<Caller>) -> Self {
        let is_over = Arc::new(AtomicBool::new(false));
        let (writer, reader) = (Arc::clone(caller), Arc::clone(caller));
        let (end_of_writing, end_of_searching) = (Arc::clone(&is_over), Arc::clone(&is_over));
        let writing = tokio::spawn(async move {
            let mut written = Written::default();
            let mut number = 0;
            while !end_of_writing.load(Ordering::Relaxed) {
                writer.write(number, &mut written).await;
                number += 1;
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            written
        });
        let searching = tokio::spawn(async move {
            let mut searched = Searched::default();
            while !end_of_searching.load(Ordering::Relaxed) {
                reader.search(&mut searched).await;
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            searched
        });
        Self { is_over, writing, searching }
    }

    async fn end(self) -> (Written, Searched) {
        self.is_over.store(true, Ordering::Relaxed);
        (self.writing.await.unwrap(), self.searching.await.unwrap())
    }
}

async fn wait_for_green(http: &reqwest::Client, url: &str, nodes: u64) {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let answer = http.get(format!("{url}/_cluster/health")).send().await;
        let health: Value = match answer {
            Ok(answer) => answer.json().await.unwrap_or_default(),
            Err(_) => Value::Null,
        };
        if health["status"] == "green" && health["number_of_nodes"] == nodes {
            return;
        }
        assert!(Instant::now() < deadline, "{health}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_is_replaced_by_another_version_and_nothing_is_lost() {
    let old = Node::start(&["es8", "--joinable"]);
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port().to_string();
    let home = Home::new();
    home.write(".env", format!("ELASTICSEARCH_URL={},http://127.0.0.1:{port}\n", old.url));
    let bootstrap = home.run(&["es", "bootstrap"]);
    assert_eq!(bootstrap.code, Some(0), "{}", bootstrap.stderr);
    let mut server = home.serve();
    server.running.wait_for_line("back end is up", |line| line.contains("back end is up"));
    let http = reqwest::Client::builder().timeout(Duration::from_secs(30)).build().unwrap();
    let caller = Arc::new(Caller {
        http: http.clone(),
        url: server.url.clone(),
        service: home.token("service"),
        sre: home.token("sre"),
        answered: AtomicUsize::new(0),
    });
    caller.wait_for_versions(&["8.19.16"]).await;
    let load = Load::begin(&caller);

    let new = Node::start(&["es9", "--join", &old.folder, "--port", &port]);
    wait_for_green(&http, &new.url, 2).await;
    caller.wait_for_versions(&["8.19.16", "9.2.8"]).await;
    let exclude = format!("{}/_cluster/voting_config_exclusions?node_names={}", new.url, old.name());
    assert!(http.post(exclude).send().await.unwrap().status().is_success());
    drop(old);
    caller.wait_for_versions(&["9.2.8"]).await;
    caller.wait_for_searches(50).await;
    let (written, searched) = load.end().await;

    assert!(http.post(format!("{}/logs-*/_refresh", new.url)).send().await.unwrap().status().is_success());
    let found = server.run(&home, "sre", &["search", "service:load", "--since", "1h", "--all"]);
    let found: BTreeSet<String> = found.members("message").into_iter().collect();
    let lost: Vec<_> = written.acknowledged.difference(&found).collect();
    assert!(lost.is_empty(), "{} of {} lines are lost: {lost:?}", lost.len(), written.acknowledged.len());
    assert!(written.acknowledged.len() > 10 * BATCH, "{}", written.acknowledged.len());
    let answered = caller.answered.load(Ordering::Relaxed);
    assert!(answered > 100, "{answered}");
    // A node that is stopped may break off what it was doing; whoever reads is led to the other one.
    assert_eq!(searched.failed, Vec::<String>::new());
}
