//! Reads a configuration file: syntax, then what stands under each name, each problem with its line.

use std::collections::BTreeSet;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::key::{self, Key, Map, Shape, joined};
use super::kind::Given;
use super::origin::{Origin, Problem, shown};
use super::section::ROOT;
use super::settings::Settings;
use crate::model::nearest::did_you_mean;

/// Defaults and explanations.
pub(crate) const DEFAULTS: &str = include_str!("default.toml");
/// Syntax errors that are listed; what follows the first few is mostly their consequence.
const MAX_SYNTAX_ERRORS: usize = 5;

/// Reads the text of a file; `origin` says how its places are named.
pub(crate) fn read(text: &str, path: &str, problems: &mut Vec<Problem>) -> Settings {
    read_with(text, ROOT, problems, &|line| Origin::line(path, line))
}

/// Reads the defaults that are part of the program.
pub(crate) fn read_defaults(problems: &mut Vec<Problem>) -> Settings {
    read_with(DEFAULTS, ROOT, problems, &|_| Origin::Default)
}

fn read_with(
    text: &str,
    root: &'static [Key],
    problems: &mut Vec<Problem>,
    origin: &dyn Fn(usize) -> Origin,
) -> Settings {
    let (document, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        problems.extend(syntax_problems(text, &errors, origin));
        return Settings::default();
    }
    let mut reader = Reader { text, root, origin, settings: Settings::default(), problems };
    reader.table("", root, document.get_ref());
    reader.settings
}

fn syntax_problems(text: &str, errors: &[toml::de::Error], origin: &dyn Fn(usize) -> Origin) -> Vec<Problem> {
    let mut found: Vec<Problem> = Vec::new();
    for error in errors {
        let (line, column) = position(text, error.span().map_or(text.len(), |span| span.start));
        let place = match origin(line) {
            Origin::File { path, line, .. } => Origin::File { path, line, column: Some(column) },
            other => other,
        };
        found.push(Problem::new(place, error.message().to_owned()));
    }
    found.sort();
    found.dedup_by_key(|problem| match &problem.origin {
        Origin::File { line, .. } => *line,
        Origin::Default | Origin::DotEnv { .. } | Origin::Environment(_) | Origin::Flag(_) => None,
    });
    found.truncate(MAX_SYNTAX_ERRORS);
    found
}

/// Line and column, both from 1, of a byte offset.
fn position(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    (line, column)
}

struct Reader<'a> {
    text: &'a str,
    root: &'static [Key],
    origin: &'a dyn Fn(usize) -> Origin,
    settings: Settings,
    problems: &'a mut Vec<Problem>,
}

type Name<'a> = Spanned<std::borrow::Cow<'a, str>>;
type Toml<'a> = Spanned<DeValue<'a>>;

impl Reader<'_> {
    fn place(&self, span: &Range<usize>) -> Origin {
        (self.origin)(position(self.text, span.start).0)
    }

    fn report(&mut self, name: &Name<'_>, message: impl Into<String>) {
        let place = self.place(&name.span());
        self.problems.push(Problem::new(place, message));
    }

    fn table(&mut self, path: &str, keys: &'static [Key], table: &DeTable<'_>) {
        for (name, value) in table {
            let word = name.get_ref().as_ref();
            match keys.iter().find(|key| key.name == word) {
                Some(key) => self.shape(&joined(path, word), &key.shape, name, value),
                None => self.unknown(path, keys, name, value),
            }
        }
    }

    fn shape(&mut self, path: &str, shape: &'static Shape, name: &Name<'_>, value: &Toml<'_>) {
        match (shape, value.get_ref()) {
            (Shape::Value(declared), value) => {
                let place = self.place(&name.span());
                let problem = self.settings.take(path, declared, Given::Toml(value), place);
                self.problems.extend(problem);
            }
            (Shape::Table(keys), DeValue::Table(table)) => self.table(path, keys, table),
            (Shape::Map(map), DeValue::Table(table)) => self.map(path, map, table),
            (Shape::Table(_) | Shape::Map(_), _) => {
                let message = format!("'{path}' is a section; write [{path}] and its keys below it");
                self.report(name, message);
            }
            (Shape::Unsupported(setting), _) => {
                let place = self.place(&name.span());
                self.settings.note(path, setting, place);
            }
        }
    }

    fn map(&mut self, path: &str, map: &'static Map, table: &DeTable<'_>) {
        let mut seen = BTreeSet::new();
        for (name, value) in table {
            let word = name.get_ref().as_ref();
            match (map.read_name)(word) {
                Ok(known) if !seen.insert(known.clone()) => {
                    let message =
                        format!("'{path}.{}' is '{path}.{known}' under another name; keep one", shown(word));
                    self.report(name, message);
                }
                Ok(word) => self.shape(&joined(path, &word), map.entry, name, value),
                Err(complaint) => self.report(name, format!("'{path}.{}' {complaint}", shown(word))),
            }
        }
    }

    /// Says that a name is unknown, and which known one is near: beside it, or in another section.
    fn unknown(&mut self, path: &str, keys: &'static [Key], name: &Name<'_>, value: &Toml<'_>) {
        let word = name.get_ref().as_ref();
        let is_table = matches!(value.get_ref(), DeValue::Table(_));
        let beside = keys.iter().map(|key| (joined(path, key.name), &key.shape));
        let known: Vec<_> = beside
            .chain(key::paths(self.root))
            .filter(|(_, shape)| shape.is_supported() && shape.is_table() == is_table)
            .map(|(path, _)| path)
            .collect();
        let known = || known.iter().map(String::as_str);
        let full = joined(path, word);
        let same_name = known().find(|known| known.rsplit('.').next() == Some(word));
        let hint = match same_name.filter(|_| path.is_empty()) {
            Some(found) => format!("; did you mean '{found}'?"),
            None => did_you_mean(&full, known()),
        };
        let what = if is_table { "section" } else { "key" };
        self.report(name, format!("unknown {what} '{}'{hint}", shown(&full)));
    }
}

