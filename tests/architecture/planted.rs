//! Plants one violation of every rule into a small set of sources, and expects exactly that one to be found.

use super::{Sources, violations};

/// A crate that breaks no rule, and uses what is allowed.
fn sound() -> Sources {
    let files = [
        (
            "src/lib.rs",
            "mod access; mod app; mod config; mod error; mod http; mod model; mod repository; mod resilience;
            mod search; mod telemetry; mod worker;",
        ),
        ("src/main.rs", "use trailproof::app;"),
        ("src/model.rs", "use crate::error::Error;"),
        ("src/error.rs", "struct Error; mod tests { use crate::model::Id; }"),
        ("src/config.rs", "use crate::telemetry::Format;"),
        ("src/telemetry.rs", "/* use crate::repository::LogStore; */"),
        ("src/resilience/mod.rs", "mod retry;"),
        ("src/resilience/retry.rs", "use backoff::ExponentialBackoff;"),
        (
            "src/repository/mod.rs",
            "pub mod elastic; pub mod embedded; pub mod log_store; pub use log_store::LogStore;",
        ),
        ("src/repository/log_store.rs", "use crate::{model::Id, resilience::Breaker, telemetry};"),
        ("src/repository/elastic/mod.rs", "use elasticsearch::Elasticsearch; use super::LogStore;"),
        ("src/repository/embedded/mod.rs", "pub mod tantivy; fn open() { tantivy::open() }"),
        (
            "src/repository/embedded/tantivy.rs",
            "use ::tantivy::Index; use crate::repository::{LogStore, log_store};",
        ),
        ("src/access.rs", "use crate::config::Roles;"),
        (
            "src/search.rs",
            "use crate::repository::{LogStore, cache::Tiered}; const TEXT: &str = \"use crate::http::X;\";",
        ),
        (
            "src/http/mod.rs",
            "mod v1; use crate::{search::SearchService, telemetry, config::Http}; use std::redis;",
        ),
        ("src/http/v1.rs", "use super::super::search::{self, SearchService as Search};"),
        ("src/worker/mod.rs", "use crate::{repository::LogStore, search}; fn run() -> redis::Client {}"),
        ("src/app.rs", "use crate::repository::elastic::Client; use crate::http;"),
        ("tests/it/main.rs", "mod contract; #[path = \"other.rs\"] mod renamed;"),
        ("tests/it/contract/mod.rs", "mod inner { mod deep; }"),
        ("tests/it/contract/inner/deep.rs", ""),
        ("tests/it/other.rs", ""),
    ];
    files.into_iter().map(|(path, source)| (path.to_owned(), format!("//! Words.\n{source}"))).collect()
}

/// What is found once `source` is appended to `path`.
fn found_after_planting(path: &str, source: &str) -> Vec<String> {
    let mut sources = sound();
    sources.entry(path.to_owned()).or_insert_with(|| "//! Words.\n".to_owned()).push_str(source);
    violations(&sources)
}

#[track_caller]
fn finds_one(path: &str, source: &str, words: &str) {
    let found = found_after_planting(path, source);

    let is_one = matches!(found.as_slice(), [one] if one.starts_with(path) && one.contains(words));
    assert!(is_one, "{words:?} is not what was found: {found:#?}");
}

#[test]
fn a_sound_crate_passes() {
    assert_eq!(violations(&sound()), Vec::<String>::new());
}

#[test]
fn finds_an_upward_import_in_every_spelling() {
    for import in [
        "use crate::search::Rows;",
        "use crate::{model::Id, search::{Rows, Hits}};",
        "use super::search::Rows;",
        "use crate::search;",
        "pub(crate) use crate::search::*;",
        "fn rows() -> crate::search::Rows {}",
        "mod tests { use super::super::search::Rows; }",
        "fn f<'a>() { let quote = '\"'; crate::search::run() }",
        "fn f() -> impl Fn() + use<> { crate::search::run() }",
        "macro_rules! m { () => { $crate::search::run() } }",
    ] {
        let found = found_after_planting("src/telemetry.rs", import);

        assert!(!found.is_empty(), "not found: {import}");
        assert!(found.iter().all(|one| one.contains("only points down")), "{import}: {found:#?}");
    }
}

#[test]
fn finds_upward_imports_between_any_layers() {
    finds_one("src/model.rs", "use crate::config::Config;", "only points down");
    finds_one("src/telemetry.rs", "use crate::repository::LogStore;", "only points down");
    finds_one("src/repository/log_store.rs", "use crate::search::Query;", "only points down");
    finds_one("src/search.rs", "use crate::http::Problem;", "only points down");
    finds_one("src/http/v1.rs", "use crate::app::State;", "only points down");
}

#[test]
fn finds_sideways_imports() {
    finds_one("src/search.rs", "use crate::access::Policy;", "one layer");
    finds_one("src/worker/mod.rs", "use crate::http::Problem;", "one layer");
    finds_one("src/telemetry.rs", "use crate::resilience::Breaker;", "one layer");
}

