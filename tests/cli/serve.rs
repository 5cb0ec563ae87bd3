//! `serve` and `token`: ports, the data folder, secrets, and the end.

use std::net::TcpListener;

use crate::home::{Home, finish};
use crate::running::Running;

#[test]
fn a_port_in_use_is_one_line_that_names_the_flag() {
    let home = Home::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();

    for command in ["serve", "demo"] {
        let refused = home.run(&[command, "--port", &port]);

        assert_eq!(refused.code, Some(1), "{command}");
        assert_eq!(refused.stderr.lines().count(), 1, "{command}: {}", refused.stderr);
        assert!(refused.stderr.contains("--port") && refused.stderr.contains(&port), "{}", refused.stderr);
    }
}

#[test]
fn a_second_process_on_the_data_folder_is_told_so_in_a_few_lines() {
    let home = Home::new();
    let _first = home.serve();

    let second = home.run(&["serve", "--port", "0"]);

    assert_eq!(second.code, Some(1));
    assert!(second.stderr.lines().count() <= 8, "{}", second.stderr);
    assert!(second.stderr.contains("trailproof-data is in use"), "{}", second.stderr);
    assert!(second.stderr.contains("--data-dir"), "{}", second.stderr);
}

#[test]
fn a_token_opens_the_server_of_the_same_folder_and_no_other() {
    let home = Home::new();
    let server = home.serve();
    let other = Home::new();

    let own = server.run(&home, "sre", &["search"]);
    let foreign = server.run(&other, "sre", &["search"]);

    assert_eq!(own.code, Some(0), "{}", own.stderr);
    assert_eq!(foreign.code, Some(1), "{}", foreign.stdout);
    assert!(foreign.stderr.contains("3081"), "{}", foreign.stderr);
}

#[test]
fn signals_end_the_server_in_order_and_nothing_it_says_is_a_secret() {
    let servers = ["INT", "TERM", "HUP"].map(|signal| {
        let home = Home::new();
        let server = home.serve();
        server.ingest(&home, "{\"message\":\"before the end\",\"service\":\"gateway\"}\n");
        let token = home.token("sre");
        server.running.signal(signal);
        (signal, home, server, token)
    });

    for (signal, home, mut server, token) in servers {
        let status = server.running.wait();

        assert_eq!(status.code(), Some(0), "{signal}: {:?}", server.running.said);
        let said = server.running.said.join("\n");
        let data = home.path().join("trailproof-data");
        for file in ["token.secret", "master.key"] {
            let secret = std::fs::read_to_string(data.join(file)).unwrap();
            assert!(!secret.trim().is_empty() && !said.contains(secret.trim()), "{file} was said");
        }
        assert!(!said.contains(&token) && !said.contains("eyJ"), "{said}");
    }
}

#[test]
fn a_server_that_was_started_with_nohup_does_not_listen_for_the_end_of_its_terminal() {
    let home = Home::new();
    let mut command = home.other("sh");
    let script = format!("trap '' HUP; exec '{}' serve --port 0", crate::home::program().display());
    let mut running = Running::start(command.args(["-c", &script]));
    running.wait_for_line("listening", |line| line.contains("\"listening\""));
    let listens = |id: u32| {
        let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap();
        let mask = status.lines().find_map(|line| line.strip_prefix("SigCgt:")).unwrap().trim();
        u64::from_str_radix(mask, 16).unwrap() & 1 == 1
    };
    let other_home = Home::new();
    let other = other_home.serve();

    assert!(!listens(running.id()));
    assert!(listens(other.running.id()));
}

#[test]
fn a_command_without_a_server_says_how_to_get_one() {
    let home = Home::new();
    let mut search = home.command(&["search"]);
    search.env("TRAILPROOF_URL", "http://127.0.0.1:9").env("TRAILPROOF_TOKEN", "x");

    let unreachable = finish(&mut search);
    let no_address = home.run(&["search", "--url", "localhost:8002", "--token", "x"]);
    let no_token = home.run(&["search", "--url", "http://127.0.0.1:9"]);

    assert_eq!(unreachable.code, Some(2), "{}", unreachable.stderr);
    assert!(unreachable.stderr.contains("http://127.0.0.1:9 cannot be reached"), "{}", unreachable.stderr);
    assert_eq!(no_address.code, Some(1));
    assert!(
        no_address.stderr.contains("'localhost:8002' is not the address of a server"),
        "{}",
        no_address.stderr
    );
    assert_eq!(no_token.code, Some(1));
    assert!(no_token.stderr.contains("TRAILPROOF_TOKEN"), "{}", no_token.stderr);
}
