//! Reads the sources and holds them to the layers of `src/lib.rs` and to the rules for files.
//!
//! The rules are functions over a map from path to source, so that `planted` can show each of them catching something.

#[path = "architecture/circles.rs"]
mod circles;
#[path = "architecture/files.rs"]
mod files;
#[path = "architecture/imports.rs"]
mod imports;
#[path = "architecture/outline.rs"]
mod outline;
#[path = "architecture/planted.rs"]
mod planted;
#[path = "architecture/tokens.rs"]
mod tokens;

use std::collections::BTreeMap;
use std::path::Path;
use std::{fs, io};

/// Rust sources by path from the top of the project, with `/` between folders.
type Sources = BTreeMap<String, String>;

/// All that is wrong, one sentence each, beginning with the path.
fn violations(sources: &Sources) -> Vec<String> {
    let mut found = files::violations(sources);
    found.extend(circles::violations(sources));
    for (path, source) in sources.iter().filter(|(path, _)| path.starts_with("src/")) {
        found.extend(imports::violations(path, source));
    }
    found
}

#[test]
fn sources_keep_to_their_layers_and_files_to_their_rules() -> io::Result<()> {
    let top = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut sources = Sources::new();
    for folder in ["src", "tests"] {
        read(&top.join(folder), folder, &mut sources)?;
    }
    assert!(sources.contains_key("src/lib.rs"), "the sources were not found in {}", top.display());

    let found = violations(&sources);

    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
    Ok(())
}

fn read(folder: &Path, name: &str, sources: &mut Sources) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        let name = format!("{name}/{}", entry.file_name().to_string_lossy());
        if path.is_dir() {
            read(&path, &name, sources)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            sources.insert(name, fs::read_to_string(&path)?);
        }
    }
    Ok(())
}
