//! `GET /api/v1/logs/tail`: what it shows, and how it goes on.

use std::time::Duration;

use serde_json::json;
use trailproof::http::Surface;
use trailproof::model::LogEntry;

use crate::harness::{Call, Events, TestApp, line};

const TAIL: &str = "/api/v1/logs/tail";

/// Asks the store often, so that a test is not kept waiting.
pub(super) fn eager() -> TestApp {
    TestApp::with(Surface::Everything, |limits| limits.tail.poll = Duration::from_millis(5))
}

pub(super) fn tail(app: &TestApp) -> Call {
    app.call("GET", TAIL).token("sre")
}

async fn go_on(app: &TestApp, last_id: &str) -> Events {
    tail(app).header("last-event-id", last_id).open().await
}

#[tokio::test]
async fn a_line_is_a_message_with_an_id_and_the_entry_as_data() {
    let app = eager();
    let mut events = tail(&app).header("accept", "text/event-stream").open().await;
    app.store.put([line("a", 0)]).await;

    let begin = events.next_block().await.unwrap();
    let event = events.next_block().await.unwrap();

    assert!(begin.has_id && begin.data.is_empty(), "{begin:?}");
    assert!(event.has_id);
    assert_eq!(event.kind, "message");
    assert_eq!(event.json(), app.get_as("sre", "/api/v1/logs/a").await.json());
    assert_eq!(events.headers["content-type"], "text/event-stream");
    assert_eq!(events.headers["cache-control"], "no-cache");
    assert_eq!(events.headers["x-accel-buffering"], "no");
}

#[tokio::test]
async fn it_goes_on_after_the_last_event_without_loss_or_repetition() {
    let app = eager();
    let mut first = tail(&app).open().await;
    app.store.put([line("a", 2), line("b", 1), line("c", 1)]).await;
    assert_eq!(first.lines(3).await, ["a", "b", "c"]);
    let last_id = first.last_id.clone();
    drop(first);
    app.store.put([line("d", 1), line("e", 0)]).await;

    let mut second = go_on(&app, &last_id).await;
    let missed = second.lines(2).await;
    app.store.put([line("f", 0)]).await;
    let next = second.lines(1).await;

    assert_eq!(missed, ["d", "e"]);
    assert_eq!(next, ["f"]);
}

#[tokio::test]
async fn it_goes_on_in_the_middle_of_what_arrived_together() {
    let app = eager();
    let mut first = tail(&app).open().await;
    app.store.put((0..6).map(|index| line(&format!("l{index}"), 1))).await;
    assert_eq!(first.lines(2).await, ["l0", "l1"]);

    let mut second = go_on(&app, &first.last_id).await;

    assert_eq!(second.lines(4).await, ["l2", "l3", "l4", "l5"]);
}

#[tokio::test]
async fn what_came_in_between_the_beginning_and_the_first_line_is_not_lost() {
    let app = eager();
    let mut first = tail(&app).open().await;
    first.next_block().await.unwrap();
    let last_id = first.last_id.clone();
    drop(first);
    app.store.put([line("a", 0)]).await;

    let mut second = go_on(&app, &last_id).await;

    assert_eq!(second.lines(1).await, ["a"]);
}

#[tokio::test]
async fn a_late_line_is_shown_and_does_not_turn_the_tail_back() {
    let app = eager();
    let mut first = tail(&app).open().await;
    app.store.put([line("b", 0)]).await;
    assert_eq!(first.lines(1).await, ["b"]);
    app.store.put([line("a", 3)]).await;
    assert_eq!(first.lines(1).await, ["a"]);

    let mut second = go_on(&app, &first.last_id).await;
    // Only after its first question does the second tail know what was shown before.
    app.store.put([line("c", 0)]).await;
    assert_eq!(second.lines(1).await, ["c"]);
    app.store.put([line("late", 2)]).await;

    assert_eq!(second.lines(1).await, ["late"]);
}

