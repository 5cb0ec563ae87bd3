//! Splits text into the words that Elasticsearch 9.2 makes of it: analyzers `standard` and `simple`.
//!
//! `standard` looks the grammar up in `grammar`, run by `automaton` over the properties in `classes`; `simple` is
//! `letters`. `tests/fixtures/analysis` holds what a real server answered.

mod automaton;
mod classes;
mod code_points;
mod grammar;
mod letters;
mod standard;
#[cfg(test)]
mod tests;
mod tokenizers;

pub use tokenizers::{LetterRuns, StandardWords, letter_runs, standard_words};

/// Length in UTF-16 units at which both analyzers cut a word and go on with a new one.
const MAX_WORD_UNITS: usize = 255;
