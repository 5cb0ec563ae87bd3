//! The server over real sockets: slow clients, several connections, and the orderly stop.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use trailproof::http::Surface;
use trailproof::http::server::{Server, ServerSettings, run};

use crate::harness::{Behaviour, TestApp};

/// A server on a free port.
struct Running {
    address: SocketAddr,
    stop: CancellationToken,
    task: JoinHandle<bool>,
}

impl Running {
    async fn new(app: &TestApp, change: impl FnOnce(&mut ServerSettings)) -> Self {
        let server = Server::bind(([127, 0, 0, 1], 0).into()).await.unwrap();
        let address = server.address();
        let listener = server.with(app.router.clone());
        let mut settings = ServerSettings { notice_time: Duration::ZERO, ..ServerSettings::default() };
        change(&mut settings);
        let stop = CancellationToken::new();
        let (metrics, lifecycle, stopped) = (app.metrics.clone(), app.lifecycle.clone(), stop.clone());
        #[expect(clippy::disallowed_methods, reason = "the test joins the task itself")]
        let task = tokio::spawn(async move {
            run(vec![listener], &settings, &lifecycle, metrics, stopped.cancelled_owned()).await
        });
        Self { address, stop, task }
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// Sends bytes and reads until the server closes.
    async fn exchange(&self, bytes: &[u8]) -> String {
        let mut stream = self.connect().await;
        stream.write_all(bytes).await.unwrap();
        read_all(&mut stream).await
    }

    async fn stop(self) -> bool {
        self.stop.cancel();
        self.task.await.unwrap()
    }
}

/// Reads until the server closes; a reset counts as closed.
async fn read_all(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let reading = stream.read_to_end(&mut bytes);
    let outcome = tokio::time::timeout(Duration::from_secs(20), reading).await;
    assert!(outcome.is_ok(), "the server keeps the connection open");
    String::from_utf8_lossy(&bytes).into_owned()
}

fn short(settings: &mut ServerSettings) {
    settings.header_time = Duration::from_millis(100);
}

#[tokio::test]
async fn answers_over_http_1_1_with_the_headers_of_every_answer() {
    let app = TestApp::new();
    let server = Running::new(&app, |_| {}).await;

    let answer = server.exchange(b"GET /health HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await;

    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(answer.contains("x-request-id: "), "{answer}");
    assert!(answer.ends_with("{\"status\":\"ok\",\"checks\":{\"search\":\"up\"}}"), "{answer}");
    assert!(server.stop().await);
}

#[tokio::test]
async fn a_client_that_says_nothing_or_too_little_is_cut() {
    let app = TestApp::new();
    let server = Running::new(&app, short).await;

    for opening in [&b""[..], b"PRI * HTT", b"GET /health HTTP/1.1\r\nhost: x\r\nx-slow: "] {
        let start = Instant::now();
        let answer = server.exchange(opening).await;
        assert!(start.elapsed() < Duration::from_secs(5), "{opening:?}");
        assert!(!answer.contains("200 OK"), "{answer}");
    }
    assert!(server.stop().await);
}

#[tokio::test]
async fn what_the_parser_refuses_has_a_status() {
    let app = TestApp::new();
    let server = Running::new(&app, short).await;
    let long = format!("GET /{} HTTP/1.1\r\nhost: x\r\n\r\n", "a".repeat(70 * 1024));
    let many = format!("GET /health HTTP/1.1\r\nhost: x\r\n{}\r\n", "a: b\r\n".repeat(101));

    for (request, status) in [
        (
            b"GET /health HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n".to_vec(),
            "400",
        ),
        (b"GET /health HTTP/1.1\r\nhost: x\r\na: b\rc\r\n\r\n".to_vec(), "400"),
        (many.into_bytes(), "431"),
        (long.into_bytes(), "414"),
        (b"GET /health HTTP/1.1\r\nconnection: close\r\n\r\n".to_vec(), "400"),
    ] {
        let answer = server.exchange(&request).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{answer}");
    }
    assert!(server.stop().await);
}

#[tokio::test]
async fn a_large_body_is_answered_413_and_the_answer_arrives() {
    let app = TestApp::new();
    let server = Running::new(&app, |_| {}).await;
    let length = 6 * 1024 * 1024;
    let head = format!(
        "POST /api/v1/logs HTTP/1.1\r\nhost: x\r\nauthorization: Bearer service\r\ncontent-length: {length}\r\n\
         connection: close\r\n\r\n"
    );

    let mut stream = server.connect().await;
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(&vec![b'\n'; length]).await.unwrap();
    let answer = read_all(&mut stream).await;

    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    assert!(answer.contains("\"code\":3086"), "{answer}");
    assert!(server.stop().await);
}

#[tokio::test]
async fn a_client_that_waits_for_permission_gets_413_instead_of_it() {
    let app = TestApp::new();
    let server = Running::new(&app, |_| {}).await;
    let head =
        b"POST /api/v1/logs HTTP/1.1\r\nhost: x\r\nauthorization: Bearer service\r\nexpect: 100-continue\r\n\
        content-length: 1000000000\r\n\r\n";

    let answer = server.exchange(head).await;

    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    assert!(server.stop().await);
}

#[tokio::test]
async fn further_connections_wait_until_one_is_free() {
    let app = TestApp::new();
    let server = Running::new(&app, |settings| settings.connections = 1).await;
    let request = b"GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n";

    let mut first = server.connect().await;
    first.write_all(request).await.unwrap();
    let mut head = [0_u8; 12];
    first.read_exact(&mut head).await.unwrap();
    let mut second = server.connect().await;
    second.write_all(request).await.unwrap();
    let waits = tokio::time::timeout(Duration::from_millis(100), second.read_exact(&mut [0_u8; 12])).await;
    drop(first);
    second.read_exact(&mut head).await.unwrap();

    assert!(waits.is_err());
    assert_eq!(&head, b"HTTP/1.1 200");
    drop(second);
    assert!(server.stop().await);
}

#[tokio::test]
async fn a_stop_lets_a_request_under_way_finish_and_takes_no_new_one() {
    let app = TestApp::with(Surface::Everything, |limits| limits.request_time = Duration::from_millis(300));
    app.store.behave(Behaviour::Hangs);
    let server = Running::new(&app, |_| {}).await;
    let address = server.address;
    let mut stream = server.connect().await;
    let search = b"GET /api/v1/logs/search HTTP/1.1\r\nhost: x\r\nauthorization: Bearer sre\r\n\r\n";

    stream.write_all(search).await.unwrap();
    while !app.metrics.text().unwrap().contains("\nactive_log_searches 1\n") {
        tokio::task::yield_now().await;
    }
    let (is_clean, answer) = tokio::join!(server.stop(), read_all(&mut stream));

    assert!(is_clean);
    assert!(answer.starts_with("HTTP/1.1 504 "), "{answer}");
    assert!(TcpStream::connect(address).await.is_err());
    assert!(app.lifecycle.is_draining());
}

#[tokio::test]
async fn a_stop_does_not_wait_for_ever() {
    let app = TestApp::new();
    app.store.behave(Behaviour::Hangs);
    let server = Running::new(&app, |settings| settings.drain_time = Duration::from_millis(50)).await;
    let mut stream = server.connect().await;
    let search = b"GET /api/v1/logs/search HTTP/1.1\r\nhost: x\r\nauthorization: Bearer sre\r\n\r\n";

    stream.write_all(search).await.unwrap();
    while !app.metrics.text().unwrap().contains("\nactive_log_searches 1\n") {
        tokio::task::yield_now().await;
    }

    assert!(!server.stop().await);
}

#[tokio::test]
async fn a_taken_port_is_said_by_the_operating_system() {
    let first = Server::bind(([127, 0, 0, 1], 0).into()).await.unwrap();

    let error = Server::bind(first.address()).await.unwrap_err();

    assert_eq!(error.kind(), std::io::ErrorKind::AddrInUse);
}
