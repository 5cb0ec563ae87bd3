//! Rules for a file as a whole: length, opening words, name, and that somebody declares it.

use std::collections::BTreeSet;

use super::Sources;
use super::outline::{Module, outline};

const MAX_LINES: usize = 400;

/// Names that say nothing about what lives there.
const EMPTY_NAMES: [&str; 7] = ["util", "utils", "common", "helper", "helpers", "types", "misc"];

/// What is wrong with the files themselves.
pub(crate) fn violations(sources: &Sources) -> Vec<String> {
    let mut found = Vec::new();
    let declared = reachable(sources);
    for (path, source) in sources {
        let lines = source.lines().count();
        if lines > MAX_LINES {
            found.push(format!("{path}: {lines} lines, at most {MAX_LINES}; split it by concept"));
        }
        if !source.starts_with("//!") {
            found.push(format!("{path}: opens without //! that says what lives here"));
        }
        let names = path.trim_end_matches(".rs").split('/').map(str::to_owned);
        let inner = outline(&[], source).modules.into_iter().filter(|module| module.has_body);
        for name in names.chain(inner.map(|module| module.name)) {
            if EMPTY_NAMES.contains(&name.as_str()) {
                found.push(format!("{path}: the name {name} says nothing; name the concept"));
            }
        }
        if !declared.contains(path) {
            found.push(format!("{path}: no mod declares it, so nobody compiles it"));
        }
    }
    found
}

/// Files that a crate root reaches through `mod`.
fn reachable(sources: &Sources) -> BTreeSet<String> {
    let mut reached: BTreeSet<String> = sources.keys().filter(|path| is_root(path)).cloned().collect();
    let mut waiting: Vec<String> = reached.iter().cloned().collect();
    while let Some(path) = waiting.pop() {
        let Some(source) = sources.get(&path) else { continue };
        for module in outline(&[], source).modules.iter().filter(|module| !module.has_body) {
            let files = files_of(&path, module).into_iter().filter(|file| sources.contains_key(file));
            waiting.extend(files.filter(|file| reached.insert(file.clone())));
        }
    }
    reached
}

/// Cargo finds these by their place.
fn is_root(path: &str) -> bool {
    let names: Vec<&str> = path.split('/').collect();
    matches!(
        names.as_slice(),
        ["src", "lib.rs" | "main.rs"] | ["src", "bin", _] | ["tests", _] | ["tests", _, "main.rs"]
    )
}

/// Where the body of a module that `path` declares may stand.
fn files_of(path: &str, module: &Module) -> Vec<String> {
    let (folder, file) = path.rsplit_once('/').unwrap_or(("", path));
    if let Some(named) = &module.path {
        return vec![format!("{folder}/{named}")];
    }
    let mut folder = folder.to_owned();
    if !is_root(path) && file != "mod.rs" {
        folder = format!("{folder}/{}", file.trim_end_matches(".rs"));
    }
    for around in &module.inside {
        folder = format!("{folder}/{around}");
    }
    vec![format!("{folder}/{}.rs", module.name), format!("{folder}/{}/mod.rs", module.name)]
}
