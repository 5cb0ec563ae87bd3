//! Writing: lines in, old lines out.
//!
//! [`Writer`] sends lines in bulk as `document.rs` writes them, `retention.rs` deletes by age, `write_target.rs` says what our names stand
//! for in the cluster.

mod bulk;
mod document;
pub(crate) mod retention;
pub(crate) mod write_target;

pub(crate) use bulk::Writer;
pub(crate) use document::{CONTEXT_SENT, is_of_fingerprint};
pub(crate) use write_target::WriteTarget;
