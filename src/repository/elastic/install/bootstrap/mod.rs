//! Installs what a cluster needs to take our documents: templates, and policies or the first index of each stream.

use std::collections::BTreeMap;
use std::{fmt, slice};

use serde_json::{Value, json};

use super::signature::VERSION;
use super::{templates, templates::Profile, templates::Template};
use crate::model::RetentionDays;
use crate::repository::elastic::STORE;
use crate::repository::elastic::indices::IndexNames;
use crate::repository::elastic::streams::Stream;
use crate::repository::elastic::transport::{Call, Client};
use crate::repository::elastic::transport::{Feature, Flavour};
use crate::repository::elastic::write::{WriteTarget, write_target};
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
    /// Name of the template or policy, or of the write alias of an index.
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

/// What was done, or would be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bootstrapped {
    /// How the life of the indices is managed.
    pub profile: Profile,
    /// One for each template, policy and stream.
    pub outcomes: Vec<Outcome>,
}

/// What is installed, and where.
pub(crate) struct Bootstrap<'a> {
    pub(crate) client: &'a Client,
    pub(crate) indices: &'a IndexNames,
    pub(crate) flavour: &'a Flavour,
    pub(crate) days: RetentionDays,
}

impl Bootstrap<'_> {
    /// Compares everything first, so that a cluster that is ahead of us is not touched at all, then installs.
    pub(crate) async fn run(
        &self,
        mode: BootstrapMode,
        wanted: Option<Profile>,
    ) -> StoreResult<Bootstrapped> {
        let names = Stream::ALL.map(|stream| self.indices.of(stream));
        let held = write_target::look_up(self.client, &names).await?;
        let profile = self.profile(wanted, &held)?;
        let templates = templates::render(self.flavour, profile, self.indices, self.days);
        let mut outcomes = Vec::new();
        for template in &templates {
            outcomes.push(compare(self.client, template).await?);
        }
        for (template, outcome) in templates.iter().zip(&outcomes) {
            match (mode, outcome.action) {
                (BootstrapMode::Apply, Action::Created | Action::Updated) => {
                    self.client.write(&Call::put(&template.path, &template.body)).await?.accept()?;
                }
                (BootstrapMode::Apply, Action::Unchanged) | (BootstrapMode::DryRun, _) => {}
            }
        }
        for stream in Stream::ALL {
            let name = self.indices.of(stream);
            outcomes.push(match held.get(&name) {
                Some(_) => Outcome { name, action: Action::Unchanged, diff: Vec::new() },
                None => self.make_target(stream, profile, mode).await?,
            });
        }
        Ok(Bootstrapped { profile, outcomes })
    }

    /// What the cluster already has is kept to; a new one gets lifecycle policies where it has such.
    fn profile(&self, wanted: Option<Profile>, held: &BTreeMap<String, WriteTarget>) -> StoreResult<Profile> {
        let first = |target| held.iter().find(|(_, held)| **held == target).map(|(name, _)| name.as_str());
        let refused = |reason: String| Err(StoreError::Rejected { store: STORE, reason });
        let another = "choose another TRAILPROOF_LOGS_ENV";
        if let Some(index) = first(WriteTarget::Index) {
            return refused(format!("{index} is an index that somebody else has made; {another}"));
        }
        match (wanted, first(WriteTarget::Alias), first(WriteTarget::DataStream)) {
            (Some(Profile::Elastic), Some(alias), _) => refused(format!(
                "{alias} is an alias of the portable profile, which no data stream can replace; {another}"
            )),
            (Some(Profile::Portable), _, Some(stream)) => refused(format!(
                "{stream} is a data stream of the elastic profile, which no alias can replace; {another}"
            )),
            (Some(Profile::Elastic), ..) if self.flavour.lifecycle == Feature::Absent => {
                refused("this cluster has no lifecycle management; use the portable profile".to_owned())
            }
            (None, None, Some(stream)) if self.flavour.lifecycle == Feature::Absent => refused(format!(
                "{stream} is a data stream, and this cluster has no lifecycle management to roll it over; {another}"
            )),
            (Some(profile), ..) => Ok(profile),
            (None, None, Some(_)) => Ok(Profile::Elastic),
            (None, Some(_), _) => Ok(Profile::Portable),
            (None, None, None) => match self.flavour.lifecycle {
                Feature::Present => Ok(Profile::Elastic),
                Feature::Absent => Ok(Profile::Portable),
                // A guess could not be taken back.
                Feature::Unknown => refused(
                    "whether this cluster has lifecycle management is not known, for the user may not ask \
                     (privilege read_ilm); decide with --profile elastic or --profile portable"
                        .to_owned(),
                ),
            },
        }
    }

    /// Makes what documents of a stream are written to.
    async fn make_target(
        &self,
        stream: Stream,
        profile: Profile,
        mode: BootstrapMode,
    ) -> StoreResult<Outcome> {
        let name = self.indices.of(stream);
        let (diff, call) = match profile {
            Profile::Portable => {
                let first = self.indices.first_index(stream);
                let body = json!({"aliases": {&name: {"is_write_index": true}}});
                (format!("+ index {first} behind write alias {name}"), Call::put(format!("/{first}"), &body))
            }
            Profile::Elastic => {
                (format!("+ data stream {name}"), Call::put_nothing(format!("/_data_stream/{name}")))
            }
        };
        let created = Outcome { name: name.clone(), action: Action::Created, diff: vec![diff] };
        if mode == BootstrapMode::DryRun {
            return Ok(created);
        }
        let answer = self.client.write(&call).await?;
        // Another replica may have been faster; servers differ in how they say so.
        if answer.status == 400
            && !write_target::look_up(self.client, slice::from_ref(&name)).await?.is_empty()
        {
            return Ok(Outcome { name, action: Action::Unchanged, diff: Vec::new() });
        }
        answer.accept()?;
        Ok(created)
    }
}

async fn compare(client: &Client, template: &Template) -> StoreResult<Outcome> {
    let answer = client.read(&Call::get(&template.path)).await?;
    let installed = if answer.status == 404 { Value::Null } else { answer.accept()?.json()? };
    let policy = format!("/{}", template.name);
    let installed =
        ["/component_templates/0/component_template", "/index_templates/0/index_template", policy.as_str()]
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
    let version = ["/_meta/version", "/policy/_meta/version"]
        .into_iter()
        .find_map(|path| installed.pointer(path).and_then(Value::as_u64))
        .unwrap_or(0);
    if version <= VERSION {
        return Ok(());
    }
    let ours = VERSION;
    let reason = format!("{name} has version {version}, this program knows {ours}; use a newer trailproof");
    Err(StoreError::Rejected { store: STORE, reason })
}

/// What differs, one line for each leaf. Members that the server adds at the top are not ours to compare.
fn differences(installed: &Value, ours: &Value) -> Vec<String> {
    let is_ours = |path: &str| {
        let top = path.split('.').next().unwrap_or_default();
        ours.get(top).is_some()
    };
    // A server writes out what a data stream is when nothing is said about it.
    let is_default = |path: &str, value: &str| path.starts_with("data_stream.") && value == "false";
    let (mut theirs, mut ours_left) = (leaves(installed), leaves(ours));
    theirs.retain(|path, value| {
        is_ours(path) && !is_default(path, value) && ours_left.get(path) != Some(value)
    });
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

#[cfg(test)]
mod tests;
