//! Reading: pages, walks through pages, counts, and documents as log lines.
//!
//! [`Walker`] fetches a page and decides how the next one goes on, `search/` sends one search, `counts/` counts, `arrivals.rs` follows
//! lines as they come in. `decode.rs` reads the
//! frame of an answer, `source.rs` a document.

pub(crate) mod arrivals;
pub(crate) mod counts;
mod decode;
mod point_in_time;
pub(crate) mod search;
mod source;
mod walk;
mod walk_state;

pub(crate) use decode::SearchAnswer;
pub(crate) use point_in_time::OpenPoints;
pub(crate) use walk::Walker;