#[tokio::test]
async fn lines_of_any_time_are_shown_when_they_arrive() {
    let app = eager();
    let mut events = tail(&app).open().await;
    app.store.put([line("ahead", -20), line("far-ahead", -3_600)]).await;
    app.store.put([line("late", 6), line("later", 30), line("yesterday", 86_400)]).await;

    assert_eq!(events.lines(5).await, ["ahead", "far-ahead", "late", "later", "yesterday"]);
    app.store.put([line("now", 0)]).await;

    assert_eq!(events.lines(1).await, ["now"]);
}

#[tokio::test]
async fn what_was_stored_before_it_begins_is_not_shown() {
    let app = eager();
    app.store.put([line("before", 0)]).await;
    let mut events = tail(&app).open().await;
    app.store.put([line("after", 0)]).await;

    assert_eq!(events.lines(1).await, ["after"]);
}

#[tokio::test]
async fn too_many_lines_are_sampled_and_the_number_left_out_is_said() {
    let app = eager();
    let mut events = tail(&app).open().await;
    app.store.put((0..1_700).map(|index| line(&format!("l{index:04}"), 1))).await;

    let shown = events.lines(500).await;
    let dropped = events.next().await.unwrap();
    app.store.put([line("next", 0)]).await;

    assert_eq!(shown.last().map(String::as_str), Some("l1699"));
    assert_eq!((dropped.kind.as_str(), dropped.json()), ("dropped", json!({"count": 1_200})));
    assert!(!dropped.has_id);
    assert_eq!(events.next().await.unwrap().kind, "dropped");
}

#[tokio::test]
async fn parameters_narrow_what_is_shown_and_fields_cut_it() {
    let app = eager();
    let path = format!("{TAIL}?query=timed&service=gateway&min_level=warn&fields=message");
    let mut events = app.call("GET", &path).token("sre").open().await;
    let other = LogEntry { service: "auth-service".to_owned(), ..line("other", 0) };
    app.store.put([other, line("a", 0)]).await;

    let event = events.next().await.unwrap();

    assert_eq!(event.json(), json!({"id": "a", "message": "upstream timed out"}));
}

#[tokio::test]
async fn only_lines_of_the_own_services_and_kinds_are_shown() {
    let app = eager();
    let mut viewer = app.call("GET", TAIL).token("viewer@gateway").open().await;
    let mut sre = tail(&app).open().await;
    let other = LogEntry { service: "auth-service".to_owned(), ..line("a", 2) };
    app.store.put([other, line("c", 0)]).await;
    app.store.put_security([line("b", 1)]).await;

    assert_eq!(viewer.lines(1).await, ["c"]);
    let mut seen = sre.lines(3).await;
    seen.sort();
    assert_eq!(seen, ["a", "b", "c"]);
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_before_the_stream_begins() {
    let app = eager();

    for name in ["from", "to", "time_range", "limit", "sort", "cursor", "total"] {
        app.get_as("sre", &format!("{TAIL}?{name}=1")).await.problem(400, 3000);
    }
    app.get_as("sre", &format!("{TAIL}?query=servce:x")).await.problem(422, 3003);
    app.get_as("sre", &format!("{TAIL}?fields=servce")).await.problem(422, 3003);
    app.get_as("viewer@gateway", &format!("{TAIL}?service=other")).await.problem(403, 3010);
    tail(&app).header("accept", "application/json").send().await.problem(406, 3085);
}

#[tokio::test]
async fn a_last_event_id_that_is_not_from_this_tail_is_400() {
    let app = eager();
    let mut events = tail(&app).open().await;
    events.next_block().await.unwrap();
    let id = events.last_id.clone();

    for bad in ["garbage", "0", &id[1..]] {
        tail(&app).header("last-event-id", bad).send().await.problem(400, 3008);
    }
    let of_other_caller = app.call("GET", TAIL).token("admin").header("last-event-id", &id);
    of_other_caller.send().await.problem(400, 3008);
    let of_other_query =
        app.call("GET", &format!("{TAIL}?query=other")).token("sre").header("last-event-id", &id);
    of_other_query.send().await.problem(400, 3008);
    tail(&app).header("last-event-id", &id).header("last-event-id", &id).send().await.problem(400, 3008);
    assert!(tail(&app).header("last-event-id", "").open().await.next_block().await.is_some());
}
