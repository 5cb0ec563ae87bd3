//! Finding log lines and taking them in: the service behind `/api/v1/logs`.
//!
//! `parse` turns query text into the typed query, `plan` the parameters of a request into what the store is asked,
//! `dates` what people write into points in time, `ingest` what services send into lines. Engines stand behind
//! `repository::LogStore`.

pub mod cursor;
pub mod dates;
pub mod fields;
pub mod histogram;
pub mod ingest;
pub mod intake;
pub mod interval;
pub mod keys;
pub mod log_ids;
pub mod params;
pub mod parse;
pub mod plan;
pub mod service;
pub mod tail;
pub mod views;
pub mod window;

pub use intake::{IngestAnswer, IngestRequest};
pub use keys::MasterKey;
pub use params::SearchParams;
pub use service::{SearchAnswer, SearchService};
