//! `search`: forms of output, windows, pages, exit codes.

use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use crate::fake_server::{FakeServer, json};
use crate::home::{Home, Server, finish};

const LINES: &str = r#"{"id":"a","timestamp":"2026-11-21T00:00:01Z","level":"info","service":"gateway","message":"GET / 200"}
{"id":"b","timestamp":"2026-11-21T00:00:02Z","level":"warn","service":"gateway","message":"slow upstream","request_id":"r1"}
{"id":"c","timestamp":"2026-11-21T00:00:03Z","level":"error","service":"auth-service","message":"token refresh failed\n\tat pool","request_id":"r1","context":{"order_id":"42"}}
{"id":"d","timestamp":"2026-11-21T00:00:04Z","level":"error","service":"event-service","message":"결제 중단\u001b[2J","request_id":"r1"}
"#;
const DAY: [&str; 4] = ["--from", "2026-11-21", "--to", "2026-11-22"];

fn filled(home: &Home) -> Server {
    let server = home.serve();
    server.ingest(home, LINES);
    server
}

#[test]
fn a_server_that_asks_for_a_slower_pace_is_asked_again() {
    let home = Home::new();
    let page = r#"{"items":[],"page":{"next_cursor":null},"took_ms":1}"#;
    let server = FakeServer::answering(vec![
        json("429 Too Many Requests", "retry-after: 0\r\n", r#"{"code":3093,"detail":"too fast"}"#),
        json("200 OK", "", page),
    ]);
    let url = server.url.clone();

    let found = home.run(&["search", "x", "--url", &url, "--token", "t"]);

    assert_eq!(found.code, Some(0), "{}", found.stderr);
    assert_eq!(server.requests().len(), 2);
}

#[test]
fn in_a_pipe_every_line_is_json_and_the_oldest_comes_first() {
    let home = Home::new();
    let server = filled(&home);
    let ids = |more: &[&str]| {
        let found = server.run(&home, "sre", &[&["search"], &DAY[..], more].concat());
        assert_eq!(found.code, Some(0), "{more:?}: {}", found.stderr);
        assert_eq!(found.stderr, "", "{more:?}");
        found.members("client_id")
    };

    assert_eq!(ids(&[]), ["a", "b", "c", "d"]);
    assert_eq!(ids(&["-n", "2"]), ["c", "d"]);
    assert_eq!(ids(&["-n", "2", "--oldest"]), ["a", "b"]);
    assert_eq!(ids(&["--all"]), ["a", "b", "c", "d"]);
    assert_eq!(ids(&["level:error"]), ["c", "d"]);
    assert_eq!(ids(&["--level", "ERROR", "--service", "auth-service"]), ["c"]);
    assert_eq!(ids(&["--min-level", "warn"]), ["b", "c", "d"]);
    assert_eq!(ids(&["token", "refresh"]), ["c"]);
    assert_eq!(ids(&["결제"]), ["d"]);
    assert_eq!(ids(&["nothing-like-this"]), [""; 0]);
}

#[test]
fn times_are_those_of_the_reader() {
    let home = Home::new();
    let server = filled(&home);
    let in_seoul = |arguments: &[&str]| {
        let mut command = server.client(&home, "sre", &[&["search", "-o", "text"], arguments].concat());
        finish(command.env("TZ", "Asia/Seoul"))
    };

    let local = in_seoul(&["--from", "2026-11-21T09:00:02", "--to", "2026-11-21 09:00:03"]);
    let utc = in_seoul(&["--from", "2026-11-21T00:00:02", "--to", "2026-11-21T00:00:03Z", "--utc"]);

    assert_eq!(
        local.stdout, "2026-11-21 09:00:02.000 WARN  gateway  slow upstream  req=r1\n",
        "{}",
        local.stderr
    );
    assert_eq!(
        utc.stdout, "2026-11-21 00:00:02.000Z WARN  gateway  slow upstream  req=r1\n",
        "{}",
        utc.stderr
    );
}

#[test]
fn colours_are_for_people_and_no_line_can_steer_the_terminal() {
    let home = Home::new();
    let server = filled(&home);
    let shown = |arguments: &[&str]| {
        server.run(&home, "sre", &[&["search", "level:error"], &DAY[..], arguments].concat()).stdout
    };

    let (colored, plain) = (shown(&["--color", "always"]), shown(&["--output", "text"]));

    assert!(colored.contains("\x1b[31mERROR\x1b[0m"), "{colored:?}");
    assert!(!plain.contains('\x1b'), "{plain:?}");
    assert!(!colored.contains("\x1b[2J") && colored.contains("결제 중단\\u{1b}[2J"), "{colored:?}");
    assert!(plain.contains("token refresh failed  req=r1\n      at pool\n"), "{plain}");
}

#[test]
fn on_a_terminal_there_are_colours_and_a_count_unless_no_color_is_set() {
    let home = Home::new();
    let server = filled(&home);
    let on_terminal = |no_color: &str| {
        let program = crate::home::program();
        let search = format!("'{}' search level:error --from 2026-11-21 --to 2026-11-22", program.display());
        let mut command = home.other("script");
        command
            .args(["-qec", &search, "/dev/null"])
            .env("TRAILPROOF_URL", &server.url)
            .env("TRAILPROOF_TOKEN", home.token("sre"))
            .env("TERM", "xterm")
            .env("NO_COLOR", no_color);
        finish(&mut command).stdout
    };

    let (colored, plain) = (on_terminal(""), on_terminal("1"));

    assert!(colored.contains("\x1b[31mERROR\x1b[0m"), "{colored:?}");
    assert!(plain.contains("ERROR auth-service") && !plain.contains('\x1b'), "{plain:?}");
    assert!(plain.contains("2 lines found, 2 shown"), "{plain:?}");
}

#[test]
fn chosen_fields_are_the_only_ones_beside_the_id() {
    let home = Home::new();
    let server = filled(&home);
    let fields = ["--fields", "service,context.order_id", "-n", "1", "--level", "error", "--oldest"];

    let json = server.run(&home, "sre", &[&["search"], &DAY[..], &fields].concat());
    let text = server.run(&home, "sre", &[&["search", "-o", "text"], &DAY[..], &fields].concat());

    let mut objects = json.objects();
    assert!(objects[0].as_object_mut().unwrap().remove("id").is_some(), "{}", json.stdout);
    assert_eq!(objects, [serde_json::json!({"service": "auth-service", "context": {"order_id": "42"}})]);
    assert_eq!(text.stdout, "auth-service  42\n");
}

#[test]
fn all_walks_every_page_in_order() {
    let home = Home::new();
    let server = home.serve();
    let made =
        home.run(&["gen", "--lines", "3500", "--until", "2026-11-21T12:00:00Z", "--span", "1h", "--ids"]);
    server.ingest(&home, &made.stdout);

    let found =
        server.run(&home, "admin", &["search", "--all", "--from", "2026-11-21", "--to", "2026-11-22"]);

    let (mut found, mut expected) = (found.members("client_id"), made.members("id"));
    found.sort_unstable();
    expected.sort_unstable();
    assert!(found == expected, "{} lines of {}", found.len(), expected.len());
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let home = Home::new();
    let server = home.serve();
    let made = home.run(&["gen", "--lines", "3000", "--until", "2026-11-21T12:00:00Z", "--span", "1h"]);
    server.ingest(&home, &made.stdout);
    let mut command =
        server.client(&home, "sre", &["search", "--all", "--from", "2026-11-21", "--to", "2026-11-22"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();

    let mut first = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut first).unwrap();
    let ended = child.wait_with_output().unwrap();

    assert!(first.starts_with('{'), "{first}");
    assert_eq!(ended.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&ended.stderr), "");
}

#[test]
fn a_mistake_in_the_query_is_pointed_at() {
    let home = Home::new();
    let server = filled(&home);

    let unknown = server.run(&home, "sre", &["search", "level:error servce:x"]);
    let forbidden = server.run(&home, "service", &["search"]);
    let bad_time = server.run(&home, "sre", &["search", "--from", "yesterday"]);

    assert_eq!(unknown.code, Some(1));
    assert!(unknown.stderr.contains("did you mean 'service'?"), "{}", unknown.stderr);
    assert!(unknown.stderr.contains("\n  level:error servce:x\n              ^"), "{}", unknown.stderr);
    assert_eq!(forbidden.code, Some(1));
    assert!(forbidden.stderr.contains("3082"), "{}", forbidden.stderr);
    assert_eq!(bad_time.code, Some(1));
    assert!(bad_time.stderr.contains("3007"), "{}", bad_time.stderr);
}

#[test]
fn no_lines_is_no_error_and_zero_lines_cannot_be_asked_for() {
    let home = Home::new();
    let server = home.serve();

    let nothing = server.run(&home, "sre", &["search"]);
    let zero = server.run(&home, "sre", &["search", "-n", "0"]);

    assert_eq!((nothing.code, &*nothing.stdout), (Some(0), ""));
    assert_eq!(zero.code, Some(1));
}

#[test]
fn a_request_is_followed_across_services() {
    let home = Home::new();
    let server = filled(&home);
    let trace = |form: &str| server.run(&home, "sre", &["search", "--trace", "r1", "--utc", "-o", form]);

    let (text, json, nothing) =
        (trace("text"), trace("json"), server.run(&home, "sre", &["search", "--trace", "r/2"]));

    assert_eq!(json.members("client_id"), ["b", "c", "d"], "{}", json.stderr);
    let rows: Vec<_> = text.stdout.lines().collect();
    assert_eq!(rows[0], "r1  3 lines, 2.0 s  gateway 1, auth-service 1, event-service 1");
    assert_eq!(
        rows.iter().filter(|row| row.ends_with("<- first error")).collect::<Vec<_>>(),
        [&"2026-11-21 00:00:03.000Z ERROR auth-service   token refresh failed  order_id=42  <- first error"]
    );
    assert_eq!(rows.iter().filter(|row| row.contains("1.0 s without a line")).count(), 2, "{}", text.stdout);
    assert_eq!((nothing.code, &*nothing.stdout), (Some(0), ""));
    assert!(nothing.stderr.contains("no line has this"), "{}", nothing.stderr);
}

#[test]
fn lines_are_counted_over_time_in_the_zone_of_the_reader() {
    let home = Home::new();
    let server = filled(&home);
    let window = ["--from", "2026-11-21T09:00:02", "--to", "2026-11-21T09:00:05", "--interval", "1s"];
    let count = |more: &[&str]| {
        let arguments = [&["search", "level:error", "--histogram"], &window[..], more].concat();
        finish(server.client(&home, "sre", &arguments).env("TZ", "Asia/Seoul"))
    };

    let (text, json) = (count(&["-o", "text"]), count(&[]));

    let full = "█".repeat(60);
    let expected =
        format!("2026-11-21 09:00:02  0  \n2026-11-21 09:00:03  1  {full}\n2026-11-21 09:00:04  1  {full}\n");
    assert_eq!(text.stdout, expected, "{}", text.stderr);
    assert_eq!(
        json.objects().iter().map(|bucket| bucket["count"].as_u64().unwrap()).collect::<Vec<_>>(),
        [0, 1, 1]
    );
}

#[test]
fn a_value_glued_to_an_option_is_refused_with_what_to_write() {
    let home = Home::new();
    let server = filled(&home);
    let refused = |arguments: &[&str]| {
        let found = server.run(&home, "sre", &[&["search"], &DAY[..], arguments].concat());
        assert_eq!((found.code, found.stdout.as_str()), (Some(1), ""), "{arguments:?}");
        found.stderr
    };

    let excluded = refused(&["level:error", "-service:auth-service"]);
    let glued = refused(&["-sgateway"]);
    let number = refused(&["-n5"]);

    assert!(excluded.contains("NOT service:auth-service"), "{excluded}");
    assert!(glued.contains("-s gateway; to exclude one write: NOT service:gateway"), "{glued}");
    assert!(number.contains("-n 5"), "{number}");
    let meant = server.run(
        &home,
        "sre",
        &[&["search"], &DAY[..], &["level:error", "NOT", "service:auth-service"]].concat(),
    );
    assert_eq!(meant.members("client_id"), ["d"], "{}", meant.stderr);
}

#[test]
fn several_services_and_levels_are_asked_for_with_commas_or_by_repeating_the_option() {
    let home = Home::new();
    let server = filled(&home);
    let ids = |arguments: &[&str]| {
        let found = server.run(&home, "sre", &[&["search"], &DAY[..], arguments].concat());
        assert_eq!(found.code, Some(0), "{arguments:?}: {}", found.stderr);
        found.members("client_id")
    };

    assert_eq!(ids(&["-s", "auth-service,event-service"]), ["c", "d"]);
    assert_eq!(ids(&["-s", "auth-service", "-s", "event-service"]), ["c", "d"]);
    assert_eq!(ids(&["-l", "info,warn"]), ["a", "b"]);
    assert_eq!(ids(&["-l", "info", "-l", "error", "-s", "gateway,auth-service"]), ["a", "c"]);
    let empty = server.run(&home, "sre", &[&["search"], &DAY[..], &["-s", "gateway,"]].concat());
    assert_eq!(empty.code, Some(1), "{}", empty.stdout);
}

#[test]
fn warnings_stand_on_standard_error_in_every_form() {
    let home = Home::new();
    let server = filled(&home);
    let slip = ["token", "and", "refresh"];

    for more in [&["--json"][..], &["-o", "text"], &["--histogram"], &["--histogram", "--json"]] {
        let found = server.run(&home, "sre", &[&["search"], &DAY[..], &slip, more].concat());

        assert_eq!(found.code, Some(0), "{more:?}: {}", found.stderr);
        assert!(found.stderr.contains("note: 'and' in lower case"), "{more:?}: {}", found.stderr);
        assert!(!found.stdout.contains("note:"), "{more:?}: {}", found.stdout);
    }
}

#[test]
fn a_search_that_finds_nothing_names_the_service_that_was_meant() {
    let home = Home::new();
    let server = filled(&home);

    for more in [&["-s", "gatway"][..], &["-s", "gatway", "-o", "text"], &["service:gatway", "--histogram"]] {
        let found = server.run(&home, "sre", &[&["search"], &DAY[..], more].concat());

        assert_eq!(found.code, Some(0), "{more:?}: {}", found.stderr);
        let expected = "note: no line of the window has service 'gatway'; near: 'gateway'\n";
        assert!(found.stderr.contains(expected), "{more:?}: {}", found.stderr);
    }
}
