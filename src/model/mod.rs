//! The types of the domain: what a log line, a query, a caller is.
//!
//! No I/O, no clock, no async in this folder. Read `field.rs` first (the one field table), then
//! `query.rs` (the typed query) and `log_entry.rs`.

pub mod audit_field;
pub mod decimal;
pub mod field;
pub mod field_ref;
pub mod finding;
pub mod health;
pub mod id;
pub mod index_name;
pub mod level;
pub mod log_context;
pub mod log_entry;
pub(crate) mod nearest;
pub mod normal;
pub mod ordered_leaf;
pub mod page;
pub mod preset;
pub mod principal;
pub mod query;
pub mod retention;
pub mod script;
pub mod time;

pub use decimal::Decimal;
pub use field::{Field, FieldKind, LogField};
pub use field_ref::FieldRef;
pub use finding::{Finding, Verdict};
pub use health::HealthReport;
pub use id::LogId;
pub use index_name::{EnvName, IndexPattern};
pub use level::Level;
pub use log_context::LogContext;
pub use log_entry::{KindSet, LogEntry, LogKind};
pub use page::{Completeness, Position, SortOrder, Total, TotalMode};
pub use preset::Preset;
pub use principal::{Caller, Permission, Principal, Role, Scope};
pub use query::{Query, Scalar, TextMatch, TextQuery};
pub use retention::RetentionDays;
pub use time::{Clock, Micros, TimeRange};
