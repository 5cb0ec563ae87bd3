//! `trailproof doctor` on a real cluster: what is missing, whose template wins, which fields cannot be asked.
//!
//! `tests/servers run es9 -- cargo test --test cli cluster_doctor` starts the server.

use std::path::Path;

use serde_json::Value;

use crate::doctor::findings;
use crate::home::{Finished, Home, finish, variable};

/// A home whose settings name the server of the lane and an environment of its own.
struct Cluster {
    home: Home,
    url: String,
}

impl Cluster {
    fn with(settings: &[(&str, &str)]) -> Self {
        let url = variable("TRAILPROOF_TEST_ES9_URL").expect("run tests/run es9").into_string().unwrap();
        let home = Home::new();
        let given: Vec<_> = settings.iter().map(|(name, value)| format!("{name}={value}\n")).collect();
        let given = given.concat();
        let shared = format!(
            "TRAILPROOF_SECURITY_MASTER_KEY={}\nTRAILPROOF_AUTH_HS256_SECRET={}\n",
            "0a".repeat(32),
            "0b".repeat(32)
        );
        home.write(".env", format!("ELASTICSEARCH_URL={url}\n{shared}{given}"));
        Self { home, url }
    }

    fn send(&self, method: &str, path: &str, body: &str) {
        let mut curl = self.home.other("curl");
        curl.args([
            "-sS",
            "--fail-with-body",
            "-X",
            method,
            "-H",
            "Content-Type: application/json",
            "-d",
            body,
        ]);
        let done = finish(curl.arg(format!("{}/{path}", self.url)));
        assert_eq!(done.code, Some(0), "{path}: {}{}", done.stdout, done.stderr);
    }

    fn doctor(&self) -> Finished {
        self.home.run(&["doctor", "-o", "json"])
    }

    /// Runs the command that is said to fix what has failed in `check`.
    fn follow(&self, doctor: &Finished, check: &str) {
        let report: Value = serde_json::from_str(&doctor.stdout).unwrap();
        let sections = report["sections"].as_array().unwrap();
        let mut findings = sections.iter().flat_map(|section| section["findings"].as_array().unwrap());
        let failed =
            findings.find(|found| found["check"] == check && found["verdict"] == "failed").expect(check);
        let fix = failed["fix"].as_str().unwrap();
        let program = Path::new(env!("CARGO_BIN_EXE_trailproof"));
        let script = format!("PATH=\"{}:$PATH\"\n{fix}", program.parent().unwrap().display());
        let done = finish(self.home.other("sh").args(["-c", &script]));
        assert_eq!(done.code, Some(0), "{fix}: {}{}", done.stdout, done.stderr);
        assert!(!done.stdout.contains("\"error\""), "{fix}: {}", done.stdout);
    }
}

fn failed(doctor: &Finished) -> Vec<(String, String)> {
    let found = findings(doctor, "elasticsearch");
    found
        .into_iter()
        .filter(|(_, verdict, _)| verdict == "failed")
        .map(|(check, _, says)| (check, says))
        .collect()
}

#[test]
fn what_is_not_installed_is_named_with_the_command_that_installs_it() {
    let cluster = Cluster::with(&[("TRAILPROOF_LOGS_ENV", "doctor1")]);

    let before = cluster.doctor();
    let bootstrap = cluster.home.run(&["es", "bootstrap"]);
    let after = cluster.doctor();

    assert_eq!(before.code, Some(2));
    let missing = failed(&before);
    assert_eq!(missing.len(), 4, "{missing:?}");
    assert_eq!(missing[0].1, "logs-app-doctor1 is not there, so nothing can be written to it");
    assert_eq!(before.stdout.matches("\"fix\": \"trailproof es bootstrap\"").count(), 4);
    assert_eq!(bootstrap.code, Some(0), "{}", bootstrap.stderr);
    assert_eq!(after.code, Some(0), "{}", after.stdout);
    let found = findings(&after, "elasticsearch");
    let checks: Vec<_> = found.iter().map(|(check, ..)| check.as_str()).collect();
    assert_eq!(
        checks,
        [
            "node",
            "health",
            "version",
            "capabilities",
            "privileges",
            "templates",
            "template",
            "template",
            "template",
            "template",
            "clock"
        ]
    );
    assert!(found[2].2.starts_with("Elasticsearch 9."), "{found:?}");
    assert!(found[6].2.contains("logs-app-doctor1 is a write alias"), "{found:?}");
}

#[test]
fn a_template_that_wins_over_ours_is_named() {
    let cluster = Cluster::with(&[("TRAILPROOF_LOGS_ENV", "doctor2")]);
    assert_eq!(cluster.home.run(&["es", "bootstrap"]).code, Some(0));
    let template = |patterns: &str| format!("{{\"index_patterns\": [{patterns}], \"priority\": 900}}");
    cluster.send("PUT", "_index_template/somebody-doctor2", &template("\"logs-app-doctor2-*\""));

    let doctor = cluster.doctor();
    cluster.follow(&doctor, "template");
    let after = cluster.doctor();
    cluster.send("DELETE", "_index_template/somebody-doctor2", "");

    let found = failed(&doctor);
    assert_eq!((doctor.code, found.len()), (Some(2), 1), "{found:?}");
    assert!(
        found[0].1.contains("the next index of logs-app-doctor2 would take the template somebody-doctor2"),
        "{found:?}"
    );
    assert_eq!(after.code, Some(0), "{}", after.stdout);
}

