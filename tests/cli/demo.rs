//! `demo`: what it prints works when it is pasted, and nothing of it is left at the end.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::Value;

use crate::home::{Home, entries, finish};
use crate::running::{Running, signal};

const LAST_LINE: &str = "Ctrl-C ends the demo.";
const ROLES: [&str; 6] = ["admin", "auditor", "developer", "service", "sre", "viewer"];

struct Demo {
    running: Running,
    printed: Vec<String>,
}

impl Demo {
    fn start(home: &Home, arguments: &[&str]) -> Self {
        let mut running = Running::start(&mut home.command(&[&["demo", "--port", "0"], arguments].concat()));
        running.wait_for_line("the end of the greeting", |line| line == LAST_LINE);
        let printed = running.said.clone();
        Self { running, printed }
    }

    /// What follows a label.
    fn labelled(&self, label: &str) -> String {
        let found = self.printed.iter().find_map(|line| line.trim_start().strip_prefix(label));
        found.unwrap_or_else(|| panic!("no {label} in {:#?}", self.printed)).trim().to_owned()
    }

    /// The printed command that begins with a word of this kind.
    fn command(&self, word: &str) -> String {
        let is_command = |line: &&String| line.starts_with("  ") && line.contains(word);
        self.printed.iter().rev().find(is_command).expect(word).trim().to_owned()
    }

    fn folder(&self) -> PathBuf {
        PathBuf::from(self.labelled("folder").split("  (").next().unwrap())
    }
}

fn claims(token: &str) -> Value {
    let payload = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
}

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn everything_a_demo_prints_works_and_nothing_is_left_after_ctrl_c() {
    let home = Home::new();
    let mut demo = Demo::start(&home, &[]);

    assert!(demo.printed.len() <= 20, "{:#?}", demo.printed);
    assert!(demo.printed.iter().all(|line| !line.contains("eyJ")), "a token in {:#?}", demo.printed);
    the_token_file_holds_one_token_a_role(Path::new(&demo.labelled("tokens")));
    the_curl_command_finds_errors_in_every_shell(&home, &demo.command("curl "));
    the_search_command_finds_errors(&home, &demo.command(" search "));
    the_tour_of_the_readme_leads_to_the_cause(&home, &demo);
    other_terminals_find_the_demo(&home);
    demo.running.signal("INT");
    let status = demo.running.wait();

    assert!(matches!(status.code(), Some(0 | 130)), "{status}: {:?}", demo.running.said);
    assert!(!demo.folder().exists());
    assert_eq!(entries(&home.tmp()), [""; 0]);
    assert_eq!(states_in_tmp(demo.running.id()), [""; 0]);
}

fn the_token_file_holds_one_token_a_role(file: &Path) {
    let tokens: BTreeMap<String, String> = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();

    assert_eq!(mode(file), 0o600);
    assert_eq!(tokens.keys().collect::<Vec<_>>(), ROLES);
    for (role, token) in &tokens {
        let claims = claims(token);
        assert_eq!(claims["roles"], serde_json::json!([role]));
        let is_narrow = matches!(role.as_str(), "viewer" | "developer");
        let services = if is_narrow { serde_json::json!(["gateway"]) } else { serde_json::json!([]) };
        assert_eq!(claims["services"], services, "{role}");
    }
}

fn the_curl_command_finds_errors_in_every_shell(home: &Home, command: &str) {
    for shell in ["sh", "bash", "dash"] {
        let answer = finish(home.other(shell).args(["-c", command]));

        assert_eq!(answer.code, Some(0), "{shell}: {}", answer.stderr);
        let page: Value = serde_json::from_str(&answer.stdout).expect(&answer.stdout);
        assert_eq!(page["items"].as_array().unwrap().len(), 2, "{shell}");
        assert_eq!(page["items"][0]["level"], "error", "{shell}");
    }
}

fn the_search_command_finds_errors(home: &Home, command: &str) {
    // A terminal of another day: TMPDIR is not that of the demo.
    let elsewhere = Home::new();
    for home in [home, &elsewhere] {
        let found = finish(home.other("sh").args(["-c", command]));

        assert_eq!(found.code, Some(0), "{}", found.stderr);
        assert_eq!(found.members("level"), ["error"; 50]);
    }
}

/// Runs the commands of the tour as they stand in the README; only the port is that of this demo.
fn the_tour_of_the_readme_leads_to_the_cause(home: &Home, demo: &Demo) {
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    let tour = readme.split("\n## ").find(|part| part.starts_with("From the demo to the cause")).unwrap();
    let commands: Vec<_> = tour.lines().filter_map(|line| line.strip_prefix("$ ")).collect();
    // What each step must teach, in the words of the JSON that a pipe gets.
    let lessons = [
        "\"count\":",
        "\"by_service\":[{\"service\":\"auth-service\"",
        "a7a49477",
        "pool_waiting",
        "64 -> 4",
    ];
    assert_eq!(commands.len(), lessons.len(), "{commands:#?}");

    let bin = home.path().join("bin");
    std::fs::create_dir(&bin).unwrap();
    std::os::unix::fs::symlink(crate::home::program(), bin.join("trailproof")).unwrap();
    let path = format!("{}:{}", bin.display(), crate::home::variable("PATH").unwrap().display());
    let tokens = std::fs::read(demo.labelled("tokens")).unwrap();
    let tokens: BTreeMap<String, String> = serde_json::from_slice(&tokens).unwrap();
    let url = demo.labelled("health").split("/health").next().unwrap().to_owned();
    for (command, lesson) in commands.iter().zip(lessons) {
        let command = command.replace("http://127.0.0.1:8002", &url);
        let mut shell = home.other("sh");
        shell.args(["-c", &command]).env("PATH", &path).env("TOKEN", &tokens["sre"]);

        let learnt = finish(&mut shell);

        assert_eq!(learnt.code, Some(0), "{command}: {}", learnt.stderr);
        assert!(learnt.stdout.contains(lesson), "{command}: {}", learnt.stdout);
    }
    the_tower_stands_three_hours_ago(home);
}

