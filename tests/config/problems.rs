//! Bad configurations with the full text of every answer.

use trailproof::config::Flags;

use super::{SECRET, place::Place};

#[test]
#[expect(clippy::too_many_lines, reason = "one table")]
fn every_bad_file_is_answered_with_line_name_and_what_to_do() {
    let cases: &[(&str, &[&str])] = &[
        (
            "[http]\n\nbnd = '127.0.0.1:1'\n",
            &["trailproof.toml:3: unknown key 'http.bnd'; did you mean 'http.bind'?"],
        ),
        ("[htp]\nbind = 'x'\n", &["trailproof.toml:1: unknown section 'htp'; did you mean 'http'?"]),
        ("[completely_other]\n", &["trailproof.toml:1: unknown section 'completely_other'"]),
        ("bind = 'x'\n", &["trailproof.toml:1: unknown key 'bind'; did you mean 'http.bind'?"]),
        ("http = 7\n", &["trailproof.toml:1: 'http' is a section; write [http] and its keys below it"]),
        ("[http]\nbind = 8002\n", &["trailproof.toml:2: 'http.bind' must be a string, not an integer"]),
        (
            "[http]\nbind = 'localhost'\n",
            &["trailproof.toml:2: 'http.bind' must be an IP address and a port such as 127.0.0.1:8002, not \
               'localhost'"],
        ),
        ("http.bind.port = 1\n", &["trailproof.toml:1: 'http.bind' must be a string, not a table"]),
        (
            "[elasticsearch]\ntimeout_ms = '8s'\n",
            &["trailproof.toml:2: 'elasticsearch.timeout_ms' must be a whole number, not a string"],
        ),
        (
            "[elasticsearch]\ntimeout_ms = 0\n",
            &[
                "trailproof.toml:2: 'elasticsearch.timeout_ms' must be a whole number from 1 to 600000, not '0'",
            ],
        ),
        (
            "[storage]\nmax_disk_bytes = 99999999999999999999\n",
            &["trailproof.toml:2: 'storage.max_disk_bytes' must be a whole number of at least 0, not \
               '99999999999999999999'"],
        ),
        (
            "[storage]\nmax_disk_bytes = 50\n",
            &[
                "trailproof.toml:2: 'storage.max_disk_bytes' is 50, too little for any log; use at least 1048576, or 0 \
               for no limit",
            ],
        ),
        (
            "[elasticsearch]\nurl = ['search.example:9200']\n",
            &["trailproof.toml:2: 'elasticsearch.url' must begin with http:// or https:// and name a host"],
        ),
        (
            "[elasticsearch]\nurl = [7]\n",
            &["trailproof.toml:2: 'elasticsearch.url' must be an array of strings, not an integer"],
        ),
        (
            "[elasticsearch]\nurl = 7\n",
            &["trailproof.toml:2: 'elasticsearch.url' must be a string or an array, not an integer"],
        ),
        ("[elasticsearch]\nurl = []\n", &["trailproof.toml:2: 'elasticsearch.url' must not be empty"]),
        (
            "[logs]\npreset = 'logstsh'\n",
            &[
                "trailproof.toml:2: 'logs.preset' must be one of trailproof, ecs, pino, logstash, not 'logstsh'; \
               did you mean 'logstash'?",
            ],
        ),
        (
            "[logs]\nenv = 'Prod'\n",
            &[
                "trailproof.toml:2: 'logs.env' must be 1 to 32 lower-case letters, digits, - and _, of which the \
                 first is a letter or a digit, not 'Prod'",
            ],
        ),
        (
            "[logs]\nindices = 'logs-*,../_all'\n",
            &[
                "trailproof.toml:2: 'logs.indices' must hold names of indices: lower-case letters, digits and \
               . _ - + : *, that begin with none of - _ + :, not '../_all'",
            ],
        ),
        (
            "[logs.fields]\nlevl = 'severity'\nmessage = 7\nservice = 'app*'\ntimestamp = 'a..b'\n",
            &[
                "trailproof.toml:2: 'logs.fields.levl' names no field; did you mean 'level'?",
                "trailproof.toml:3: 'logs.fields.message' must be a string, not an integer",
                "trailproof.toml:4: 'logs.fields.service' must be the name of a field: parts with dots between \
                 them, without blanks, stars, commas and quotes",
                "trailproof.toml:5: 'logs.fields.timestamp' must be the name of a field: parts with dots between \
                 them, without blanks, stars, commas and quotes",
            ],
        ),
        (
            "[logs.fields]\nmessage = 'a'\nmsg = 'b'\n",
            &["trailproof.toml:3: 'logs.fields.msg' is 'logs.fields.message' under another name; keep one"],
        ),
        (
            "[logs]\nfields = 1\n",
            &["trailproof.toml:2: 'logs.fields' is a section; write [logs.fields] and its keys below it"],
        ),
        (
            "[logs.feilds]\n",
            &["trailproof.toml:1: unknown section 'logs.feilds'; did you mean 'logs.fields'?"],
        ),
        (
            "[log]\nlevel = 'loud'\n",
            &["trailproof.toml:2: 'log.level' must be one of error, warn, info, debug, trace, not 'loud'"],
        ),
        (
            "[auth]\nhs256_secret = 'short'\n",
            &["trailproof.toml:2: 'auth.hs256_secret' must be at least 32 bytes long, and has 5; \
               `openssl rand -hex 32` makes one"],
        ),
        (
            "[security]\nmaster_key = 'zz'\n",
            &["trailproof.toml:2: 'security.master_key' must be 64 hex digits or base64 of 32 bytes; \
               `openssl rand -hex 32` makes one"],
        ),
        (
            "[database]\nurl = 'mysql://u:p@h/d'\n[redis]\nurl = 7\n",
            &[
                "trailproof.toml:2: 'database.url' (DATABASE_URL) is set in the file, but this version keeps nothing in \
                 PostgreSQL and would ignore it; remove it there",
                "trailproof.toml:4: 'redis.url' (REDIS_URL) is set in the file, but this version has no second cache \
                 tier and would ignore it; remove it there",
            ],
        ),
        ("[redis]\nulr = ''\n", &["trailproof.toml:2: unknown key 'redis.ulr'"]),
        ("[rediss]\n", &["trailproof.toml:1: unknown section 'rediss'"]),
        ("[auth]\nissuer = ''\n", &["trailproof.toml:2: 'auth.issuer' must not be empty"]),
        ("[http]\n\"a\\nb\\u001b\" = 1\n", &["trailproof.toml:2: unknown key 'http.a\\nb\\u{1b}'"]),
    ];
    for (file, expected) in cases {
        assert_eq!(Place::new().file(file).problems(), *expected, "{file}");
    }
}

