//! Installs what a cluster needs to take our lines: templates, then the first index of each kind with its write alias.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::{Value, json};

use super::STORE;
use super::client::{Call, Client};
use super::flavour::Flavour;
use super::indices::IndexNames;
use super::templates::{self, Template};
use crate::model::LogKind;
use crate::repository::{StoreError, StoreResult};

/// Whether to change the cluster or only to say what would change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BootstrapMode {
    /// Install.
    Apply,
    /// Only compare.
    DryRun,
}

/// What is done, or would be done, with one object of the cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// It was not there.
    Created,
    /// It was there and differed.
    Updated,
    /// It was there and is the same.
    Unchanged,
}

/// What became of one template or index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Name of the template, or of the write alias of an index.
    pub name: String,
    /// What was done, or would be done.
    pub action: Action,
    /// One line for each difference: `+` is ours, `-` is what the cluster holds.
    pub diff: Vec<String>,
}

impl fmt::Display for Action {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Unchanged => "unchanged",
        })
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {}", self.name, self.action)?;
        self.diff.iter().try_for_each(|line| write!(out, "\n  {line}"))
    }
}

/// Compares everything first, so that a cluster that is ahead of us is not touched at all, then installs.
pub(super) async fn run(
    client: &Client,
    names: &IndexNames,
    flavour: &Flavour,
    mode: BootstrapMode,
) -> StoreResult<Vec<Outcome>> {
    let templates = templates::render(flavour);
    let mut outcomes = Vec::new();
    for template in &templates {
        outcomes.push(compare(client, template).await?);
    }
    for (template, outcome) in templates.iter().zip(&outcomes) {
        match (mode, outcome.action) {
            (BootstrapMode::Apply, Action::Created | Action::Updated) => {
                client.write(&Call::put(&template.path, &template.body)).await?.accept()?;
            }
            (BootstrapMode::Apply, Action::Unchanged) | (BootstrapMode::DryRun, _) => {}
        }
    }
    for kind in LogKind::ALL {
        outcomes.push(index(client, names, kind, mode).await?);
    }
    Ok(outcomes)
}

async fn compare(client: &Client, template: &Template) -> StoreResult<Outcome> {
    let answer = client.read(&Call::get(&template.path)).await?;
    let installed = if answer.status == 404 { Value::Null } else { answer.accept()?.json()? };
    let installed = ["/component_templates/0/component_template", "/index_templates/0/index_template"]
        .into_iter()
        .find_map(|path| installed.pointer(path));
    let Some(installed) = installed else {
        let diff =
            leaves(&template.body).into_iter().map(|(path, value)| format!("+ {path}: {value}")).collect();
        return Ok(Outcome { name: template.name.clone(), action: Action::Created, diff });
    };
    refuse_downgrade(&template.name, installed)?;
    let diff = differences(installed, &template.body);
    let action = if diff.is_empty() { Action::Unchanged } else { Action::Updated };
    Ok(Outcome { name: template.name.clone(), action, diff })
}

fn refuse_downgrade(name: &str, installed: &Value) -> StoreResult<()> {
    let version = installed.pointer("/_meta/version").and_then(Value::as_u64).unwrap_or(0);
    if version <= templates::VERSION {
        return Ok(());
    }
    let ours = templates::VERSION;
    let reason =
        format!("template {name} has version {version}, this program knows {ours}; use a newer trailproof");
    Err(StoreError::Rejected { store: STORE, reason })
}

/// What differs, one line for each leaf. Members that the server adds at the top are not ours to compare.
fn differences(installed: &Value, ours: &Value) -> Vec<String> {
    let is_ours = |path: &str| {
        let top = path.split('.').next().unwrap_or_default();
        ours.get(top).is_some()
    };
    let (mut theirs, mut ours_left) = (leaves(installed), leaves(ours));
    theirs.retain(|path, value| is_ours(path) && ours_left.get(path) != Some(value));
    let installed = leaves(installed);
    ours_left.retain(|path, value| installed.get(path) != Some(value));
    let mut lines: Vec<(String, u8, String)> = Vec::new();
    lines.extend(theirs.into_iter().map(|(path, value)| (format!("- {path}: {value}"), 0, path)));
    lines.extend(ours_left.into_iter().map(|(path, value)| (format!("+ {path}: {value}"), 1, path)));
    lines.sort_by(|(_, rank, path), (_, other_rank, other)| path.cmp(other).then(rank.cmp(other_rank)));
    lines.into_iter().map(|(line, _, _)| line).collect()
}

