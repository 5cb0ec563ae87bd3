//! Finding log lines and taking them in: the service behind `/api/v1/logs`.
//!
//! `parse` turns query text into the typed query, `params` the parameters of a request into a page request,
//! `dates` what people write into points in time. Engines stand behind `repository::LogStore`.

pub mod ingest;
pub mod dates;
pub mod params;
pub mod parse;
pub mod service;

pub use params::SearchParams;
pub use service::{IngestAnswer, IngestRequest, SearchAnswer, SearchService};
