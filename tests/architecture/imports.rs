//! Who may import whom: an arrow only ever points down, and some crates stay in one folder.

use super::outline::{Place, outline};

/// Layer of every top module; two modules of one layer are strangers unless a rule below says otherwise.
const LAYERS: [(&str, u8); 17] = [
    ("model", 0),
    ("error", 0),
    ("masking", 1),
    ("resilience", 1),
    ("telemetry", 1),
    ("config", 1),
    ("repository", 2),
    ("access", 3),
    ("search", 3),
    ("ingest", 3),
    ("audit", 3),
    ("alert", 3),
    ("http", 4),
    ("worker", 4),
    ("app", 5),
    ("cli", 5),
    ("demo", 5),
];

/// The layer of `main`, which names everything.
const TOP_LAYER: u8 = 5;

/// Crates and the only places where they are used.
const CONFINED: [(&str, &[&str]); 5] = [
    ("backoff", &["src/resilience/retry.rs"]),
    ("elasticsearch", &["src/repository/elastic/"]),
    ("sqlx", &["src/repository/postgres/", "src/repository/embedded/sqlite/"]),
    ("redis", &["src/repository/cache/", "src/worker/"]),
    ("tantivy", &["src/repository/embedded/"]),
];

/// Parts of `repository` that name a server or a file format; services and doors see the traits beside them only.
const BACK_ENDS: [&[&str]; 5] =
    [&["elastic"], &["postgres"], &["cache"], &["embedded", "tantivy"], &["embedded", "sqlite"]];

/// What one file under `src/` imports against the rules.
pub(crate) fn violations(path: &str, source: &str) -> Vec<String> {
    let module = module_of(path);
    let outline = outline(&module, source);
    let mut found = Vec::new();

    let here = module.first().map_or("", String::as_str);
    let is_root = module.is_empty() || here == "main";
    if !is_root && layer(here).is_none() {
        found
            .push(format!("{path}: the module {here} stands in no layer; give it one in tests/architecture"));
    }
    for place in outline.places {
        if let Err(reason) = may_import(&module, &place) {
            found.push(format!("{path}: imports {}: {reason}", place.join("::")));
        }
    }
    for (name, folders) in CONFINED {
        let is_home = folders.iter().any(|folder| path.starts_with(folder));
        if outline.outside.contains(name) && !is_home {
            found.push(format!("{path}: uses the crate {name}, which stays in {}", folders.join(", ")));
        }
    }
    found
}

/// The module that a file under `src/` holds.
pub(crate) fn module_of(path: &str) -> Place {
    let inner = path.trim_start_matches("src/").trim_end_matches(".rs");
    let mut names: Place = inner.split('/').map(str::to_owned).collect();
    if names.last().is_some_and(|last| last == "mod") || names == ["lib"] {
        names.pop();
    }
    names
}

fn layer(module: &str) -> Option<u8> {
    LAYERS.iter().find(|(name, _)| *name == module).map(|(_, layer)| *layer)
}

/// Why a module may not import what stands at a place.
pub(crate) fn may_import(module: &[String], place: &[String]) -> Result<(), &'static str> {
    let (Some(here), Some(there)) = (module.first(), place.first()) else { return Ok(()) };
    // What is no module is an item of the crate's root.
    let Some(to) = layer(there) else { return Ok(()) };
    let from = layer(here).unwrap_or(TOP_LAYER);
    if here == there {
        return within_repository(module, place);
    }
    if to > from {
        return Err("an import only points down");
    }
    if to == from && !matches!((from, here.as_str()), (0 | TOP_LAYER, _) | (1, "config")) {
        return Err("modules of one layer do not import each other");
    }
    match (here.as_str(), there.as_str()) {
        ("repository", "config" | "masking") => {
            Err("a store takes its options as arguments; of layer 1 it sees resilience and telemetry")
        }
        ("http", "repository") => Err("a door calls a service, not a store"),
        (_, "repository") if from < TOP_LAYER => traits_only(place),
        _ => Ok(()),
    }
}

/// Back ends are strangers to each other, and the traits beside them know none.
fn within_repository(module: &[String], place: &[String]) -> Result<(), &'static str> {
    let (Some(to), from) = (back_end(place), back_end(module)) else { return Ok(()) };
    let holds_both = module.len() > 1 && place.starts_with(module);
    if from == Some(to) || holds_both { Ok(()) } else { Err("back ends are strangers, and traits know none") }
}

fn traits_only(place: &[String]) -> Result<(), &'static str> {
    let tail: Vec<&str> = place.iter().skip(1).map(String::as_str).collect();
    match tail.as_slice() {
        ["cache", "Tiered" | "tiered", ..] => Ok(()),
        ["guarded" | "embedded", ..] => Err("only app, cli and demo name a back end"),
        _ if back_end(place).is_some() => Err("only app, cli and demo name a back end"),
        _ => Ok(()),
    }
}

/// The back end that a place lies in.
fn back_end(place: &[String]) -> Option<&'static [&'static str]> {
    let (_, tail) = place.split_first().filter(|(first, _)| *first == "repository")?;
    BACK_ENDS.into_iter().find(|names| {
        tail.len() >= names.len() && names.iter().zip(tail).all(|(expected, name)| expected == name)
    })
}
