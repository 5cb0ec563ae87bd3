//! Whether everything is there that documents are written to, made as we make it, and whose template its next index will take.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::Value;

use super::super::indices;
use super::commands::{BOOTSTRAP, Curl};
use crate::model::Finding;
use crate::repository::elastic::install::{MANAGED_BY, PORTABLE_PRIORITY};
use crate::repository::elastic::transport::{Call, Client};
use crate::repository::elastic::write::WriteTarget;
use crate::repository::{StoreError, StoreResult};

/// Looks at each of `names`; what those that are not `hidden` stand for is `held`. Templates are asked about only where the user
/// may ask (`sees_templates`).
pub(super) async fn examine(
    client: &Client,
    names: &[String],
    held: &BTreeMap<String, WriteTarget>,
    hidden: &BTreeSet<String>,
    sees_templates: bool,
    curl: &Curl,
) -> Vec<Finding> {
    let (unknown, names): (Vec<_>, Vec<_>) =
        names.iter().partition(|name| hidden.contains(*name) && !held.contains_key(*name));
    let mut findings = Vec::new();
    if !unknown.is_empty() {
        let unknown: Vec<_> = unknown.into_iter().map(String::as_str).collect();
        findings.push(Finding::warning(
            "write_target",
            format!("whether there are {} is not known: the user may not look", unknown.join(", ")),
            curl.get(&format!("/_resolve/index/{}*", unknown.join("*,"))),
        ));
    }
    for name in names {
        let target = match held.get(name) {
            None => {
                let message = format!("{name} is not there, so nothing can be written to it");
                findings.push(Finding::failed("write_target", message, BOOTSTRAP));
                continue;
            }
            Some(WriteTarget::Index) => {
                let message = format!(
                    "{name} is an index that somebody else has made; choose another TRAILPROOF_LOGS_ENV"
                );
                findings.push(Finding::failed("write_target", message, "export TRAILPROOF_LOGS_ENV=…"));
                continue;
            }
            // A number that no rollover has come to.
            Some(WriteTarget::Alias) => {
                Target { kind: "write alias", name, next: format!("{name}-099999"), names_indices: false }
            }
            Some(WriteTarget::DataStream) => {
                Target { kind: "data stream", name, next: name.clone(), names_indices: true }
            }
        };
        findings.extend(target.newest_index(client, curl).await);
        if sees_templates {
            findings.push(target.template(client, curl).await);
        }
    }
    findings
}

/// What documents of a stream are written to.
struct Target<'a> {
    /// What the name stands for.
    kind: &'static str,
    name: &'a str,
    /// Name of the index that comes after the newest.
    next: String,
    /// Whether it names its indices by itself.
    names_indices: bool,
}

/// What an index of a name would be made from.
#[derive(Deserialize)]
struct Simulated {
    #[serde(default)]
    template: Value,
}

/// The index that documents of a stream go to now.
struct Newest {
    index: String,
    /// Whether it was made from our template.
    is_ours: bool,
    /// The highest number of an index under the name of the stream.
    highest: u32,
}

/// The settings and mappings of an index, by its name.
type ByIndex = BTreeMap<String, Value>;

