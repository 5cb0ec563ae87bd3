//! Log lines in a tantivy index.

pub mod words;
