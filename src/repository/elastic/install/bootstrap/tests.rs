//! What is compared, installed and refused.

use super::*;
use crate::repository::elastic::transport::ElasticOptions;
use crate::repository::elastic::transport::{FakeServer, Script};

/// What the server holds under our names, and how it answers after that.
async fn run_against(
    held: &str,
    answers: &[(u16, String)],
    mode: BootstrapMode,
    lifecycle: Feature,
    wanted: Option<Profile>,
) -> (StoreResult<Bootstrapped>, Vec<String>) {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let mut scripts = vec![Script::Say(200, held.to_owned())];
    scripts.extend(answers.iter().map(|(status, body)| Script::Say(*status, body.clone())));
    let server = FakeServer::start(scripts);
    let options = ElasticOptions { urls: vec![server.url.clone()], ..ElasticOptions::default() };
    let bootstrap = Bootstrap {
        client: &Client::new(&options).unwrap(),
        indices: &IndexNames::new(crate::model::EnvName::default(), Vec::new()),
        flavour: &Flavour { lifecycle, ..Flavour::newest() },
        days: RetentionDays::default(),
    };
    let done = bootstrap.run(mode, wanted).await;
    let lines = server.requests().iter().map(|request| request.lines().next().unwrap().to_owned()).collect();
    (done, lines)
}

fn nothing() -> (u16, String) {
    (404, "{}".to_owned())
}

#[tokio::test]
async fn a_dry_run_changes_nothing_and_shows_everything() {
    let (done, requests) =
        run_against("{}", &[nothing()], BootstrapMode::DryRun, Feature::Absent, None).await;

    let Bootstrapped { profile, outcomes } = done.unwrap();
    assert_eq!((profile, outcomes.len()), (Profile::Portable, 10));
    assert!(outcomes.iter().all(|outcome| outcome.action == Action::Created));
    assert!(outcomes[0].to_string().contains("\n  + template.mappings.properties.message.type: text"));
    assert!(requests.iter().all(|request| request.starts_with("GET ")), "{requests:?}");
}

#[tokio::test]
async fn a_cluster_that_manages_lifecycles_gets_policies_and_data_streams() {
    let (done, requests) =
        run_against("{}", &[nothing()], BootstrapMode::DryRun, Feature::Present, None).await;

    let Bootstrapped { profile, outcomes } = done.unwrap();
    assert_eq!((profile, outcomes.len()), (Profile::Elastic, 14));
    assert_eq!(outcomes[0].name, "trailproof-logs-app-dev");
    assert!(requests.contains(&"GET /_ilm/policy/trailproof-audit-events-dev HTTP/1.1".to_owned()));
}

#[tokio::test]
async fn a_cluster_keeps_the_profile_that_it_has() {
    let alias = r#"{"aliases":[{"name":"logs-app-dev"}],"data_streams":[]}"#;
    let stream = r#"{"data_streams":[{"name":"logs-app-dev"}]}"#;
    let index = r#"{"indices":[{"name":"logs-error-dev"},{"name":"logs-error-dev-000001"}]}"#;
    let profile = async |held, lifecycle, wanted| {
        run_against(held, &[nothing()], BootstrapMode::DryRun, lifecycle, wanted).await.0
    };
    let reason = |done| match done {
        Err(StoreError::Rejected { reason, .. }) => reason,
        done => panic!("{done:?}"),
    };

    assert_eq!(profile(alias, Feature::Present, None).await.unwrap().profile, Profile::Portable);
    assert_eq!(profile(stream, Feature::Unknown, None).await.unwrap().profile, Profile::Elastic);
    let no_stream = reason(profile(alias, Feature::Present, Some(Profile::Elastic)).await);
    assert!(no_stream.contains("logs-app-dev is an alias"), "{no_stream}");
    let no_alias = reason(profile(stream, Feature::Present, Some(Profile::Portable)).await);
    assert!(no_alias.contains("logs-app-dev is a data stream"), "{no_alias}");
    let no_lifecycle = reason(profile("{}", Feature::Absent, Some(Profile::Elastic)).await);
    assert!(no_lifecycle.contains("use the portable profile"), "{no_lifecycle}");
    let unknown = reason(profile("{}", Feature::Unknown, None).await);
    assert!(unknown.contains("--profile elastic or --profile portable"), "{unknown}");
    assert_eq!(
        profile("{}", Feature::Unknown, Some(Profile::Portable)).await.unwrap().profile,
        Profile::Portable
    );
    let unmanaged = reason(profile(stream, Feature::Absent, None).await);
    assert!(unmanaged.contains("logs-app-dev is a data stream, and this cluster has no"), "{unmanaged}");
    let foreign = reason(profile(index, Feature::Present, None).await);
    assert!(foreign.contains("logs-error-dev is an index that somebody else has made"), "{foreign}");
}

#[tokio::test]
async fn newer_templates_and_policies_are_left_alone() {
    let newer =
        json!({"component_templates": [{"name": "n", "component_template": {"_meta": {"version": 99}}}]});
    let policy = json!({"trailproof-logs-app-dev": {"policy": {"_meta": {"version": 99}, "phases": {}}}});
    for (newer, lifecycle) in [(newer, Feature::Absent), (policy, Feature::Present)] {
        let answers = [(200, newer.to_string())];

        let (done, requests) = run_against("{}", &answers, BootstrapMode::Apply, lifecycle, None).await;

        assert!(matches!(done, Err(StoreError::Rejected { reason, .. }) if reason.contains("version 99")));
        assert!(requests.iter().all(|request| request.starts_with("GET ")), "{requests:?}");
    }
}

#[test]
fn a_template_that_the_server_wrote_its_own_way_is_the_same() {
    let ours = json!({"data_stream": {}, "template": {"settings": {"index": {"number_of_shards": 1}}},
        "version": 1});
    let installed = json!({"version": 1, "created_date_millis": 5, "data_stream": {"hidden": false},
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
