//! A server for faults: answers each request with the next of the bytes that it was given, and keeps what was asked.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::thread::JoinHandle;

/// Answers in order, a connection each; refuses connections once all are given.
pub(crate) struct FakeServer {
    pub(crate) url: String,
    thread: JoinHandle<Vec<Request>>,
}

/// A request as it was sent.
pub(crate) struct Request {
    pub(crate) head: String,
    pub(crate) body: String,
}

impl FakeServer {
    pub(crate) fn answering(answers: Vec<String>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let thread = std::thread::spawn(move || {
            let serve = |answer: String| answer_one(listener.accept().unwrap().0, &answer);
            answers.into_iter().map(serve).collect()
        });
        Self { url, thread }
    }

    /// Every request, once all answers are given.
    pub(crate) fn requests(self) -> Vec<Request> {
        self.thread.join().unwrap()
    }
}

fn answer_one(stream: TcpStream, answer: &str) -> Request {
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        assert!(reader.read_line(&mut head).unwrap() > 0, "a request without an end: {head}");
    }
    let length = head
        .lines()
        .find_map(|line| line.to_lowercase().strip_prefix("content-length:")?.trim().parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    reader.read_exact(&mut body).unwrap();
    reader.get_mut().write_all(answer.as_bytes()).unwrap();
    Request { head, body: String::from_utf8(body).unwrap() }
}

/// An answer with a JSON body.
pub(crate) fn json(status: &str, headers: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\n{headers}content-length: {length}\r\nconnection: close\r\n\r\n{body}"
    )
}

/// A stream of events that breaks off at its end.
pub(crate) fn events(text: &str) -> String {
    format!("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n{text}")
}
