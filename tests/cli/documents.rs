//! Files that the README and the feature map name are there.

use std::path::Path;

fn read(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap()
}

fn missing(paths: impl Iterator<Item = String>) -> Vec<String> {
    paths.filter(|path| !Path::new(env!("CARGO_MANIFEST_DIR")).join(path).exists()).collect()
}

#[test]
fn every_path_of_the_feature_map_leads_to_a_file() {
    let map = read("docs/feature-map.md");
    let words = map.split('`').skip(1).step_by(2);
    let roots = ["src/", "tests/", "benches/", "es-templates/", "it/", "cli/"];
    let paths = words.filter(|word| roots.iter().any(|root| word.starts_with(root)) && !word.contains(' '));
    let full = paths.map(|path| match path.split_once('/') {
        Some(("it", rest)) => format!("tests/it/routes/{rest}"),
        Some(("cli", rest)) => format!("tests/cli/{rest}"),
        _ => path.to_owned(),
    });
    let full: Vec<_> = full.collect();

    assert!(full.len() > 50, "{full:?}");
    assert_eq!(missing(full.into_iter()), [""; 0]);
}

#[test]
fn every_link_of_the_readme_leads_to_a_file() {
    let readme = read("README.md");
    let links = readme.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let links: Vec<_> = links.filter(|link| !link.starts_with("http")).map(str::to_owned).collect();

    assert!(links.len() >= 6, "{links:?}");
    assert_eq!(missing(links.into_iter()), [""; 0]);
}

#[test]
fn the_readme_begins_with_what_it_is_and_the_two_first_commands() {
    let readme = read("README.md");
    let commands: Vec<_> = readme.split("```").nth(1).unwrap().lines().skip(1).collect();

    assert!(commands[0].starts_with("cargo run --release -- demo"), "{commands:?}");
    assert!(commands[1].starts_with("tests/run"), "{commands:?}");
}
