//! What is answered to requests that are malformed, too large, too slow, or meant for nobody.

use std::time::Duration;

use axum::body::Body;
use serde_json::json;
use trailproof::http::Surface;

use crate::harness::{Behaviour, TestApp, line};

const SEARCH: &str = "/api/v1/logs/search";

#[tokio::test]
async fn a_path_that_no_route_has_is_404() {
    let app = TestApp::new();

    for path in ["/", "/api/v1/logsearch", "//api", "/api/v1/logs/../me", "/%2e%2e%2fme", "/docs/nothing.js"]
    {
        app.get_as("sre", path).await.problem(404, 3083);
    }
}

#[tokio::test]
async fn a_method_that_the_route_does_not_have_is_405_and_allow_names_the_others() {
    let app = TestApp::new();

    for method in ["DELETE", "TRACE", "FOO", "PUT"] {
        let answer = app.call(method, SEARCH).send().await;
        answer.problem(405, 3084);
        assert_eq!(answer.header("allow"), "GET,HEAD,POST", "{method}");
    }
    app.call("POST", "/health").send().await.problem(405, 3084);
}

#[tokio::test]
async fn options_is_answered_without_a_token_and_without_data() {
    let answer = TestApp::new().call("OPTIONS", SEARCH).send().await;

    assert_eq!(answer.status, 204);
    assert_eq!(answer.header("allow"), "GET,HEAD,POST");
    assert!(answer.body.is_empty());
}

#[tokio::test]
async fn an_accept_header_that_leaves_out_json_is_406() {
    let app = TestApp::new();

    app.call("GET", SEARCH).token("sre").header("accept", "image/png").send().await.problem(406, 3085);
    app.call("GET", "/metrics").header("accept", "image/png").send().await.problem(406, 3085);
    let plain = "application/openmetrics-text;q=0.5,text/plain;version=0.0.4;q=0.3";
    assert_eq!(app.call("GET", "/metrics").header("accept", plain).send().await.status, 200);
}

#[tokio::test]
async fn malformed_escapes_are_400_in_path_and_query() {
    let app = TestApp::new();

    for path in [
        "/%zz",
        "/a%00",
        "/%ff",
        "/errors/%",
        "/api/v1/logs/search?query=%zz",
        "/api/v1/logs/search?query=%ff",
    ] {
        app.get_as("sre", path).await.problem(400, 3092);
    }
}

#[tokio::test]
async fn a_long_url_is_414_and_large_headers_are_431() {
    let app = TestApp::new();

    app.get_as("sre", &format!("{SEARCH}?query={}", "a".repeat(8_192))).await.problem(414, 3088);
    let large = "a".repeat(33 * 1_024);
    app.call("GET", SEARCH).token("sre").header("x-large", &large).send().await.problem(431, 3089);
}

#[tokio::test]
async fn exactly_one_host_is_needed() {
    let app = TestApp::new();

    app.call("GET", "/health").without("host").send().await.problem(400, 3092);
    app.call("GET", "/health").header("host", "other").send().await.problem(400, 3092);
}

#[tokio::test]
async fn a_body_over_the_limit_is_413_whether_announced_or_not() {
    let app = TestApp::with(Surface::Everything, |limits| limits.body_bytes = 100);
    let post = || app.call("POST", SEARCH).token("sre").header("content-type", "application/json");

    let streamed = Body::from_stream(futures_util::stream::iter([Ok::<_, std::io::Error>(vec![b' '; 101])]));
    post().body(streamed).send().await.problem(413, 3086);
    post().header("content-length", "101").body(vec![b' '; 101]).send().await.problem(413, 3086);
    let exact = format!("{{}}{}", " ".repeat(98));
    assert_eq!(post().body(exact).send().await.status, 200);
}

#[tokio::test]
async fn a_compressed_body_counts_again_when_it_is_unpacked() {
    use std::io::Write as _;
    let app = TestApp::with(Surface::Everything, |limits| limits.body_bytes = 1_000);
    let packed = |text: &str| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(text.as_bytes()).unwrap();
        encoder.finish().unwrap()
    };
    let post = |body: Vec<u8>| {
        let call = app.call("POST", SEARCH).token("sre").header("content-type", "application/json");
        call.header("content-encoding", "gzip").body(body)
    };

    assert_eq!(post(packed("{\"limit\":1}")).send().await.status, 200);
    post(packed(&" ".repeat(1_001))).send().await.problem(413, 3086);
    post(b"not gzip".to_vec()).send().await.problem(400, 3091);
}

#[tokio::test]
async fn other_types_and_encodings_are_415() {
    let app = TestApp::new();
    let post = || app.call("POST", SEARCH).token("sre").body("{}");

    post().send().await.problem(415, 3087);
    post().header("content-type", "text/plain").send().await.problem(415, 3087);
    post().header("content-type", "application/json; charset=utf-16").send().await.problem(415, 3087);
    for encoding in ["br", "gzip, gzip", "foo", "zstd"] {
        let call = post().header("content-type", "application/json").header("content-encoding", encoding);
        call.send().await.problem(415, 3087);
    }
}

