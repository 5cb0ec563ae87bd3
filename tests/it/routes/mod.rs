//! One file for each route or group of routes.

mod docs;
mod errors;
mod health;
mod ingest;
mod me;
mod metrics;
mod search;