impl Target<'_> {
    /// An index keeps the mapping that it was made with: templates that came later do not change it.
    async fn newest_index(&self, client: &Client, curl: &Curl) -> Option<Finding> {
        let Self { kind, name, .. } = self;
        match self.find_newest(client).await {
            Ok(Newest { is_ours: true, .. }) => None,
            Ok(newest) => Some(Finding::failed(
                "write_target",
                format!(
                    "{name} is a {kind}, whose newest index {} was not made from our template",
                    newest.index
                ),
                curl.post_as_administrator(&self.rollover(&newest)),
            )),
            Err(error) => Some(Finding::warning(
                "write_target",
                format!("{name} is a {kind}; what its newest index was made from is not known: {error}"),
                curl.get(&format!("/{name}/_mapping")),
            )),
        }
    }

    /// The request after which the newest index is made from our template, whose patterns are those of our own names.
    fn rollover(&self, newest: &Newest) -> String {
        let name = self.name;
        let counts_up = |index: &str| {
            let end = index.strip_prefix(name);
            end.and_then(|end| end.rsplit_once('-')).is_some_and(|(_, number)| is_counted(number))
        };
        if self.names_indices || counts_up(&newest.index) {
            return format!("/{name}/_rollover");
        }
        format!("/{name}/_rollover/{name}-{:06}", newest.highest + 1)
    }

    /// The newest index, and whether it is of our making.
    async fn find_newest(&self, client: &Client) -> StoreResult<Newest> {
        let name = self.name;
        let created = "/settings/index/creation_date";
        let settings = Call::get(format!("/{name}/_settings/index.creation_date"));
        let settings: ByIndex = client.read(&settings).await?.accept_read()?.json()?;
        let created_at = |index: &Value| index.pointer(created)?.as_str()?.parse::<i64>().ok();
        let newest = settings.iter().max_by_key(|(name, index)| (created_at(index), (*name).clone()));
        let number = |index: &String| {
            let number = index.strip_prefix(name)?.strip_prefix('-').filter(|number| is_counted(number))?;
            number.parse::<u32>().ok()
        };
        let highest = settings.keys().filter_map(number).max().unwrap_or(0);
        let Some((index, _)) = newest else {
            return Ok(Newest { index: name.to_owned(), is_ours: true, highest });
        };
        let mappings =
            Call::get(format!("/{name}/_mapping")).with("filter_path", "*.mappings._meta.managed_by");
        let mappings: ByIndex = client.read(&mappings).await?.accept_read()?.json()?;
        let meta = mappings.get(index).and_then(|index| index.pointer("/mappings/_meta"));
        Ok(Newest { index: index.clone(), is_ours: is_our_note(meta), highest })
    }

    async fn template(&self, client: &Client, curl: &Curl) -> Finding {
        let Self { kind, name, next, .. } = self;
        let path = format!("/_index_template/_simulate_index/{next}");
        let is_ours = match simulate(client, &path).await {
            Ok(template) => is_our_note(template.pointer("/mappings/_meta")),
            // Whoever may read templates need not be allowed to try them.
            Err(StoreError::Unreadable { .. }) => false,
            Err(error) => return self.not_known(&error, curl.post(&path)),
        };
        let ours =
            || Finding::ok("template", format!("{name} is a {kind}, whose next index takes our template"));
        if is_ours {
            return ours();
        }
        match winner(client, next).await {
            Ok(Some(winner)) if is_our_note(Some(&winner.index_template.meta)) => ours(),
            Ok(Some(Named { name: winner, .. })) => Finding::failed(
                "template",
                format!(
                    "the next index of {name} would take the template {winner}, not ours; narrow its patterns, or \
                     lower its priority below ours"
                ),
                curl.lower_priority(&winner, PORTABLE_PRIORITY - 2),
            ),
            Ok(None) => Finding::failed(
                "template",
                format!("the next index of {name} would take no template, so its mapping would be guessed"),
                BOOTSTRAP,
            ),
            Err(error) => self.not_known(&error, curl.get("/_index_template")),
        }
    }

    fn not_known(&self, error: &StoreError, fix: String) -> Finding {
        let message = format!("whose template the next index of {} takes is not known: {error}", self.name);
        Finding::warning("template", message, fix)
    }
}

/// Whether it is a number as rollovers count, six digits from a zero on, which our patterns match.
fn is_counted(number: &str) -> bool {
    number.len() == 6 && number.starts_with('0') && number.bytes().all(|byte| byte.is_ascii_digit())
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
    #[serde(default, rename = "_meta")]
    meta: Value,
}

/// Whether this is the note that our templates, and the indices that are made from them, carry.
fn is_our_note(meta: Option<&Value>) -> bool {
    meta.and_then(|meta| meta.get("managed_by")).and_then(Value::as_str) == Some(MANAGED_BY)
}

/// What an index would be made from.
async fn simulate(client: &Client, path: &str) -> StoreResult<Value> {
    let simulated: Simulated = client.read(&Call::post_nothing(path)).await?.accept_read()?.json()?;
    Ok(simulated.template)
}

/// The template that an index of this name takes: the one of the highest priority.
async fn winner(client: &Client, name: &str) -> StoreResult<Option<Named>> {
    let call = Call::get("/_index_template").with(
        "filter_path",
        "index_templates.name,index_templates.index_template.index_patterns,\
         index_templates.index_template.priority,index_templates.index_template._meta",
    );
    let installed: Installed = client.read(&call).await?.accept_read()?.json()?;
    let matching = installed.index_templates.into_iter().filter(|template| {
        template.index_template.index_patterns.iter().any(|pattern| indices::matches(pattern, name))
    });
    Ok(matching.max_by_key(|template| template.index_template.priority))
}
