//! `search --tail`: on a real server that is killed and comes back, and on a scripted one that misbehaves.

use crate::fake_server::{FakeServer, events, json};
use crate::home::{Home, Server, finish};
use crate::running::Running;

fn line(id: &str) -> String {
    format!(
        r#"{{"id":"{id}","timestamp":"2026-11-21T00:00:00.000000Z","level":"info","service":"gateway","message":"m-{id}"}}"#
    )
}

fn page(ids: &[&str]) -> String {
    let items: Vec<_> = ids.iter().map(|id| line(id)).collect();
    let items = items.join(",");
    format!(r#"{{"items":[{items}],"page":{{"next_cursor":null}},"total":null,"took_ms":1,"warnings":[]}}"#)
}

#[test]
fn a_tail_outlives_its_server_and_misses_nothing() {
    let home = Home::new();
    let mut server = home.serve();
    let send = |server: &Server, text: &str| {
        server.ingest(
            &home,
            &format!("{{\"message\":\"{text}\",\"service\":\"gateway\",\"level\":\"warn\"}}\n"),
        );
    };
    send(&server, "long ago");
    send(&server, "just now");
    let mut tail =
        Running::start(&mut server.client(&home, "sre", &["search", "-f", "-n", "1", "--min-level", "warn"]));
    tail.wait_for_line("history", |line| line.contains("just now"));

    send(&server, "while it runs");
    tail.wait_for_line("the new line", |line| line.contains("while it runs"));
    let port = server.url.rsplit(':').next().unwrap().to_owned();
    server.running.signal("KILL");
    server.running.wait();
    tail.wait_for_line("the loss", |line| line.contains("connection is lost"));
    let server = home.serve_at(&port);
    send(&server, "after it came back");
    tail.wait_for_line("the line after the restart", |line| line.contains("after it came back"));

    let shown = tail.said.iter().filter(|line| line.starts_with('{')).count();
    assert_eq!(shown, 3, "{:#?}", tail.said);
}

#[test]
fn a_tail_shows_history_then_new_lines_once_each_over_a_broken_connection() {
    let home = Home::new();
    let message = |id: &str| format!("id: cursor-{id}\ndata: {}\n\n", line(id));
    let server = FakeServer::answering(vec![
        events(&format!(
            ": hello\n\n{}{}event: dropped\ndata: {{\"count\":7}}\n\n",
            message("b"),
            message("c")
        )),
        json("200 OK", "", &page(&["b", "a"])),
        events(&message("d")),
        json(
            "403 Forbidden",
            "",
            r#"{"type":"/errors/3082","title":"t","status":403,"code":3082,"detail":"no more"}"#,
        ),
    ]);
    let mut command = home.command(&["search", "--tail", "--service", "gateway", "m"]);
    command.env("TRAILPROOF_URL", &server.url).env("TRAILPROOF_TOKEN", "any");

    let mut running = Running::start(&mut command);
    let status = running.wait();

    assert_eq!(status.code(), Some(1), "{:?}", running.said);
    let shown: Vec<_> = running.said.iter().filter(|line| line.starts_with('{')).cloned().collect();
    assert_eq!(shown, ["a", "b", "c", "d"].map(line));
    assert!(running.said.iter().any(|said| said.contains("7 lines left out")), "{:?}", running.said);
    assert!(running.said.iter().any(|said| said.contains("no more")), "{:?}", running.said);
    let requests = server.requests();
    let starts = |number: usize, text: &str| requests[number].head.starts_with(text);
    assert!(starts(0, "GET /api/v1/logs/tail?query=m&service=gateway"), "{}", requests[0].head);
    assert!(starts(1, "GET /api/v1/logs/search?query=m&service=gateway"), "{}", requests[1].head);
    assert!(requests[1].head.contains("limit=500"), "{}", requests[1].head);
    assert!(requests[2].head.contains("last-event-id: cursor-c"), "{}", requests[2].head);
    assert!(requests[3].head.contains("last-event-id: cursor-d"), "{}", requests[3].head);
}

#[test]
fn ctrl_c_ends_a_tail_at_once() {
    let home = Home::new();
    let server = FakeServer::answering(vec![
        events(&format!("id: 1\ndata: {}\n\n", line("a"))),
        json("200 OK", "", &page(&[])),
    ]);
    let mut command = home.command(&["search", "--tail"]);
    command.env("TRAILPROOF_URL", &server.url).env("TRAILPROOF_TOKEN", "any");
    let mut running = Running::start(&mut command);
    running.wait_for_line("the line", |line| line.starts_with('{'));

    running.signal("INT");
    let status = running.wait();

    assert!(!status.success());
    assert!(!running.said.iter().any(|line| line.starts_with("error")), "{:?}", running.said);
}

#[test]
fn a_trace_is_shown_in_order_with_its_first_error_and_its_pauses() {
    let home = Home::new();
    let error = line("b").replace("info", "error");
    let body = format!(
        r#"{{"items":[{},{error}],"services":[{{"service":"gateway","count":2}}],"first_error":{error},"gaps":[{{"after":"a","seconds":2.5}}],"completeness":{{"partial":false}}}}"#,
        line("a")
    );
    let server = FakeServer::answering(vec![json("200 OK", "", &body), json("200 OK", "", &body)]);
    let trace = |form: &str| {
        let mut command = home.command(&["search", "--trace", "req/1", "--since", "6h", "--output", form]);
        finish(command.env("TRAILPROOF_URL", &server.url).env("TRAILPROOF_TOKEN", "any"))
    };

    let (text, json) = (trace("text"), trace("json"));

    let rows: Vec<_> = text.stdout.lines().collect();
    assert_eq!(rows.len(), 4, "{}", text.stdout);
    assert!(
        rows[2].contains("2.5 s without a line") && rows[3].ends_with("<- first error"),
        "{}",
        text.stdout
    );
    assert_eq!(json.stdout.lines().collect::<Vec<_>>(), [line("a"), error]);
    let head = server.requests().remove(0).head;
    assert!(head.starts_with("GET /api/v1/logs/trace/req%2F1?time_range=6h&tz=UTC "), "{head}");
}
