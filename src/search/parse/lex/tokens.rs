//! Text to tokens, with offsets in characters. A loop: nothing here calls itself.

use super::lexer::{Lexer, is_blank, is_escapable};
use super::shape::{Marked, read_word, shape_of};
use super::token::{Edge, EdgeText, FieldName, Shape, Token, TokenKind, Value, Word};
use crate::error::Result;
use crate::search::parse::pasted::{self, Reading};
use crate::search::parse::refusal;

impl Lexer {
    /// The next token; `None` at the end of the text.
    pub(in crate::search::parse) fn next_token(&mut self) -> Result<Option<Token>> {
        let follows_text = self.follows_text();
        self.skip_blanks();
        let offset = self.at;
        let Some(first) = self.peek(0) else { return Ok(None) };
        let follows_field = std::mem::take(&mut self.expects_value);
        let kind = if follows_field { self.field_value(first)? } else { self.operand(first, follows_text)? };
        match kind {
            TokenKind::Open => self.of_field.push(follows_field || self.is_inside_field()),
            TokenKind::Close => drop(self.of_field.pop()),
            TokenKind::Field(_) => self.expects_value = true,
            TokenKind::And | TokenKind::Or | TokenKind::Not | TokenKind::Value(_) => {}
        }
        Ok(Some(Token { offset, kind }))
    }

    /// What stands where a condition may begin.
    fn operand(&mut self, first: char, follows_text: bool) -> Result<TokenKind> {
        if matches!(first, '-' | '!' | '+') && self.peek(1).is_some_and(begins_term) {
            self.at += 1;
            return match self.peek(0) {
                Some(next) if first == '+' => self.plain_operand(next, false),
                _ => Ok(TokenKind::Not),
            };
        }
        self.plain_operand(first, follows_text)
    }

    fn plain_operand(&mut self, first: char, follows_text: bool) -> Result<TokenKind> {
        match first {
            '(' => Ok(self.mark(TokenKind::Open)),
            ')' => Ok(self.mark(TokenKind::Close)),
            '"' => self.quoted().map(|text| TokenKind::Value(Value::Quoted(text))),
            '[' | '{' if self.looks_like_range() => {
                Err(self.expected("a range needs a field before it, such as timestamp:[a TO b]"))
            }
            '{' => match self.braced() {
                Some(text) => Ok(TokenKind::Value(Value::Quoted(text))),
                None => self.word(),
            },
            '<' | '>' if self.is_inside_field() => self.comparison(first).map(TokenKind::Value),
            '~' | '^' if follows_text => {
                Err(self.expected("fuzzy search and boosts are not offered; remove the mark"))
            }
            _ => match self.field_name() {
                Some(name) => Ok(TokenKind::Field(name)),
                None => self.word(),
            },
        }
    }

    /// What stands behind the colon of a field.
    fn field_value(&mut self, first: char) -> Result<TokenKind> {
        match first {
            '(' => Ok(self.mark(TokenKind::Open)),
            ')' => Ok(self.mark(TokenKind::Close)),
            '"' => self.quoted().map(|text| TokenKind::Value(Value::Quoted(text))),
            '[' | '{' => self.range().map(TokenKind::Value),
            '<' | '>' => self.comparison(first).map(TokenKind::Value),
            _ => self.word(),
        }
    }

    fn mark(&mut self, kind: TokenKind) -> TokenKind {
        self.at += 1;
        kind
    }

    fn word(&mut self) -> Result<TokenKind> {
        let characters = read_word(self)?;
        let is = |operator: &str| {
            characters.iter().all(|marked| !marked.escaped)
                && characters.iter().map(|marked| marked.character).eq(operator.chars())
        };
        if is("AND") || is("&&") {
            return Ok(TokenKind::And);
        }
        if is("OR") || is("||") {
            return Ok(TokenKind::Or);
        }
        if is("NOT") {
            return Ok(TokenKind::Not);
        }
        Ok(TokenKind::Value(Value::Word(Word::from_marked(&characters))))
    }

