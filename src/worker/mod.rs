//! What runs on a timer beside the requests.

pub mod probe;
pub mod retention;
