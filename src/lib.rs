//! Trailproof: search your logs, prove your audit trail.
//!
//! Layers, top to bottom; an import only ever points down (`tests/architecture.rs` checks it):
//!
//! | layer | modules | knows |
//! |---|---|---|
//! | 5 | [`app`], [`cli`], [`demo`] | everything; names the concrete back ends |
//! | 4 | [`http`], [`worker`] | statuses and wire formats; timers |
//! | 3 | [`access`], [`search`], [`ingest`] | the rules of the product |
//! | 2 | [`repository`] | servers and files |
//! | 1 | [`config`], [`resilience`], [`telemetry`] | mechanics |
//! | 0 | [`model`], [`error`] | types; no I/O, no clock, no async |
//!
//! Read `model::field`, `model::query`, then follow one search: `http::v1::logs::search` → `search::SearchService`
//! → `repository::LogStore`.

pub mod access;
mod app;
pub mod cli;
pub mod config;
pub mod demo;
pub mod error;
pub mod http;
pub mod ingest;
pub mod model;
pub mod repository;
pub mod resilience;
pub mod search;
pub mod telemetry;
pub mod worker;
