//! Whether each node can be reached, and answers as a node does.

use std::net::IpAddr;
use std::time::Duration;

use bytes::Bytes;
use elasticsearch::http::Method;
use elasticsearch::http::headers::HeaderMap;
use serde_json::Value;
use tokio::time::Instant;

use super::{commands::Curl, commands::show_certificate};
use crate::model::Finding;
use crate::repository::elastic::transport::Client;
use crate::repository::elastic::transport::CredentialKind;
use crate::repository::elastic::transport::Node;
use crate::repository::elastic::transport::Unsent;

/// The longest wait for one node.
const BUDGET: Duration = Duration::from_secs(3);
/// Every server knows it, and it needs no elected master to say so.
const PATH: &str = "/_cluster/health?master_timeout=1s&timeout=1s";

/// Asks all nodes, and names one that answers.
pub(super) async fn examine(client: &Client) -> (Vec<Finding>, Option<&Node>) {
    let is_only = client.nodes().len() == 1;
    let knocks = client.nodes().iter().map(|node| async move { (node, knock(node, is_only).await) });
    let mut findings = Vec::new();
    let (mut answering, mut color) = (None, None);
    for (node, answer) in futures_util::future::join_all(knocks).await {
        match answer {
            Ok(Answered { millis, health }) => {
                findings.push(Finding::ok("node", format!("{} answers in {millis} ms", node.address)));
                color = color.or_else(|| health.get("status")?.as_str().map(str::to_owned));
                answering = answering.or(Some(node));
            }
            Err(finding) => findings.push(finding),
        }
    }
    if let (Some(color), Some(node)) = (color, answering) {
        findings.push(health(&color, node));
    }
    (findings, answering)
}

struct Answered {
    millis: u128,
    /// `Null` where the user may not ask.
    health: Value,
}

async fn knock(node: &Node, is_only: bool) -> Result<Answered, Finding> {
    let failed =
        |says: String, fix: String| Finding::failed("node", format!("{}: {says}", node.address), fix);
    let start = Instant::now();
    let sending =
        node.transport.send(Method::Get, PATH, HeaderMap::new(), None::<&()>, None::<Bytes>, Some(BUDGET));
    let response = match tokio::time::timeout(BUDGET, sending).await {
        Ok(Ok(response)) => response,
        Ok(Err(error)) => {
            let unsent = node.unsent(&error);
            return Err(failed(unsent.to_string(), fix(&unsent, node, is_only)));
        }
        Err(_) => {
            return Err(failed(format!("no answer within {} s", BUDGET.as_secs()), Curl::to(node).get("/")));
        }
    };
    let millis = start.elapsed().as_millis();
    let status = response.status_code().as_u16();
    let body = tokio::time::timeout(BUDGET, response.text()).await;
    let json: Option<Value> =
        body.ok().and_then(Result::ok).and_then(|body| serde_json::from_str(&body).ok());
    match (status, json) {
        (200, Some(health)) if health.get("cluster_name").is_some() => Ok(Answered { millis, health }),
        // Whoever may only read is told that he may not ask for this.
        (403, Some(answer)) if answer.get("error").is_some() => Ok(Answered { millis, health: Value::Null }),
        (401, _) => Err(failed(node.credentials.refusal().to_owned(), credentials(node).to_owned())),
        (503, Some(_)) => Err(failed(
            "it has no elected master; it serves nothing until there is one".to_owned(),
            Curl::to(node).get("/_cat/nodes?v"),
        )),
        (status, _) => Err(failed(
            format!(
                "it answers with status {status}, and not as Elasticsearch does; another program listens there"
            ),
            Curl::to(node).get("/"),
        )),
    }
}

fn credentials(node: &Node) -> &'static str {
    match node.credentials {
        CredentialKind::ApiKey | CredentialKind::EncodedApiKey => "export ELASTICSEARCH_API_KEY=…",
        CredentialKind::None | CredentialKind::Basic => {
            "export ELASTICSEARCH_USERNAME=… ELASTICSEARCH_PASSWORD=…"
        }
    }
}

