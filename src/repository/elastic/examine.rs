//! Looks at everything that is needed of a cluster, and says what to do about what is missing. Changes nothing.

mod clock;
mod commands;
mod foreign;
mod nodes;
mod privileges;
mod targets;

use super::capabilities::Capabilities;
use super::client::Client;
use super::flavour::{Distribution, Flavour};
use super::indices::IndexNames;
use super::layouts::Layouts;
use super::streams::Stream;
use super::write_target;
use crate::model::{Clock, Finding};
use crate::repository::{StoreError, StoreResult};
use commands::Curl;

/// What is examined.
pub(super) struct Examination<'a> {
    pub(super) client: &'a Client,
    pub(super) capabilities: &'a Capabilities,
    pub(super) indices: &'a IndexNames,
    /// The indices that the configuration names.
    pub(super) foreign: Option<&'a Layouts>,
    /// The clock of this machine.
    pub(super) clock: &'a dyn Clock,
}

impl Examination<'_> {
    /// Examines nodes first; while none can be asked, there is nothing else to say.
    pub(super) async fn run(&self) -> Vec<Finding> {
        let (mut findings, answering) = nodes::examine(self.client).await;
        let Some(node) = answering else { return findings };
        let curl = Curl::to(node);
        match self.capabilities.refresh(self.client).await {
            Ok(flavour) => findings.extend(flavour_findings(&flavour)),
            Err(error) => {
                findings.push(not_examined("version", &error, curl.get("/")));
                return findings;
            }
        }
        findings.extend(privileges::examine(self.client, self.indices, &curl).await);
        if let Some(layouts) = self.foreign {
            findings.extend(foreign::examine(self.client, layouts, &curl).await);
        }
        if self.foreign.is_none() || self.has_targets().await.unwrap_or(false) {
            findings.extend(targets::examine(self.client, self.indices, &curl).await);
        }
        findings.push(clock::examine(self.client, self.indices, self.clock).await);
        findings
    }

    /// Whether something was installed for us.
    async fn has_targets(&self) -> StoreResult<bool> {
        let names = Stream::ALL.map(|stream| self.indices.of(stream));
        Ok(!write_target::look_up(self.client, &names).await?.is_empty())
    }
}

fn flavour_findings(flavour: &Flavour) -> [Finding; 2] {
    let name = match flavour.distribution {
        Distribution::Elasticsearch => "Elasticsearch",
        Distribution::OpenSearch => "OpenSearch",
    };
    let is_tested = match (flavour.distribution, flavour.lowest()) {
        (Distribution::Elasticsearch, Some(lowest)) => lowest >= (7, 17),
        (Distribution::OpenSearch, Some((major, _))) => major >= 3,
        (Distribution::Elasticsearch | Distribution::OpenSearch, None) => true,
    };
    let version = match flavour.versions.as_slice() {
        [] => Finding::ok("version", format!("{name}; its version is for the privilege monitor only")),
        [version] => Finding::ok("version", format!("{name} {version}")),
        several => Finding::ok(
            "version",
            format!("{name} {}: nodes are being replaced; the lowest counts", several.join(" and ")),
        ),
    };
    let version = if is_tested {
        version
    } else {
        let fix = "upgrade to Elasticsearch 7.17, 8 or 9, or to OpenSearch 3";
        Finding::warning("version", format!("{} is older than what is tested", version.message), fix)
    };
    let capabilities = format!(
        "lifecycle management: {}, reindex: {}, points in time: {}",
        flavour.lifecycle.as_str(),
        flavour.reindex.as_str(),
        flavour.point_in_time.as_str()
    );
    [version, Finding::ok("capabilities", capabilities)]
}

/// The cluster could not be asked.
fn not_examined(check: &'static str, error: &StoreError, fix: String) -> Finding {
    Finding::failed(check, error.to_string(), fix)
}
