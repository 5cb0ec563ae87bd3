//! Log lines in one tantivy index, sorted by time inside every segment.
//!
//! `schema` derives the index from the field table. `write/` owns the one writer (group commit), `query/` turns the typed
//! query into tantivy's, `read/` reads pages and counts; `log_store` joins them. `opening` and `failure` are about what
//! goes wrong, `retention` about what goes.

mod failure;
mod hashed;
mod log_store;
mod opening;
mod query;
mod read;
mod retention;
mod row_id;
mod schema;
mod stored;
pub mod words;
mod write;

#[cfg(test)]
mod tests;

pub use log_store::TantivyLogStore;

/// Name of this store in errors.
const STORE: &str = "embedded log store";
