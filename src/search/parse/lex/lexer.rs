//! Where the reading of a text stands. `tokens.rs` cuts tokens out of it, `quoted.rs` reads what stands between quotes, brackets
//! or braces, and `shape.rs` says what the marks of a word make of it.

use crate::error::Error;
use crate::search::parse::refusal;

/// Cuts a text into tokens, one call a token.
pub(in crate::search::parse) struct Lexer {
    pub(in crate::search::parse) characters: Vec<char>,
    /// Characters read so far.
    pub(in crate::search::parse) at: usize,
    /// Whether a field and its colon came last, so that a value must follow.
    pub(in crate::search::parse) expects_value: bool,
    /// For each open parenthesis, whether a field stands before it or before one around it.
    pub(in crate::search::parse) of_field: Vec<bool>,
}

impl Lexer {
    pub(in crate::search::parse) fn new(text: &str) -> Self {
        Self { characters: text.chars().collect(), at: 0, expects_value: false, of_field: Vec::new() }
    }

    /// The character `ahead` places on.
    pub(in crate::search::parse) fn peek(&self, ahead: usize) -> Option<char> {
        self.characters.get(self.at + ahead).copied()
    }

    pub(in crate::search::parse) fn skip_blanks(&mut self) {
        while self.peek(0).is_some_and(is_blank) {
            self.at += 1;
        }
    }

    pub(in crate::search::parse) fn expected(&self, what: &str) -> Error {
        refusal::syntax(what, self.at)
    }

    /// Whether what was read last, without a blank since, was a quote or a parenthesis that closed.
    pub(in crate::search::parse) fn follows_text(&self) -> bool {
        let before = self.at.checked_sub(1).and_then(|at| self.characters.get(at));
        matches!(before, Some('"' | ')'))
    }

    /// Whether what follows is a value of `field:( … )`.
    pub(in crate::search::parse) fn is_inside_field(&self) -> bool {
        self.of_field.last().is_some_and(|is_inside| *is_inside)
    }
}

/// Blanks between tokens; a byte order mark is one, since pasted text brings it along.
pub(in crate::search::parse) fn is_blank(character: char) -> bool {
    character.is_whitespace() || character == '\u{FEFF}'
}

/// Whether a backslash before `character` takes it as it is; before anything else the backslash is text.
pub(in crate::search::parse) fn is_escapable(character: char) -> bool {
    character.is_ascii_punctuation() || character.is_whitespace()
}
