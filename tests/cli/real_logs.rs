//! Logs of real servers, which nobody here made up, are taken in and found.
//!
//! `tests/servers run postgres es9 -- cargo test --test cli real_logs` starts the servers and says where they are.

use std::path::{Path, PathBuf};

use crate::home::{Home, Server};

fn folder(variable: &str) -> PathBuf {
    crate::home::variable(variable)
        .map_or_else(|| panic!("{variable} is not set; run tests/run real-logs"), PathBuf::from)
}

/// The log of a server: the one file that is wanted in its folder of logs.
fn log_of(variable: &str, is_wanted: impl Fn(&str) -> bool) -> PathBuf {
    let logs = folder(variable).join("logs");
    let names = crate::home::entries(&logs);
    let name = names.iter().find(|name| is_wanted(name));
    logs.join(name.unwrap_or_else(|| panic!("no such log among {names:?}")))
}

fn take_in(home: &Home, server: &Server, log: &Path, service: &str) -> String {
    // A copy, since the server goes on writing.
    let text = std::fs::read_to_string(log).unwrap();
    home.write("real.log", &text);
    let sent = server.run(home, "service", &["ingest", "real.log", "--service", service]);
    assert_eq!(sent.code, Some(0), "{}", sent.stderr);
    let lines = text.lines().filter(|line| !line.trim().is_empty()).count();
    let stored: usize = sent.stdout.split(" line").next().unwrap().replace(',', "").parse().unwrap();
    assert_eq!(stored, lines, "{}", sent.stdout);
    text
}

#[test]
fn real_logs_of_elasticsearch_are_found_with_their_level_and_time() {
    let log = log_of("TRAILPROOF_TEST_ES9_DIR", |name| name.ends_with("_server.json"));
    let home = Home::new();
    let server = home.serve();

    let text = take_in(&home, &server, &log, "fallback");
    let found = server.run(&home, "sre", &["search", "\"node name\" OR started", "--since", "24h", "--all"]);
    let all = server.run(&home, "sre", &["search", "--since", "24h", "--all"]);

    let first: serde_json::Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    assert!(!found.objects().is_empty(), "{}", found.stderr);
    assert!(all.members("message").contains(&first["message"].as_str().unwrap().to_owned()));
    let levels = all.members("level");
    assert!(levels.iter().any(|level| level == "info") && !levels.iter().any(String::is_empty));
    assert!(all.objects().iter().all(|line| line["context"].get("time_source").is_none()), "{}", all.stdout);
}

#[test]
fn real_logs_of_postgresql_are_found_with_their_level_and_time() {
    let log = log_of("TRAILPROOF_TEST_POSTGRES_DIR", |name| name == "output.log");
    let home = Home::new();
    let server = home.serve();

    take_in(&home, &server, &log, "postgresql");
    let query = "service:postgresql \"database system is ready to accept connections\"";
    let found = server.run(&home, "sre", &["search", query, "--since", "24h"]);

    let lines = found.objects();
    assert_eq!(lines.len(), 1, "{}{}", found.stdout, found.stderr);
    assert_eq!(lines[0]["level"], "info");
    assert!(lines[0]["context"].get("time_source").is_none(), "{}", found.stdout);
}
