//! Log lines in Elasticsearch (7.17, 8, 9) and OpenSearch, on the official client.
//!
//! Read `log_store.rs` (the trait) first. `client.rs` sends, `translate.rs` writes the query language of the server,
//! `decode.rs` reads its answers, `flavour.rs` knows what differs between servers, `bootstrap.rs` installs the indices.

mod answer;
mod bootstrap;
mod bulk;
mod client;
mod counts;
mod decode;
mod document;
mod flavour;
mod health;
mod log_store;
mod names;
mod normal_form;
mod options;
mod pool;
mod retention;
mod search;
mod templates;
mod translate;

#[cfg(test)]
mod fake_server;

pub use bootstrap::{Action, BootstrapMode, Outcome};
pub use log_store::ElasticLogStore;
pub use options::ElasticOptions;

/// Name of this store in errors and health checks.
pub(crate) const STORE: &str = "elasticsearch";
