//! Lines that others write into our indices, with the official Python client and with curl, are found with the right types.
//!
//! `tests/run es9` starts the server and installs the client.

use std::path::Path;

use serde_json::Value;

use crate::home::{Finished, Home, Server, finish, variable};

/// A Trailproof over the server of the lane, with indices of its own.
fn installed(env: &str) -> (Home, String) {
    let url = variable("TRAILPROOF_TEST_ES9_URL").expect("run tests/run es9").into_string().unwrap();
    let home = Home::new();
    home.write(".env", format!("ELASTICSEARCH_URL={url}\nTRAILPROOF_LOGS_ENV={env}\n"));
    let bootstrap = home.run(&["es", "bootstrap"]);
    assert_eq!(bootstrap.code, Some(0), "{}", bootstrap.stderr);
    (home, url)
}

fn search(server: &Server, home: &Home, query: &str) -> Finished {
    let found = server.run(home, "sre", &["search", query, "--since", "1h", "--all"]);
    assert_eq!(found.code, Some(0), "{query}: {}", found.stderr);
    found
}

#[test]
fn lines_of_the_official_python_client_are_found() {
    let (home, url) = installed("python");
    let packages = variable("TRAILPROOF_TEST_PYTHON_PACKAGES").expect("run tests/run es9");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients/write_lines.py");
    let written =
        finish(home.other("python3").arg(script).args([&url, "python"]).env("PYTHONPATH", packages));
    assert_eq!(written.code, Some(0), "{}", written.stderr);
    let server = home.serve();
    let count = |query: &str| search(&server, &home, query).objects().len();

    assert_eq!(
        written.stdout.trim(),
        "100 @timestamp=date_nanos level=keyword service=keyword client_ip=ip context=flattened"
    );
    assert_eq!(count("service:billing"), 101);
    assert_eq!((count("level:warn"), count("level:info")), (10, 90));
    assert_eq!(count("client_ip:10.20.0.0/28"), 16);
    assert_eq!(count("context.amount:420"), 1);
    assert_eq!((count("context.paid:true"), count("context.customer.country:kr")), (50, 100));
    assert_eq!(count("\"invoice 7\""), 1);
    let failure = search(&server, &home, "level:error 발행").objects();
    assert_eq!((&failure[0]["id"], &failure[0]["trace_id"]), (&"py-1".into(), &"trace-py-1".into()));
    assert_eq!(failure[0]["context"]["exception"]["type"], "TimeoutError");
    let times = search(&server, &home, "service:billing").members("timestamp");
    assert!(times.is_sorted() && times.iter().all(|time| time.ends_with('Z')), "{times:?}");
}

#[test]
fn lines_that_curl_writes_are_found() {
    let (home, url) = installed("curl");
    let send = |path: &str, body: &str| {
        let mut curl = home.other("curl");
        curl.args([
            "-sS",
            "--fail-with-body",
            "-H",
            "Content-Type: application/x-ndjson",
            "--data-binary",
            body,
        ]);
        let done = finish(curl.arg(format!("{url}/{path}")));
        assert_eq!(done.code, Some(0), "{}{}", done.stdout, done.stderr);
        serde_json::from_str::<Value>(&done.stdout).unwrap()
    };
    let now = finish(home.other("date").args(["-u", "+%Y-%m-%dT%H:%M:%SZ"])).stdout;
    let now = now.trim();

    let bulk = send(
        "logs-app-curl/_bulk?refresh=true",
        &format!(
            "{{\"create\":{{}}}}\n{{\"@timestamp\":\"{now}\",\"level\":\"err\",\"service\":\"cron\",\"message\":\"disk is full\",\
             \"exit_code\":28}}\n{{\"create\":{{\"_id\":\"c-2\"}}}}\n{{\"@timestamp\":\"{now}\",\"message\":\"no level, no service\"}}\n"
        ),
    );
    let server = home.serve();

    assert_eq!(bulk["errors"], false, "{bulk}");
    let full = search(&server, &home, "level:error service:cron").objects();
    assert_eq!((full.len(), &full[0]["message"]), (1, &"disk is full".into()), "{full:?}");
    assert_eq!(
        (&full[0]["context"]["exit_code"], &full[0]["context"]["level_raw"]),
        (&28.into(), &"err".into())
    );
    let bare = search(&server, &home, "service:unknown level:info").objects();
    assert_eq!((bare.len(), &bare[0]["id"]), (1, &"c-2".into()), "{bare:?}");
}
