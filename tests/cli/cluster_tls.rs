//! A cluster that asks who comes, over TLS: a user who may only read, and everything that can be wrong with certificates and passwords.
//!
//! `tests/servers run es9 --tls -- cargo test --test cli cluster_tls` starts the server and says where its certificates are.

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::home::{Home, Server, finish, variable};

/// How to get into the server of these tests.
struct Secured {
    url: String,
    ca_file: String,
    tls_dir: PathBuf,
    username: String,
    password: String,
    reader: String,
    reader_password: String,
    writer: String,
    writer_password: String,
    installer: String,
    installer_password: String,
}

impl Secured {
    fn of_lane() -> Self {
        let given = |name: &str| {
            let name = format!("TRAILPROOF_TEST_ES9_{name}");
            let value = variable(&name).unwrap_or_else(|| panic!("{name} is not set; run tests/run compat"));
            value.into_string().unwrap()
        };
        Self {
            url: given("URL"),
            ca_file: given("CA_FILE"),
            tls_dir: given("TLS_DIR").into(),
            username: given("USERNAME"),
            password: given("PASSWORD"),
            reader: given("READER_USERNAME"),
            reader_password: given("READER_PASSWORD"),
            writer: given("WRITER_USERNAME"),
            writer_password: given("WRITER_PASSWORD"),
            installer: given("INSTALLER_USERNAME"),
            installer_password: given("INSTALLER_PASSWORD"),
        }
    }

    /// Sends something as the administrator.
    fn administer(&self, home: &Home, method: &str, path: &str, body: &str) -> String {
        let user = format!("{}:{}", self.username, self.password);
        let mut curl = home.other("curl");
        curl.args(["-sS", "--fail-with-body", "--cacert", &self.ca_file, "-u", &user, "-X", method]);
        if !body.is_empty() {
            curl.args(["-H", "Content-Type: application/x-ndjson", "--data-binary", body]);
        }
        let done = finish(curl.arg(format!("{}/{path}", self.url)));
        assert_eq!(done.code, Some(0), "{path}: {}{}", done.stdout, done.stderr);
        done.stdout
    }

    /// The settings of somebody who was given a user with read rights.
    fn as_reader(&self, pattern: &str) -> Vec<(&'static str, String)> {
        let mut settings = self.as_user(&self.reader, &self.reader_password);
        settings.push(("TRAILPROOF_LOGS_INDICES", pattern.to_owned()));
        settings.push(("TRAILPROOF_LOGS_PRESET", "ecs".to_owned()));
        settings
    }

    fn as_user(&self, name: &str, password: &str) -> Vec<(&'static str, String)> {
        vec![
            ("ELASTICSEARCH_URL", self.url.clone()),
            ("ELASTICSEARCH_CA_FILE", self.ca_file.clone()),
            ("ELASTICSEARCH_USERNAME", name.to_owned()),
            ("ELASTICSEARCH_PASSWORD", password.to_owned()),
        ]
    }

    /// The settings of somebody who keeps lines in the environment that the test server's users are for.
    fn in_prod(&self, name: &str, password: &str) -> Vec<(&'static str, String)> {
        let mut settings = self.as_user(name, password);
        settings.push(("TRAILPROOF_LOGS_ENV", "prod".to_owned()));
        settings
    }
}

/// A server with these settings in its `.env`.
fn home_with(settings: &[(&str, String)]) -> Home {
    let home = Home::new();
    let lines: Vec<_> = settings.iter().map(|(name, value)| format!("{name}=\"{value}\"\n")).collect();
    home.write(".env", lines.concat());
    home
}

