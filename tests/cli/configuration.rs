//! The configuration as a user meets it: precedence, mistakes, and what `config` prints.

use crate::home::Home;

#[test]
fn a_flag_beats_the_environment_which_beats_dot_env_which_beats_the_file() {
    let home = Home::new();
    let shown = |arguments: &[&str], variable: Option<&str>| {
        let mut command = home.command(&[&["config", "show", "--origin"], arguments].concat());
        if let Some(value) = variable {
            command.env("TRAILPROOF_STORAGE_DIR", value);
        }
        let shown = crate::home::finish(&mut command);
        let line = shown.stdout.lines().find(|line| line.starts_with("storage.dir = "));
        line.unwrap_or(&shown.stderr).to_owned()
    };

    assert_eq!(shown(&[], None), "storage.dir = ./trailproof-data  # default");
    home.write("trailproof.toml", "[storage]\ndir = 'of-file'\n");
    assert_eq!(shown(&[], None), "storage.dir = of-file  # file trailproof.toml:2");
    home.write(".env", "TRAILPROOF_STORAGE_DIR=of-dot-env\n");
    assert_eq!(shown(&[], None), "storage.dir = of-dot-env  # .env:1");
    assert_eq!(
        shown(&[], Some("of-variable")),
        "storage.dir = of-variable  # environment TRAILPROOF_STORAGE_DIR"
    );
    assert_eq!(
        shown(&["--data-dir", "of-flag"], Some("of-variable")),
        "storage.dir = of-flag  # flag --data-dir"
    );
}

#[test]
fn every_mistake_is_named_at_once_with_its_place_and_the_nearest_key() {
    let home = Home::new();
    home.write("trailproof.toml", "[http]\nbnid = '127.0.0.1:1'\n\n[storage]\nmax_disk_bytes = 'lots'\n");

    for command in [vec!["serve"], vec!["config", "check"], vec!["token", "--role", "sre"]] {
        let refused = home.run(&command);

        assert_eq!(refused.code, Some(1), "{command:?}");
        let said = &refused.stderr;
        assert!(said.contains("trailproof.toml:2") && said.contains("'http.bind'"), "{command:?}: {said}");
        assert!(said.contains("trailproof.toml:5"), "{command:?}: {said}");
    }
}

#[test]
fn every_command_refuses_what_it_would_ignore_and_says_where_it_stands() {
    let home = Home::new();
    home.write(".env", "REDIS_URL=redis://cache.example\n");
    let said = ".env:1: 'redis.url' (REDIS_URL) is set in .env, but this version has no second cache tier and would \
                ignore it; remove it there";

    let commands: [(&[&str], i32); 6] = [
        (&["config", "check"], 1),
        (&["config", "show"], 1),
        (&["serve"], 1),
        (&["token", "--role", "sre"], 1),
        (&["es", "bootstrap", "--dry-run"], 1),
        (&["doctor", "-o", "json"], 2),
    ];
    for (command, code) in commands {
        let refused = home.run(command);

        assert_eq!(refused.code, Some(code), "{command:?}: {}", refused.stderr);
        let all = format!("{}{}", refused.stdout, refused.stderr);
        assert_eq!(all.matches(said).count(), 1, "{command:?}: {all}");
    }
}

#[test]
fn a_good_configuration_is_called_good_and_secrets_are_never_shown() {
    let home = Home::new();
    let secrets = ["s3cret-of-the-tokens-0123456789abcdef", "hunter2-of-the-cluster"];
    let mut shown = home.command(&["config", "show", "--origin"]);
    let mut checked = home.command(&["config", "check"]);
    for command in [&mut shown, &mut checked] {
        command
            .env("TRAILPROOF_AUTH_HS256_SECRET", secrets[0])
            .env("ELASTICSEARCH_URL", "http://elastic:hunter2-of-the-cluster@127.0.0.1:9")
            .env("ELASTICSEARCH_USERNAME", "elastic")
            .env("ELASTICSEARCH_PASSWORD", secrets[1]);
    }

    let (shown, checked) = (crate::home::finish(&mut shown), crate::home::finish(&mut checked));

    for finished in [&shown, &checked] {
        let all = format!("{}{}", finished.stdout, finished.stderr);
        assert!(secrets.iter().all(|secret| !all.contains(secret)), "{all}");
    }
    assert!(shown.stdout.contains("auth.hs256_secret = ***") || shown.code == Some(1), "{}", shown.stdout);
}
