//! The configuration as a whole: every problem at once, precedence, secrets, and the generated reference.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use proptest::prelude::*;
use secrecy::ExposeSecret as _;
use trailproof::cli::config::{ShowOrigin, check, show};
use trailproof::config::{Config, Flags, ServerUrl, reference};
use trailproof::model::Preset;
use trailproof::model::RetentionDays;

#[path = "config/place.rs"]
mod place;
#[path = "config/problems.rs"]
mod problems;

use place::Place;

const SECRET: &str = "0123456789abcdef0123456789abcdef";

#[test]
fn without_any_configuration_the_documented_defaults_hold() {
    let loaded = Place::new().load();

    let config = &loaded.config;
    assert_eq!(config.http.bind.to_string(), "127.0.0.1:8002");
    assert_eq!(config.http.admin_bind, None);
    assert_eq!(config.storage.dir, Path::new("./trailproof-data"));
    assert_eq!(config.storage.max_disk_bytes, 0);
    assert!(config.elasticsearch.url.is_empty());
    assert_eq!(config.elasticsearch.timeout_ms, 8_000);
    assert_eq!(config.logs.preset, Preset::Trailproof);
    assert_eq!(config.logs.env.as_str(), "dev");
    assert!(config.auth.hs256_secret.is_none());
    assert_eq!((config.auth.issuer.as_str(), config.auth.audience.as_str()), ("trailproof", "trailproof"));
    assert_eq!((config.limits.search_per_second, config.limits.search_burst), (50, 200));
    assert_eq!((config.limits.max_window_days, config.limits.max_window_days_wide), (31, 366));
    let retention = &config.retention;
    assert_eq!((retention.app_days, retention.error_days, retention.security_days), (30, 90, 365));
    assert_eq!(retention.every_seconds, 3_600);
    assert_eq!(loaded.file, None);
    assert!(loaded.config.warnings().is_empty());
}

#[test]
fn policies_keep_lines_as_long_as_the_defaults_say() {
    let retention = Place::new().load().config.retention;

    assert_eq!(retention.days(), RetentionDays::default());
}

#[test]
fn variables_of_clients_tests_and_kubernetes_are_left_alone() {
    let place = Place::new()
        .env("TRAILPROOF_URL", "http://h")
        .env("TRAILPROOF_TOKEN", "t")
        .env("TRAILPROOF_TEST_ELASTIC", "x")
        .env("TRAILPROOF_SERVERS_LANE", "x")
        .env("TRAILPROOF_SERVICE_HOST", "10.0.0.1")
        .env("TRAILPROOF_SERVICE_PORT_HTTP", "8002")
        .env("TRAILPROOF_PORT", "tcp://10.0.0.1:8002")
        .env("TRAILPROOF_PORT_8002_TCP_ADDR", "10.0.0.1")
        .env("TRAILPROOF_HTTP_ADMIN_BIND", "")
        .env("PATH", "/bin");

    assert_eq!(place.load().config.http.admin_bind, None);
    assert_eq!(
        Place::new().env("TRAILPROOF_PORT", "80").problems(),
        ["TRAILPROOF_PORT: unknown variable 'TRAILPROOF_PORT'"]
    );
}

#[test]
fn flag_beats_environment_beats_dot_env_beats_file_beats_default() {
    let place = Place::new();
    assert_eq!(place.shown("http.bind"), "http.bind = 127.0.0.1:8002  # default");

    let place = place.file("# comment\n[http]\nbind = '127.0.0.2:1'\n");
    assert_eq!(place.shown("http.bind"), "http.bind = 127.0.0.2:1  # file trailproof.toml:3");

    let place = place.dot_env("\nexport TRAILPROOF_HTTP_BIND=127.0.0.2:2 # comment\n");
    assert_eq!(place.shown("http.bind"), "http.bind = 127.0.0.2:2  # .env:2");

    let place = place.env("TRAILPROOF_HTTP_BIND", "127.0.0.2:3");
    assert_eq!(place.shown("http.bind"), "http.bind = 127.0.0.2:3  # environment TRAILPROOF_HTTP_BIND");

    let place = place.flags(Flags { port: Some(4), data_dir: Some("d".into()), config: None });
    assert_eq!(place.shown("http.bind"), "http.bind = 127.0.0.2:4  # flag --port");
    assert_eq!(place.shown("storage.dir"), "storage.dir = d  # flag --data-dir");
}

#[test]
fn the_file_is_that_of_the_flag_then_of_the_variable_then_the_one_beside() {
    let files = || {
        Place::new()
            .file("log.level = 'warn'")
            .other_file("variable.toml", "log.level = 'debug'")
            .other_file("flag.toml", "log.level = 'trace'")
    };
    let flags = Flags { config: Some("flag.toml".into()), ..Flags::default() };

    assert_eq!(files().shown("log.level"), "log.level = warn  # file trailproof.toml:1");
    let place = files().env("TRAILPROOF_CONFIG", "variable.toml");
    assert_eq!(place.shown("log.level"), "log.level = debug  # file variable.toml:1");
    let place = files().dot_env("TRAILPROOF_CONFIG=variable.toml");
    assert_eq!(place.shown("log.level"), "log.level = debug  # file variable.toml:1");
    let place = files().env("TRAILPROOF_CONFIG", "variable.toml").flags(flags);
    assert_eq!(place.shown("log.level"), "log.level = trace  # file flag.toml:1");
    let place = Place::new().env("TRAILPROOF_CONFIG", "absent.toml");
    assert_eq!(place.problems(), ["absent.toml: cannot be read: No such file or directory (os error 2)"]);
}

