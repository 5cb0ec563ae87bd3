//! A log line: its fields, its context, its id, its level, its kind, and how long it is kept.

pub mod id;
pub mod level;
pub mod log_context;
pub mod log_entry;
pub mod retention;