#[test]
fn finds_a_store_that_reads_the_configuration() {
    finds_one("src/repository/log_store.rs", "use crate::config::Storage;", "options as arguments");
}

#[test]
fn finds_a_door_that_calls_a_store() {
    finds_one("src/http/v1.rs", "use crate::repository::LogStore;", "not a store");
}

#[test]
fn finds_services_and_workers_that_name_a_back_end() {
    finds_one("src/search.rs", "use crate::repository::elastic::Client;", "name a back end");
    finds_one("src/worker/mod.rs", "use crate::repository::{cache::memory::Memory};", "name a back end");
    finds_one("src/access.rs", "fn f() { crate::repository::embedded::tantivy::open() }", "name a back end");
    finds_one("src/worker/mod.rs", "use crate::repository::guarded::Guarded;", "name a back end");
}

#[test]
fn finds_back_ends_that_import_each_other() {
    finds_one("src/repository/elastic/mod.rs", "use super::embedded::tantivy::Words;", "strangers");
    finds_one("src/repository/embedded/tantivy.rs", "use crate::repository::elastic::Client;", "strangers");
    finds_one("src/repository/embedded/tantivy.rs", "use super::sqlite::Pool;", "strangers");
}

#[test]
fn finds_a_trait_that_names_a_back_end() {
    finds_one("src/repository/log_store.rs", "use super::elastic::Client;", "traits know none");
    finds_one("src/repository/mod.rs", "pub use elastic::Client;", "traits know none");
}

#[test]
fn finds_a_crate_outside_its_folder() {
    finds_one("src/worker/mod.rs", "use backoff::future::retry;", "crate backoff");
    finds_one(
        "src/repository/log_store.rs",
        "fn f(client: &elasticsearch::Elasticsearch) {}",
        "crate elasticsearch",
    );
    finds_one("src/http/v1.rs", "use sqlx;", "crate sqlx");
    finds_one("src/search.rs", "use redis as cache_server;", "crate redis");
    finds_one("src/search.rs", "fn f() -> impl ::tantivy::Directory {}", "crate tantivy");
}

#[test]
fn finds_a_top_module_without_a_layer() {
    let mut sources = sound();
    sources.entry("src/lib.rs".to_owned()).or_default().push_str("mod billing;");
    sources.insert("src/billing.rs".to_owned(), "//! Words.\n".to_owned());

    let found = violations(&sources);

    assert!(matches!(found.as_slice(), [one] if one.contains("stands in no layer")), "{found:#?}");
}

#[test]
fn finds_a_file_over_400_lines_and_none_of_400() {
    finds_one("src/model.rs", &"\n".repeat(400), "401 lines");
    assert_eq!(found_after_planting("src/telemetry.rs", &"\n".repeat(398)), Vec::<String>::new());
}

#[test]
fn finds_a_file_without_opening_words() {
    let mut sources = sound();
    sources.insert("tests/it/other.rs".to_owned(), "use std::fmt;\n//! Late.\n".to_owned());

    let found = violations(&sources);

    assert!(matches!(found.as_slice(), [one] if one.contains("opens without //!")), "{found:#?}");
}

#[test]
fn finds_names_that_say_nothing() {
    for name in ["util", "utils", "common", "helper", "helpers", "types", "misc"] {
        let mut sources = sound();
        sources.insert(format!("src/http/v1/{name}.rs"), "//! Words.\n".to_owned());
        sources.entry("src/http/v1.rs".to_owned()).or_default().extend(["mod ", name, ";"]);

        let found = violations(&sources);

        assert!(matches!(found.as_slice(), [one] if one.contains("says nothing")), "{found:#?}");
    }
    finds_one("src/search.rs", "mod helpers { fn f() {} }", "says nothing");
}

#[test]
fn finds_a_file_that_nobody_declares() {
    finds_one("src/http/forgotten.rs", "", "no mod declares it");
    finds_one("tests/it/contract/forgotten/mod.rs", "// mod forgotten;", "no mod declares it");
}

#[test]
fn finds_files_that_import_each_other_in_a_circle() {
    for import in ["use crate::model::{Id, time::Micros};", "fn id() -> crate::model::Id {}"] {
        finds_one("src/error.rs", import, "by way of src/model.rs");
    }
    let found = found_after_planting("src/repository/log_store.rs", "use super::LogStore;");
    assert_eq!(found, Vec::<String>::new(), "an item that only passes by its module is its own");
}

#[test]
fn finds_a_folder_whose_files_use_what_its_mod_rs_defines_and_uses() {
    let mut sources = sound();
    let circle = [
        ("src/http/mod.rs", "mod v1; mod door; struct Pipeline; fn build() { door::open() }"),
        ("src/http/door.rs", "use super::Pipeline;"),
    ];
    for (path, source) in circle {
        sources.insert(path.to_owned(), format!("//! Words.\n{source}"));
    }

    let found = violations(&sources);

    assert!(matches!(found.as_slice(), [one] if one.contains("imports itself by way of")), "{found:#?}");
}
