//! What `es bootstrap` does on a real server: install, compare, set right, and leave alone what is newer.

use reqwest::Method;
use serde_json::{Value, json};
use tokio::sync::RwLock;
use trailproof::model::Verdict;
use trailproof::repository::StoreError;
use trailproof::repository::elastic::{
    Action, BootstrapMode, Bootstrapped, ElasticLogStore, ElasticOptions, Profile,
};
use trailproof::telemetry::SystemClock;

use crate::engine::{http_client, install_crypto, random_env, server_url};
use crate::managed;

/// Templates of the portable profile belong to the whole server: whoever changes one keeps the others out.
pub(crate) static TEMPLATES: RwLock<()> = RwLock::const_new(());

/// A server with an environment of this test's own.
struct Server {
    url: String,
    env: String,
    store: ElasticLogStore,
}

impl Server {
    fn at(url: String) -> Self {
        install_crypto();
        let env = random_env();
        let options = ElasticOptions {
            urls: vec![url.clone()],
            env: env.parse().unwrap(),
            timeout_ms: 30_000,
            ..ElasticOptions::default()
        };
        Self { url, env, store: ElasticLogStore::connect(options).unwrap() }
    }

    async fn apply(&self) -> Bootstrapped {
        self.store.bootstrap(BootstrapMode::Apply, None).await.unwrap()
    }

    async fn dry_run(&self) -> Bootstrapped {
        self.store.bootstrap(BootstrapMode::DryRun, None).await.unwrap()
    }

    /// What `trailproof doctor` says has failed.
    async fn failures(&self) -> Vec<String> {
        let findings = self.store.examine(&SystemClock).await.into_iter();
        let failed = findings.filter(|finding| finding.verdict == Verdict::Failed);
        failed.map(|finding| finding.message).collect()
    }

    async fn send(&self, method: Method, path: &str, body: Option<&Value>) -> (u16, Value) {
        let mut request = http_client().request(method, format!("{}/{path}", self.url));
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    /// Changes one member of a template that is installed.
    async fn change(&self, template: &str, change: impl FnOnce(&mut Value)) {
        let (_, installed) = self.send(Method::GET, &format!("_index_template/{template}"), None).await;
        let mut body = installed["index_templates"][0]["index_template"].clone();
        change(&mut body);
        // Servers add times that they do not take back.
        body.as_object_mut().unwrap().retain(|name, _| !name.contains("date"));
        let (status, answer) =
            self.send(Method::PUT, &format!("_index_template/{template}"), Some(&body)).await;
        assert_eq!(status, 200, "{answer}");
    }
}

fn changes(done: &Bootstrapped) -> Vec<(String, Action, Vec<String>)> {
    let changed = done.outcomes.iter().filter(|outcome| outcome.action != Action::Unchanged);
    changed.map(|outcome| (outcome.name.clone(), outcome.action, outcome.diff.clone())).collect()
}

pub(crate) async fn write_aliases_are_installed_once(variable: &str) {
    installed_once(&Server::at(server_url(variable)), Profile::Portable, "trailproof-audit-events").await;
}

pub(crate) async fn data_streams_are_installed_once(variable: &str) {
    let server = Server::at(managed::start(server_url(variable)).await);
    let template = format!("trailproof-audit-events-{}", server.env);
    installed_once(&server, Profile::Elastic, &template).await;
}

async fn installed_once(server: &Server, profile: Profile, template: &str) {
    let _alone = TEMPLATES.write().await;
    let env = &server.env;
    let target = |done: &Bootstrapped| {
        let of_env = changes(done).into_iter().find(|(name, ..)| *name == format!("logs-app-{env}"));
        of_env.map(|(_, action, diff)| (action, diff))
    };
    let wanted = match profile {
        Profile::Portable => format!("+ index logs-app-{env}-000001 behind write alias logs-app-{env}"),
        Profile::Elastic => format!("+ data stream logs-app-{env}"),
    };

    let before = server.dry_run().await;
    assert_eq!((before.profile, target(&before)), (profile, Some((Action::Created, vec![wanted]))));
    let (status, _) = server.send(Method::GET, &format!("logs-app-{env}"), None).await;
    assert_eq!(status, 404, "a dry run has made an index");

    let installed = server.apply().await;
    assert_eq!(target(&installed).unwrap().0, Action::Created);
    assert_eq!(changes(&server.apply().await), []);
    assert_eq!(server.failures().await, [""; 0]);
    let (_, mapping) = server.send(Method::GET, &format!("audit-events-{env}/_mapping"), None).await;
    let mapping = mapping.as_object().unwrap().values().next().unwrap();
    assert_eq!(mapping["mappings"]["_meta"]["managed_by"], "trailproof");
    assert_eq!(mapping["mappings"]["dynamic"], "strict");

    server.change(template, |body| body["priority"] = json!(600)).await;
    let diff = vec![
        "- priority: 600".to_owned(),
        format!("+ priority: {}", if profile == Profile::Portable { 501 } else { 502 }),
    ];
    let expected = [(template.to_owned(), Action::Updated, diff)];
    assert_eq!(changes(&server.dry_run().await), expected);
    assert_eq!(server.failures().await, [format!("{template} is not as this program installs it")]);
    assert_eq!(changes(&server.apply().await), expected);
    assert_eq!(changes(&server.dry_run().await), []);

    server.change(template, |body| body["_meta"]["version"] = json!(99)).await;
    let refused = server.store.bootstrap(BootstrapMode::Apply, None).await;
    assert!(
        matches!(&refused, Err(StoreError::Rejected { reason, .. }) if reason.contains("version 99")),
        "{refused:?}"
    );
    let examined = server.failures().await;
    assert!(examined[0].contains(&format!("{template} has version 99")), "{examined:?}");
    server.change(template, |body| body["_meta"]["version"] = json!(3)).await;
    assert_eq!(changes(&server.dry_run().await), []);
}
