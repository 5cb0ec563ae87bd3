//! The engine that needs no server: everything lives in the data directory.

pub mod tantivy;
