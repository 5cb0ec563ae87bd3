//! The one log line of a request.

use std::io::Write;
use std::sync::{Arc, Mutex};

use serde_json::Value;
use tracing_subscriber::fmt::MakeWriter;

use crate::harness::TestApp;

/// Keeps what is written.
#[derive(Clone, Default)]
struct Captured(Arc<Mutex<Vec<u8>>>);

impl Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'writer> MakeWriter<'writer> for Captured {
    type Writer = Self;

    fn make_writer(&'writer self) -> Self {
        self.clone()
    }
}

impl Captured {
    /// The lines of the requests whose id begins with `prefix`, in the order of their ids.
    fn requests(&self, prefix: &str) -> Vec<Value> {
        let bytes = self.0.lock().unwrap().clone();
        let lines = String::from_utf8(bytes).unwrap();
        let lines = lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        let is_ours = |line: &Value| line["request_id"].as_str().is_some_and(|id| id.starts_with(prefix));
        let mut requests: Vec<_> = lines.filter(is_ours).collect();
        requests.sort_by_key(|line| line["request_id"].to_string());
        requests
    }
}

#[tokio::test]
async fn each_request_leaves_one_line_without_token_and_query() {
    // For the whole process: a subscriber of one thread would miss events that other tests reach first.
    let captured = Captured::default();
    let lines = tracing_subscriber::fmt().json().flatten_event(true).with_writer(captured.clone()).finish();
    tracing::subscriber::set_global_default(lines).unwrap();
    let app = TestApp::new();

    let search = app.call("GET", "/api/v1/logs/search?query=secret-word").token("sre");
    let answer = search.header("x-request-id", "logged-1").send().await;
    app.call("GET", "/secret-path").header("x-request-id", "logged-2").send().await;
    app.call("GET", "/api/v1/me").token("secret-token").header("x-request-id", "logged-3").send().await;

    let requests = captured.requests("logged-");
    assert_eq!(requests.len(), 3, "{requests:?}");
    assert_eq!(requests[0]["target"], "trailproof::request");
    assert_eq!(requests[0]["method"], "GET");
    assert_eq!(requests[0]["route"], "/api/v1/logs/search");
    assert_eq!(requests[0]["status"], 200);
    assert_eq!(requests[0]["subject"], "sre-1");
    assert_eq!(requests[0]["bytes"], answer.body.len());
    assert!(requests[0]["latency_ms"].is_number());
    assert_eq!(requests[1]["route"], "unmatched");
    assert_eq!(requests[1]["code"], 3083);
    assert_eq!(requests[2]["status"], 401);
    assert!(!requests.iter().any(|line| line.to_string().contains("secret")), "{requests:?}");
}
