//! Compares with what a real server answered; `tests/it/contract/analysis.rs` asks a running one.

use std::time::{Duration, Instant};

use ::tantivy::tokenizer::{TokenStream, Tokenizer};
use serde::Deserialize;

use super::{LetterRuns, StandardWords, letter_runs, standard_words};

/// One text and the tokens that Elasticsearch 9.2.8 made of it, each with its position.
#[derive(Deserialize)]
struct Recorded {
    text: String,
    standard: Vec<(String, usize)>,
    simple: Vec<(String, usize)>,
}

fn recorded() -> Vec<Recorded> {
    let file = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/analysis/expected.json"));
    serde_json::from_str(file).unwrap()
}

fn tokens(tokenizer: &mut impl Tokenizer, text: &str) -> Vec<(String, usize)> {
    let mut tokens = Vec::new();
    tokenizer.token_stream(text).process(&mut |token| tokens.push((token.text.clone(), token.position)));
    tokens
}

#[test]
fn words_and_positions_are_those_of_the_standard_analyzer() {
    let mut tokenizer = StandardWords::default();

    for Recorded { text, standard, .. } in recorded() {
        assert_eq!(tokens(&mut tokenizer, &text), standard, "of {text:?}");
    }
}

#[test]
fn words_and_positions_are_those_of_the_simple_analyzer() {
    let mut tokenizer = LetterRuns::default();

    for Recorded { text, simple, .. } in recorded() {
        assert_eq!(tokens(&mut tokenizer, &text), simple, "of {text:?}");
    }
}

#[test]
fn every_hard_string_is_recorded_in_its_order() {
    let file = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/analysis/hard_strings.txt"));
    let hard: Vec<String> = file.lines().map(|line| serde_json::from_str(line).unwrap()).collect();

    let texts: Vec<String> = recorded().into_iter().map(|recorded| recorded.text).collect();

    assert!(hard.len() >= 300);
    assert_eq!(texts, hard);
}

#[test]
fn plain_functions_give_the_words_of_a_log_message() {
    let text = "user.name 결제실패: error42 foo_bar-baz java.lang.NullPointerException";

    let (standard, letters) = (standard_words(text), letter_runs(text));

    assert_eq!(
        standard,
        ["user.name", "결제실패", "error42", "foo_bar", "baz", "java.lang.nullpointerexception"]
    );
    let expected =
        ["user", "name", "결제실패", "error", "foo", "bar", "baz", "java", "lang", "nullpointerexception"];
    assert_eq!(letters, expected);
}

#[test]
fn offsets_point_at_the_word_in_the_text() {
    let text = "→ ÄB.c “déjà”";
    let mut tokenizer = StandardWords::default();

    let mut words = Vec::new();
    tokenizer
        .token_stream(text)
        .process(&mut |token| words.push(text[token.offset_from..token.offset_to].to_owned()));

    assert_eq!(words, ["ÄB.c", "déjà"]);
}

#[test]
fn a_tokenizer_used_again_starts_at_position_zero() {
    let mut tokenizer = StandardWords::default();

    let first = tokens(&mut tokenizer, "one two");
    let second = tokens(&mut tokenizer, "one two");

    assert_eq!(first, second);
}

#[test]
fn a_stream_that_has_ended_stays_ended() {
    let mut tokenizer = LetterRuns::default();
    let mut stream = tokenizer.token_stream("one");

    assert_eq!([stream.advance(), stream.advance(), stream.advance()], [true, false, false]);
}

#[test]
fn megabytes_of_characters_that_begin_no_word_are_passed_over_in_one_go() {
    let texts = ["_".repeat(4 << 20), "\u{200D}".repeat(1 << 20), ".".repeat(4 << 20)];
    let begun = Instant::now();

    for text in texts {
        assert!(standard_words(&text).is_empty());
    }

    // A second try for each character would take minutes in a debug build.
    assert!(begun.elapsed() < Duration::from_secs(30));
}