#[test]
fn an_alias_over_an_index_of_somebody_else_is_rolled_over_by_the_named_command() {
    let cluster = Cluster::with(&[("TRAILPROOF_LOGS_ENV", "doctor7")]);
    // Somebody has written before our templates were there.
    let by_hand = "{\"aliases\": {\"logs-app-doctor7\": {\"is_write_index\": true}}}";
    cluster.send("PUT", "doctor7-app-000001", by_hand);
    let by_hand = "{\"aliases\": {\"logs-error-doctor7\": {\"is_write_index\": true}}}";
    cluster.send("PUT", "doctor7-errors", by_hand);
    assert_eq!(cluster.home.run(&["es", "bootstrap"]).code, Some(0));

    let before = cluster.doctor();
    cluster.follow(&before, "write_target");
    let half = cluster.doctor();
    cluster.follow(&half, "write_target");
    let rolled_over = cluster.doctor();

    let named: Vec<_> = failed(&before).into_iter().map(|(_, says)| says).collect();
    assert_eq!(named.len(), 2, "{named:?}");
    assert!(named[0].contains("index doctor7-app-000001 was not made from our template"), "{named:?}");
    assert!(named[1].contains("index doctor7-errors was not made from our template"), "{named:?}");
    assert_eq!((failed(&half).len(), failed(&rolled_over).len()), (1, 0), "{}", rolled_over.stdout);
}

#[test]
fn an_index_under_our_name_is_nothing_to_write_to() {
    let cluster = Cluster::with(&[("TRAILPROOF_LOGS_ENV", "doctor3")]);
    cluster.send("PUT", "logs-app-doctor3", "{}");

    let doctor = cluster.doctor();

    let found = failed(&doctor);
    assert!(found[0].1.starts_with("logs-app-doctor3 is an index that somebody else has made"), "{found:?}");
    assert!(doctor.stdout.contains("export TRAILPROOF_LOGS_ENV="), "{}", doctor.stdout);
}

#[test]
fn fields_that_cannot_be_asked_are_named_with_their_mapping() {
    let pattern = ("TRAILPROOF_LOGS_INDICES", "doctor4-*");
    let cluster = Cluster::with(&[pattern, ("TRAILPROOF_LOGS_PRESET", "ecs")]);
    let text_only = "{\"mappings\": {\"properties\": {\"@timestamp\": {\"type\": \"date\"}, \"message\": {\"type\": \"text\"}, \
                     \"service\": {\"properties\": {\"name\": {\"type\": \"text\"}}}}}}";
    cluster.send("PUT", "doctor4-a", text_only);

    let empty = cluster.doctor();
    cluster.send(
        "POST",
        "doctor4-a/_doc?refresh=true",
        "{\"@timestamp\": \"2026-11-21T11:00:00Z\", \"message\": \"m\"}",
    );
    let warned = cluster.doctor();
    cluster.send(
        "PUT",
        "doctor4-b",
        "{\"mappings\": {\"properties\": {\"@timestamp\": {\"type\": \"keyword\"}}}}",
    );
    let hidden = cluster.doctor();

    let messages = |doctor: &Finished, wanted: &str| -> Vec<String> {
        let found = findings(doctor, "elasticsearch").into_iter();
        found.filter(|(_, verdict, _)| verdict == wanted).map(|(.., message)| message).collect()
    };
    assert!(
        messages(&empty, "warning").contains(&"doctor4-* holds no line yet".to_owned()),
        "{}",
        empty.stdout
    );
    assert_eq!(warned.code, Some(0), "{}", warned.stdout);
    assert!(messages(&warned, "ok").contains(&"doctor4-* holds one line".to_owned()), "{}", warned.stdout);
    let service =
        messages(&warned, "warning").into_iter().find(|message| message.starts_with("service.name"));
    assert!(service.unwrap().contains("without a sub-field keyword"), "{}", warned.stdout);
    assert!(warned.stdout.contains("/doctor4-*/_mapping/field/service.name*?pretty"), "{}", warned.stdout);
    assert_eq!(hidden.code, Some(2), "{}", hidden.stdout);
    assert!(messages(&hidden, "failed")[0].contains("doctor4-b"), "{}", hidden.stdout);
}

#[test]
fn a_pattern_that_matches_nothing_is_a_failure() {
    let cluster = Cluster::with(&[("TRAILPROOF_LOGS_INDICES", "nowhere5-*")]);

    let doctor = cluster.doctor();

    assert_eq!(doctor.code, Some(2), "{}", doctor.stdout);
    assert!(failed(&doctor)[0].1.contains("no index matches nowhere5-*"), "{}", doctor.stdout);
}

#[test]
fn each_node_is_examined_and_one_that_answers_is_enough_to_go_on() {
    let cluster = Cluster::with(&[("TRAILPROOF_LOGS_ENV", "doctor6")]);
    let settings = std::fs::read_to_string(cluster.home.path().join(".env")).unwrap();
    let both = settings.replace(&cluster.url, &format!("http://127.0.0.1:1,{}", cluster.url));
    cluster.home.write(".env", both);
    assert_eq!(cluster.home.run(&["es", "bootstrap"]).code, Some(0));

    let doctor = cluster.doctor();

    let found = findings(&doctor, "elasticsearch");
    assert_eq!((found[0].1.as_str(), found[1].1.as_str()), ("failed", "ok"), "{found:?}");
    assert_eq!(found.last().unwrap().0, "clock");
    let report: Value = serde_json::from_str(&doctor.stdout).unwrap();
    assert_eq!((doctor.code, &report["verdict"]), (Some(2), &"failed".into()));
}
