//! A home of a test's own: empty environment, own folders, and the program run in it.

use std::ffi::{OsStr, OsString};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use crate::running::Running;

/// The binary under test.
pub(crate) fn program() -> PathBuf {
    variable("TRAILPROOF_TEST_PROGRAM")
        .map_or_else(|| PathBuf::from(env!("CARGO_BIN_EXE_trailproof")), PathBuf::from)
}

/// A variable of the test's own surroundings.
#[expect(clippy::disallowed_methods, reason = "what a test is given is no setting of the program")]
pub(crate) fn variable(name: &str) -> Option<OsString> {
    std::env::var_os(name)
}

/// Folders of one user, with blanks in their paths.
pub(crate) struct Home {
    folder: TempDir,
}

/// What a finished command left behind.
pub(crate) struct Finished {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Home {
    pub(crate) fn new() -> Self {
        let folder = tempfile::Builder::new().prefix("trailproof cli ").tempdir().unwrap();
        std::fs::create_dir(folder.path().join("tmp")).unwrap();
        Self { folder }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Where temporary files of this home go.
    pub(crate) fn tmp(&self) -> PathBuf {
        self.path().join("tmp")
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    /// Another program in this home, with nothing of the surroundings of the test.
    pub(crate) fn other(&self, name: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(name);
        command
            .env_clear()
            .env("PATH", variable("PATH").unwrap_or_default())
            .env("HOME", self.path())
            .env("TMPDIR", self.tmp())
            .env("TZ", "UTC")
            .current_dir(self.path());
        command
    }

    /// The program in this home. Signals that whoever runs the tests ignores, as under `nohup`, end it all the same.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.other("env");
        command.arg("--default-signal=HUP,INT,TERM").arg(program()).args(arguments);
        command
    }

    /// Runs the program to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Finished {
        finish(&mut self.command(arguments))
    }

    /// Runs the program to its end with `input` on standard input.
    pub(crate) fn run_with_input(&self, arguments: &[&str], input: &[u8]) -> Finished {
        let mut child = self
            .command(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A program that ends early closes the pipe, which is for the test to judge.
        let _ = child.stdin.take().unwrap().write_all(input);
        child.wait_with_output().unwrap().into()
    }

    /// A server with its data in this home, on a free port.
    pub(crate) fn serve(&self) -> Server {
        self.serve_at("0")
    }

    /// A server with its data in this home, on a port of one's choice.
    pub(crate) fn serve_at(&self, port: &str) -> Server {
        let mut command = self.command(&["serve", "--port", port]);
        let mut running = Running::start(&mut command);
        let line = running.wait_for_line("listening", |line| line.contains("\"listening\""));
        let started: Value = serde_json::from_str(&line).unwrap();
        let address = find_text(&started, "address").expect("the log names the address");
        Server { url: format!("http://{address}"), running }
    }

    /// A token of `role` for a server with its data in this home.
    pub(crate) fn token(&self, role: &str) -> String {
        let made = self.run(&["token", "--role", role]);
        assert_eq!(made.code, Some(0), "{}", made.stderr);
        made.stdout.trim().to_owned()
    }
}

/// A server that ends with its test.
pub(crate) struct Server {
    pub(crate) url: String,
    pub(crate) running: Running,
}

impl Server {
    /// The program as a client of this server.
    pub(crate) fn client(&self, home: &Home, role: &str, arguments: &[&str]) -> Command {
        let mut command = home.command(arguments);
        command.env("TRAILPROOF_URL", &self.url).env("TRAILPROOF_TOKEN", home.token(role));
        command
    }

    pub(crate) fn run(&self, home: &Home, role: &str, arguments: &[&str]) -> Finished {
        finish(&mut self.client(home, role, arguments))
    }

    /// Sends lines, all of which must be stored.
    pub(crate) fn ingest(&self, home: &Home, lines: &str) {
        let file = home.write("ingested.ndjson", lines);
        let sent = self.run(home, "service", &["ingest", file.to_str().unwrap()]);
        assert_eq!(sent.code, Some(0), "{}", sent.stderr);
    }
}

pub(crate) fn finish(command: &mut Command) -> Finished {
    command.stdin(Stdio::null()).output().unwrap().into()
}

impl From<Output> for Finished {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Finished {
    /// Standard output as one JSON object a line.
    pub(crate) fn objects(&self) -> Vec<Value> {
        self.stdout.lines().map(|line| serde_json::from_str(line).expect(line)).collect()
    }

    /// One member of every line.
    pub(crate) fn members(&self, name: &str) -> Vec<String> {
        self.objects().iter().map(|line| line[name].as_str().unwrap_or_default().to_owned()).collect()
    }
}

/// A text anywhere in a log line.
fn find_text(value: &Value, name: &str) -> Option<String> {
    let members = value.as_object()?;
    let here = members.get(name).and_then(Value::as_str).map(str::to_owned);
    here.or_else(|| members.values().find_map(|member| find_text(member, name)))
}

/// Names of the entries of a folder, sorted.
pub(crate) fn entries(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<_> =
        entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}
