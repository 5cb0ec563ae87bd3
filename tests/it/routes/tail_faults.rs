//! `GET /api/v1/logs/tail`: its bounds, and what ends or disturbs it.

use std::time::Duration;

use serde_json::Value;
use trailproof::http::Surface;

use super::tail::{eager, tail};
use crate::harness::{Behaviour, Events, TestApp, line};

/// A tail that gives signs of life all the time.
fn lively() -> TestApp {
    TestApp::with(Surface::Everything, |limits| {
        limits.tail.poll = Duration::from_millis(5);
        limits.tail.heartbeat = Duration::from_millis(20);
    })
}

/// Reads to the end; the last event with data, if there was one.
async fn last_data(events: &mut Events) -> Option<Value> {
    let mut last = None;
    while let Some(event) = events.next().await {
        last = Some(event.json());
    }
    last
}

#[tokio::test]
async fn while_nothing_comes_in_a_comment_shows_that_it_lives_and_renews_the_id() {
    let app = lively();
    let mut events = tail(&app).open().await;
    events.next_block().await.unwrap();
    let first_id = events.last_id.clone();

    let beat = events.next_block().await.unwrap();
    let again = events.next_block().await.unwrap();

    assert!(beat.is_comment && again.is_comment, "{beat:?} {again:?}");
    assert!(beat.data.is_empty() && beat.has_id);
    assert_ne!(events.last_id, first_id);
    app.store.put([line("a", 0)]).await;
    let mut second = tail(&app).header("last-event-id", &events.last_id).open().await;
    assert_eq!(second.lines(1).await, ["a"]);
}

#[tokio::test]
async fn the_eleventh_tail_of_a_caller_is_429_until_one_is_closed() {
    let app = eager();
    let mut open = Vec::new();
    for _ in 0..10 {
        open.push(tail(&app).open().await);
    }

    let refused = tail(&app).send().await;
    let other = app.call("GET", "/api/v1/logs/tail").token("admin").open().await;
    assert!(app.metrics.text().unwrap().contains("\ntrailproof_log_tails 11\n"));
    drop(other);
    open.pop();

    refused.problem(429, 3093);
    assert_eq!(refused.header("retry-after"), "1");
    open.push(tail(&app).open().await);
    drop(open);
    assert!(app.metrics.text().unwrap().contains("\ntrailproof_log_tails 0\n"));
}

#[tokio::test]
async fn a_tail_takes_no_room_from_other_requests_and_has_no_deadline() {
    let app = TestApp::with(Surface::Everything, |limits| {
        limits.requests = 1;
        limits.request_time = Duration::from_millis(200);
        limits.tail.poll = Duration::from_millis(5);
        limits.tail.heartbeat = Duration::from_millis(250);
    });
    let mut events = tail(&app).header("accept-encoding", "gzip").open().await;

    let search = app.get_as("sre", "/api/v1/logs/search").await;
    events.next_block().await.unwrap();
    let beat = events.next_block().await.unwrap();

    assert_eq!(search.status, 200);
    assert!(beat.is_comment, "{beat:?}");
    assert!(!events.headers.contains_key("content-encoding"));
}

#[tokio::test]
async fn it_ends_when_the_server_drains() {
    let app = eager();
    let mut events = tail(&app).open().await;
    app.store.put([line("a", 0)]).await;
    assert_eq!(events.lines(1).await, ["a"]);

    app.lifecycle.begin_draining();

    assert!(events.next().await.is_none());
}

#[tokio::test]
async fn it_ends_with_a_sentence_once_the_token_is_no_longer_good() {
    let app = lively();
    let mut events = tail(&app).open().await;
    events.next_block().await.unwrap();

    app.expire_tokens();
    let last = last_data(&mut events).await.unwrap();

    assert_eq!((&last["code"], &last["status"]), (&Value::from(3081), &Value::from(401)));
    assert!(app.metrics.text().unwrap().contains("\ntrailproof_log_tails 0\n"));
}

#[tokio::test]
async fn a_failure_of_the_store_is_told_and_the_tail_goes_on_when_it_is_over() {
    let app = lively();
    let mut events = tail(&app).header("x-request-id", "tail-1").open().await;
    app.store.put([line("a", 1)]).await;
    assert_eq!(events.lines(1).await, ["a"]);

    app.store.behave(Behaviour::IsDown);
    let error = events.next().await.unwrap();
    app.store.put([line("b", 0)]).await;
    app.store.behave(Behaviour::Answers);
    let next = loop {
        let event = events.next().await.unwrap();
        if event.kind != "error" {
            break event;
        }
    };

    assert_eq!(error.kind, "error");
    let problem = error.json();
    assert_eq!((&problem["code"], &problem["status"]), (&Value::from(3050), &Value::from(503)));
    assert_eq!(problem["request_id"], "tail-1");
    assert!(!error.data.contains("10.1.2.3"), "{problem}");
    assert_eq!(next.json()["id"], "b");
}

#[tokio::test]
async fn a_store_that_hangs_is_told_after_the_time_of_a_request() {
    let app = TestApp::with(Surface::Everything, |limits| {
        limits.request_time = Duration::from_millis(20);
        limits.tail.poll = Duration::from_millis(5);
    });
    app.store.behave(Behaviour::Hangs);
    let mut events = tail(&app).open().await;

    let error = events.next().await.unwrap();

    assert_eq!((error.kind.as_str(), &error.json()["code"]), ("error", &Value::from(3051)));
}