/// What to do about it; `is_only` when no other node is configured, whose address would have to be kept.
fn fix(unsent: &Unsent, node: &Node, is_only: bool) -> String {
    let others = if is_only { "" } else { ",…" };
    let other_scheme = |scheme: &str| match node.address.split_once("://") {
        Some((_, rest)) => format!("export ELASTICSEARCH_URL='{scheme}://{rest}{others}'"),
        None => String::new(),
    };
    match unsent {
        Unsent::Expired => "bin/elasticsearch-certutil http".to_owned(),
        Unsent::OtherName { names } => match names.iter().find(|name| is_plain_host(name)) {
            Some(name) => format!("export ELASTICSEARCH_URL='https://{name}:{}{others}'", node.port),
            None => show_certificate(node),
        },
        Unsent::BadCertificate(_) => show_certificate(node),
        Unsent::NotYetValid => "timedatectl set-ntp true".to_owned(),
        Unsent::Untrusted { .. } => "export ELASTICSEARCH_CA_FILE=…/http_ca.crt".to_owned(),
        Unsent::SpeaksPlainHttp => other_scheme("http"),
        Unsent::MaySpeakTls => other_scheme("https"),
        Unsent::Other(_) => Curl::to(node).get("/"),
    }
}

/// Whether a name of a certificate can be called, from elsewhere and without a second look.
fn is_plain_host(name: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-');
    let is_elsewhere =
        name.parse().map_or(name != "localhost", |ip: IpAddr| !ip.is_loopback() && !ip.is_unspecified());
    is_elsewhere && !name.starts_with('-') && name.bytes().all(is_allowed)
}

fn health(color: &str, node: &Node) -> Finding {
    match color {
        "red" => Finding::failed(
            "health",
            "the cluster is red: some indices cannot be searched or written",
            Curl::to(node).get("/_cluster/allocation/explain?pretty"),
        ),
        color => Finding::ok("health", format!("the cluster is {color}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Verdict;
    use crate::repository::elastic::transport::ElasticOptions;
    use crate::repository::elastic::transport::{FakeServer, Script};

    async fn examined(script: Script) -> (Vec<Finding>, bool) {
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let server = FakeServer::start(vec![script]);
        let options = ElasticOptions { urls: vec![server.url.clone()], ..ElasticOptions::default() };
        let client = Client::new(&options).unwrap();
        let (findings, answering) = examine(&client).await;
        (findings, answering.is_some())
    }

    async fn failure(script: Script) -> String {
        let (findings, answers) = examined(script).await;
        assert!(!answers && findings.len() == 1 && findings[0].verdict == Verdict::Failed, "{findings:?}");
        assert!(findings[0].fix.is_some());
        findings[0].message.clone()
    }

    #[tokio::test]
    async fn what_answers_but_is_no_node_that_can_serve_is_told_apart() {
        let page = failure(Script::Say(200, "<html>hello</html>".to_owned())).await;
        let no_master =
            Script::Say(503, r#"{"error":{"type":"master_not_discovered_exception"}}"#.to_owned());

        assert!(page.contains("another program listens there"), "{page}");
        assert!(failure(no_master).await.contains("no elected master"));
        assert!(failure(Script::Say(401, "{}".to_owned())).await.contains("it wants to know who asks"));
        assert!(failure(Script::HangUp).await.contains("if it expects TLS"));
    }

    #[tokio::test]
    async fn a_red_cluster_answers_and_has_failed() {
        let red = Script::Say(200, r#"{"cluster_name":"c","status":"red"}"#.to_owned());

        let (findings, answers) = examined(red).await;

        assert!(answers);
        assert_eq!((findings[1].check, findings[1].verdict), ("health", Verdict::Failed));
    }
}
