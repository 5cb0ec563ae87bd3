//! `trailproof doctor` without a cluster: configuration, storage, and a server that runs.

use serde_json::Value;
use trailproof::model::Clock as _;
use trailproof::telemetry::SystemClock;

use crate::fake_server::FakeServer;
use crate::home::{Finished, Home};

/// The findings of a section: check, verdict and message.
pub(crate) fn findings(doctor: &Finished, section: &str) -> Vec<(String, String, String)> {
    let report: Value = serde_json::from_str(&doctor.stdout).expect(&doctor.stdout);
    let sections = report["sections"].as_array().unwrap();
    let found = sections.iter().find(|found| found["section"] == section).expect(section);
    let text = |finding: &Value, member: &str| finding[member].as_str().unwrap().to_owned();
    found["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| (text(finding, "check"), text(finding, "verdict"), text(finding, "message")))
        .collect()
}

#[test]
fn a_fresh_folder_needs_nothing_and_stays_as_it_is() {
    let home = Home::new();

    let doctor = home.run(&["doctor"]);

    assert_eq!(doctor.code, Some(0), "{}{}", doctor.stdout, doctor.stderr);
    assert!(doctor.stdout.contains("trailproof-data is created on the first start"), "{}", doctor.stdout);
    assert!(doctor.stdout.ends_with("4 ok, 0 warnings, 0 failed\n"), "{}", doctor.stdout);
    assert_eq!(crate::home::entries(home.path()), ["tmp"]);
}

#[test]
fn every_mistake_of_the_configuration_is_a_finding() {
    let home = Home::new();
    home.write("trailproof.toml", "[logs]\npresett = \"ecs\"\n[limits]\nmax_rows = \"many\"\n");

    let doctor = home.run(&["doctor", "-o", "json"]);

    assert_eq!((doctor.code, doctor.stderr.as_str()), (Some(2), ""));
    let found = findings(&doctor, "configuration");
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found.iter().all(|(check, verdict, _)| check == "configuration" && verdict == "failed"));
    assert!(found[0].2.contains("trailproof.toml:2") && found[0].2.contains("preset"), "{found:?}");
}

#[test]
fn a_running_server_is_examined_as_a_caller_meets_it() {
    let home = Home::new();
    let mut server = home.serve();
    // It listens before its first look at the back end.
    server.running.wait_for_line("back end is up", |line| line.contains("back end is up"));
    let token = home.token("sre");
    let doctor = |token: &str| {
        let mut command = home.command(&["doctor", "-o", "json", "--url", &server.url]);
        crate::home::finish(command.env("TRAILPROOF_TOKEN", token))
    };

    let good = doctor(&token);
    let bad = doctor("no.such.token");

    assert_eq!(good.code, Some(0), "{}", good.stdout);
    let found = findings(&good, "server");
    let checks: Vec<_> = found.iter().map(|(check, ..)| check.as_str()).collect();
    assert_eq!(checks, ["server", "clock", "token"], "{found:?}");
    assert!(found[0].2.ends_with("answers; its status is ok"), "{found:?}");
    assert_eq!(found[2].2, "the token is known, with the roles: sre");
    assert!(findings(&good, "storage")[0].2.contains("in use by a running trailproof"));
    assert_eq!(bad.code, Some(2));
    assert_eq!(findings(&bad, "server")[2].1, "failed");
    assert!(bad.stdout.contains("trailproof token --role sre"), "{}", bad.stdout);
}

#[test]
fn wrong_clocks_and_missing_fields_of_the_lines_are_told_by_service() {
    let home = Home::new();
    let server = home.serve();
    let doctor = || home.run(&["doctor", "-o", "json", "--url", &server.url]);
    let of_lines = |doctor: &Finished| {
        let found = findings(doctor, "server").into_iter();
        found.filter(|(check, ..)| check.starts_with("line_")).map(|(_, verdict, message)| (verdict, message))
    };

    let before = doctor();
    let now = SystemClock.now().to_string();
    let good =
        format!(r#"{{"timestamp":"{now}","level":"info","msg":"m","serviceId":"gateway","requestId":"r"}}"#);
    server.ingest(&home, &good);
    let in_order = doctor();
    server.ingest(
        &home,
        r#"{"timestamp":"2001-01-01T00:00:00Z","level":"info","msg":"m","serviceId":"auth-service","requestId":"r"}
{"timestamp":"2001-01-01T00:00:01Z","level":"info","msg":"m","serviceId":"auth-service","requestId":"r"}
{"timestamp":"2201-01-01T00:00:00Z","level":"info","msg":"m","serviceId":"auth-service"}
{"msg":"m","level":"info"}"#,
    );
    let out_of_order = doctor();

    assert_eq!(of_lines(&before).count(), 0);
    assert!(of_lines(&in_order).all(|(verdict, _)| verdict == "ok"), "{}", in_order.stdout);
    assert_eq!(of_lines(&in_order).count(), 2);
    let told: Vec<_> = of_lines(&out_of_order).collect();
    let warning = |message: &str| ("warning".to_owned(), message.to_owned());
    assert_eq!(
        told,
        [
            warning("auth-service: more than a minute from their receipt: 2 lines behind, 1 line ahead"),
            warning("unknown: 1 line without request_id, 1 line without service, 1 line without timestamp"),
            warning("auth-service: 1 line without request_id"),
        ]
    );
    assert_eq!(out_of_order.code, Some(0), "{}", out_of_order.stderr);
    assert!(out_of_order.stdout.contains("timedatectl set-ntp true"), "{}", out_of_order.stdout);
}

#[test]
fn a_server_that_is_not_there_or_is_no_trailproof_is_told() {
    let home = Home::new();
    let page = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello";
    let other = FakeServer::answering(vec![page.to_owned()]);

    let nobody = home.run(&["doctor", "--url", "http://127.0.0.1:1"]);
    let somebody = home.run(&["doctor", "--url", &other.url]);
    let no_address = home.run(&["doctor", "--url", "localhost:8002"]);

    assert_eq!((nobody.code, somebody.code, no_address.code), (Some(2), Some(2), Some(2)));
    assert!(nobody.stdout.contains("cannot be reached: Connection refused"), "{}", nobody.stdout);
    assert!(somebody.stdout.contains("is not a Trailproof"), "{}", somebody.stdout);
    assert!(no_address.stdout.contains("localhost:8002"), "{}", no_address.stdout);
}
