//! Routes under `/api/v1/logs`, and the shapes that several of them answer.

pub(in crate::http) mod ingest;
mod params;
mod schema;
pub(in crate::http) mod search;
