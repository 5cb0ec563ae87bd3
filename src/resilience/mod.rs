//! Mechanics against faults of others: deadlines and retries. Knows no store and no protocol.

pub(crate) mod deadline;
pub mod retry;

pub use deadline::Deadline;
pub use retry::{RetryPolicy, retry};
