//! Whether everything is there that documents are written to, and whose template its next index will take.

use serde::Deserialize;
use serde_json::Value;

use super::super::client::{Call, Client};
use super::super::indices::{self, IndexNames};
use super::super::streams::Stream;
use super::super::templates::{MANAGED_BY, VERSION};
use super::super::write_target::{self, WriteTarget};
use super::Curl;
use super::not_examined;
use crate::model::Finding;
use crate::repository::{StoreError, StoreResult};

const BOOTSTRAP: &str = "trailproof es bootstrap";

/// Looks at each stream.
pub(super) async fn examine(client: &Client, indices: &IndexNames, curl: &Curl) -> Vec<Finding> {
    let names = Stream::ALL.map(|stream| indices.of(stream));
    let held = match write_target::look_up(client, &names).await {
        Ok(held) => held,
        Err(error) => {
            let fix = curl.get(&format!("/_resolve/index/{}*", names.join("*,")));
            return vec![not_examined("write_target", &error, fix)];
        }
    };
    let mut findings = Vec::new();
    for name in names {
        let (kind, index) = match held.get(&name) {
            None => {
                let message = format!("{name} is not there, so nothing can be written to it");
                findings.push(Finding::failed("write_target", message, BOOTSTRAP));
                continue;
            }
            Some(WriteTarget::Index) => {
                let message = format!("{name} is an index that somebody else has made");
                let fix = format!("export TRAILPROOF_LOGS_ENV=…   # names without {name}");
                findings.push(Finding::failed("write_target", message, fix));
                continue;
            }
            // A number that no rollover has come to.
            Some(WriteTarget::Alias) => ("write alias", format!("{name}-099999")),
            Some(WriteTarget::DataStream) => ("data stream", name.clone()),
        };
        let next = Next { kind, stream: name, index };
        findings.push(match simulate(client, &next.index).await {
            Ok(simulated) => template(client, &next, &simulated, curl).await,
            Err(error) => not_known(&next, &error, curl),
        });
    }
    findings
}

/// The index that a stream gets next.
struct Next {
    /// What the name of the stream stands for.
    kind: &'static str,
    stream: String,
    index: String,
}

/// What an index of a name would be made from.
#[derive(Deserialize)]
struct Simulated {
    #[serde(default)]
    template: Value,
}

async fn simulate(client: &Client, name: &str) -> StoreResult<Simulated> {
    let path = format!("/_index_template/_simulate_index/{name}");
    client.read(&Call::post_nothing(path)).await?.accept_read()?.json()
}

async fn template(client: &Client, next: &Next, simulated: &Simulated, curl: &Curl) -> Finding {
    let Next { kind, stream, index } = next;
    let meta = simulated.template.pointer("/mappings/_meta");
    let member = |member: &str| meta.and_then(|meta| meta.get(member));
    if member("managed_by").and_then(Value::as_str) != Some(MANAGED_BY) {
        return match winner(client, index).await {
            Ok(Some(winner)) => Finding::failed(
                "template",
                format!(
                    "the next index of {stream} would take the template {winner}, not ours; narrow its patterns, \
                     or lower its priority below ours"
                ),
                curl.get(&format!("/_index_template/{winner}")),
            ),
            Ok(None) => Finding::failed(
                "template",
                format!("the next index of {stream} would take no template, so its mapping would be guessed"),
                BOOTSTRAP,
            ),
            Err(error) => not_known(next, &error, curl),
        };
    }
    match member("version").and_then(Value::as_u64) {
        Some(VERSION) => Finding::ok(
            "template",
            format!("{stream} is a {kind}, whose next index takes our template, version {VERSION}"),
        ),
        Some(newer) if newer > VERSION => Finding::warning(
            "template",
            format!("{stream} has our template of version {newer}; this program knows {VERSION}"),
            "use the newer trailproof that installed it",
        ),
        Some(_) | None => Finding::failed(
            "template",
            format!("{stream} has our template of an older version; this program knows {VERSION}"),
            BOOTSTRAP,
        ),
    }
}

fn not_known(next: &Next, error: &StoreError, curl: &Curl) -> Finding {
    let Next { kind, stream, index } = next;
    Finding::warning(
        "template",
        format!("{stream} is a {kind}; whose template its next index takes is not known: {error}"),
        curl.post(&format!("/_index_template/_simulate_index/{index}")),
    )
}

#[derive(Deserialize)]
struct Installed {
    #[serde(default)]
    index_templates: Vec<Named>,
}

#[derive(Deserialize)]
struct Named {
    name: String,
    index_template: Body,
}

#[derive(Deserialize)]
struct Body {
    #[serde(default)]
    index_patterns: Vec<String>,
    #[serde(default)]
    priority: u64,
}

/// The template that an index of this name takes: the one of the highest priority.
async fn winner(client: &Client, name: &str) -> StoreResult<Option<String>> {
    let call = Call::get("/_index_template").with(
        "filter_path",
        "index_templates.name,index_templates.index_template.index_patterns,\
         index_templates.index_template.priority",
    );
    let installed: Installed = client.read(&call).await?.accept_read()?.json()?;
    let matching = installed.index_templates.into_iter().filter(|template| {
        template.index_template.index_patterns.iter().any(|pattern| indices::matches(pattern, name))
    });
    Ok(matching.max_by_key(|template| template.index_template.priority).map(|template| template.name))
}
