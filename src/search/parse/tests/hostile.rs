//! Any text at all: no panic, and nothing larger than promised.

use proptest::prelude::*;

use super::*;
use crate::search::parse::guard::{MAX_DEPTH, MAX_TERMS};

/// Nodes and depth of a query, counted without recursion.
fn size(query: &Query) -> (usize, usize) {
    let mut nodes = 0;
    let mut deepest = 0;
    let mut waiting = vec![(query, 1)];
    while let Some((query, depth)) = waiting.pop() {
        nodes += 1;
        deepest = deepest.max(depth);
        waiting.extend(query.children().iter().map(|child| (child, depth + 1)));
    }
    (nodes, deepest)
}

fn check(text: &str) {
    match parse(text, &context()) {
        Ok(parsed) => {
            let (nodes, depth) = size(&parsed.query);
            assert!(depth <= 2 * MAX_DEPTH + 4, "{depth} levels: {text}");
            assert!(nodes <= MAX_TERMS * (MAX_DEPTH + 4), "{nodes} nodes: {text}");
            assert!(parsed.warnings.len() + parsed.hints.len() <= 2 * MAX_TERMS, "{text}");
        }
        Err(error) => {
            let offset = error.places[0].offset.unwrap();
            assert!(offset <= text.chars().count(), "{offset}: {text}");
            assert!(error.detail.len() < 1_000, "{text}");
        }
    }
}

/// Pieces that mean something to the lexer.
const PIECES: [&str; 56] = [
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "\"",
    "\\",
    ":",
    "*",
    "?",
    "~",
    "^",
    "/",
    "-",
    "+",
    "!",
    "<",
    ">",
    "=",
    " ",
    "\t",
    "AND",
    "OR",
    "NOT",
    "TO",
    "&&",
    "||",
    "and",
    "service:",
    "level:",
    "timestamp:",
    "client_ip:",
    "context.a:",
    "message:",
    "servce:",
    "now-1h/d",
    "10.0.0.0/8",
    "::1",
    "error",
    "결제",
    "e\u{301}",
    "42",
    "\0",
    "\u{FEFF}",
    "🔥",
    "_source",
    ",",
    "::",
    "C:",
    "://",
    ".",
    "context.a/b:",
    "10.0.0.1",
    "fe80:",
    "name:",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,200}") {
        check(&text);
    }

    #[test]
    fn any_sequence_of_marks_is_read_or_refused(pieces in prop::collection::vec(prop::sample::select(&PIECES[..]), 0..60)) {
        check(&pieces.concat());
        check(&pieces.join(" "));
    }

    #[test]
    fn any_piece_many_times_is_read_or_refused(
        pieces in prop::collection::vec(prop::sample::select(&PIECES[..]), 1..4),
        times in 1_usize..3_000,
    ) {
        check(&pieces.concat().repeat(times));
    }
}

#[test]
fn the_deepest_query_is_as_deep_as_promised() {
    let innermost = "context.a:10.0.0.0/8";
    let text = format!("{}aa OR bb {innermost}{}", "aa OR bb (".repeat(16), ")".repeat(16));

    let (_, depth) = size(&query(&text));

    assert_eq!(depth, 36);
}

#[test]
fn a_small_stack_is_enough_for_the_deepest_query() {
    let text = format!("{}aa OR bb cc{}", "aa OR bb (".repeat(16), ")".repeat(16));
    let parser = move || parse(&text, &context()).is_ok();

    let thread = std::thread::Builder::new().stack_size(256 * 1_024).spawn(parser).unwrap();

    assert!(thread.join().unwrap());
}
