//! How requests reach a node, and what kind of server it is: every call to the cluster goes through [`Client`].
//!
//! `client/` sends and retries within a deadline, `pool.rs` chooses nodes, `answer.rs` tells answers from faults, `unsent.rs`
//! says why nothing was sent. `flavour/` knows what differs between servers.

mod answer;
mod client;
#[cfg(test)]
mod fake_server;
mod flavour;
mod flavour_cache;
mod options;
mod pool;
mod unsent;

pub(crate) use answer::{Answer, Complaint, bad_answer, unavailable};
pub(crate) use client::{Call, Client};
#[cfg(test)]
pub(crate) use fake_server::{FakeServer, Script, dead_address};
pub(crate) use flavour::{Distribution, Feature, Flavour, KEEP_ALIVE, PointInTime};
pub(crate) use flavour_cache::FlavourCache;
pub(crate) use options::CredentialKind;
pub use options::ElasticOptions;
pub(crate) use pool::Node;
pub(crate) use unsent::Unsent;
