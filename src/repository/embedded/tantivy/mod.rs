//! Log lines in one tantivy index, sorted by time inside every segment.
//!
//! `schema` derives the index from the field table, `writer` owns the one writer (group commit), `scan` reads
//! pages newest first and stops early, `counts` counts by time and value, `translate` turns the typed query
//! into tantivy's. `opening` and `failure` are about what goes wrong, `retention` about what goes.

mod arrivals;
mod buckets;
mod columns;
mod counts;
mod document;
mod excluded;
mod failure;
mod hashed;
mod log_store;
mod numbers;
mod opening;
mod repeats;
mod retention;
mod row_id;
mod scan;
mod schema;
mod segment;
mod stored;
mod top;
mod translate;
pub mod words;
mod writer;

#[cfg(test)]
mod tests;

pub use log_store::TantivyLogStore;

/// Name of this store in errors.
const STORE: &str = "embedded log store";
