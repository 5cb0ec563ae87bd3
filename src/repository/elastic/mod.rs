//! Log lines in Elasticsearch (7.17, 8, 9) and OpenSearch, on the official client.
//!
//! Read `log_store.rs` (the trait) first. `transport/` reaches the nodes, `layout/` knows what differs between indices, `query/` writes the
//! query language of the server, `read/` and `write/` use them, `install/` installs what we need, `examine/` is behind `trailproof doctor`.

mod examine;
mod health;
mod indices;
mod install;
mod layout;
mod log_store;
mod query;
mod read;
mod streams;
mod transport;
mod write;

pub use install::{Action, BootstrapMode, Bootstrapped, Outcome, Profile};
pub use log_store::ElasticLogStore;
pub use transport::ElasticOptions;

/// Name of this store in errors and health checks.
pub(crate) const STORE: &str = "elasticsearch";
