//! What is amiss with the lines of a body, by service: clocks that disagree, and fields of the services' standard that
//! are not there. A line that is in order costs nothing but the look.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::model::LogEntry;
use crate::telemetry::Metrics;
use crate::telemetry::labels::{LineSide, RequiredField};

/// A line whose time is farther than this from its receipt is counted.
const FAR: Duration = Duration::from_mins(1);

/// The required fields that a line lacks.
pub(super) type Lacking = [Option<RequiredField>; 5];

/// What is amiss, by service.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Tally(BTreeMap<String, OfService>);

/// What is amiss with the lines of one service.
#[derive(Clone, Debug, Default, PartialEq)]
struct OfService {
    /// How far from their receipt the far lines lie.
    ahead: Vec<Duration>,
    behind: Vec<Duration>,
    lacking: BTreeMap<RequiredField, u64>,
}

impl Tally {
    /// Looks at one line. A line without a time of its own has that of its receipt, so it is never far.
    pub(super) fn add(&mut self, entry: &LogEntry, lacking: Lacking) {
        let receipt = entry.received_at.unwrap_or(entry.timestamp);
        let ahead = entry.timestamp.get().saturating_sub(receipt.get());
        let distance = Duration::from_micros(ahead.unsigned_abs());
        if distance > FAR {
            self.note(&entry.service, |noted| {
                let side = if ahead > 0 { &mut noted.ahead } else { &mut noted.behind };
                side.push(distance);
            });
        }
        for field in lacking.into_iter().flatten() {
            self.note(&entry.service, |noted| *noted.lacking.entry(field).or_default() += 1);
        }
    }

    /// Counts it all.
    pub(super) fn tell(&self, metrics: &Metrics) {
        for (service, OfService { ahead, behind, lacking }) in &self.0 {
            for (side, distances) in [(LineSide::Ahead, ahead), (LineSide::Behind, behind)] {
                if !distances.is_empty() {
                    metrics.line_clock_skew.observe(service, side, distances);
                }
            }
            for (field, lines) in lacking {
                metrics.line_missing_fields.inc_by(service, *field, *lines);
            }
        }
    }

    /// Only the first line of a service costs a copy of its name.
    fn note(&mut self, service: &str, note: impl FnOnce(&mut OfService)) {
        match self.0.get_mut(service) {
            Some(of_service) => note(of_service),
            None => note(self.0.entry(service.to_owned()).or_default()),
        }
    }
}
