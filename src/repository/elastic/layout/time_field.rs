//! The field that holds the time of lines.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::repository::elastic::query::dsl;

/// The one field that holds the time of lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TimeField {
    pub(crate) path: String,
    pub(crate) unit: TimeUnit,
    /// False when there are indices, and none of them has a time.
    pub(crate) is_usable: bool,
    /// Indices in which the field is of another type, so that their lines can be neither found nor ordered.
    pub(crate) unusable: BTreeSet<String>,
}

/// What the numbers of a time field count when lines are sorted by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TimeUnit {
    /// A date, asked for in nanoseconds.
    Nanos,
    /// A plain number: milliseconds since the epoch.
    Millis,
}

impl TimeField {
    /// The condition that a line lies in a half-open span of nanoseconds; an end that is missing is open.
    pub(crate) fn between(&self, from: Option<i64>, to: Option<i64>) -> Value {
        match self.unit {
            TimeUnit::Nanos => dsl::dates_between(&self.path, from, to),
            // A whole millisecond lies at, after or before a point exactly when it does so of the next whole one.
            TimeUnit::Millis => {
                let millis = |nanos: i64| nanos.saturating_add(999_999).div_euclid(1_000_000);
                let ends = [("gte", from), ("lt", to)];
                let ends: serde_json::Map<String, Value> = ends
                    .into_iter()
                    .filter_map(|(name, nanos)| Some((name.to_owned(), millis(nanos?).into())))
                    .collect();
                if ends.is_empty() {
                    dsl::path_exists(&self.path)
                } else {
                    json!({"range": {&self.path: ends}})
                }
            }
        }
    }
}
