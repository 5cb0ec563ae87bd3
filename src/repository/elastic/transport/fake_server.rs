//! A server that lies, for tests: takes connections on a port of its own and answers each with the next script.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// What the server does with a connection.
#[derive(Clone, Debug)]
pub(crate) enum Script {
    /// Answers with a status and a body.
    Say(u16, String),
    /// Announces more bytes than it sends, then hangs up.
    CutOff(String),
    /// Announces a body of so many bytes.
    Announce(u64),
    /// Takes the request and never answers.
    Hang,
    /// Takes the request and hangs up.
    HangUp,
}

/// A running server; it ends with the process.
pub(crate) struct FakeServer {
    /// Where it listens.
    pub(crate) url: String,
    requests: Arc<Mutex<Vec<String>>>,
}

impl FakeServer {
    /// Starts a server that goes through `scripts` and repeats the last one.
    pub(crate) fn start(scripts: Vec<Script>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&requests);
        thread::spawn(move || {
            let mut count = 0;
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                // A look at whether somebody listens sends nothing.
                let Some(request) = read_request(&mut stream) else { continue };
                seen.lock().unwrap().push(request);
                let script = scripts.get(count).or(scripts.last()).unwrap().clone();
                count += 1;
                thread::spawn(move || play(&script, stream));
            }
        });
        Self { url, requests }
    }

    /// A server that always says the same.
    pub(crate) fn saying(status: u16, body: &str) -> Self {
        Self::start(vec![Script::Say(status, body.to_owned())])
    }

    /// The requests so far, each with its head and body.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

/// An address where nobody listens.
pub(crate) fn dead_address() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

fn read_request(stream: &mut TcpStream) -> Option<String> {
    let mut request = Vec::new();
    let mut chunk = [0; 4096];
    loop {
        let count = stream.read(&mut chunk).unwrap_or(0);
        if count == 0 {
            return None;
        }
        request.extend_from_slice(&chunk[..count]);
        let text = String::from_utf8_lossy(&request);
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head
            .lines()
            .find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ").map(str::to_owned))
            .map_or(0, |length| length.parse::<usize>().unwrap());
        if body.len() >= length {
            return Some(text.into_owned());
        }
    }
}

fn play(script: &Script, mut stream: TcpStream) {
    let head = |status: u16, length: u64| {
        format!(
            "HTTP/1.1 {status} Fake\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n"
        )
    };
    let text = match script {
        Script::Say(status, body) => head(*status, body.len().try_into().unwrap()) + body,
        Script::CutOff(body) => head(200, u64::try_from(body.len()).unwrap() + 100) + body,
        Script::Announce(length) => head(200, *length),
        Script::HangUp => return,
        Script::Hang => String::new(),
    };
    let _ = stream.write_all(text.as_bytes());
    if matches!(script, Script::Hang | Script::Announce(_)) {
        let _ = stream.read(&mut [0; 1]);
    }
}
