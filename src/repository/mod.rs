//! Stores: one trait per store, one folder per engine.
//!
//! Services see the traits only; `app` is the one place that names an engine.

pub mod elastic;
pub mod embedded;
pub(crate) mod error;
pub mod guarded;
pub(crate) mod log_store;
mod value_order;

pub use error::{StoreError, StoreResult};
pub use log_store::{Fingerprint, LineToStore, LogStore, StoreHealth, Visibility};
