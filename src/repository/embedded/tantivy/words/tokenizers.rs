//! The tokenizers themselves: the words that `standard` and `letters` find, as tantivy wants them.

use std::ops::Range;

use ::tantivy::tokenizer::{Token, TokenStream, Tokenizer};

use super::{letters, standard};

/// Splits like the analyzer `standard`: UAX #29 word bounds as Lucene draws them, lower case, no stop words.
///
/// Words are cut at 255 UTF-16 units; positions count words, without gaps.
#[derive(Clone, Default)]
pub struct StandardWords {
    token: Token,
}

/// Splits like the analyzer `simple`: runs of letters, lower case.
///
/// Words are cut at 255 UTF-16 units; positions count words, without gaps.
#[derive(Clone, Default)]
pub struct LetterRuns {
    token: Token,
}

/// Words of one text, made one after the other in a token that is used again.
pub struct WordStream<'a> {
    text: &'a str,
    offset: usize,
    next_word: NextWord,
    token: &'a mut Token,
}

/// Finds the first word that starts at or after a byte offset.
type NextWord = fn(&str, usize) -> Option<Range<usize>>;

/// Words that [`StandardWords`] makes of `text`.
#[must_use]
pub fn standard_words(text: &str) -> Vec<String> {
    words(text, standard::next_word)
}

/// Words that [`LetterRuns`] makes of `text`.
#[must_use]
pub fn letter_runs(text: &str) -> Vec<String> {
    words(text, letters::next_word)
}

impl Tokenizer for StandardWords {
    type TokenStream<'a> = WordStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> WordStream<'a> {
        WordStream::new(text, standard::next_word, &mut self.token)
    }
}

impl Tokenizer for LetterRuns {
    type TokenStream<'a> = WordStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> WordStream<'a> {
        WordStream::new(text, letters::next_word, &mut self.token)
    }
}

impl<'a> WordStream<'a> {
    fn new(text: &'a str, next_word: NextWord, token: &'a mut Token) -> Self {
        token.reset();
        Self { text, offset: 0, next_word, token }
    }
}

impl TokenStream for WordStream<'_> {
    fn advance(&mut self) -> bool {
        self.token.text.clear();
        let found = (self.next_word)(self.text, self.offset);
        let Some((range, word)) = found.and_then(|range| Some((range.clone(), self.text.get(range)?))) else {
            self.offset = self.text.len();
            return false;
        };
        self.offset = range.end;
        self.token.position = self.token.position.wrapping_add(1);
        self.token.offset_from = range.start;
        self.token.offset_to = range.end;
        push_lower_case(&mut self.token.text, word);
        true
    }

    fn token(&self) -> &Token {
        self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        self.token
    }
}

fn words(text: &str, next_word: NextWord) -> Vec<String> {
    let mut token = Token::default();
    let mut stream = WordStream::new(text, next_word, &mut token);
    let mut words = Vec::new();
    while stream.advance() {
        words.push(stream.token().text.clone());
    }
    words
}

/// Appends `word`, each code point mapped for itself: no final sigma, and `İ` becomes a plain `i`.
fn push_lower_case(text: &mut String, word: &str) {
    if word.is_ascii() {
        text.push_str(word);
        text.make_ascii_lowercase();
        return;
    }
    text.extend(word.chars().map(|point| point.to_lowercase().next().unwrap_or(point)));
}
