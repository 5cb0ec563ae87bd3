//! The embedded engine: everything in one folder, no server beside the binary.

pub mod examine;
pub mod folder;
pub mod tantivy;