#[cfg(test)]
mod tests {
    use super::super::key::{Print, Value};
    use super::super::kind::Kind;
    use super::*;

    /// Tables whose names the user chooses, in a section.
    const ROOT: &[Key] = &[Key::table(
        "post",
        &[Key { name: "boxes", shape: Shape::Map(Map { read_name: box_name, entry: BOX }) }],
    )];
    const BOX: &Shape = &Shape::Table(&[
        Key {
            name: "size",
            shape: Shape::Value(Value {
                variable: None,
                kind: Kind::Number { min: 1, max: 9 },
                print: Print::Whole,
            }),
        },
        Key::secret("code", "POST_CODE", Kind::ANY),
    ]);

    fn box_name(word: &str) -> Result<String, String> {
        if word.contains('.') { Err("holds a dot".to_owned()) } else { Ok(word.to_lowercase()) }
    }

    fn read_boxes(text: &str) -> (Settings, Vec<Problem>) {
        let mut problems = Vec::new();
        let settings = read_with(text, ROOT, &mut problems, &|line| Origin::line("post.toml", line));
        (settings, problems)
    }

    #[test]
    fn a_table_of_tables_keeps_the_place_of_every_value() {
        let (settings, problems) =
            read_boxes("[post.boxes.Left]\nsize = 3\ncode = 'x'\n[post.boxes.right]\nsize = 4\n");

        assert_eq!(problems, []);
        let places: Vec<_> = settings
            .below("post.boxes")
            .map(|(path, setting)| (path, setting.origin.to_string(), setting.print))
            .collect();
        assert_eq!(
            places,
            [
                ("post.boxes.left.code", "post.toml:3".to_owned(), Print::Nothing),
                ("post.boxes.left.size", "post.toml:2".to_owned(), Print::Whole),
                ("post.boxes.right.size", "post.toml:5".to_owned(), Print::Whole),
            ]
        );
        let tree = settings.tree();
        assert_eq!(tree["post"]["boxes"]["right"]["size"].as_integer(), Some(4));
    }

    #[test]
    fn mistakes_in_a_table_of_tables_are_told_with_their_place_and_the_nearest_name() {
        let text = "[post.boxes.left]\nsiez = 3\n[post.boxes]\nright = 1\n'a.b' = {}\n[post.boxs.x]\n";

        let (_, mut problems) = read_boxes(text);

        problems.sort();
        let lines: Vec<_> =
            problems.iter().map(|problem| format!("{}: {}", problem.origin, problem.message)).collect();
        assert_eq!(
            lines,
            [
                "post.toml:2: unknown key 'post.boxes.left.siez'; did you mean 'post.boxes.left.size'?",
                "post.toml:4: 'post.boxes.right' is a section; write [post.boxes.right] and its keys below it",
                "post.toml:5: 'post.boxes.a.b' holds a dot",
                "post.toml:6: unknown section 'post.boxs'; did you mean 'post.boxes'?",
            ]
        );
    }
}
