//! Words: where they end, and what their unescaped marks make of them.

use super::lexer::{Lexer, is_blank, is_escapable};
use super::token::Shape;
use crate::error::Result;
use crate::search::parse::refusal;

/// A character of a word, and whether a backslash took its meaning away.
#[derive(Clone, Copy, Debug)]
pub(in crate::search::parse) struct Marked {
    pub(in crate::search::parse) character: char,
    pub(in crate::search::parse) escaped: bool,
}

/// Reads a word up to the next blank, quote or parenthesis.
///
/// Parentheses that open and close within the word belong to it; quotes do in a word that begins with a brace.
pub(in crate::search::parse) fn read_word(lexer: &mut Lexer) -> Result<Vec<Marked>> {
    let mut characters: Vec<Marked> = Vec::new();
    let is_block = lexer.peek(0) == Some('{');
    let mut literal_until = 0;
    while let Some(character) = lexer.peek(0) {
        match character {
            '\0' => return Err(refusal::nul(lexer.at)),
            '\\' => {
                let Some(next) = lexer.peek(1) else {
                    if holds_backslash(&characters) || is_drive(&characters) {
                        characters.push(Marked { character, escaped: true });
                        lexer.at += 1;
                        break;
                    }
                    return Err(lexer.expected("expected a character after the backslash"));
                };
                let escaped = is_escapable(next);
                characters.push(Marked { character: if escaped { next } else { character }, escaped: true });
                lexer.at += if escaped { 2 } else { 1 };
                continue;
            }
            '(' if lexer.at >= literal_until && !characters.is_empty() => {
                match closing_parenthesis(lexer).filter(|_| !is_operator(&characters)) {
                    Some(end) => literal_until = end + 1,
                    None => break,
                }
            }
            ')' if lexer.at >= literal_until => break,
            '"' if !is_block && !characters.is_empty() => break,
            _ if is_blank(character) => break,
            _ => {}
        }
        characters.push(Marked { character, escaped: false });
        lexer.at += 1;
    }
    Ok(characters)
}

/// The place of the parenthesis that closes the one at hand, if it comes before a blank.
fn closing_parenthesis(lexer: &Lexer) -> Option<usize> {
    let mut depth = 0_usize;
    let rest = lexer.characters.get(lexer.at..)?;
    let run =
        rest.iter().take_while(|character| !is_blank(**character) && !matches!(character, '\\' | '"' | '\0'));
    for (distance, character) in run.enumerate() {
        match character {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(lexer.at + distance);
        }
    }
    None
}

/// Whether the characters so far are an operator, so that a parenthesis after them opens a group.
fn is_operator(characters: &[Marked]) -> bool {
    let is = |operator: &str| characters.iter().map(|marked| marked.character).eq(operator.chars());
    ["AND", "OR", "NOT", "&&", "||"].into_iter().any(is)
}

/// Whether a word so far is the letter of a drive and its colon.
fn is_drive(characters: &[Marked]) -> bool {
    matches!(characters, [letter, colon] if letter.character.is_ascii_alphabetic() && colon.character == ':')
}

/// Whether a backslash stands for itself, as in a path of Windows.
fn holds_backslash(characters: &[Marked]) -> bool {
    characters.iter().any(|marked| marked.character == '\\')
}

/// What the marks of a word make of it. Behind a slash `?`, `~` and `^` are those of a URL or a path.
pub(in crate::search::parse) fn shape_of(characters: &[Marked]) -> Shape {
    let is = |marked: &Marked, mark: char| !marked.escaped && marked.character == mark;
    let before_slash =
        characters.iter().position(|marked| marked.character == '/').unwrap_or(characters.len());
    let has_question = characters.iter().take(before_slash).any(|marked| is(marked, '?'));
    let is_wildcard = |marked: &Marked| is(marked, '*') || (has_question && is(marked, '?'));
    if let Some(certain) = regex(characters) {
        return Shape::Regex { certain };
    }
    match characters {
        [only] if is(only, '*') => return Shape::Star,
        [front @ .., last] if is(last, '*') && !front.iter().any(is_wildcard) => return Shape::Prefix,
        _ if characters.iter().any(is_wildcard) => return Shape::Wildcard,
        _ if before_slash < characters.len() => return Shape::Plain,
        _ => {}
    }
    let is_number = |marked: &&Marked| marked.character.is_ascii_digit() || marked.character == '.';
    let number = characters.iter().rev().take_while(is_number).count();
    let before_number = characters.len() - number;
    let mark = before_number.checked_sub(1).filter(|at| *at > 0).and_then(|at| characters.get(at));
    match mark {
        Some(mark) if is(mark, '~') => Shape::Fuzzy,
        Some(mark) if is(mark, '^') && number > 0 => Shape::Boost,
        _ => Shape::Plain,
    }
}

/// Whether a word reads as `/regular expression/`, and if so, whether it cannot be a path.
///
/// `/api/v1/` is a path: more slashes inside, and no mark of regular expressions.
fn regex(characters: &[Marked]) -> Option<bool> {
    let [first, inside @ .., last] = characters else { return None };
    let is_slash = |marked: &Marked| marked.character == '/' && !marked.escaped;
    if inside.is_empty() || !is_slash(first) || !is_slash(last) {
        return None;
    }
    let certain = inside.iter().any(|marked| {
        marked.escaped || matches!(marked.character, '*' | '+' | '?' | '[' | '(' | '{' | '|' | '^' | '$')
    });
    (certain || !inside.iter().any(is_slash)).then_some(certain)
}
