//! What the process tells its operators: log lines on standard error, metrics, and the system clock.
//!
//! Read `metrics.rs` for the one struct of metrics, `labels.rs` for the closed sets of label values,
//! `by_service.rs` for the labels that senders name.

mod by_service;
mod clock;
pub mod labels;
mod log;
pub(crate) mod metrics;

pub use clock::SystemClock;
pub use log::{LogError, LogLevel, init};
pub use metrics::Metrics;
