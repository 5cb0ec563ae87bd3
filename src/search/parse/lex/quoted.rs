//! What the lexer reads between two marks: quotes, the brackets of a range, a block in braces.

use super::lexer::{Lexer, is_blank, is_escapable};
use super::shape::Marked;
use super::token::{Edge, EdgeText, Value, Word};
use super::tokens::edge_text;
use crate::error::Result;
use crate::search::parse::refusal;

impl Lexer {
    /// A text in quotes, from the first quote on.
    pub(in crate::search::parse) fn quoted(&mut self) -> Result<String> {
        let start = self.at;
        self.at += 1;
        let mut text = String::new();
        loop {
            match (self.peek(0), self.peek(1)) {
                (None, _) | (Some('\\'), None) => {
                    self.at = start;
                    return Err(self.expected("the quote is not closed; expected another \" after it"));
                }
                (Some('"'), _) => {
                    self.at += 1;
                    return Ok(text);
                }
                (Some('\\'), Some(next)) if is_escapable(next) => {
                    text.push(next);
                    self.at += 2;
                }
                (Some('\0'), _) => return Err(refusal::nul(self.at)),
                (Some(character), _) => {
                    text.push(character);
                    self.at += 1;
                }
            }
        }
    }

    /// `[a TO b]`, `{a TO b}` or a mixture, from the first mark on.
    pub(in crate::search::parse) fn range(&mut self) -> Result<Value> {
        let lower_included = self.peek(0) == Some('[');
        self.at += 1;
        let lower = self.edge(lower_included)?;
        self.skip_blanks();
        let is_separator = self.peek(0) == Some('T') && self.peek(1) == Some('O');
        if !is_separator || !self.peek(2).is_none_or(is_blank) {
            return Err(self.expected("expected TO: a range is written [a TO b] or {a TO b}"));
        }
        self.at += 2;
        let upper = self.edge(true)?;
        self.skip_blanks();
        let upper = match (self.peek(0), upper) {
            (Some('}'), Edge::Included(text)) => Edge::Excluded(text),
            (Some(']' | '}'), upper) => upper,
            _ => return Err(self.expected("expected ] or } at the end of the range")),
        };
        self.at += 1;
        Ok(Value::Range(lower, upper))
    }

    fn edge(&mut self, is_included: bool) -> Result<Edge> {
        self.skip_blanks();
        let offset = self.at;
        let text = if self.peek(0) == Some('"') { Some(self.quoted()?) } else { self.bare_edge()? };
        Ok(match text {
            None => Edge::Open,
            Some(text) if is_included => Edge::Included(EdgeText { text, offset }),
            Some(text) => Edge::Excluded(EdgeText { text, offset }),
        })
    }

    fn bare_edge(&mut self) -> Result<Option<String>> {
        let offset = self.at;
        let mut characters = Vec::new();
        while let Some(character) = self.peek(0).filter(|next| !is_blank(*next) && !matches!(next, ']' | '}'))
        {
            if character == '\0' {
                return Err(refusal::nul(self.at));
            }
            let escaped =
                (character == '\\').then(|| self.peek(1)).flatten().filter(|next| is_escapable(*next));
            characters.push(Marked { character: escaped.unwrap_or(character), escaped: escaped.is_some() });
            self.at += if escaped.is_some() { 2 } else { 1 };
        }
        if characters.is_empty() {
            return Err(self.expected("expected an end of the range, or * for an open one"));
        }
        edge_text(&Word::from_marked(&characters), offset)
    }

    /// Whether a bracket or brace begins what reads as a range: a value and the word TO.
    pub(in crate::search::parse) fn looks_like_range(&self) -> bool {
        let rest: String = self.characters.iter().skip(self.at + 1).collect();
        let mut words = rest.split(is_blank).filter(|word| !word.is_empty());
        words.next().is_some() && words.next() == Some("TO")
    }

    /// A block from `{` to the matching `}`, as it stands; reads nothing when the block does not end.
    pub(in crate::search::parse) fn braced(&mut self) -> Option<String> {
        let mut depth = 0_usize;
        let rest = self.characters.get(self.at..)?;
        let end = rest.iter().position(|character| {
            match character {
                '{' => depth += 1,
                '}' => depth -= 1,
                _ => {}
            }
            depth == 0
        })?;
        let text: String = rest.iter().take(end + 1).collect();
        if text.contains('\0') {
            return None;
        }
        self.at += end + 1;
        Some(text)
    }
}