/// The bodies of `/health*`: status and JSON.
fn get(home: &Home, server: &Server, token: Option<&str>, path: &str) -> (String, Value) {
    let mut curl = home.other("curl");
    curl.args(["-sS", "-w", "\n%{http_code}"]);
    if let Some(token) = token {
        curl.args(["-H", &format!("Authorization: Bearer {token}")]);
    }
    let done = finish(curl.arg(format!("{}{path}", server.url)));
    let (body, status) = done.stdout.rsplit_once('\n').unwrap();
    (status.to_owned(), serde_json::from_str(body).unwrap_or_default())
}

#[test]
fn a_user_who_may_only_read_searches_and_nothing_is_reported_down_that_is_up() {
    let secured = Secured::of_lane();
    let home = home_with(&secured.as_reader("foreign-read-*"));
    let lines: Vec<_> = ["INFO", "ERROR"]
        .iter()
        .map(|level| {
            format!(
                "{{\"create\":{{\"_index\":\"foreign-read-1\"}}}}\n{{\"@timestamp\":\"2026-11-21T11:00:00Z\",\
                 \"service\":{{\"name\":\"shop\"}},\"log\":{{\"level\":\"{level}\"}},\"message\":\"order {level}\"}}\n"
            )
        })
        .collect();
    secured.administer(&home, "POST", "_bulk?refresh=true", &lines.concat());
    // Another test writes to the indices of its own environment meanwhile.
    let indices = |home: &Home| {
        secured.administer(home, "GET", "_cat/indices/*,-*-prod-*?h=index,docs.count&s=index", "")
    };
    let before = indices(&home);

    let doctor = home.run(&["doctor", "-o", "json"]);
    let mut server = home.serve();
    server.running.wait_for_line("back end is up", |line| line.contains("back end is up"));
    let window = ["--from", "2026-11-21T00:00:00Z", "--to", "2026-11-22T00:00:00Z"];
    let found = server.run(&home, "sre", &[&["search", "level:error service:shop"], &window[..]].concat());
    let health = get(&home, &server, Some(&home.token("sre")), "/health").1;
    let ready = get(&home, &server, None, "/health/ready").0;
    let file = home.write("line.ndjson", "{\"message\":\"hello\"}\n");
    let refused = server.run(&home, "service", &["ingest", file.to_str().unwrap()]);

    assert_eq!(doctor.code, Some(0), "{}", doctor.stdout);
    assert!(doctor.stdout.contains("foreign-read-* holds 2 lines"), "{}", doctor.stdout);
    assert_eq!(found.members("message"), ["order ERROR"], "{}", found.stderr);
    assert_eq!((&health["status"], &health["checks"]["elasticsearch"]), (&"ok".into(), &"up".into()));
    assert_eq!(ready, "200");
    assert_ne!(refused.code, Some(0));
    assert!(refused.stderr.contains("reads the indices of others"), "{}", refused.stderr);
    assert!(!refused.stderr.contains("takes a token"), "{}", refused.stderr);
    assert_eq!(indices(&home), before, "something was written");
    let said = server.running.said.join("\n");
    assert!(!said.contains("back end is down") && !said.contains(&secured.reader_password), "{said}");
}

#[test]
fn a_privilege_that_is_missing_is_named_with_the_role_that_has_it() {
    let secured = Secured::of_lane();
    let home = home_with(&secured.as_reader("shop-*"));

    let doctor = home.run(&["doctor"]);

    assert_eq!(doctor.code, Some(2), "{}", doctor.stdout);
    assert!(doctor.stdout.contains("reader lacks read on shop-*: no line can be found"), "{}", doctor.stdout);
    assert!(doctor.stdout.contains("_security/role/trailproof"), "{}", doctor.stdout);
}

