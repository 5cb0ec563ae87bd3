//! What the user may do, by the cluster's own word.

use serde_json::{Map, Value, json};

use super::super::client::{Call, Client};
use super::super::indices::IndexNames;
use super::super::streams::Stream;
use super::Curl;
use super::not_examined;
use crate::model::{Finding, KindSet};

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
const ON_OURS: [Wanted; 4] = [
    needed("read", "no line can be found"),
    needed("create_doc", "no line can be written"),
    needed("view_index_metadata", "the data streams that lines go to cannot be found"),
    useful("manage", "old lines are not deleted where the cluster has no lifecycle policies"),
];
const ON_CLUSTER: [Wanted; 1] = [useful("monitor", "/health shows neither version nor colour")];

/// Asks for all privileges at once.
pub(super) async fn examine(client: &Client, indices: &IndexNames, curl: &Curl) -> Vec<Finding> {
    const PATH: &str = "/_security/user/_has_privileges";
    let groups = groups(indices);
    let body = json!({
        "cluster": ON_CLUSTER.map(|wanted| wanted.privilege),
        "index": groups.iter().map(|(names, wanted)| json!({
            "names": names, "privileges": wanted.iter().map(|wanted| wanted.privilege).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
    });
    let answer = match client.read(&Call::post(PATH, &body)).await {
        Ok(answer) if answer.status == 200 => answer,
        // A cluster without that part of security, or with it turned off, answers with an error of one kind or another.
        Ok(_) | Err(crate::repository::StoreError::Unavailable { .. }) => {
            return vec![Finding::ok("privileges", "this cluster cannot be asked what a user may do")];
        }
        Err(error) => return vec![not_examined("privileges", &error, curl.get("/_security/_authenticate"))],
    };
    let granted: Value = match answer.json() {
        Ok(granted) => granted,
        Err(error) => return vec![not_examined("privileges", &error, curl.get("/_security/_authenticate"))],
    };
    let fix = curl.put_as_administrator("/_security/role/trailproof", &role(&groups));
    let user = granted.get("username").and_then(Value::as_str).unwrap_or("the user");
    let mut findings = Vec::new();
    for (names, wanted) in &groups {
        for name in names {
            let granted = granted.get("index").and_then(|index| index.get(name));
            findings.extend(missing(user, &format!(" on {name}"), wanted, granted, &fix));
        }
    }
    findings.extend(missing(user, "", &ON_CLUSTER, granted.get("cluster"), &fix));
    if findings.is_empty() {
        findings.push(Finding::ok("privileges", format!("{user} has every privilege that is used")));
    }
    findings
}

/// The names that lines are read from and written to, with what is wanted on them.
fn groups(indices: &IndexNames) -> Vec<(Vec<String>, &'static [Wanted])> {
    if let Some(patterns) = indices.patterns() {
        // What is granted in another cluster is that cluster's to say.
        let here = patterns.split(',').filter(|pattern| !pattern.contains(':')).map(str::to_owned);
        return vec![(here.collect(), &ON_FOREIGN)];
    }
    let ours = KindSet::ALL.kinds().into_iter().map(|kind| format!("{}*", indices.of(Stream::Logs(kind))));
    vec![(ours.collect(), &ON_OURS)]
}

fn missing(user: &str, place: &str, wanted: &[Wanted], granted: Option<&Value>, fix: &str) -> Vec<Finding> {
    let is_granted = |wanted: &Wanted| {
        granted.and_then(|granted| granted.get(wanted.privilege)).and_then(Value::as_bool) == Some(true)
    };
    let finding = |wanted: &Wanted| {
        let message = format!("{user} lacks {}{place}: {}", wanted.privilege, wanted.without);
        if wanted.is_needed {
            Finding::failed("privileges", message, fix)
        } else {
            Finding::warning("privileges", message, fix)
        }
    };
    wanted.iter().filter(|wanted| !is_granted(wanted)).map(finding).collect()
}

/// A role with everything that is wanted.
fn role(groups: &[(Vec<String>, &'static [Wanted])]) -> Value {
    let names = |wanted: &[Wanted]| wanted.iter().map(|wanted| wanted.privilege).collect::<Vec<_>>();
    let mut role = Map::new();
    role.insert("cluster".to_owned(), json!(names(&ON_CLUSTER)));
    let indices: Vec<_> = groups
        .iter()
        .map(|(patterns, wanted)| json!({"names": patterns, "privileges": names(wanted)}))
        .collect();
    role.insert("indices".to_owned(), indices.into());
    role.into()
}
