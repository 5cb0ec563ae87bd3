//! Writing: one writer that commits lines in groups.
//!
//! `writer.rs` owns the thread, `document.rs` says how a line is indexed, `repeats.rs` finds lines that are stored already.

mod document;
mod repeats;
mod writer;

pub(crate) use writer::WriterHandle;