#[test]
fn a_user_without_rights_on_our_own_names_is_told_which_are_missing() {
    let secured = Secured::of_lane();
    let home = home_with(&secured.as_user(&secured.reader, &secured.reader_password));

    let doctor = home.run(&["doctor"]);
    let bootstrap = home.run(&["es", "bootstrap"]);

    assert_eq!(doctor.code, Some(2), "{}", doctor.stdout);
    assert!(
        doctor.stdout.contains(
            "reader lacks create_doc on logs-app-dev, logs-error-dev, logs-security-dev, audit-events-dev"
        ),
        "{}",
        doctor.stdout
    );
    assert!(
        doctor.stdout.contains("audit-events-dev is not known: the user may not look"),
        "{}",
        doctor.stdout
    );
    assert_eq!(bootstrap.code, Some(1));
    assert!(bootstrap.stderr.contains("is unauthorized for user [reader]"), "{}", bootstrap.stderr);
}

#[test]
fn the_documented_privileges_are_enough_to_install_and_to_keep_lines() {
    let secured = Secured::of_lane();
    let first = home_with(&secured.in_prod(&secured.installer, &secured.installer_password));
    let home = home_with(&secured.in_prod(&secured.writer, &secured.writer_password));

    let installed = first.run(&["es", "bootstrap"]);
    let again = first.run(&["doctor"]);
    let doctor = home.run(&["doctor"]);
    let mut server = home.serve();
    server.running.wait_for_line("back end is up", |line| line.contains("back end is up"));
    let file = home.write("line.ndjson", "{\"message\":\"written with few rights\"}\n");
    let written = server.run(&home, "service", &["ingest", file.to_str().unwrap()]);
    let deadline = Instant::now() + Duration::from_secs(30);
    let mut found = server.run(&home, "sre", &["search", "few rights"]);
    while found.members("message").is_empty() && Instant::now() < deadline {
        found = server.run(&home, "sre", &["search", "few rights"]);
    }

    assert_eq!(installed.code, Some(0), "{}{}", installed.stdout, installed.stderr);
    assert!(again.stdout.contains("templates are up to date"), "{}", again.stdout);
    assert_eq!(doctor.code, Some(0), "{}", doctor.stdout);
    assert!(doctor.stdout.contains("writer has every privilege that is used"), "{}", doctor.stdout);
    assert_eq!(doctor.stdout.matches("whose next index takes our template").count(), 4, "{}", doctor.stdout);
    assert_eq!(written.code, Some(0), "{}", written.stderr);
    assert_eq!(found.members("message"), ["written with few rights"], "{}", found.stderr);
}

/// What goes wrong is said by `doctor`, by the log and by `/health` in the same words, and the server stays alive.
fn assert_told(settings: &[(&str, String)], words: &str, fix: &str) {
    let home = home_with(settings);
    let doctor = home.run(&["doctor"]);
    assert_eq!(doctor.code, Some(2), "{}", doctor.stdout);
    assert!(doctor.stdout.contains(words) && doctor.stdout.contains(fix), "{words}: {}", doctor.stdout);

    let mut server = home.serve();
    let told = server.running.wait_for_line("back end is down", |line| line.contains("back end is down"));
    let health = get(&home, &server, Some(&home.token("sre")), "/health").1;
    let (live, ready) =
        (get(&home, &server, None, "/health/live").0, get(&home, &server, None, "/health/ready").0);
    let shown_to_all = get(&home, &server, None, "/health").1;

    assert!(told.contains(words), "{words}: {told}");
    let error = health["detail"]["elasticsearch"]["error"].as_str().unwrap();
    assert!(error.contains(words), "{error}");
    assert_eq!((live.as_str(), ready.as_str()), ("200", "503"));
    assert_eq!(shown_to_all.get("detail"), None);
    let password = settings.iter().find(|(name, _)| *name == "ELASTICSEARCH_PASSWORD");
    let all = format!("{}{}{}{health}", doctor.stdout, doctor.stderr, server.running.said.join("\n"));
    assert!(password.is_none_or(|(_, password)| !all.contains(password.as_str())), "{all}");
}