/// Leaves of a document by dotted path. Servers write numbers and booleans of settings as strings, so values are
/// compared as text.
fn leaves(document: &Value) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut left = vec![(String::new(), document)];
    while let Some((path, value)) = left.pop() {
        let below = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
        match value {
            Value::Object(members) => left.extend(members.iter().map(|(name, value)| (below(name), value))),
            Value::Array(items) => {
                left.extend(items.iter().enumerate().map(|(place, item)| (below(&place.to_string()), item)));
            }
            Value::String(text) => drop(found.insert(path, text.clone())),
            Value::Null | Value::Bool(_) | Value::Number(_) => drop(found.insert(path, value.to_string())),
        }
    }
    found
}

/// Makes the first index of a kind, unless lines of that kind can already be written.
async fn index(
    client: &Client,
    names: &IndexNames,
    kind: LogKind,
    mode: BootstrapMode,
) -> StoreResult<Outcome> {
    let (alias, first) = (names.alias(kind), names.first_index(kind));
    let outcome = |action, diff| Outcome { name: alias.clone(), action, diff };
    if has_alias(client, &alias).await? {
        return Ok(outcome(Action::Unchanged, Vec::new()));
    }
    let created = outcome(Action::Created, vec![format!("+ index {first} behind write alias {alias}")]);
    if mode == BootstrapMode::DryRun {
        return Ok(created);
    }
    let body = json!({"aliases": {&alias: {"is_write_index": true}}});
    let answer = client.write(&Call::put(format!("/{first}"), &body)).await?;
    // Another replica may have been faster.
    if answer.complaint().kind == "resource_already_exists_exception" && has_alias(client, &alias).await? {
        return Ok(outcome(Action::Unchanged, Vec::new()));
    }
    answer.accept()?;
    Ok(created)
}

async fn has_alias(client: &Client, alias: &str) -> StoreResult<bool> {
    let answer = client.read(&Call::get(format!("/_alias/{alias}"))).await?;
    if answer.status == 404 {
        return Ok(false);
    }
    answer.accept().map(|_| true)
}

#[cfg(test)]
mod tests {
    use super::super::ElasticOptions;
    use super::super::fake_server::{FakeServer, Script};
    use super::*;

    async fn run_against(
        answers: &[(u16, String)],
        mode: BootstrapMode,
    ) -> (StoreResult<Vec<Outcome>>, Vec<String>) {
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let scripts = answers.iter().map(|(status, body)| Script::Say(*status, body.clone())).collect();
        let server = FakeServer::start(scripts);
        let options = ElasticOptions { urls: vec![server.url.clone()], ..ElasticOptions::default() };
        let client = Client::new(&options).unwrap();
        let names = IndexNames::new("dev", &[]).unwrap();
        let outcomes = run(&client, &names, &Flavour::newest(), mode).await;
        let lines =
            server.requests().iter().map(|request| request.lines().next().unwrap().to_owned()).collect();
        (outcomes, lines)
    }

    #[tokio::test]
    async fn a_dry_run_changes_nothing_and_shows_everything() {
        let (outcomes, requests) = run_against(&[(404, "{}".to_owned())], BootstrapMode::DryRun).await;

        let outcomes = outcomes.unwrap();
        assert_eq!(outcomes.len(), 7);
        assert!(outcomes.iter().all(|outcome| outcome.action == Action::Created));
        assert!(outcomes[0].to_string().contains("\n  + template.mappings.properties.message.type: text"));
        assert!(requests.iter().all(|request| request.starts_with("GET ")), "{requests:?}");
    }

    #[tokio::test]
    async fn newer_templates_are_left_alone() {
        let newer =
            json!({"component_templates": [{"name": "n", "component_template": {"_meta": {"version": 99}}}]});

        let (outcomes, requests) = run_against(&[(200, newer.to_string())], BootstrapMode::Apply).await;

        assert!(
            matches!(outcomes, Err(StoreError::Rejected { reason, .. }) if reason.contains("version 99"))
        );
        assert_eq!(requests.len(), 1);
    }

    #[test]
    fn a_template_that_the_server_wrote_its_own_way_is_the_same() {
        let ours = json!({"template": {"settings": {"index": {"number_of_shards": 1}}}, "version": 1});
        let installed = json!({"version": 1, "created_date_millis": 5,
            "template": {"settings": {"index": {"number_of_shards": "1"}}}});

        assert_eq!(differences(&installed, &ours), Vec::<String>::new());
    }

    #[test]
    fn differences_name_both_sides() {
        let ours = json!({"template": {"a": 1, "b": [1, 2]}});
        let installed = json!({"template": {"a": 2, "b": [1], "c": true}});

        assert_eq!(
            differences(&installed, &ours),
            ["- template.a: 2", "+ template.a: 1", "+ template.b.1: 2", "- template.c: true"]
        );
    }
}
