//! What runs on a timer beside the requests.

pub mod log_store_check;
pub mod probe;
pub(crate) mod retention;