/// The worst 15 minutes hold at least three times the median number of errors.
fn the_tower_stands_three_hours_ago(home: &Home) {
    let bars = home.run(&["search", "level:error", "--since", "6h", "--histogram", "--interval", "15m"]);
    let counts: Vec<_> = bars.objects().iter().map(|bar| bar["count"].as_u64().unwrap()).collect();
    let highest = (0..counts.len()).max_by_key(|place| counts[*place]).unwrap();
    let mut sorted = counts.clone();
    sorted.sort_unstable();

    assert!(counts[highest] >= 3 * sorted[sorted.len() / 2], "{counts:?}");
    assert!((10..=14).contains(&highest), "{counts:?}");
}

fn other_terminals_find_the_demo(home: &Home) {
    let by_state_file = home.run(&["search", "--since", "24h", "-n", "3", "결제"]);
    let sent = home.run_with_input(&["ingest", "-", "--service", "by-hand"], b"a line of today\n");

    assert_eq!(by_state_file.objects().len(), 3, "{}", by_state_file.stderr);
    assert_eq!(sent.code, Some(0), "{}", sent.stderr);
    assert_eq!(home.run(&["search", "service:by-hand"]).members("message"), ["a line of today"]);
}

/// State files in /tmp that name a process.
fn states_in_tmp(process: u32) -> Vec<String> {
    let names = entries(Path::new("/tmp")).into_iter().filter(|name| name.starts_with("trailproof-demo-"));
    let is_of_process = |name: &String| {
        let text = std::fs::read_to_string(Path::new("/tmp").join(name)).unwrap_or_default();
        text.contains(&format!("\"pid\":{process},"))
    };
    names.filter(is_of_process).collect()
}

#[test]
fn on_a_terminal_the_tokens_are_shown_and_keep_keeps_the_data_but_no_token() {
    let home = Home::new();
    let program = crate::home::program();
    let demo = format!("'{}' demo --port 0 --keep", program.display());
    let mut script = home.other("script");
    let mut running = Running::start(script.args(["-qfec", &demo, "/dev/null"]).env("NO_COLOR", "1"));
    running.wait_for_line("the end of the greeting", |line| line.ends_with(LAST_LINE));
    // Progress is drawn over itself; what counts is what stands at the end of a line.
    let shown = |line: &String| line.rsplit(['\r', '\x1b']).next().unwrap_or_default().to_owned();
    let demo = Demo { printed: running.said.iter().map(shown).collect(), running };

    let tokens = ROLES.map(|role| demo.labelled(&format!("{role} ")));
    assert!(tokens.iter().all(|token| token.starts_with("eyJ")), "{tokens:?}");
    assert!(demo.printed.len() <= 20, "{:#?}", demo.printed);
    let folder = demo.folder();
    let state = entries(&home.tmp()).into_iter().find(|name| name.contains(".json")).unwrap();
    let state = home.tmp().join(state);
    assert_eq!(mode(&state), 0o600);
    let process = serde_json::from_slice::<Value>(&std::fs::read(&state).unwrap()).unwrap()["pid"].as_u64();
    signal(u32::try_from(process.unwrap()).unwrap(), "TERM");
    let mut running = demo.running;
    running.wait();

    assert_eq!(entries(&folder), ["data"]);
    assert_eq!(entries(&home.tmp()), [folder.file_name().unwrap().to_str().unwrap()]);
    let said = running.said.last().unwrap();
    let data = folder.join("data");
    assert!(said.contains(&format!("serve --data-dir '{}'", data.display())), "{said}");
}

#[test]
fn a_signal_while_the_lines_are_made_leaves_nothing_behind() {
    let home = Home::new();
    let mut running = Running::start(&mut home.command(&["demo", "--port", "0"]));
    let deadline = std::time::Instant::now() + std::time::Duration::from_mins(1);
    while entries(&home.tmp()).is_empty() && std::time::Instant::now() < deadline {
        std::thread::yield_now();
    }

    running.signal("TERM");
    let status = running.wait();

    assert_eq!(status.code(), Some(0), "{:?}", running.said);
    assert_eq!(entries(&home.tmp()), [""; 0]);
    assert_eq!(running.said, [""; 0]);
}

#[test]
fn a_missing_or_closed_temporary_folder_is_named_with_the_way_out() {
    let home = Home::new();
    let missing = home.path().join("missing");
    let file = home.write("file", "");

    for place in [missing, file] {
        let refused = finish(home.command(&["demo", "--port", "0"]).env("TMPDIR", &place));

        assert_eq!(refused.code, Some(1));
        assert!(refused.stderr.contains(place.to_str().unwrap()), "{}", refused.stderr);
        assert!(refused.stderr.contains("set TMPDIR"), "{}", refused.stderr);
        assert_eq!(refused.stderr.lines().count(), 1, "{}", refused.stderr);
    }
}
