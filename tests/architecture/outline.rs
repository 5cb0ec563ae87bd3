//! What a file declares and names: its modules, the places in this crate it refers to, the crates it uses.

use std::collections::BTreeSet;

use super::tokens::{Token, tokens};

/// Words that may stand in front of a path that begins with `::`.
const KEYWORDS: [&str; 9] = ["as", "dyn", "for", "impl", "in", "match", "mut", "return", "use"];

/// A place in the crate, from its root: `["repository", "elastic", "Client"]`.
pub(crate) type Place = Vec<String>;

/// A `mod` in a file.
pub(crate) struct Module {
    /// Its name.
    pub(crate) name: String,
    /// Modules with a body in the same file around it.
    pub(crate) inside: Vec<String>,
    /// Content of a `#[path]` attribute.
    pub(crate) path: Option<String>,
    /// Whether its body stands in the same file.
    pub(crate) has_body: bool,
}

/// A path into this crate that a file names outside of its tests.
pub(crate) struct Mention {
    /// Where it leads, from the root of the crate.
    pub(crate) place: Place,
    /// Whether it only passes the item on (`pub use`).
    pub(crate) is_passed_on: bool,
}

/// What one file declares and names.
#[derive(Default)]
pub(crate) struct Outline {
    /// All `mod` items.
    pub(crate) modules: Vec<Module>,
    /// Paths that lead into this crate, or would if their first name were a module of this file.
    pub(crate) mentions: Vec<Mention>,
    /// All places in this crate that are imported or named by a path.
    pub(crate) places: Vec<Place>,
    /// First names of all other paths: crates, but also types and imported modules.
    pub(crate) outside: BTreeSet<String>,
}

/// Reads the file that holds `module`.
pub(crate) fn outline(module: &[String], source: &str) -> Outline {
    let mut reader = Reader {
        tokens: tokens(source),
        at: 0,
        module: module.to_vec(),
        open: Vec::new(),
        depth: 0,
        is_passing_on: false,
    };
    let mut outline = Outline::default();
    let mut path_attribute = None;
    while let Some(token) = reader.token(0).map(str::to_owned) {
        match token.as_str() {
            "{" => reader.depth += 1,
            "}" => reader.close(),
            "#" if reader.token(2) == Some("path") => {
                path_attribute = reader.token(4).and_then(|text| text.strip_prefix('"')).map(str::to_owned);
            }
            // `pub(in path)` says who may see an item; nothing is imported.
            "(" if reader.token(1) == Some("in") => {
                while !matches!(reader.token(0), None | Some(")")) {
                    reader.at += 1;
                }
            }
            "mod" => reader.module_item(path_attribute.take(), &mut outline),
            // `use<'a>` names captured lifetimes.
            "use" if reader.token(1) != Some("<") => {
                reader.is_passing_on = reader.is_public();
                reader.at += 1;
                reader.use_tree(&[], &mut outline);
                reader.is_passing_on = false;
                continue;
            }
            name if reader.begins_path(name) => {
                reader.path(&mut outline);
                continue;
            }
            _ => {}
        }
        reader.at += 1;
    }
    outline.settle(module);
    outline
}

impl Outline {
    /// Turns paths that begin with a module of this file into places, and forgets the names that imports of this crate bind.
    fn settle(&mut self, module: &[String]) {
        for name in self.modules.iter().map(|declared| &declared.name) {
            if self.outside.remove(name) {
                self.places.push(module.iter().chain([name]).cloned().collect());
            }
        }
        for name in self.places.iter().filter_map(|place| place.last()) {
            self.outside.remove(name);
        }
    }
}

struct Reader {
    tokens: Vec<Token>,
    at: usize,
    module: Vec<String>,
    /// Modules whose body is open, with the depth of braces before them.
    open: Vec<(String, usize)>,
    depth: usize,
    /// Whether the import that is being read is public.
    is_passing_on: bool,
}

