//! Folders that cannot be used: one clear message, exit code 1, and nothing in them is touched.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use crate::oracle::{compare, walk};
use crate::random::Random;
use crate::server::{Place, names, truncate};
use crate::traffic::{Ledger, Writer, send};

/// Lines of a message that fit on a terminal beside everything else.
const MOST_LINES: usize = 8;

#[tokio::test]
async fn a_folder_in_use_is_named_in_one_message() {
    let place = Place::new();
    let server = place.start().await;

    let (code, said) = place.fails();

    assert_eq!(code, Some(1));
    assert_message(&said, &["in use by another process", "--data-dir", &place.data().display().to_string()]);
    assert!(server.is_ready().await);
}

#[test]
fn a_folder_of_a_newer_version_is_refused_in_one_message() {
    let place = Place::new();
    fs::create_dir_all(place.data()).unwrap();
    fs::write(place.data().join("format"), "7\n").unwrap();

    let (code, said) = place.fails();

    assert_eq!(code, Some(1));
    assert_message(&said, &["has format 7", "use the newer trailproof"]);
    assert_eq!(names(&place.data()), ["format", "lock"]);
}

#[test]
fn a_folder_of_an_older_version_is_refused_with_the_command_that_helps() {
    let place = Place::new();
    fs::create_dir_all(place.data().join("logs")).unwrap();
    fs::write(place.data().join("format"), "1\n").unwrap();

    let (code, said) = place.fails();

    let data = place.data().display().to_string();
    assert_eq!(code, Some(1));
    assert_message(&said, &["has format 1", &format!("mv {data} {data}.old")]);
    assert_eq!(names(&place.data()), ["format", "lock", "logs"]);
}

#[tokio::test]
async fn every_damage_is_told_in_one_message_and_makes_nothing_worse() {
    let place = Place::new();
    let server = place.start().await;
    let mut writer = Writer::new("w".to_owned(), Random::seeded("damage"));
    let status = send(&server, writer.batch(200, 20), &mut Ledger::default()).await;
    assert_eq!(status, Some(200));
    server.kill();
    let whole = copy(&place.logs());
    let segment_files = names(whole.path()).into_iter().filter(|name| !name.starts_with('.'));

    for name in segment_files.chain([".managed.json".to_owned()]) {
        for (damage, hurt) in damages() {
            // That file only lists what may be deleted one day; a new list is begun.
            if name == ".managed.json" && damage == "is missing" {
                continue;
            }
            restore(whole.path(), &place.logs());
            hurt(&place.logs().join(&name));
            let before = names(&place.logs());

            let (code, said) = place.fails();

            let case = format!("{name} {damage}:\n{said}");
            assert_eq!(code, Some(1), "{case}");
            assert_message(&said, &[&place.logs().display().to_string(), "restore it from a backup"]);
            assert_eq!(names(&place.logs()), before, "{case}");
        }
    }
}

#[tokio::test]
async fn a_server_whose_list_of_files_is_missing_starts_with_every_line() {
    let place = Place::new();
    let server = place.start().await;
    let mut ledger = Ledger::default();
    let mut writer = Writer::new("w".to_owned(), Random::seeded("list of files"));
    send(&server, writer.batch(200, 20), &mut ledger).await;
    server.kill();
    fs::remove_file(place.logs().join(".managed.json")).unwrap();

    let server = place.start().await;
    let status = send(&server, writer.batch(200, 20), &mut ledger).await;

    assert_eq!(status, Some(200));
    compare(&walk(&server, None).await, &ledger, "without a list of files");
}

type Damage = (&'static str, fn(&Path));

fn damages() -> [Damage; 3] {
    [
        ("is missing", |file| fs::remove_file(file).unwrap()),
        ("is cut off", |file| truncate(file, 2)),
        ("is empty", |file| truncate(file, u64::MAX)),
    ]
}

fn assert_message(said: &str, parts: &[&str]) {
    // A log line may come first.
    let message = said.split_once("error: ").unwrap_or_else(|| panic!("no error in {said}")).1;
    assert!(message.lines().count() <= MOST_LINES && message.len() < 1_200, "{said}");
    assert!(!said.contains("panicked"), "{said}");
    for part in parts {
        assert!(message.contains(part), "no '{part}' in {said}");
    }
}

fn copy(folder: &Path) -> TempDir {
    let copy = tempfile::tempdir().unwrap();
    restore(folder, copy.path());
    copy
}

fn restore(from: &Path, to: &Path) {
    for name in names(to) {
        fs::remove_file(to.join(name)).unwrap();
    }
    for name in names(from) {
        fs::copy(from.join(&name), to.join(&name)).unwrap();
    }
}
