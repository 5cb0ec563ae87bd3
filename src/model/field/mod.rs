//! The fields of lines and of audit events, and under which names indices hold them.
//!
//! `table.rs` is the one field table; `field_ref.rs` names a field of it or a key of the context.

pub mod audit_field;
mod field_ref;
pub mod index_name;
pub mod preset;
mod table;

pub use field_ref::FieldRef;
pub(crate) use table::{FIELDS, MAX_EXACT_UNITS, is_findable};
pub use table::{Field, FieldKind, LogField};
