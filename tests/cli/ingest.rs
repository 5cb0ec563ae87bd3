//! `ingest`: files, pipes, gzip, refusals, and a server that is busy.

use std::io::Write as _;
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::fake_server::{FakeServer, json};
use crate::home::{Finished, Home, finish};
use crate::running::Running;

const STORED: &str = r#"{"stored":1,"refused":0,"errors":[]}"#;
const BUSY: &str = r#"{"type":"/errors/3052","title":"overloaded","status":503,"code":3052,"detail":"the engine refuses more work"}"#;

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

/// Debian's log of packages, or last month's where it was turned over.
fn package_log() -> (&'static Path, String) {
    let logs = ["/var/log/dpkg.log", "/var/log/dpkg.log.1"].map(Path::new);
    let read = |log: &'static Path| Some((log, std::fs::read_to_string(log).ok()?));
    let mut found = logs.into_iter().filter_map(read);
    found.find(|(_, text)| text.contains(" status installed ")).expect("Debian writes /var/log/dpkg.log")
}

#[test]
fn the_package_log_of_this_machine_is_taken_in_and_found() {
    let (log, text) = package_log();
    let installed = text.lines().rev().find(|line| line.contains(" status installed ")).unwrap();
    let package = installed.split(' ').nth(4).unwrap();
    let day = installed.get(..10).unwrap();
    let home = Home::new();
    let server = home.serve();

    let sent = server.run(&home, "service", &["ingest", log.to_str().unwrap(), "--service", "dpkg"]);
    let query = format!("service:dpkg \"status installed\" \"{package}\"");
    let end = format!("{day}T23:59:59.999999Z");
    let found = server.run(&home, "sre", &["search", &query, "--from", day, "--to", &end, "--all"]);

    assert_eq!(sent.code, Some(0), "{}", sent.stderr);
    let lines = text.lines().filter(|line| !line.trim().is_empty()).count();
    assert_eq!(sent.stdout.split(" lines stored").next().unwrap().replace(',', ""), lines.to_string());
    assert!(found.members("message").contains(&installed.to_owned()), "{installed}: {}", found.stdout);
    // The time is that of the line, not that of its arrival.
    let time = installed.get(..19).unwrap().replace(' ', "T");
    assert!(
        found.members("timestamp").iter().any(|found| found.starts_with(&time)),
        "{time}: {}{}",
        found.stdout,
        found.stderr
    );
}

#[test]
fn gzip_plain_text_and_arrays_are_told_apart_by_looking() {
    let home = Home::new();
    let server = home.serve();
    let inputs: [(&str, Vec<u8>); 5] = [
        ("lines.ndjson.gz", gzip(b"{\"message\":\"packed\"}\n{\"message\":\"packed\"}\n")),
        (
            "array.json",
            b"[\n {\"message\":\n \"in an array\"},\n {\"message\":\"in an array\"}\n]\n".to_vec(),
        ),
        ("plain.log", b"[12:00] in brackets\n\n[12:01] in brackets".to_vec()),
        ("latin1.log", b"caf\xE9 in latin one\n".to_vec()),
        ("empty.log", Vec::new()),
    ];
    for (name, content) in inputs {
        home.write(name, content);

        let sent = server.run(&home, "service", &["ingest", name]);

        assert_eq!(sent.code, Some(0), "{name}: {}", sent.stderr);
    }

    let count = |query: &str| server.run(&home, "sre", &["search", query]).objects().len();
    assert_eq!((count("packed"), count("\"in an array\""), count("brackets")), (2, 2, 2));
    let latin = server.run(&home, "sre", &["search", "latin"]);
    assert_eq!(latin.members("message"), ["caf\u{FFFD} in latin one"]);
}

#[test]
fn refused_lines_are_named_by_their_number_and_the_others_are_stored() {
    let home = Home::new();
    let server = home.serve();
    let giant = format!("{{\"message\":\"{}\"}}\n", "x".repeat(5 * 1024 * 1024));
    let long = format!("{{\"message\":\"{}\"}}\n", "y".repeat(300 * 1024));
    let text = format!(
        "{{\"message\":\"kept one\"}}\n\n{giant}{{\"message\":\"kept two\",\"timestamp\":\"2026-02-30T00:00:00Z\"}}\n{long}{{\"message\":\"kept three\"}}\n"
    );
    home.write("mixed.ndjson", text);

    let sent = server.run(&home, "service", &["ingest", "mixed.ndjson"]);

    assert_eq!(sent.code, Some(1));
    assert!(sent.stdout.starts_with("2 lines stored, 3 refused"), "{}", sent.stdout);
    let said = |start: &str| sent.stderr.lines().any(|line| line.starts_with(start));
    assert!(said("refused: line 3: longer than 4 MiB"), "{}", sent.stderr);
    assert!(said("refused: line 4: timestamp"), "{}", sent.stderr);
    assert!(said("refused: line 5: message"), "{}", sent.stderr);
    assert_eq!(server.run(&home, "sre", &["search", "kept"]).objects().len(), 2);
}

#[test]
fn a_line_that_trickles_in_is_found_before_the_pipe_ends() {
    let home = Home::new();
    let server = home.serve();
    let mut command = server.client(&home, "service", &["ingest", "-", "--service", "pipe"]);
    let mut child = command.stdin(std::process::Stdio::piped()).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(b"while the pipe is open\n").unwrap();

    let deadline = std::time::Instant::now() + std::time::Duration::from_mins(1);
    let mut found = Vec::new();
    while found.is_empty() && std::time::Instant::now() < deadline {
        found = server.run(&home, "sre", &["search", "service:pipe"]).members("message");
    }

    assert_eq!(found, ["while the pipe is open"]);
    drop(input);
    assert!(child.wait().unwrap().success());
}