#[test]
fn settings_that_cannot_hold_together_are_told_where_they_stand() {
    let cases: &[(&str, &[&str])] = &[
        (
            "[http]\nbind = '0.0.0.0:80'\n",
            &["trailproof.toml:2: 'http.bind' is 0.0.0.0:80, which other machines can reach; set \
               auth.hs256_secret (TRAILPROOF_AUTH_HS256_SECRET), or bind to 127.0.0.1"],
        ),
        (
            "[elasticsearch]\nusername = 'u'\n",
            &[
                "trailproof.toml:2: 'elasticsearch.username' is set without 'elasticsearch.password'; set both or \
               none",
            ],
        ),
        (
            "[elasticsearch]\npassword = 'p'\n",
            &[
                "trailproof.toml:2: 'elasticsearch.password' is set without 'elasticsearch.username'; set both or \
               none",
            ],
        ),
        (
            "[elasticsearch]\nusername = 'u'\npassword = 'p'\napi_key = 'k'\n",
            &[
                "trailproof.toml:4: 'elasticsearch.api_key' and 'elasticsearch.username' are both set; keep one",
            ],
        ),
        (
            "[elasticsearch]\nfallback_url = 'http://h:1'\n",
            &[
                "trailproof.toml:2: 'elasticsearch.fallback_url' is set without 'elasticsearch.url'; set both or \
               none",
            ],
        ),
        (
            "[auth]\nhs256_secret = '0123456789abcdef0123456789abcdef'\njwks_url = 'https://h/keys'\n",
            &[
                "trailproof.toml:3: 'auth.jwks_url' (TRAILPROOF_AUTH_JWKS_URL) is set in the file, but this version \
                 accepts HS256 tokens only (auth.hs256_secret) and would ignore it; remove it there",
            ],
        ),
    ];
    for (file, expected) in cases {
        assert_eq!(Place::new().file(file).problems(), *expected, "{file}");
    }
    let patterns = vec!["'a-rather-long-name-of-an-index-*'"; 110].join(", ");
    assert_eq!(
        Place::new().file(&format!("[logs]\nindices = [{patterns}]\n")).problems(),
        [
            "trailproof.toml:2: 'logs.indices' is 3630 bytes long; at most 3500 fit into a request to Elasticsearch; use \
          patterns with stars, or an alias"
        ]
    );
    let open =
        Place::new().env("TRAILPROOF_HTTP_BIND", "[::]:80").env("TRAILPROOF_AUTH_HS256_SECRET", SECRET);
    assert_eq!(open.load().config.http.bind.to_string(), "[::]:80");
}

