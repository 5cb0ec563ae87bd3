//! The types of the domain: what a log line, a query, a caller is.
//!
//! No I/O, no clock, no async in this folder. Read `field/table.rs` first (the one field table), then `query/condition.rs` (the typed
//! query) and `line/log_entry.rs`.

pub(crate) mod field;
pub(crate) mod finding;
pub mod health;
mod line;
pub(crate) mod principal;
pub mod query;
mod text;
pub(crate) mod time;

pub use field::{Field, FieldKind, FieldRef, LogField};
pub use field::{audit_field, index_name, preset};
pub use field::{index_name::EnvName, index_name::IndexPattern, preset::Preset};
pub use finding::{Finding, Verdict};
pub use health::HealthReport;
pub use line::{id, level, log_context, log_entry, retention};
pub use line::{id::LogId, level::Level, log_context::LogContext, retention::RetentionDays};
pub use line::{log_entry::KindSet, log_entry::LogEntry, log_entry::LogKind};
pub use principal::{Caller, Permission, Principal, Role, Scope};
pub use query::page::{self, Completeness, Position, SortOrder, Total, TotalMode};
pub use query::{Query, Scalar, TextMatch, TextQuery};
pub(crate) use text::nearest;
pub use text::{decimal, decimal::Decimal, normal, ordered_leaf, script};
pub use time::{Clock, Micros, TimeRange};
