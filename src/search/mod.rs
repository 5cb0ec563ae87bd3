//! Finding log lines: the service behind `/api/v1/logs`.
//!
//! `parse` turns query text into the typed query, `plan` the parameters of a request into what the store is asked,
//! `dates` what people write into points in time. `reader` alone asks the store, which stands behind `repository::LogStore`.

pub mod cursor;
pub mod dates;
mod failure;
pub mod fields;
pub mod histogram;
pub mod keys;
pub mod params;
pub mod parse;
pub mod plan;
mod reader;
pub mod service;
mod suggestion;
pub mod tail;
pub mod views;
pub mod window;

pub use keys::MasterKey;
pub use params::SearchParams;
pub use service::{SearchAnswer, SearchService};
