//! Whether templates and policies are as this program installs them, and whether the policies are carried out.

use serde_json::Value;

use super::super::streams::Stream;
use super::commands::{BOOTSTRAP, Curl};
use crate::model::Finding;
use crate::repository::elastic::install::{Action, Bootstrap, BootstrapMode, Bootstrapped, Outcome};
use crate::repository::elastic::install::{Profile, VERSION};
use crate::repository::elastic::transport::{Call, Client};
use crate::repository::{StoreError, StoreResult};

/// What was found, and whether the user may look at templates.
pub(super) struct Examined {
    pub(super) findings: Vec<Finding>,
    pub(super) sees_templates: bool,
}

/// Compares everything with what `bootstrap` would install.
pub(super) async fn examine(bootstrap: &Bootstrap<'_>, curl: &Curl) -> Examined {
    let found = match bootstrap.run(BootstrapMode::DryRun, None).await {
        Ok(found) => found,
        Err(error) => {
            let sees_templates =
                !matches!(error, StoreError::Forbidden { .. } | StoreError::Unreadable { .. });
            return Examined { findings: vec![not_compared(&error)], sees_templates };
        }
    };
    let mut findings = differences(bootstrap, &found);
    if findings.is_empty() {
        let what = match found.profile {
            Profile::Elastic => "templates and lifecycle policies",
            Profile::Portable => "templates",
        };
        findings.push(Finding::ok("templates", format!("{what} are up to date (version {VERSION})")));
    }
    if found.profile == Profile::Elastic {
        findings.extend(lifecycle(bootstrap.client, curl).await);
        let names = Stream::ALL.map(|stream| bootstrap.indices.of(stream)).join(",");
        findings.extend(stuck(bootstrap.client, &names, curl).await.unwrap_or_default());
    }
    Examined { findings, sees_templates: true }
}

fn differences(bootstrap: &Bootstrap<'_>, found: &Bootstrapped) -> Vec<Finding> {
    let streams = Stream::ALL.map(|stream| bootstrap.indices.of(stream));
    let installed = found.outcomes.iter().filter(|outcome| !streams.contains(&outcome.name));
    let difference = |outcome: &Outcome| match outcome.action {
        Action::Unchanged => None,
        Action::Created => Some(format!("{} is not there", outcome.name)),
        Action::Updated => Some(format!("{} is not as this program installs it", outcome.name)),
    };
    installed.filter_map(difference).map(|message| Finding::failed("templates", message, BOOTSTRAP)).collect()
}

fn not_compared(error: &StoreError) -> Finding {
    match error {
        StoreError::Rejected { reason, .. } => {
            Finding::failed("templates", reason.clone(), format!("{BOOTSTRAP} --dry-run"))
        }
        StoreError::Forbidden { .. } | StoreError::Unreadable { .. } => Finding::warning(
            "templates",
            "which templates there are is not known: the user may not look; the one who installs may",
            "trailproof doctor",
        ),
        error => {
            Finding::warning("templates", format!("the templates cannot be compared: {error}"), BOOTSTRAP)
        }
    }
}

async fn lifecycle(client: &Client, curl: &Curl) -> Option<Finding> {
    let answer = client.read(&Call::get("/_ilm/status")).await.ok()?;
    let status: Value = answer.accept_read().ok()?.json().ok()?;
    let mode = status.get("operation_mode")?.as_str()?;
    (mode != "RUNNING").then(|| {
        Finding::warning(
            "lifecycle",
            format!("lifecycle management is {}: nothing is rolled over or deleted", mode.to_lowercase()),
            curl.post_as_administrator("/_ilm/start"),
        )
    })
}

/// Indices whose policy cannot be carried out.
async fn stuck(client: &Client, names: &str, curl: &Curl) -> StoreResult<Vec<Finding>> {
    let call = Call::get(format!("/{names}/_ilm/explain")).with("only_errors", "true");
    let explained: Value = client.read(&call).await?.accept_read()?.json()?;
    let indices = explained.get("indices").and_then(Value::as_object).into_iter().flatten();
    let finding = |(index, explained): (&String, &Value)| {
        let reason = explained.pointer("/step_info/reason").and_then(Value::as_str);
        Finding::failed(
            "lifecycle",
            format!("the policy of {index} cannot be carried out: {}", reason.unwrap_or("no reason is told")),
            curl.post_as_administrator(&format!("/{index}/_ilm/retry")),
        )
    };
    Ok(indices.map(finding).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Verdict;
    use crate::repository::elastic::transport::ElasticOptions;
    use crate::repository::elastic::transport::FakeServer;

    fn client(server: &FakeServer) -> Client {
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        Client::new(&ElasticOptions { urls: vec![server.url.clone()], ..ElasticOptions::default() }).unwrap()
    }

    #[tokio::test]
    async fn policies_that_are_not_carried_out_are_told() {
        let stopped = FakeServer::saying(200, r#"{"operation_mode":"STOPPED"}"#);
        let running = FakeServer::saying(200, r#"{"operation_mode":"RUNNING"}"#);
        let failing = FakeServer::saying(
            200,
            r#"{"indices":{".ds-logs-app-dev-000001":{"step":"ERROR","step_info":{"reason":"no warm node"}}}}"#,
        );
        let clients = [&stopped, &running, &failing].map(client);
        let curl = Curl::to(&clients[0].nodes()[0]);

        let told = lifecycle(&clients[0], &curl).await.unwrap();
        let silent = lifecycle(&clients[1], &curl).await;
        let stuck = stuck(&clients[2], "logs-app-dev", &curl).await.unwrap();

        assert_eq!(told.verdict, Verdict::Warning);
        assert!(told.message.contains("is stopped") && told.fix.unwrap().contains("/_ilm/start"));
        assert_eq!(silent, None);
        assert_eq!(
            stuck[0].message,
            "the policy of .ds-logs-app-dev-000001 cannot be carried out: no warm node"
        );
        assert!(stuck[0].fix.as_deref().unwrap().contains("/.ds-logs-app-dev-000001/_ilm/retry"));
    }
}
