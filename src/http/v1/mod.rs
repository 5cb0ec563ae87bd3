//! Routes under `/api/v1`; the folder path is the URL path.

pub(super) mod logs;
pub(super) mod me;
