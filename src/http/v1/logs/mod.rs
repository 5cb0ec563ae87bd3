//! Routes under `/api/v1/logs`, and the shapes that several of them answer.

pub(in crate::http) mod context;
pub(in crate::http) mod errors;
pub(in crate::http) mod fields;
pub(in crate::http) mod histogram;
pub(in crate::http) mod id;
pub(in crate::http) mod ingest;
pub(in crate::http) mod recent;
mod schema;
pub(in crate::http) mod search;
pub(in crate::http) mod security;
pub(in crate::http) mod tail;
pub(in crate::http) mod trace;
pub(in crate::http) mod values;
