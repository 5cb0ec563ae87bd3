//! One file for each route or group of routes.

mod classes;
mod docs;
mod error_logs;
mod errors;
mod fields;
mod health;
mod histogram;
mod ingest;
mod lines;
mod lists;
mod me;
mod metrics;
mod parameters;
mod recent;
mod redoc;
mod search;
mod security;
mod tail;
mod tail_faults;
mod times;
mod trace;