fn send_to(home: &Home, server: &FakeServer, input: &str) -> Finished {
    home.write("lines.ndjson", input);
    let mut command = home.command(&["ingest", "lines.ndjson"]);
    finish(command.env("TRAILPROOF_URL", &server.url).env("TRAILPROOF_TOKEN", "any"))
}

#[test]
fn a_busy_server_is_asked_again_after_the_time_that_it_names() {
    let home = Home::new();
    let server = FakeServer::answering(vec![
        json("503 Service Unavailable", "retry-after: 1\r\n", BUSY),
        json("429 Too Many Requests", "retry-after: 0\r\n", BUSY),
        json("200 OK", "", STORED),
    ]);
    let started = std::time::Instant::now();

    let sent = send_to(&home, &server, "{\"message\":\"once\"}\n");

    assert_eq!(sent.code, Some(0), "{}", sent.stderr);
    assert!(started.elapsed().as_millis() >= 1_000);
    let bodies: Vec<_> = server.requests().into_iter().map(|request| request.body).collect();
    assert_eq!(bodies, ["{\"message\":\"once\"}\n"; 3]);
}

#[test]
fn a_server_that_stays_busy_longer_than_patience_lasts_ends_it_with_the_reason() {
    let home = Home::new();
    let server = FakeServer::answering(vec![json("503 Service Unavailable", "retry-after: 600\r\n", BUSY)]);

    let sent = send_to(&home, &server, "{\"message\":\"once\"}\n");

    assert_eq!(sent.code, Some(2));
    assert!(sent.stderr.contains("3052") && sent.stderr.contains("line 1"), "{}", sent.stderr);
    assert!(sent.stdout.starts_with("0 lines stored"), "{}", sent.stdout);
}

#[test]
fn a_batch_that_is_too_large_for_what_stands_in_between_goes_in_halves() {
    let home = Home::new();
    let too_large =
        || "HTTP/1.1 413 Payload Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".to_owned();
    let server = FakeServer::answering(vec![too_large(), json("200 OK", "", STORED), too_large()]);

    let sent = send_to(&home, &server, "{\"message\":\"one\"}\n{\"message\":\"two\"}\n");

    assert_eq!(sent.code, Some(1));
    assert!(sent.stdout.starts_with("1 line stored, 1 refused"), "{}", sent.stdout);
    assert!(sent.stderr.contains("refused: line 2: larger than the server takes"), "{}", sent.stderr);
    let bodies: Vec<_> = server.requests().into_iter().map(|request| request.body).collect();
    assert_eq!(bodies[1..], ["{\"message\":\"one\"}\n", "{\"message\":\"two\"}\n"]);
}

#[test]
fn what_cannot_be_opened_or_sent_is_said_plainly() {
    let home = Home::new();
    let server = home.serve();

    let missing = server.run(&home, "service", &["ingest", "missing.log"]);
    let folder = server.run(&home, "service", &["ingest", "tmp"]);
    home.write("a.log", "a line\n");
    let forbidden = server.run(&home, "sre", &["ingest", "a.log"]);

    assert_eq!((missing.code, folder.code, forbidden.code), (Some(1), Some(1), Some(1)));
    assert!(missing.stderr.contains("missing.log cannot be opened"), "{}", missing.stderr);
    assert!(folder.stderr.contains("tmp is a folder"), "{}", folder.stderr);
    assert!(forbidden.stderr.contains("role service or admin"), "{}", forbidden.stderr);
}

#[test]
fn security_lines_are_kept_from_those_who_may_not_read_them() {
    let home = Home::new();
    let server = home.serve();
    home.write("audit.ndjson", "{\"message\":\"sudo by root\",\"service\":\"gateway\"}\n");

    let sent = server.run(&home, "service", &["ingest", "audit.ndjson", "--kind", "security"]);

    assert_eq!(sent.code, Some(0), "{}", sent.stderr);
    assert_eq!(server.run(&home, "sre", &["search", "sudo"]).objects().len(), 1);
    let mut narrow = home.command(&["search", "sudo"]);
    let token = home.run(&["token", "--role", "viewer", "--services", "gateway"]).stdout;
    narrow.env("TRAILPROOF_URL", &server.url).env("TRAILPROOF_TOKEN", token.trim());
    let narrow = finish(&mut narrow);
    assert_eq!((narrow.code, &*narrow.stdout), (Some(0), ""), "{}", narrow.stderr);
}

#[test]
fn what_gen_makes_goes_through_a_pipe() {
    let home = Home::new();
    let server = home.serve();
    let program = crate::home::program();
    let pipe = format!("'{0}' gen --lines 6000 --span 30m | '{0}' ingest -", program.display());
    let mut command = home.other("sh");
    command
        .args(["-c", &pipe])
        .env("TRAILPROOF_URL", &server.url)
        .env("TRAILPROOF_TOKEN", home.token("service"));

    let mut running = Running::start(&mut command);
    let status = running.wait();

    assert!(status.success(), "{:?}", running.said);
    let expected = "6,000 lines stored, 0 refused";
    assert!(running.said.iter().any(|line| line.starts_with(expected)), "{:?}", running.said);
}