#[test]
fn a_variable_with_file_behind_its_name_brings_the_content_of_that_file() {
    let place = Place::new()
        .other_file("secret", format!("{SECRET}\n"))
        .env("TRAILPROOF_AUTH_HS256_SECRET_FILE", "secret");

    assert_eq!(place.load().config.auth.hs256_secret.unwrap().expose_secret(), SECRET);
    assert_eq!(
        place.shown("auth.hs256_secret"),
        "auth.hs256_secret = ***  # environment TRAILPROOF_AUTH_HS256_SECRET_FILE"
    );
    assert_eq!(
        place.env("TRAILPROOF_AUTH_HS256_SECRET", SECRET).problems(),
        [
            "TRAILPROOF_AUTH_HS256_SECRET: TRAILPROOF_AUTH_HS256_SECRET and TRAILPROOF_AUTH_HS256_SECRET_FILE are \
          both set; keep one"
        ]
    );
    assert_eq!(
        Place::new().env("ELASTICSEARCH_CA_FILE_FILE", "absent").problems(),
        ["ELASTICSEARCH_CA_FILE_FILE: cannot read 'absent': No such file or directory (os error 2)"]
    );
    assert_eq!(
        Place::new().other_file("b", [0xff]).env("LOG_LEVEL_FILE", "b").problems(),
        ["LOG_LEVEL_FILE: cannot read 'b': not UTF-8"]
    );
}

#[test]
fn only_one_line_end_is_dropped_from_a_mounted_value() {
    let content = format!("{SECRET} \n\n");
    let place = Place::new().other_file("s", &content).env("TRAILPROOF_AUTH_HS256_SECRET_FILE", "s");

    let secret = place.load().config.auth.hs256_secret.unwrap();

    assert_eq!(secret.expose_secret(), format!("{SECRET} \n"));
}

#[test]
fn a_dollar_in_dot_env_never_changes_a_value_silently() {
    let place = Place::new().dot_env("ELASTICSEARCH_PASSWORD=pa$word\nOTHER=$HOME/x\n");
    assert_eq!(
        place.problems(),
        [".env:1: 'ELASTICSEARCH_PASSWORD' holds a $; put the value in single quotes"]
    );

    let place = Place::new().dot_env("ELASTICSEARCH_USERNAME=u\nELASTICSEARCH_PASSWORD='pa$word'\n");
    assert_eq!(place.load().config.elasticsearch.password.unwrap().expose_secret(), "pa$word");

    let twice = Place::new().dot_env("LOG_LEVEL=info\nLOG_LEVEL=debug\n");
    assert_eq!(twice.problems(), [".env:2: 'LOG_LEVEL' stands on line 1 already"]);
}

#[test]
fn values_of_every_kind_are_read_from_file_and_environment_alike() {
    let master_key = [7_u8; 32];
    let file = Place::new().file(
        "[elasticsearch]\nurl = ['http://a:1', 'http://b:2']\ntimeout_ms = 1_000\n\
         [logs]\npreset = 'ECS'\nindices = ['filebeat-*']\n[logs.fields]\nmsg = 'text'\n\
         [security]\nmaster_key = '0707070707070707070707070707070707070707070707070707070707070707'\n",
    );
    let environment = Place::new()
        .env("ELASTICSEARCH_URL", "http://a:1, http://b:2")
        .env("TRAILPROOF_ELASTICSEARCH_TIMEOUT_MS", "1000")
        .env("TRAILPROOF_LOGS_PRESET", "ecs")
        .env("TRAILPROOF_LOGS_INDICES", "filebeat-*")
        .env("TRAILPROOF_SECURITY_MASTER_KEY", "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=");
    for place in [&file, &environment] {
        let config = place.load().config;

        let urls: Vec<_> = config.elasticsearch.url.iter().map(ServerUrl::expose).collect();
        assert_eq!(urls, ["http://a:1", "http://b:2"]);
        assert_eq!(config.elasticsearch.timeout_ms, 1_000);
        assert_eq!(config.logs.preset, Preset::Ecs);
        assert_eq!(config.logs.indices, ["filebeat-*".parse().unwrap()]);
        assert_eq!(config.security.master_key_bytes(), Some(master_key));
    }
    assert_eq!(file.load().config.logs.fields, BTreeMap::from([("message".to_owned(), "text".to_owned())]));
    assert_eq!(file.shown("logs.fields.message"), "logs.fields.message = text  # file trailproof.toml:8");
}