#[test]
fn a_syntax_error_is_told_with_line_and_column_and_without_the_text() {
    let problems = Place::new().file("[http]\nbind = = 'hidden-secret'\n").problems();

    let [problem] = problems.as_slice() else { panic!("{problems:?}") };
    assert!(problem.starts_with("trailproof.toml:2:8: "), "{problem}");
    assert!(!problem.contains("hidden-secret"), "{problem}");
}

#[test]
fn all_problems_of_all_sources_come_at_once() {
    let place = Place::new()
        .file("[http]\nbnd = 1\n[log]\nlevel = 'loud'\n")
        .dot_env("# comment\nTRAILPROOF_LOGS_ENV=Prod\nnot a line\nTRAILPROOF_LOG_PRESET=ecs\n")
        .env("TRAILPROOF_HTTP_ADMIN_BIND", "nowhere")
        .env("TRAILPROOF_HTTP_BNID", "127.0.0.1:1")
        .env("TRAILPROOF_ELASTICSEARCH_URL", "http://h:1")
        .flags(Flags { data_dir: Some("".into()), ..Flags::default() });

    assert_eq!(
        place.problems(),
        [
            "trailproof.toml:2: unknown key 'http.bnd'; did you mean 'http.bind'?",
            "trailproof.toml:4: 'log.level' must be one of error, warn, info, debug, trace, not 'loud'",
            ".env:2: 'logs.env' must be 1 to 32 lower-case letters, digits, - and _, of which the first is a letter \
             or a digit, not 'Prod'",
            ".env:3: is not of the form NAME=value",
            ".env:4: unknown variable 'TRAILPROOF_LOG_PRESET'; did you mean 'TRAILPROOF_LOGS_PRESET'?",
            "TRAILPROOF_ELASTICSEARCH_URL: unknown variable 'TRAILPROOF_ELASTICSEARCH_URL'; did you mean \
             'ELASTICSEARCH_URL'?",
            "TRAILPROOF_HTTP_ADMIN_BIND: 'http.admin_bind' must be an IP address and a port such as \
             127.0.0.1:8002, not 'nowhere'",
            "TRAILPROOF_HTTP_BNID: unknown variable 'TRAILPROOF_HTTP_BNID'; did you mean 'TRAILPROOF_HTTP_BIND'?",
            "--data-dir: 'storage.dir' must not be empty",
        ]
    );
}

#[test]
fn what_would_be_ignored_is_refused_once_with_the_place_that_it_comes_from() {
    let place = Place::new()
        .file("[audit]\norigin = 'example/log'\n")
        .dot_env("DATABASE_URL=postgres://u:pa$s@h/d\nREDIS_URL=redis://h\n")
        .env("REDIS_URL", "redis://h")
        .other_file("key", "k")
        .env("TRAILPROOF_AUDIT_SIGNING_KEY_FILE", "key")
        .env("TRAILPROOF_AUDIT_ARCHIVE_DIR", "")
        .env("TRAILPROOF_AUTH_JWKS_URL", "nowhere")
        .env("TRAILPROOF_DATABASE_OWNER_URL", "x")
        .env("TRAILPROOF_AUTH_JWKS_ULR", "x");

    assert_eq!(
        place.problems(),
        [
            "trailproof.toml:2: 'audit.origin' (TRAILPROOF_AUDIT_ORIGIN) is set in the file, but this version keeps no \
             audit ledger and would ignore it; remove it there",
            ".env:1: 'database.url' (DATABASE_URL) is set in .env, but this version keeps nothing in PostgreSQL and \
             would ignore it; remove it there",
            "REDIS_URL: 'redis.url' (REDIS_URL) is set in the environment, but this version has no second cache tier \
             and would ignore it; unset REDIS_URL",
            "TRAILPROOF_AUDIT_SIGNING_KEY_FILE: 'audit.signing_key' (TRAILPROOF_AUDIT_SIGNING_KEY) is set in the \
             environment, but this version keeps no audit ledger and would ignore it; unset \
             TRAILPROOF_AUDIT_SIGNING_KEY_FILE",
            "TRAILPROOF_AUTH_JWKS_ULR: unknown variable 'TRAILPROOF_AUTH_JWKS_ULR'",
            "TRAILPROOF_AUTH_JWKS_URL: 'auth.jwks_url' (TRAILPROOF_AUTH_JWKS_URL) is set in the environment, but this \
             version accepts HS256 tokens only (auth.hs256_secret) and would ignore it; unset TRAILPROOF_AUTH_JWKS_URL",
            "TRAILPROOF_DATABASE_OWNER_URL: 'database.owner_url' (TRAILPROOF_DATABASE_OWNER_URL) is set in the \
             environment, but this version keeps nothing in PostgreSQL and would ignore it; unset \
             TRAILPROOF_DATABASE_OWNER_URL",
        ]
    );
}
