//! Help, version and completions.

use crate::home::Home;

const COMMANDS: [&str; 9] =
    ["demo", "serve", "search", "ingest", "token", "gen", "config", "es", "completions"];

#[test]
fn every_help_begins_with_examples() {
    let home = Home::new();
    let nested = [["config", "show"], ["config", "check"], ["es", "bootstrap"]];
    let commands = COMMANDS.map(|command| vec![command]).into_iter().chain(nested.map(Vec::from));

    for command in commands.chain([Vec::new()]) {
        let help = home.run(&[&*command, &["--help"]].concat());

        assert_eq!(help.code, Some(0), "{command:?}");
        assert!(help.stdout.starts_with("Examples:\n"), "{command:?}:\n{}", help.stdout);
        assert!(help.stdout.contains("Usage: trailproof"), "{command:?}:\n{}", help.stdout);
    }
}

#[test]
fn completions_name_every_command() {
    let home = Home::new();

    for shell in ["bash", "zsh", "fish"] {
        let script = home.run(&["completions", shell]);

        assert_eq!(script.code, Some(0), "{shell}");
        for command in COMMANDS {
            assert!(script.stdout.contains(command), "{shell} does not know {command}");
        }
        assert!(script.stdout.contains("min-level"), "{shell} does not know the flags of search");
    }
}

#[test]
fn the_completion_for_bash_is_a_script_that_bash_takes() {
    let home = Home::new();
    let file = home.write("completion", home.run(&["completions", "bash"]).stdout);

    let checked = home.other("bash").arg("-n").arg(file).status().unwrap();

    assert!(checked.success());
}

#[test]
fn the_version_is_that_of_the_package() {
    let version = Home::new().run(&["--version"]);

    assert_eq!(version.stdout, concat!("trailproof ", env!("CARGO_PKG_VERSION"), "\n"));
    assert_eq!(version.code, Some(0));
}

#[test]
fn a_wrong_flag_is_a_user_error_that_names_the_nearest_one() {
    let refused = Home::new().run(&["search", "--sinse", "1h"]);

    assert_eq!(refused.code, Some(1));
    assert!(refused.stderr.contains("'--since'"), "{}", refused.stderr);
    assert_eq!(refused.stdout, "");
}

#[test]
fn gen_writes_the_same_lines_for_the_same_seed_and_ids_only_when_asked() {
    let home = Home::new();
    let gen_with = |more: &[&str]| {
        let fixed = ["gen", "--lines", "2000", "--until", "2026-11-21T00:00:00Z", "--span", "1h"];
        home.run(&[&fixed, more].concat())
    };

    let (first, second, other) = (gen_with(&[]), gen_with(&[]), gen_with(&["--seed", "7"]));
    let with_ids = gen_with(&["--ids"]);

    assert_eq!(first.code, Some(0), "{}", first.stderr);
    assert_eq!(first.objects().len(), 2_000);
    assert!(first.stdout == second.stdout);
    assert!(first.stdout != other.stdout);
    assert!(first.objects().iter().all(|line| line.get("id").is_none()));
    assert!(with_ids.objects().iter().all(|line| line["id"].is_string()));
    let times = first.members("timestamp");
    assert!(
        times.is_sorted()
            && times[0].as_str() > "2026-11-20T23:00"
            && times[1_999].as_str() <= "2026-11-21T00:00:00.000000Z"
    );
}