#[tokio::test]
async fn a_body_that_does_not_arrive_is_408() {
    let app = TestApp::with(Surface::Everything, |limits| limits.body_time = Duration::from_millis(20));
    let never = Body::from_stream(futures_util::stream::pending::<Result<Vec<u8>, std::io::Error>>());

    let answer = app.call("POST", SEARCH).token("sre").header("content-type", "application/json").body(never);

    answer.send().await.problem(408, 3090);
}

#[tokio::test]
async fn a_store_that_hangs_is_504_at_the_deadline_and_counts_as_a_timeout() {
    let app = TestApp::with(Surface::Everything, |limits| limits.request_time = Duration::from_millis(20));
    app.store.behave(Behaviour::Hangs);

    let answer = app.get_as("sre", SEARCH).await;

    answer.problem(504, 3094);
    assert_eq!(answer.header("retry-after"), "5");
    let metrics = app.metrics.text().unwrap();
    assert!(
        metrics.contains("log_search_requests_total{endpoint=\"search\",outcome=\"timeout\"} 1\n"),
        "{metrics}"
    );
    assert!(metrics.contains("\nactive_log_searches 0\n"));
}

#[tokio::test]
async fn more_requests_than_there_is_room_for_are_503_but_probes_are_not() {
    let app = TestApp::with(Surface::Everything, |limits| limits.requests = 0);

    let answer = app.get_as("sre", SEARCH).await;

    answer.problem(503, 3095);
    assert_eq!(answer.header("retry-after"), "5");
    assert_eq!(app.call("GET", "/health/live").send().await.status, 200);
    assert_eq!(app.call("GET", "/metrics").send().await.status, 200);
}

#[tokio::test]
async fn more_large_bodies_than_there_is_memory_for_are_503() {
    let app = TestApp::with(Surface::Everything, |limits| limits.bodies_bytes = 2 * 1_024);
    let post = |length: usize| {
        let body = format!("{{}}{}", " ".repeat(length));
        let call = app.call("POST", SEARCH).token("sre").header("content-length", &body.len().to_string());
        call.header("content-type", "application/json").body(body)
    };

    post(3_000).send().await.problem(503, 3095);
    assert_eq!(post(500).send().await.status, 200);
    assert_eq!(post(500).send().await.status, 200);
}

#[tokio::test]
async fn a_well_formed_request_id_is_echoed_and_any_other_replaced() {
    let app = TestApp::new();

    let kept = app.call("GET", "/health").header("x-request-id", "abc.DEF_1:2-3").send().await;
    let replaced = app.call("GET", "/health").header("x-request-id", "a b").send().await;
    let made = app.call("GET", "/nowhere").send().await;

    assert_eq!(kept.header("x-request-id"), "abc.DEF_1:2-3");
    for answer in [replaced, made] {
        let id = uuid::Uuid::parse_str(answer.header("x-request-id")).unwrap();
        assert_eq!(id.get_version_num(), 4);
    }
}

#[tokio::test]
async fn every_answer_carries_the_headers_that_keep_browsers_honest() {
    let app = TestApp::new();

    for path in ["/health", "/nowhere", "/api/v1/me"] {
        let answer = app.call("GET", path).send().await;
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
        assert_eq!(answer.header("referrer-policy"), "no-referrer", "{path}");
        assert!(answer.header("content-security-policy").starts_with("default-src 'none'"), "{path}");
    }
}

#[tokio::test]
async fn large_answers_are_compressed_for_those_who_take_it() {
    let app = TestApp::new();
    app.store.put((0..100).map(|index| line(&format!("line-{index}"), index))).await;

    let packed = app.call("GET", SEARCH).token("sre").header("accept-encoding", "gzip").send().await;
    let plain = app.get_as("sre", SEARCH).await;
    let small = app.call("GET", "/health").header("accept-encoding", "gzip").send().await;

    assert_eq!(packed.header("content-encoding"), "gzip");
    assert!(packed.body.len() < plain.body.len() / 2);
    assert_eq!((plain.header("content-encoding"), small.header("content-encoding")), ("", ""));
    assert_eq!(plain.json()["items"].as_array().unwrap().len(), 100);
}

#[tokio::test]
async fn what_a_server_said_stays_inside() {
    let app = TestApp::new();
    app.store.behave(Behaviour::IsDown);

    let answer = app.call("POST", SEARCH).token("sre").json(&json!({})).send().await;

    let problem = answer.problem(503, 3050);
    assert!(!problem.to_string().contains("10.1.2.3"), "{problem}");
    assert_eq!(answer.header("retry-after"), "5");
}
