//! Reads a configuration file: syntax, then every section and key, each problem with its line.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::model::LogField;
use crate::model::field::FIELDS;
use crate::model::nearest::{did_you_mean, nearest};

use super::keys::{KEYS, Key};
use super::kind::Given;
use super::origin::{Origin, Problem};
use super::settings::Settings;
use super::shown::shown;

/// Syntax errors that are listed; what follows the first few is mostly their consequence.
const MAX_SYNTAX_ERRORS: usize = 5;
/// The one table inside a section.
const FIELDS_TABLE: &str = "logs.fields";
/// Longest name of a field in a mapping; longer ones are a slip.
const MAX_PATH_BYTES: usize = 255;

/// Reads the text of a file; `origin` says how its places are named.
pub(crate) fn read(text: &str, path: &str, problems: &mut Vec<Problem>) -> Settings {
    read_with(text, problems, &|line| Origin::line(path, line))
}

/// Reads the defaults that are part of the program.
pub(crate) fn read_defaults(text: &str, problems: &mut Vec<Problem>) -> Settings {
    read_with(text, problems, &|_| Origin::Default)
}

fn read_with(text: &str, problems: &mut Vec<Problem>, origin: &dyn Fn(usize) -> Origin) -> Settings {
    let (document, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        problems.extend(syntax_problems(text, &errors, origin));
        return Settings::default();
    }
    let mut reader = Reader { text, origin, settings: Settings::default(), problems };
    for (name, value) in document.get_ref() {
        reader.section(name, value);
    }
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
    origin: &'a dyn Fn(usize) -> Origin,
    settings: Settings,
    problems: &'a mut Vec<Problem>,
}

type Name<'a> = Spanned<std::borrow::Cow<'a, str>>;

impl Reader<'_> {
    fn place(&self, span: &Range<usize>) -> Origin {
        (self.origin)(position(self.text, span.start).0)
    }

    fn report(&mut self, span: &Range<usize>, message: impl Into<String>) {
        let place = self.place(span);
        self.problems.push(Problem::new(place, message));
    }

    fn section(&mut self, name: &Name<'_>, value: &Spanned<DeValue<'_>>) {
        let section = name.get_ref().as_ref();
        let is_known = KEYS.iter().any(|key| key.section() == section);
        match (is_known, value.get_ref()) {
            (true, DeValue::Table(table)) => {
                for (key, value) in table {
                    self.key(section, key, value);
                }
            }
            (true, _) => {
                let message = format!("'{section}' is a section; write [{section}] and its keys below it");
                self.report(&name.span(), message);
            }
            (false, DeValue::Table(_)) => {
                let hint = did_you_mean(section, KEYS.iter().map(Key::section));
                self.report(&name.span(), format!("unknown section '{}'{hint}", shown(section)));
            }
            (false, _) => {
                let hint = hint_for_bare_key(section);
                self.report(&name.span(), format!("unknown key '{}'{hint}", shown(section)));
            }
        }
    }

    fn key(&mut self, section: &str, name: &Name<'_>, value: &Spanned<DeValue<'_>>) {
        let path = format!("{section}.{}", name.get_ref());
        if path == FIELDS_TABLE {
            return self.fields(name, value);
        }
        let Some(key) = Key::by_path(&path) else {
            let paths = KEYS.iter().map(|key| key.path).chain([FIELDS_TABLE]);
            let hint = did_you_mean(&path, paths);
            return self.report(&name.span(), format!("unknown key '{}'{hint}", shown(&path)));
        };
        let place = self.place(&name.span());
        let problem = self.settings.take(key, Given::Toml(value.get_ref()), place);
        self.problems.extend(problem);
    }

    fn fields(&mut self, name: &Name<'_>, value: &Spanned<DeValue<'_>>) {
        let DeValue::Table(table) = value.get_ref() else {
            return self.report(&name.span(), "'logs.fields' is a section; write [logs.fields]");
        };
        for (ours, theirs) in table {
            self.field(ours, theirs);
        }
    }

    fn field(&mut self, name: &Name<'_>, value: &Spanned<DeValue<'_>>) {
        let word = name.get_ref().as_ref();
        let Some(field) = LogField::by_name(word) else {
            let hint = did_you_mean(word, FIELDS.iter().map(|field| field.name));
            return self.report(&name.span(), format!("unknown field 'logs.fields.{}'{hint}", shown(word)));
        };
        let Some(theirs) = value.get_ref().as_str().filter(|theirs| is_path(theirs)) else {
            let message = format!(
                "'logs.fields.{word}' must be the name of a field, in quotes: parts with dots between them, without \
                 blanks, stars, commas and quotes"
            );
            return self.report(&name.span(), message);
        };
        let place = self.place(&name.span());
        self.settings.take_field(field.name(), theirs, place);
    }
}

/// Whether a text can be the dotted path of a field in a mapping.
fn is_path(text: &str) -> bool {
    let is_allowed =
        |letter: char| !letter.is_whitespace() && !letter.is_control() && !"*,\"'\\".contains(letter);
    text.len() <= MAX_PATH_BYTES
        && text.split('.').all(|part| !part.is_empty() && part.chars().all(is_allowed))
}

/// A key outside its section is named in full, if there is one that fits.
fn hint_for_bare_key(word: &str) -> String {
    let same_name = KEYS.iter().find(|key| key.name() == word).map(|key| key.path);
    let found = same_name.or_else(|| nearest(word, KEYS.iter().map(|key| key.path)));
    found.map_or_else(String::new, |path| format!("; did you mean '{path}'?"))
}
