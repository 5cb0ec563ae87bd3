//! Taking log lines in: the service behind `POST /api/v1/logs`, and the reading of what is sent.
//!
//! `service` stores a body. Before that, without I/O and without a clock: `body` splits it, `draft` reads one JSON line (names of
//! `model::field`, whichever logger wrote them), `text` one line of plain text, `entry` applies the rules that make a stored line of
//! either, and `tally` notes clocks that disagree and fields that are not there.

mod body;
mod context;
mod draft;
mod entry;
mod failure;
mod json;
mod log_ids;
mod names;
mod options;
mod service;
mod syslog;
mod tally;
mod text;
mod timestamp;

#[cfg(test)]
mod tests;

pub use service::{IngestAnswer, IngestRequest, IngestService};

#[cfg(test)]
pub(crate) use body::decode;
#[cfg(test)]
pub(crate) use options::{BodyKind, IngestOptions};
