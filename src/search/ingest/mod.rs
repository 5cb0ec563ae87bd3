//! Turning bodies into lines to store: pure functions, without I/O and without a clock.
//!
//! `body` splits a body, `draft` reads one JSON line (names of `model::field`, whichever logger wrote them), `text`
//! one line of plain text, `entry` applies the rules that make a stored line of either. `gzip` unpacks.

mod body;
mod context;
mod draft;
mod entry;
mod gzip;
mod json;
mod names;
mod syslog;
mod text;
mod timestamp;

#[cfg(test)]
mod tests;

pub use body::{BodyKind, Decoded, IngestOptions, MAX_LINES, body_kind, decode};
pub use entry::MAX_MESSAGE_BYTES;
pub use gzip::gunzip;