impl Reader {
    fn token(&self, ahead: usize) -> Option<&str> {
        self.tokens.get(self.at + ahead).map(String::as_str)
    }

    /// Whether the item that begins here is public in any way.
    fn is_public(&self) -> bool {
        let before = self.at.checked_sub(1).and_then(|at| self.tokens.get(at));
        matches!(before.map(String::as_str), Some("pub" | ")"))
    }

    fn close(&mut self) {
        self.depth = self.depth.saturating_sub(1);
        if self.open.last().is_some_and(|(_, depth)| *depth == self.depth) {
            self.open.pop();
        }
    }

    fn module_item(&mut self, path: Option<String>, outline: &mut Outline) {
        let (Some(name), Some(end @ (";" | "{"))) = (self.token(1), self.token(2)) else { return };
        let (name, has_body) = (name.to_owned(), end == "{");
        let inside = self.open.iter().map(|(name, _)| name.clone()).collect();
        outline.modules.push(Module { name: name.clone(), inside, path, has_body });
        if has_body {
            self.open.push((name, self.depth));
            self.depth += 1;
        }
        self.at += 2;
    }

    /// Whether a path of two or more names begins here.
    fn begins_path(&self, name: &str) -> bool {
        let is_name = name.starts_with(|point: char| point == '_' || point.is_alphabetic());
        let before =
            |count| self.at.checked_sub(count).and_then(|at| self.tokens.get(at)).map(String::as_str);
        let goes_on = before(1) == Some("::")
            && before(2).is_some_and(|owner| {
                owner == ">" || owner.ends_with(char::is_alphanumeric) && !KEYWORDS.contains(&owner)
            });
        is_name && !KEYWORDS.contains(&name) && self.token(1) == Some("::") && !goes_on
    }

    fn path(&mut self, outline: &mut Outline) {
        let mut names = Vec::new();
        while let Some(name) = self.token(0).map(str::to_owned) {
            names.push(name);
            self.at += 1;
            let goes_on = self.token(0) == Some("::") && !matches!(self.token(1), Some("<" | "{" | "*"));
            if !goes_on {
                break;
            }
            self.at += 1;
        }
        self.note(&names, outline);
    }

    /// Reads one tree of a `use`, up to the sign that ends it.
    fn use_tree(&mut self, before: &[String], outline: &mut Outline) {
        let mut names = before.to_vec();
        while let Some(token) = self.token(0).map(str::to_owned) {
            match token.as_str() {
                "::" => {}
                "{" => {
                    self.at += 1;
                    while !matches!(self.token(0), None | Some("}")) {
                        self.use_tree(&names, outline);
                        self.at += usize::from(self.token(0) == Some(","));
                    }
                    self.at += 1;
                    return;
                }
                "as" => self.at += 1,
                "," | "}" | ";" => break,
                "self" if !names.is_empty() => {}
                _ => names.push(token),
            }
            self.at += 1;
        }
        self.note(&names, outline);
    }

    fn note(&self, names: &[String], outline: &mut Outline) {
        let mut from: Vec<String> =
            self.module.iter().cloned().chain(self.open.iter().map(|(name, _)| name.clone())).collect();
        let mut rest = names;
        let mut is_place = false;
        while let [first, tail @ ..] = rest {
            match first.as_str() {
                "crate" => from.clear(),
                "super" => drop(from.pop()),
                "self" => {}
                _ => break,
            }
            is_place = true;
            rest = tail;
        }
        let is_in_tests = self.open.iter().any(|(name, _)| name == "tests");
        let place: Place = from.into_iter().chain(rest.iter().cloned()).collect();
        if !is_in_tests {
            outline.mentions.push(Mention { place: place.clone(), is_passed_on: self.is_passing_on });
        }
        if is_place {
            outline.places.push(place);
        } else {
            outline.outside.extend(rest.first().cloned());
        }
    }
}