#[test]
fn settings_without_a_default_reach_their_fields() {
    let place = Place::new()
        .env("TRAILPROOF_HTTP_ADMIN_BIND", "0.0.0.0:9")
        .env("ELASTICSEARCH_URL", "http://a:1")
        .env("ELASTICSEARCH_FALLBACK_URL", "http://b:1")
        .env("ELASTICSEARCH_API_KEY", "key")
        .env("ELASTICSEARCH_CA_FILE", "ca.pem");

    let config = place.load().config;

    assert_eq!(config.http.admin_bind.unwrap().port(), 9);
    assert_eq!(config.elasticsearch.fallback_url[0].expose(), "http://b:1");
    assert_eq!(config.elasticsearch.api_key.unwrap().expose_secret(), "key");
    assert_eq!(config.elasticsearch.ca_file.unwrap(), Path::new("ca.pem"));
}

#[test]
fn a_file_that_is_no_text_is_told_with_its_line() {
    let place = Place::new().other_file("trailproof.toml", b"[http]\n\xff");

    assert_eq!(place.problems(), ["trailproof.toml:2: is not UTF-8"]);
}

#[test]
fn no_secret_is_ever_printed() {
    let hidden = "h1dden-value-that-nobody-may-see-0123456789";
    let place = Place::new()
        .env("ELASTICSEARCH_URL", &format!("https://user:{hidden}@search.example:9200"))
        .env("ELASTICSEARCH_USERNAME", "user")
        .env("ELASTICSEARCH_PASSWORD", hidden)
        .env("TRAILPROOF_AUTH_HS256_SECRET", hidden);

    let loaded = place.load();

    let printed = format!("{loaded:?}\n{}\n{}", show(&loaded, ShowOrigin::Yes), check(&loaded));
    assert!(!printed.contains(hidden), "{printed}");
    assert_eq!(
        place.shown("elasticsearch.url"),
        "elasticsearch.url = https://user:***@search.example:9200/  # environment ELASTICSEARCH_URL"
    );
    assert_eq!(
        place.shown("elasticsearch.password"),
        "elasticsearch.password = ***  # environment ELASTICSEARCH_PASSWORD"
    );
}

#[test]
fn no_secret_is_printed_by_the_problem_that_it_causes() {
    let hidden = "h1dden";
    let place = Place::new()
        .env("ELASTICSEARCH_URL", &format!("ftp://user:{hidden}@h"))
        .env("DATABASE_URL", hidden)
        .env("REDIS_URL", &format!("redis://:{hidden}@h"))
        .env("TRAILPROOF_AUDIT_SIGNING_KEY", hidden)
        .env("TRAILPROOF_AUTH_HS256_SECRET", hidden)
        .env("TRAILPROOF_SECURITY_MASTER_KEY", hidden)
        .dot_env(&format!("ELASTICSEARCH_PASSWORD=\"{hidden}\n"));

    let problems = place.problems();

    assert_eq!(problems.len(), 7, "{problems:#?}");
    assert!(!problems.join("\n").contains(hidden), "{problems:#?}");
}

#[test]
fn show_lists_every_setting_with_or_without_its_origin() {
    let loaded = Place::new().load();

    let plain = show(&loaded, ShowOrigin::No);

    assert!(plain.contains("limits.search_burst = 200\n"), "{plain}");
    assert!(plain.contains("elasticsearch.ca_file = (not set)\n"), "{plain}");
    assert!(!plain.contains("redis"), "{plain}");
    assert!(!plain.contains('#'), "{plain}");
    assert_eq!(plain.lines().count(), show(&loaded, ShowOrigin::Yes).lines().count());
}

#[test]
fn check_says_what_was_read_and_warns_of_keys_that_replicas_must_share() {
    let place = Place::new().file("[elasticsearch]\nurl = 'http://h:9200'\n");

    let text = check(&place.load());

    let expected = "configuration ok: 1 settings given, the rest by default; file: trailproof.toml\n\
        warning: security.master_key is not set, so one is kept in the data directory; all replicas must have the same\n\
        warning: auth.hs256_secret is not set, so one is kept in the data directory; all replicas must have the same\n";
    assert_eq!(text, expected);
}

#[test]
fn the_generated_reference_in_docs_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/configuration.md");
    if std::env::vars_os().any(|(name, _)| name == "UPDATE_DOCS") {
        fs::write(&path, reference()).unwrap();
    }

    let page = fs::read_to_string(&path).unwrap_or_default();

    assert_eq!(page, reference(), "run: UPDATE_DOCS=1 cargo test --test config");
}

proptest! {
    #[test]
    fn arbitrary_text_as_a_file_never_panics(text in "(\\PC|\n){0,300}", dot_env in "(\\PC|\n){0,100}") {
        let place = Place::new().file(&text).dot_env(&dot_env);

        let result = Config::load(&place.sources);

        prop_assert!(result.is_ok() || !result.unwrap_err().lines().is_empty());
    }

    #[test]
    fn near_configurations_never_panic(text in "([\\[\\]=.'\"#,{}\n ]|http|bind|logs|fields|url|7){0,60}") {
        let place = Place::new().file(&text);

        let result = Config::load(&place.sources);

        prop_assert!(result.is_ok() || !result.unwrap_err().lines().is_empty());
    }
}
