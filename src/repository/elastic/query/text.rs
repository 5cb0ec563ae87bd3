//! Words and phrases in the query language of the server.

use serde_json::{Value, json};
use unicode_segmentation::UnicodeSegmentation as _;

use super::dsl::{any_of, begins_with};
use crate::model::script::is_east_asian_char;
use crate::model::{TextMatch, TextQuery};

/// Words of one shard that a prefix at the end of a phrase may stand for; those beyond are not found. Servers count the
/// place in the phrase as one clause, however many words stand there, so their limit of clauses is no limit here.
const MAX_EXPANSIONS: u32 = 16_384;
/// Longest token that the analysers make, in UTF-16 units.
const MAX_TOKEN: usize = 255;

/// The text under `words`, or in its runs of letters under `parts`, holds what `query` says.
pub(crate) fn holds(words: &str, parts: Option<&str>, query: &TextQuery) -> Value {
    let text = query.text.as_str();
    let in_words = || match query.mode {
        TextMatch::Whole { .. } => phrase(words, text),
        TextMatch::LastMayGoOn { .. } => phrase_that_goes_on(words, text, is_one_word(text)),
    };
    let in_parts = |parts: &str| match query.mode {
        TextMatch::Whole { .. } => phrase(parts, text),
        TextMatch::LastMayGoOn { .. } => phrase_that_goes_on(parts, text, is_one_run_of_letters(text)),
    };
    match parts.filter(|_| query.mode.parts_too()) {
        Some(parts) => any_of(&[in_words(), in_parts(parts)]),
        None => in_words(),
    }
}

fn phrase(path: &str, text: &str) -> Value {
    json!({"match_phrase": {path: {"query": text}}})
}

/// A phrase with a prefix at its end knows a limited number of words, a plain prefix does not, but is not analysed.
fn phrase_that_goes_on(path: &str, text: &str, is_one_token: bool) -> Value {
    if is_one_token && text.encode_utf16().count() <= MAX_TOKEN {
        return begins_with(path, &lower_case(text));
    }
    json!({"match_phrase_prefix": {path: {"query": text, "max_expansions": MAX_EXPANSIONS}}})
}

/// Whether the analyser `standard` makes exactly one token of the whole text.
fn is_one_word(text: &str) -> bool {
    text.unicode_words().next() == Some(text)
}

/// Whether the analyser `simple` makes exactly one token of the whole text; says no when in doubt.
fn is_one_run_of_letters(text: &str) -> bool {
    let is_letter =
        |letter: char| letter.is_lowercase() || letter.is_uppercase() || is_east_asian_char(letter);
    !text.is_empty() && text.chars().all(is_letter)
}

/// Lower-cases as the analysers do: each code point by itself, to one code point.
fn lower_case(text: &str) -> String {
    let lower = |letter: char| {
        // Only İ becomes two code points here, and `i` there.
        let mut letters = letter.to_lowercase();
        if letters.len() == 1 { letters.next().unwrap_or(letter) } else { 'i' }
    };
    text.chars().map(lower).collect()
}