    /// A name followed by a colon, where `pasted` takes it for a field; else reads nothing.
    ///
    /// Names begin with a letter, `_`, `@` or a star, so that a time of day is text. Keys of the context may hold other marks.
    fn field_name(&mut self) -> Option<FieldName> {
        let start = self.at;
        let mut text = String::new();
        let mut has_wildcard = false;
        while let Some(character) = self.peek(0) {
            let escaped =
                (character == '\\').then(|| self.peek(1)).flatten().filter(|next| is_escapable(*next));
            let is_in_name = is_name_character(character, text.is_empty())
                || (is_key_character(character) && pasted::is_key(&text));
            if escaped.is_none() && !is_in_name {
                break;
            }
            has_wildcard |= character == '*';
            text.push(escaped.unwrap_or(character));
            self.at += if escaped.is_some() { 2 } else { 1 };
        }
        let rest = self.characters.get(self.at + 1..).unwrap_or_default();
        let value: String = rest.iter().take_while(|character| !is_blank(**character)).collect();
        let is_named = !text.is_empty() && self.peek(0) == Some(':');
        if !is_named || pasted::read(&text, &value) != Reading::Field {
            self.at = start;
            return None;
        }
        self.at += 1;
        Some(FieldName { text, has_wildcard, offset: start })
    }

    /// `>=a` and its kin, from the first mark on.
    fn comparison(&mut self, first: char) -> Result<Value> {
        let is_inclusive = self.peek(1) == Some('=');
        self.at += if is_inclusive { 2 } else { 1 };
        self.skip_blanks();
        let offset = self.at;
        let text = match self.peek(0) {
            None | Some('(' | ')') => return Err(self.expected("expected a value to compare with")),
            Some('"') => Some(self.quoted()?),
            Some(_) => edge_text(&Word::from_marked(&read_word(self)?), offset)?,
        };
        let edge = match text {
            None => Edge::Open,
            Some(text) if is_inclusive => Edge::Included(EdgeText { text, offset }),
            Some(text) => Edge::Excluded(EdgeText { text, offset }),
        };
        Ok(if first == '>' { Value::Range(edge, Edge::Open) } else { Value::Range(Edge::Open, edge) })
    }
}

/// The text of an unquoted end of a range; `None` for a star.
pub(in crate::search::parse) fn edge_text(word: &Word, offset: usize) -> Result<Option<String>> {
    match word.shape {
        Shape::Star => Ok(None),
        Shape::Prefix | Shape::Wildcard => {
            let detail = "the end of a range takes no wildcard; use a value, or * alone for an open end";
            Err(refusal::unsupported(detail, offset))
        }
        Shape::Plain | Shape::Regex { .. } | Shape::Fuzzy | Shape::Boost => Ok(Some(word.text.clone())),
    }
}

/// Whether a sign directly before `character` is an operator.
fn begins_term(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '_' | '@' | '"' | '(' | '\\')
}

fn is_name_character(character: char, is_first: bool) -> bool {
    if is_first {
        return character.is_alphabetic() || matches!(character, '_' | '@' | '*');
    }
    character.is_alphanumeric() || matches!(character, '_' | '@' | '*' | '.' | '-')
}

/// What a key of the context may hold beside the characters of names, as in `labels.app.kubernetes.io/name`.
fn is_key_character(character: char) -> bool {
    let is_mark =
        matches!(character, ':' | '"' | '(' | ')' | '{' | '}' | '<' | '>' | '\\' | ',' | ';' | '?' | '\0');
    !is_mark && !is_blank(character)
}

impl Word {
    pub(in crate::search::parse) fn from_marked(characters: &[Marked]) -> Self {
        let shape = shape_of(characters);
        let length = if shape == Shape::Prefix { characters.len() - 1 } else { characters.len() };
        Self { text: characters.iter().take(length).map(|marked| marked.character).collect(), shape }
    }
}
