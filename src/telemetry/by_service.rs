//! Metrics with a label for the service that wrote a line. Senders name services, so their number is bounded here.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use prometheus::{HistogramOpts, HistogramVec, IntCounterVec, Opts, Registry, Result};

use super::labels::{Label, LineSide, RequiredField};

/// Services with a label of their own; all further ones share [`OTHERS`].
const MAX_SERVICES: usize = 100;
/// Label of the services beyond the first ones.
const OTHERS: &str = "(others)";
const SERVICE: &str = "service";
/// Bounds of distances in seconds: minutes, hours, days. Nothing below a minute is observed.
const SKEW_SECONDS: [f64; 7] = [120.0, 600.0, 1_800.0, 3_600.0, 21_600.0, 86_400.0, 604_800.0];

/// How far the times of lines lie from their receipt, by service and side.
#[derive(Debug)]
pub struct SkewByService {
    histograms: HistogramVec,
    services: Services,
}

impl SkewByService {
    /// Counts lines of a service by how far before or after their receipt they lie.
    pub(crate) fn observe(&self, service: &str, side: LineSide, distances: &[Duration]) {
        let label = self.services.label(service);
        if let Ok(histogram) = self.histograms.get_metric_with_label_values(&[label, side.as_str()]) {
            // Gathered first: many lines at once touch what other threads share only a few times.
            let local = histogram.local();
            for distance in distances {
                local.observe(distance.as_secs_f64());
            }
            local.flush();
        }
    }

    pub(super) fn register(registry: &Registry, name: &str, help: &str) -> Result<Self> {
        let options = HistogramOpts::new(name, help).buckets(SKEW_SECONDS.to_vec());
        let histograms = HistogramVec::new(options, &[SERVICE, LineSide::NAME])?;
        registry.register(Box::new(histograms.clone()))?;
        Ok(Self { histograms, services: Services::default() })
    }
}

/// Lines that lack a field, by service and field.
#[derive(Debug)]
pub struct LacksByService {
    counters: IntCounterVec,
    services: Services,
}

impl LacksByService {
    /// Counts lines of a service that lack a field.
    pub(crate) fn inc_by(&self, service: &str, field: RequiredField, lines: u64) {
        let label = self.services.label(service);
        if let Ok(counter) = self.counters.get_metric_with_label_values(&[label, field.as_str()]) {
            counter.inc_by(lines);
        }
    }

    pub(super) fn register(registry: &Registry, name: &str, help: &str) -> Result<Self> {
        let counters = IntCounterVec::new(Opts::new(name, help), &[SERVICE, RequiredField::NAME])?;
        registry.register(Box::new(counters.clone()))?;
        Ok(Self { counters, services: Services::default() })
    }
}

/// The services that have a label of their own.
#[derive(Debug, Default)]
struct Services(Mutex<BTreeSet<String>>);

impl Services {
    fn label<'a>(&self, service: &'a str) -> &'a str {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.contains(service) {
            return service;
        }
        if known.len() >= MAX_SERVICES {
            return OTHERS;
        }
        known.insert(service.to_owned());
        service
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::telemetry::Metrics;

    #[test]
    fn services_beyond_the_first_hundred_share_a_label() {
        let metrics = Metrics::new().unwrap();

        for number in 0..MAX_SERVICES + 2 {
            let service = format!("s{number}");
            metrics.line_missing_fields.inc_by(&service, RequiredField::Level, 1);
            metrics.line_clock_skew.observe(&service, LineSide::Behind, &[Duration::from_secs(61)]);
        }
        metrics.line_missing_fields.inc_by("s0", RequiredField::Level, 1);

        let text = metrics.text().unwrap();
        for sample in [
            "trailproof_line_missing_fields_total{field=\"level\",service=\"s0\"} 2\n",
            "trailproof_line_missing_fields_total{field=\"level\",service=\"(others)\"} 2\n",
            "trailproof_line_clock_skew_seconds_count{service=\"s99\",side=\"behind\"} 1\n",
            "trailproof_line_clock_skew_seconds_count{service=\"(others)\",side=\"behind\"} 2\n",
        ] {
            assert!(text.contains(sample), "{sample}{text}");
        }
        assert!(!text.contains("service=\"s100\""), "{text}");
    }
}
