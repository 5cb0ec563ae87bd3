//! Makes `docs/configuration.md` from the sections and from `default.toml`.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::file::DEFAULTS;
use super::key::{self, Shape};
use super::section::ROOT;

const INTRODUCTION: &str = "\
# Configuration

<!-- Made from src/config/default.toml and src/config/section/; `UPDATE_DOCS=1 cargo test --test config` writes it. -->

Without any configuration `trailproof serve` keeps its data in `./trailproof-data` and listens on 127.0.0.1:8002.

A setting is looked for in this order; the first place that has it wins:

1. flags: `--port`, `--data-dir`
2. environment variables
3. `.env` in the current directory (one `NAME=value` a line; a value with `$` in single quotes)
4. a file: `--config FILE`, else the one that `TRAILPROOF_CONFIG` names, else `./trailproof.toml`
5. the default

Each variable has a twin with `_FILE` behind its name, for mounted secrets: it names a file that holds the value
(one line end behind it is dropped). Setting both is an error; an empty variable counts as not set.
`trailproof config show --origin` prints every value with the place it comes from; `trailproof config check` reads
the configuration and reports everything that is wrong with it at once.
";

/// What `default.toml` says about one setting or section.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Entry {
    /// The comment above it.
    pub(crate) meaning: String,
    /// The default; none when the line is commented out.
    pub(crate) default: Option<String>,
}

/// Reads comments and defaults of `default.toml` by path; a section stands under its name.
pub(crate) fn entries(text: &str) -> BTreeMap<String, Entry> {
    let mut entries = BTreeMap::new();
    let mut section = String::new();
    let mut comment: Vec<&str> = Vec::new();
    for line in text.lines() {
        if let Some(words) = line.strip_prefix("# ") {
            comment.push(words);
            continue;
        }
        let meaning = std::mem::take(&mut comment).join(" ");
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            name.clone_into(&mut section);
            entries.insert(section.clone(), Entry { meaning, default: None });
            continue;
        }
        let Some((name, value)) = line.split_once(" = ") else {
            continue;
        };
        let default = (!name.starts_with('#')).then(|| value.trim_matches('"').to_owned());
        entries.insert(format!("{section}.{}", name.trim_start_matches('#')), Entry { meaning, default });
    }
    entries
}

/// The text of `docs/configuration.md`.
#[must_use]
pub fn reference() -> String {
    let entries = entries(DEFAULTS);
    let nothing = Entry::default();
    let mut page = INTRODUCTION.to_owned();
    for (path, shape) in key::paths(ROOT) {
        let entry = entries.get(&path).unwrap_or(&nothing);
        match shape {
            Shape::Table(_) if shape.is_supported() => {
                let _ = write!(page, "\n## {path}\n\n{}\n\n", entry.meaning);
                page.push_str("| key | environment | default | meaning |\n|---|---|---|---|\n");
            }
            Shape::Value(value) => {
                let variable = value.variable.unwrap_or_default();
                let default =
                    entry.default.as_ref().map_or_else(|| "–".to_owned(), |value| format!("`{value}`"));
                let _ = writeln!(page, "| `{path}` | `{variable}` | {default} | {} |", entry.meaning);
            }
            Shape::Table(_) | Shape::Map(_) | Shape::Unsupported(_) => {}
        }
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn default_toml_explains_exactly_the_settings_that_do_something() {
        let entries = entries(DEFAULTS);

        let explained: Vec<_> = entries.keys().cloned().collect();
        let mut known: Vec<_> = key::paths(ROOT)
            .into_iter()
            .filter(|(_, shape)| shape.is_supported() && !matches!(shape, Shape::Map(_)))
            .map(|(path, _)| path)
            .collect();
        known.sort();
        assert_eq!(explained, known);
        let silent: Vec<_> = entries.iter().filter(|(_, entry)| entry.meaning.is_empty()).collect();
        assert!(silent.is_empty(), "no comment above {silent:?}");
    }
}