fn set(settings: &mut Vec<(&'static str, String)>, name: &'static str, value: &str) {
    settings.retain(|(known, _)| *known != name);
    if !value.is_empty() {
        settings.push((name, value.to_owned()));
    }
}

#[test]
fn a_wrong_password_and_no_credentials_are_told() {
    let secured = Secured::of_lane();
    let mut wrong = secured.as_reader("foreign-*");
    set(&mut wrong, "ELASTICSEARCH_PASSWORD", "not-the-password");
    let mut none = secured.as_reader("foreign-*");
    set(&mut none, "ELASTICSEARCH_USERNAME", "");
    set(&mut none, "ELASTICSEARCH_PASSWORD", "");

    assert_told(&wrong, "it refuses the user name or the password", "export ELASTICSEARCH_USERNAME=");
    assert_told(&none, "it wants to know who asks", "export ELASTICSEARCH_USERNAME=");
}

#[test]
fn an_authority_that_is_not_known_is_told() {
    let secured = Secured::of_lane();
    let mut without = secured.as_reader("foreign-*");
    set(&mut without, "ELASTICSEARCH_CA_FILE", "");
    let mut another = secured.as_reader("foreign-*");
    let place = Home::new();
    let other = place.path().join("other.crt");
    let made = finish(
        place
            .other("openssl")
            .args(["req", "-x509", "-newkey", "ec", "-nodes", "-days", "2"])
            .args([
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-subj",
                "/CN=Another",
                "-keyout",
                "/dev/null",
                "-out",
            ])
            .arg(&other),
    );
    assert_eq!(made.code, Some(0), "{}", made.stderr);
    set(&mut another, "ELASTICSEARCH_CA_FILE", other.to_str().unwrap());

    assert_told(&without, "signed by an authority that is not known here", "export ELASTICSEARCH_CA_FILE=");
    assert_told(
        &another,
        "not signed by the authority in ELASTICSEARCH_CA_FILE",
        "export ELASTICSEARCH_CA_FILE=",
    );
}

#[test]
fn a_certificate_that_has_expired_or_is_for_another_host_is_told() {
    let secured = Secured::of_lane();
    for (certificate, words, fix) in [
        ("expired.crt", "its certificate has expired", "elasticsearch-certutil http"),
        (
            "other.crt",
            "its certificate is for search.example",
            "export ELASTICSEARCH_URL='https://search.example:",
        ),
    ] {
        let node = TlsNode::start(&secured, certificate);
        let mut settings = secured.as_reader("foreign-*");
        set(&mut settings, "ELASTICSEARCH_URL", &format!("https://127.0.0.1:{}", node.port));

        assert_told(&settings, words, fix);
    }
}

#[test]
fn the_wrong_scheme_is_told() {
    let secured = Secured::of_lane();
    let mut plain = secured.as_reader("foreign-*");
    set(&mut plain, "ELASTICSEARCH_URL", &secured.url.replace("https://", "http://"));
    let home = Home::new();
    let server = home.serve();
    let mut tls = secured.as_reader("foreign-*");
    set(&mut tls, "ELASTICSEARCH_URL", &server.url.replace("http://", "https://"));

    assert_told(&plain, "if it expects TLS", "export ELASTICSEARCH_URL='https://");
    assert_told(&tls, "it answers without TLS", "export ELASTICSEARCH_URL='http://");
}

/// Something that shakes hands as a node with this certificate would; it is killed with its test.
struct TlsNode {
    process: Child,
    port: u16,
}

impl TlsNode {
    fn start(secured: &Secured, certificate: &str) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let process = Command::new("openssl")
            .args(["s_server", "-www", "-quiet", "-accept", &format!("127.0.0.1:{port}"), "-cert"])
            .arg(secured.tls_dir.join(certificate))
            .arg("-key")
            .arg(secured.tls_dir.join("node.key"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let deadline = Instant::now() + Duration::from_secs(30);
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(Instant::now() < deadline, "openssl does not listen");
            std::thread::sleep(Duration::from_millis(20));
        }
        Self { process, port }
    }
}

impl Drop for TlsNode {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
