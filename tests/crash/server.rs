//! Runs `trailproof serve` on a folder of the test's own, and ends it in every way there is.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::os::fd::AsRawFd as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};

use reqwest::{Method, RequestBuilder};
use serde_json::Value;
use tempfile::TempDir;

/// Longest time from the start of the process to its readiness; the debug build under load needs a part of it.
const READY_WITHIN: Duration = Duration::from_secs(20);
/// Longest time for anything else that must happen.
pub(crate) const DEADLINE: Duration = Duration::from_mins(1);
/// Between two looks at something that is waited for.
const PAUSE: Duration = Duration::from_millis(5);
const SECRET: &str = "0123456789abcdef0123456789abcdef";

/// A data folder, and how the program is started on it.
pub(crate) struct Place {
    home: TempDir,
    /// Words before the program, such as `prlimit --fsize=…`.
    pub(crate) wrapper: Vec<String>,
    /// Settings, by environment variable.
    settings: Vec<(String, String)>,
}

impl Place {
    pub(crate) fn new() -> Self {
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        // The lines of these tests are old; only where a test says so may that matter.
        let days = ["APP", "ERROR", "SECURITY"].map(|kind| format!("TRAILPROOF_RETENTION_{kind}_DAYS"));
        let settings = days.map(|name| (name, "36500".to_owned())).to_vec();
        Self { home: tempfile::tempdir().unwrap(), wrapper: Vec::new(), settings }
    }

    /// Starts it from now on with a further setting, or with another value of it.
    pub(crate) fn set(&mut self, name: &str, value: u64) {
        self.settings.retain(|(known, _)| known != name);
        self.settings.push((name.to_owned(), value.to_string()));
    }

    /// The data folder.
    pub(crate) fn data(&self) -> PathBuf {
        self.home.path().join("data")
    }

    /// The folder of the index.
    pub(crate) fn logs(&self) -> PathBuf {
        self.data().join("logs")
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let words: Vec<String> = self.wrapper.iter().cloned().chain([program()]).collect();
        let mut command = Command::new(&words[0]);
        command.args(&words[1..]).args(arguments).arg("--data-dir").arg(self.data());
        command.env_clear().env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin").current_dir(self.home.path());
        command.env("TRAILPROOF_AUTH_HS256_SECRET", SECRET).stdin(Stdio::null());
        command.envs(self.settings.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Starts the process without waiting for anything.
    pub(crate) fn spawn(&self) -> Child {
        let mut command = self.command(&["serve", "--port", "0"]);
        command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
    }

    /// Starts the server and waits until it is ready, which it must become by itself.
    pub(crate) async fn start(&self) -> Server {
        let begun = Instant::now();
        let mut child = self.spawn();
        let (log, address) = follow(&mut child);
        let client = reqwest::Client::builder().timeout(DEADLINE).build().unwrap();
        let mut server = Server { child, client, base: String::new(), token: self.token(), log };
        let Ok(address) = address.recv_timeout(READY_WITHIN) else {
            panic!("the server does not listen:\n{}", server.log());
        };
        server.base = format!("http://{address}");
        while !server.is_ready().await {
            assert!(begun.elapsed() < READY_WITHIN, "the server is not ready:\n{}", server.log());
            tokio::time::sleep(PAUSE).await;
        }
        server
    }

    /// Starts the server where it must refuse to: returns its exit code and what it says.
    pub(crate) fn fails(&self) -> (Option<i32>, String) {
        let mut child = self.spawn();
        let begun = Instant::now();
        let status = loop {
            if let Some(status) = child.try_wait().unwrap() {
                break status;
            }
            if begun.elapsed() > READY_WITHIN {
                child.kill().unwrap();
                break child.wait().unwrap();
            }
            std::thread::sleep(PAUSE);
        };
        let said = std::io::read_to_string(child.stderr.take().unwrap()).unwrap();
        (status.code(), said)
    }

    fn token(&self) -> String {
        let mut command = Command::new(program());
        command.args(["token", "--role", "admin", "--ttl", "1h"]).current_dir(self.home.path()).env_clear();
        let output = command.env("TRAILPROOF_AUTH_HS256_SECRET", SECRET).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }
}

/// The program as it was when the first test began: a build meanwhile must not put another one under its name.
fn program() -> String {
    static OPENED: OnceLock<File> = OnceLock::new();
    let file = OPENED.get_or_init(|| File::open(env!("CARGO_BIN_EXE_trailproof")).unwrap());
    format!("/proc/{}/fd/{}", std::process::id(), file.as_raw_fd())
}

/// Reads the log of a process, so that it never waits for us, and finds the address in it.
fn follow(child: &mut Child) -> (Arc<Mutex<Vec<String>>>, Receiver<String>) {
    let (sender, address) = channel();
    let log = Arc::new(Mutex::new(Vec::new()));
    let lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let kept = Arc::clone(&log);
    std::thread::spawn(move || {
        for line in lines.map_while(Result::ok) {
            let event: Value = serde_json::from_str(&line).unwrap_or_default();
            if event["message"] == "listening" {
                let _ = sender.send(event["address"].as_str().unwrap().to_owned());
            }
            kept.lock().unwrap().push(line);
        }
    });
    (log, address)
}

/// A running server; killed when dropped.
pub(crate) struct Server {
    child: Child,
    client: reqwest::Client,
    base: String,
    token: String,
    log: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// A request with a token for everything.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.base)).bearer_auth(&self.token)
    }

    /// Host and port.
    pub(crate) fn address(&self) -> &str {
        self.base.trim_start_matches("http://")
    }

    /// The token that requests carry.
    pub(crate) fn token(&self) -> &str {
        &self.token
    }

    /// Number of the process.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// What the process has written, one JSON object a line.
    pub(crate) fn log(&self) -> String {
        self.log.lock().unwrap().join("\n")
    }

    /// Whether requests should be sent there.
    pub(crate) async fn is_ready(&self) -> bool {
        let answer = self.request(Method::GET, "/health/ready").send().await;
        answer.is_ok_and(|answer| answer.status() == 200)
    }

    /// The value of a metric.
    pub(crate) async fn metric(&self, name: &str) -> u64 {
        let text = self.request(Method::GET, "/metrics").send().await.unwrap().text().await.unwrap();
        let value = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        value.unwrap_or_else(|| panic!("no metric {name} in\n{text}")).parse().unwrap()
    }

    /// Ends the process as `kill -9` does.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        assert!(!self.log().contains("panicked"), "{}", self.log());
    }

    /// Sends SIGTERM.
    pub(crate) fn terminate(&self) {
        let status = Command::new("kill").arg("-TERM").arg(self.pid().to_string()).status().unwrap();
        assert!(status.success());
    }

    /// Waits for the process to end by itself.
    pub(crate) async fn end(&mut self) -> ExitStatus {
        let begun = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(begun.elapsed() < DEADLINE, "the process does not end:\n{}", self.log());
            tokio::time::sleep(PAUSE).await;
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits until something holds.
pub(crate) async fn until(what: &str, holds: impl AsyncFn() -> bool) {
    let begun = Instant::now();
    while !holds().await {
        assert!(begun.elapsed() < DEADLINE, "it never happens that {what}");
        tokio::time::sleep(PAUSE).await;
    }
}

/// Names of the files of a folder.
pub(crate) fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<_> =
        entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// Cuts a file down to a part of its length.
pub(crate) fn truncate(file: &Path, share: u64) {
    let opened = File::options().write(true).open(file).unwrap();
    opened.set_len(opened.metadata().unwrap().len() / share).unwrap();
}
