//! Log lines in Elasticsearch (7.17, 8, 9) and OpenSearch, on the official client.
//!
//! Read `log_store.rs` (the trait) first. `client.rs` sends, `translate.rs` writes the query language of the server,
//! `decode.rs` reads its answers, `flavour.rs` knows what differs between servers, `layout.rs` what differs between indices,
//! `walk.rs` pages through those of others, `bootstrap.rs` installs ours, `examine.rs` is behind `trailproof doctor`.

mod answer;
mod asking;
mod bootstrap;
mod bulk;
mod capabilities;
mod caps;
mod client;
mod counts;
mod decode;
mod document;
mod examine;
mod flavour;
mod health;
mod indices;
mod layout;
mod layouts;
mod lifecycle;
mod log_store;
mod names;
mod normal_form;
mod options;
mod point_in_time;
mod pool;
mod resolve;
mod retention;
mod search;
mod shortcomings;
mod source;
mod streams;
mod templates;
mod text;
mod translate;
mod unsent;
mod walk;
mod walk_state;
mod write_target;

#[cfg(test)]
mod fake_server;

pub use bootstrap::{Action, BootstrapMode, Bootstrapped, Outcome};
pub use lifecycle::RetentionDays;
pub use log_store::ElasticLogStore;
pub use options::ElasticOptions;
pub use templates::Profile;

/// Name of this store in errors and health checks.
pub(crate) const STORE: &str = "elasticsearch";
