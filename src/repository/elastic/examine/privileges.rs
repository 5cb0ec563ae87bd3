//! What the user may do, by the cluster's own word.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::super::indices::IndexNames;
use super::super::streams::Stream;
use super::commands::Curl;
use crate::model::Finding;
use crate::repository::StoreError;
use crate::repository::elastic::transport::{Call, Client};

const PATH: &str = "/_security/user/_has_privileges";
/// The privilege to see which indices, aliases and data streams there are.
const LOOK: &str = "view_index_metadata";

/// A privilege on some indices, and what cannot be done without it.
struct Wanted {
    privilege: &'static str,
    is_needed: bool,
    without: &'static str,
}

const fn needed(privilege: &'static str, without: &'static str) -> Wanted {
    Wanted { privilege, is_needed: true, without }
}

const fn useful(privilege: &'static str, without: &'static str) -> Wanted {
    Wanted { privilege, is_needed: false, without }
}

const ON_FOREIGN: [Wanted; 1] = [needed("read", "no line can be found")];
const ON_OURS: [Wanted; 3] = [
    needed("read", "nothing can be found"),
    needed("create_doc", "nothing can be written"),
    needed(LOOK, "the data streams that lines go to cannot be found"),
];
/// Old indices are deleted by their own names.
const ON_OLD: [Wanted; 1] =
    [useful("manage", "old lines are not deleted where the cluster has no lifecycle policies")];
const ON_CLUSTER: [Wanted; 1] = [useful("monitor", "/health shows neither version nor colour")];

/// What was found, and what it means for the examination of the rest.
pub(super) struct Examined {
    pub(super) findings: Vec<Finding>,
    /// The names of ours that cannot be looked at.
    pub(super) hidden: BTreeSet<String>,
}

impl Examined {
    fn only(finding: Finding) -> Self {
        Self { findings: vec![finding], hidden: BTreeSet::new() }
    }
}

/// What else is known of the cluster.
#[derive(Clone, Copy)]
pub(super) struct Known {
    /// Whether the indices of others have shown lines: then a pattern that is wider than what is granted does no harm.
    pub(super) finds_lines: bool,
    /// Whether old lines are deleted by us.
    pub(super) deletes_old: bool,
}

/// Asks for all privileges at once.
pub(super) async fn examine(client: &Client, indices: &IndexNames, known: Known, curl: &Curl) -> Examined {
    let groups = groups(indices, known.deletes_old);
    let body = json!({"cluster": names_of(&ON_CLUSTER), "index": entries(&groups)});
    let granted = match client.read(&Call::post(PATH, &body)).await {
        Ok(answer) if answer.status == 200 => answer.json::<Value>(),
        // A cluster without that part of security, or with it turned off, answers with an error of one kind or another.
        Ok(_) | Err(StoreError::Unavailable { .. }) => {
            let message = "this cluster cannot be asked what a user may do";
            return Examined::only(Finding::ok("privileges", message));
        }
        Err(error) => Err(error),
    };
    let granted = match granted {
        Ok(granted) => granted,
        Err(error) => {
            return Examined::only(Finding::failed(
                "privileges",
                error.to_string(),
                curl.get("/_security/_authenticate"),
            ));
        }
    };
    let user = granted.get("username").and_then(Value::as_str).unwrap_or("the user");
    let role = json!({"cluster": names_of(&ON_CLUSTER), "indices": entries(&groups)});
    // A role of that name is replaced: others keep lines in the same cluster, or read what is there.
    let purpose = if indices.patterns().is_some() { "reader" } else { "writer" };
    let fix = curl.grant(&format!("trailproof-{}-{purpose}", indices.env()), &role, user);
    let has = |path: &[&str]| {
        path.iter().try_fold(&granted, |value, member| value.get(member)).and_then(Value::as_bool)
            == Some(true)
    };
    let mut findings = Vec::new();
    let mut hidden = BTreeSet::new();
    for (names, wanted) in &groups {
        for Wanted { privilege, is_needed, without } in *wanted {
            let missing = names.iter().filter(|name| !has(&["index", name, privilege]));
            let missing: Vec<_> = missing.map(String::as_str).collect();
            if missing.is_empty() {
                continue;
            }
            if *privilege == LOOK {
                hidden.extend(missing.iter().map(|name| (*name).to_owned()));
            }
            let without = if known.finds_lines { "only a part of it is searched" } else { without };
            let message = format!("{user} lacks {privilege} on {}: {without}", missing.join(", "));
            let finding = if *is_needed && !known.finds_lines { Finding::failed } else { Finding::warning };
            findings.push(finding("privileges", message, &fix));
        }
    }
    for Wanted { privilege, without, .. } in &ON_CLUSTER {
        if !has(&["cluster", privilege]) {
            findings.push(Finding::warning(
                "privileges",
                format!("{user} lacks {privilege}: {without}"),
                &fix,
            ));
        }
    }
    if findings.is_empty() {
        findings.push(Finding::ok("privileges", format!("{user} has every privilege that is used")));
    }
    Examined { findings, hidden }
}

type Group = (Vec<String>, &'static [Wanted]);

/// The names that lines are read from and written to, with what is wanted on them.
fn groups(indices: &IndexNames, deletes_old: bool) -> Vec<Group> {
    if let Some(patterns) = indices.patterns() {
        // What is granted in another cluster is that cluster's to say.
        let here: Vec<_> =
            patterns.split(',').filter(|pattern| !pattern.contains(':')).map(str::to_owned).collect();
        return if here.is_empty() { Vec::new() } else { vec![(here, &ON_FOREIGN)] };
    }
    let ours = Stream::ALL.map(|stream| indices.of(stream)).to_vec();
    let old = ours.iter().map(|name| format!("{name}*")).collect();
    let of_old = deletes_old.then_some((old, &ON_OLD[..]));
    [(ours, &ON_OURS[..])].into_iter().chain(of_old).collect()
}

fn names_of(wanted: &[Wanted]) -> Vec<&'static str> {
    wanted.iter().map(|wanted| wanted.privilege).collect()
}

/// The groups as questions and roles name them.
fn entries(groups: &[Group]) -> Value {
    groups.iter().map(|(names, wanted)| json!({"names": names, "privileges": names_of(wanted)})).collect()
}
