//! Reading: pages, lines in order of arrival, and counts.
//!
//! [`scan`] reads pages newest first and stops early, [`arrivals`] follows lines as they come in, [`counts`] counts by time and
//! value. All of them walk one [`segment`] at a time over its [`columns`]; the rest is private.

pub(crate) mod arrivals;
mod buckets;
pub(crate) mod columns;
pub(crate) mod counts;
mod numbers;
pub(crate) mod scan;
pub(crate) mod segment;
mod top;
