//! Sentences for whoever finds nothing: how words are matched, and what to write instead.

use super::lex::{Shape, Value, Word};
use super::message::has_letter_parts;
use crate::model::script::{is_east_asian, joins_words};

/// Characters of a word that are shown.
const MAX_CHARACTERS: usize = 64;

/// What to know about a word of the message that was not found.
pub(super) fn of_text(value: &Value) -> Option<String> {
    let Value::Word(Word { text, shape: Shape::Plain }) = value else { return None };
    if is_east_asian(text) && text.starts_with(joins_words) {
        let word = shown(text);
        return Some(format!(
            "'{word}' is found where a word begins with it, not inside a longer word; search for the beginning of that word"
        ));
    }
    let is_address = text.contains("://") || text.contains(['?', '=']);
    let is_dotted = !is_address
        && text.split('.').all(|part| part.starts_with(char::is_alphanumeric))
        && text.contains('.');
    if is_dotted && text.contains(char::is_alphabetic) && !has_letter_parts(text) {
        let word = shown(text);
        return Some(format!(
            "'{word}' is searched as whole words; to find longer names that begin with it, write {word}*"
        ));
    }
    None
}

/// How a name before a colon was read that is no field.
pub(super) fn read_as_text(name: &str) -> String {
    let name = shown(name);
    format!(
        "there is no field '{name}', so it was searched as text; for what was sent under this name write context.{name}:value"
    )
}

fn shown(text: &str) -> String {
    let cut: String = text.chars().take(MAX_CHARACTERS).collect();
    cut.escape_debug().to_string()
}
