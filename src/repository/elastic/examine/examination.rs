//! All examinations in their order: what one finds decides whether the next can say anything.

use std::collections::{BTreeMap, BTreeSet};

use super::commands::Curl;
use super::{clock, foreign, installed, nodes, privileges, targets};
use crate::model::{Clock, Finding, RetentionDays};
use crate::repository::elastic::indices::IndexNames;
use crate::repository::elastic::install::Bootstrap;
use crate::repository::elastic::layout::LayoutCache;
use crate::repository::elastic::streams::Stream;
use crate::repository::elastic::transport::Client;
use crate::repository::elastic::transport::FlavourCache;
use crate::repository::elastic::transport::{Distribution, Feature, Flavour};
use crate::repository::elastic::write::{WriteTarget, write_target};
use crate::repository::{StoreError, StoreResult};

/// What is examined.
pub(crate) struct Examination<'a> {
    pub(crate) client: &'a Client,
    pub(crate) capabilities: &'a FlavourCache,
    pub(crate) indices: &'a IndexNames,
    /// The indices that the configuration names.
    pub(crate) foreign: Option<&'a LayoutCache>,
    /// What the lifecycle policies should say.
    pub(crate) retention: RetentionDays,
    /// The clock of this machine.
    pub(crate) clock: &'a dyn Clock,
}

impl Examination<'_> {
    /// Examines nodes first; while none can be asked, there is nothing else to say.
    pub(crate) async fn run(&self) -> Vec<Finding> {
        let (mut findings, answering) = nodes::examine(self.client).await;
        let Some(node) = answering else { return findings };
        let curl = Curl::to(node);
        let flavour = match self.capabilities.refresh(self.client).await {
            Ok(flavour) => flavour,
            Err(error) => {
                findings.push(Finding::failed("version", error.to_string(), curl.get("/")));
                return findings;
            }
        };
        findings.extend(flavour_findings(&flavour));
        let foreign = match self.foreign {
            Some(layouts) => Some(foreign::examine(self.client, layouts, &curl).await),
            None => None,
        };
        let names = Stream::ALL.map(|stream| self.indices.of(stream));
        let held = write_target::look_up(self.client, &names).await;
        let known = privileges::Known {
            finds_lines: foreign.as_ref().is_some_and(|found| found.finds_lines),
            deletes_old: match &held {
                Ok(held) if !held.is_empty() => held.values().any(|target| *target == WriteTarget::Alias),
                _ => flavour.lifecycle != Feature::Present,
            },
        };
        let privileges = privileges::examine(self.client, self.indices, known, &curl).await;
        findings.extend(privileges.findings);
        findings.extend(foreign.into_iter().flat_map(|found| found.findings));
        findings.extend(self.own(&flavour, &names, held, &privileges.hidden, &curl).await);
        findings.push(clock::examine(self.client, self.indices, self.clock).await);
        findings
    }

    /// What is installed for us; that nothing is matters only where lines are read from our own indices.
    async fn own(
        &self,
        flavour: &Flavour,
        names: &[String],
        held: StoreResult<BTreeMap<String, WriteTarget>>,
        hidden: &BTreeSet<String>,
        curl: &Curl,
    ) -> Vec<Finding> {
        let held = match held {
            Ok(held) => held,
            Err(_) if self.foreign.is_some() => return Vec::new(),
            // That the user may not look was said before.
            Err(StoreError::Forbidden { .. }) => BTreeMap::new(),
            Err(error) => {
                let fix = curl.get(&format!("/_resolve/index/{}*", names.join("*,")));
                return vec![Finding::failed("write_target", error.to_string(), fix)];
            }
        };
        if held.is_empty() && self.foreign.is_some() {
            return Vec::new();
        }
        let mut findings = Vec::new();
        let mut sees_templates = true;
        if !held.is_empty() && !held.values().any(|target| *target == WriteTarget::Index) {
            let bootstrap =
                Bootstrap { client: self.client, indices: self.indices, flavour, days: self.retention };
            let installed = installed::examine(&bootstrap, curl).await;
            findings.extend(installed.findings);
            sees_templates = installed.sees_templates;
        }
        findings.extend(targets::examine(self.client, names, &held, hidden, sees_templates, curl).await);
        findings
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
    let versions = flavour.versions.join(" and ");
    let version = match flavour.versions.len() {
        0 => Finding::ok("version", format!("{name}; its version is for the privilege monitor only")),
        _ if !is_tested => Finding::warning(
            "version",
            format!("{name} {versions} is older than what is tested"),
            "upgrade to Elasticsearch 7.17, 8 or 9, or to OpenSearch 3",
        ),
        1 => Finding::ok("version", format!("{name} {versions}")),
        _ => {
            Finding::ok("version", format!("{name} {versions}: nodes are being replaced; the lowest counts"))
        }
    };
    let capabilities = format!(
        "lifecycle management: {}, reindex: {}, points in time: {}",
        flavour.lifecycle.as_str(),
        flavour.reindex.as_str(),
        flavour.point_in_time.as_str()
    );
    [version, Finding::ok("capabilities", capabilities)]
}
