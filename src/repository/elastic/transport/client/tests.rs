//! The client against servers that lie, hang and hang up.

use std::time::Duration;

use super::super::{fake_server::FakeServer, fake_server::Script, fake_server::dead_address};
use super::*;

fn client(urls: &[String]) -> Client {
    client_with(&ElasticOptions { urls: urls.to_vec(), timeout_ms: 5_000, ..ElasticOptions::default() })
}

fn client_with(options: &ElasticOptions) -> Client {
    // A second installation is refused, which is what parallel tests do.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    Client::new(options).unwrap()
}

async fn read(server: &FakeServer) -> StoreResult<Value> {
    client(std::slice::from_ref(&server.url)).read(&Call::get("/x")).await?.accept()?.json()
}

#[tokio::test]
async fn html_and_cut_json_with_status_200_are_bad_answers() {
    for script in [
        Script::Say(200, "<html>sign in</html>".to_owned()),
        Script::Say(200, "{\"hits\":{".to_owned()),
        Script::CutOff("{\"hits\":{".to_owned()),
        Script::Announce(MAX_BODY_BYTES + 1),
    ] {
        let server = FakeServer::start(vec![script.clone()]);

        let answer = read(&server).await;

        assert!(matches!(answer, Err(StoreError::BadAnswer { .. })), "{script:?}: {answer:?}");
        assert_eq!(server.requests().len(), 1, "{script:?}");
    }
}

#[tokio::test]
async fn a_gateway_status_and_a_closed_connection_mean_unavailable_after_one_more_attempt() {
    for script in [
        Script::Say(502, "<html>bad gateway</html>".to_owned()),
        Script::Say(503, String::new()),
        Script::Say(504, "{}".to_owned()),
        Script::HangUp,
    ] {
        let server = FakeServer::start(vec![script.clone()]);

        let answer = read(&server).await;

        assert!(matches!(answer, Err(StoreError::Unavailable { .. })), "{script:?}: {answer:?}");
        assert_eq!(server.requests().len(), 2, "{script:?}");
    }
}

#[tokio::test]
async fn a_fault_that_passes_is_not_seen_by_a_reader() {
    let server = FakeServer::start(vec![Script::HangUp, Script::Say(200, "{\"ok\":true}".to_owned())]);

    let answer = read(&server).await.unwrap();

    assert_eq!(answer["ok"], true);
}

#[tokio::test]
async fn a_server_that_never_answers_is_a_timeout() {
    let server = FakeServer::start(vec![Script::Hang]);
    let options = ElasticOptions { urls: vec![server.url], timeout_ms: 60, ..ElasticOptions::default() };

    let answer = client_with(&options).read(&Call::get("/x")).await;

    assert!(matches!(answer, Err(StoreError::Timeout { timeout_ms: 60, .. })), "{answer:?}");
}

#[tokio::test]
async fn refused_credentials_are_unavailable_with_a_reason_and_not_tried_again() {
    let server = FakeServer::saying(401, r#"{"error":{"type":"security_exception","reason":"no"}}"#);

    let answer = read(&server).await;

    assert!(
        matches!(answer, Err(StoreError::Unavailable { reason, .. }) if reason.contains("it wants to know who asks"))
    );
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn overload_and_prohibition_have_errors_of_their_own() {
    let overloaded = FakeServer::saying(429, "{}");
    let forbidden = FakeServer::saying(403, r#"{"error":{"type":"security_exception","reason":"no"}}"#);

    assert!(matches!(read(&overloaded).await, Err(StoreError::Overloaded { .. })));
    assert!(matches!(read(&forbidden).await, Err(StoreError::Forbidden { .. })));
}

#[tokio::test]
async fn a_dead_node_is_passed_over_and_then_left_alone() {
    let alive = FakeServer::saying(200, "{}");
    let client = client(&[dead_address(), alive.url.clone()]);

    for _ in 0..4 {
        client.write(&Call::put("/x", &Value::Null).once()).await.unwrap();
    }

    assert_eq!(alive.requests().len(), 4);
    assert!(client.pool.order(Instant::now()).first().is_some_and(|node| alive.url.ends_with(&node.name())));
}

#[tokio::test]
async fn a_fallback_is_asked_only_while_no_node_answers() {
    let fallback = FakeServer::saying(200, "{}");
    let first = FakeServer::start(vec![Script::Say(200, "{}".to_owned()), Script::Say(503, String::new())]);
    let options = ElasticOptions {
        urls: vec![first.url.clone()],
        fallback_urls: vec![fallback.url.clone()],
        ..ElasticOptions::default()
    };
    let client = client_with(&options);

    client.read(&Call::get("/one")).await.unwrap();
    let before = fallback.requests().len();
    client.read(&Call::get("/two")).await.unwrap();

    assert_eq!((before, fallback.requests().len()), (0, 1));
}

#[tokio::test]
async fn what_must_not_run_twice_is_sent_to_one_node_only() {
    let broken = FakeServer::start(vec![Script::HangUp]);
    let other = FakeServer::start(vec![Script::HangUp]);
    let client = client(&[broken.url.clone(), other.url.clone()]);

    let answer = client.write(&Call::post("/x/_rollover", &Value::Null).once()).await;

    assert!(matches!(answer, Err(StoreError::Unavailable { .. })));
    assert_eq!(broken.requests().len() + other.requests().len(), 1);
}

#[tokio::test]
async fn a_request_carries_its_parameters_credentials_and_type() {
    let server = FakeServer::saying(200, "{}");
    let options = ElasticOptions {
        urls: vec![format!("{}/es", server.url.replace("http://", "http://elastic:secret@"))],
        ..ElasticOptions::default()
    };

    client_with(&options)
        .write(&Call::lines("/_bulk", b"{}\n".to_vec()).with("refresh", "wait_for"))
        .await
        .unwrap();

    let request = server.requests().remove(0).to_lowercase();
    assert!(request.starts_with("post /es/_bulk?refresh=wait_for http/1.1"), "{request}");
    assert!(request.contains("content-type: application/x-ndjson"), "{request}");
    assert!(request.contains("authorization: basic zwxhc3rpyzpzzwnyzxq="), "{request}");
    assert!(request.contains("accept-encoding: identity"), "{request}");
}

#[tokio::test]
async fn the_reason_names_the_node_and_not_the_password() {
    let address = dead_address().replace("http://", "http://elastic:hunter2@");

    let error = client(&[address]).read(&Call::get("/x")).await.unwrap_err().to_string();

    assert!(error.contains("127.0.0.1:"), "{error}");
    assert!(!error.contains("hunter2"), "{error}");
}

#[test]
fn the_deadline_of_a_client_is_the_one_of_its_options() {
    let options =
        ElasticOptions { urls: vec!["http://a".to_owned()], timeout_ms: 123, ..ElasticOptions::default() };

    assert_eq!(client_with(&options).timeout(), Duration::from_millis(123));
}
