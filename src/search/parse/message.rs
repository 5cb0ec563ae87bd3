//! Words and phrases that are looked for in the message.

use super::lex::{Shape, Value, Word};
use super::pasted::{self, Reading};
use super::refusal;
use crate::error::Result;
use crate::model::normal::nfc;
use crate::model::script::{is_east_asian, is_letters};
use crate::model::{LogField, Query, TextMatch, TextQuery};

/// Names that belong to the search engine; alone they are most likely half of a condition.
const ENGINE_NAMES: [&str; 6] = ["_source", "_id", "_index", "_type", "_exists_", "_routing"];

/// The condition of a value without a field; `None` when it holds nothing that is indexed.
pub(super) fn bare(value: &Value, offset: usize) -> Result<Option<Query>> {
    match value {
        Value::Word(Word { shape: Shape::Star, .. }) => {
            Err(refusal::unsupported("a lone * needs a field: service:* finds lines that have one", offset))
        }
        Value::Word(Word { text, shape: Shape::Plain }) if ENGINE_NAMES.contains(&text.as_str()) => {
            let detail = "this is a name of the search engine, not a word; put it in quotes to search for it";
            Err(refusal::syntax(detail, offset))
        }
        Value::Word(_) | Value::Quoted(_) | Value::Range(..) => named(value, offset),
    }
}

/// The condition of a value of `message:`; `None` when it holds nothing that is indexed.
pub(super) fn named(value: &Value, offset: usize) -> Result<Option<Query>> {
    let word = match value {
        Value::Word(word) => word,
        Value::Quoted(text) => return Ok(phrase(nfc(text).into_owned())),
        Value::Range(..) => {
            let detail = "message takes words and phrases, no range; quotes search for the text itself";
            return Err(refusal::unsupported(detail, offset));
        }
    };
    let text = nfc(&word.text).into_owned();
    match word.shape {
        Shape::Plain => Ok(whole_word(text)),
        Shape::Prefix => prefix(text, offset).map(Some),
        Shape::Star => Ok(Some(Query::Exists(LogField::Message.into()))),
        Shape::Wildcard => Err(refusal::wildcard(offset)),
        Shape::Regex { .. } => Err(refusal::regex(offset)),
        Shape::Fuzzy => Err(refusal::fuzzy(offset)),
        Shape::Boost => Err(refusal::boost(offset)),
    }
}

fn phrase(text: String) -> Option<Query> {
    let parts_too =
        text.split_whitespace().all(|word| has_letter_parts(word.trim_end_matches([',', ';', ':'])));
    contains(text, TextMatch::Whole { parts_too })
}

/// Whether a word consists of runs of letters with a dot between them, so that it can be found inside a longer name.
pub(super) fn has_letter_parts(word: &str) -> bool {
    word.split('.').all(is_letters)
}

fn whole_word(text: String) -> Option<Query> {
    // The colon belongs to the sentence, not to the word.
    let text = match pasted::read_word(&text) {
        Some((name, Reading::Heading)) => name.to_owned(),
        Some((_, Reading::Field | Reading::Text | Reading::LikelyText)) | None => text,
    };
    if is_east_asian(&text) {
        return contains(text, TextMatch::LastMayGoOn { parts_too: true });
    }
    phrase(text)
}

fn prefix(text: String, offset: usize) -> Result<Query> {
    let indexed: String = text.chars().filter(|character| character.is_alphanumeric()).collect();
    refusal::check_prefix(&indexed, offset)?;
    let parts_too = has_letter_parts(&text);
    Ok(Query::Text(TextQuery { text, mode: TextMatch::LastMayGoOn { parts_too } }))
}

fn contains(text: String, mode: TextMatch) -> Option<Query> {
    let has_token = text.chars().any(|character| !is_separator(character));
    has_token.then_some(Query::Text(TextQuery { text, mode }))
}

/// Whether a character alone is never a token: punctuation of the common blocks and vulgar fractions, but no emoji.
///
/// In doubt the answer is no, and the engine's analysis decides.
fn is_separator(character: char) -> bool {
    match character {
        '©' | '®' | '‼' | '⁉' => false,
        '²' | '³' | '¹' | '¼' | '½' | '¾' => true,
        '\0'..='\u{BF}'
        | '\u{2000}'..='\u{206F}'
        | '\u{3000}'..='\u{3020}'
        | '\u{FEFF}'
        | '\u{FF01}'..='\u{FF0F}' => !character.is_alphanumeric(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_can_be_a_token_is_searched_for() {
        for text in ["=", "--", "…", "—", "½", "„“", "。", "\u{202E}", "{}", " "] {
            assert_eq!(phrase(text.to_owned()), None, "{text:?}");
        }
        for text in ["a", "1", "©", "™", "🔥", "#\u{FE0F}\u{20E3}", "々", "〇", "_1", "ª"] {
            assert!(phrase(text.to_owned()).is_some(), "{text:?}");
        }
    }
}
