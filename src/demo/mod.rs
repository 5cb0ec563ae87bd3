//! The generated day in the life of a ticket shop that `trailproof demo` and `trailproof gen` show.
//!
//! Read [`corpus`] first (the iterator), then `incident.rs` (the story a reader can find). `journeys.rs` says
//! what a request does, `lines/` holds the texts, `facts.rs` the values inside them.

pub mod corpus;

mod facts;
mod incident;
mod journeys;
mod lines;
mod random;
mod request;
mod scene;
mod template;
mod timeline;
mod traffic;
mod visitor;
