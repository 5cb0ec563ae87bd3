//! Finding log lines: the service behind `/api/v1/logs`.
//!
//! `parse` turns query text into the typed query, `plan` the parameters of a request into what the store is asked,
//! `dates` what people write into points in time. `reader` alone asks the store, which stands behind `repository::LogStore`.

pub(crate) mod cursor;
pub(crate) mod dates;
mod failure;
pub mod fields;
pub mod histogram;
pub(crate) mod keys;
pub(crate) mod params;
pub(crate) mod parse;
pub(crate) mod plan;
mod reader;
pub(crate) mod service;
mod suggestion;
pub mod tail;
pub(crate) mod views;
pub(crate) mod window;

pub use keys::MasterKey;
pub use params::SearchParams;
pub use service::{SearchAnswer, SearchService};
