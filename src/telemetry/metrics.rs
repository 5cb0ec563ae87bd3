//! Every metric of the process in one struct; the doc comment of a field is the help text of the metric.
//!
//! Operators' dashboards and alerts name the first eight: their names never change. New ones begin with
//! `trailproof_`. Label values come from the closed sets in `labels.rs`, names of services from senders (`by_service.rs`).

use std::marker::PhantomData;
use std::time::Duration;

use prometheus::core::Collector;
use prometheus::{
    HistogramOpts, HistogramVec, IntCounterVec, IntGaugeVec, Opts, Registry, Result, TextEncoder,
};

use super::by_service::{LacksByService, SkewByService};
use super::labels::{
    CacheSource, CacheTier, ClusterColor, DeletionReason, ElasticFailure, ElasticOperation, Label as _,
    Labels, LineOutcome, Outcome, SearchEndpoint,
};

/// Bounds of every duration in seconds; 2 s is one of them because an alert asks for it.
const SECONDS: [f64; 12] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0];

macro_rules! metrics {
    ($($(#[doc = $help:literal])+ $field:ident: $kind:ty = $name:literal;)+) => {
        /// The metrics of one process.
        #[derive(Debug)]
        pub struct Metrics {
            registry: Registry,
            $($(#[doc = $help])+ pub $field: $kind,)+
        }

        impl Metrics {
            /// Names of the metrics, as in `GET /metrics`.
            pub const NAMES: &'static [&'static str] = &[$($name,)+];

            /// Makes the metrics, each combination of labels at 0.
            ///
            /// # Errors
            ///
            /// A name or label that the exposition format forbids; a test rules that out.
            pub fn new() -> Result<Self> {
                let registry = Registry::new();
                register_process(&registry)?;
                $(let $field = <$kind>::register(&registry, $name, concat!($($help),+).trim())?;)+
                Ok(Self { registry, $($field,)+ })
            }
        }
    };
}

metrics! {
    /// Log searches, by route and by how they ended.
    log_search_requests: Counters<(SearchEndpoint, Outcome)> = "log_search_requests_total";
    /// Duration of log searches, by route and by where the answer came from: always the search engine.
    log_search_duration: Durations<(SearchEndpoint, CacheSource)> = "log_search_duration_seconds";
    /// Duration of calls to Elasticsearch.
    elasticsearch_query_duration: Durations<ElasticOperation> = "elasticsearch_query_duration_seconds";
    /// Calls to Elasticsearch that brought no answer of use.
    elasticsearch_connection_errors: Counters<ElasticFailure> = "elasticsearch_connection_errors_total";
    /// Look-ups that found a valid entry in a cache; always 0, for this version has none.
    cache_hits: Counters<CacheTier> = "cache_hits_total";
    /// Look-ups that found none in a cache; always 0, for this version has none.
    cache_misses: Counters<CacheTier> = "cache_misses_total";
    /// Log searches under way.
    active_log_searches: Gauges<()> = "active_log_searches";
    /// State of the Elasticsearch cluster: 1 for the colour that it has.
    elasticsearch_cluster_health: Gauges<ClusterColor> = "elasticsearch_cluster_health";
    /// HTTP requests, by route template, method and status.
    http_requests: HttpRequests = "trailproof_http_requests_total";
    /// Open connections to the HTTP server.
    http_connections: Gauges<()> = "trailproof_http_connections";
    /// Tails of log lines that are open.
    log_tails: Gauges<()> = "trailproof_log_tails";
    /// Log lines that were sent to be stored.
    log_lines: Counters<LineOutcome> = "trailproof_log_lines_total";
    /// Distance between the time in a line and its receipt, by service and side, of lines that are more than 60 s apart; the count is
    /// the number of such lines. Those ahead come from a clock that is wrong; those behind may only have been shipped late. The first
    /// 100 services that have any are told apart, the rest is `(others)`.
    line_clock_skew: SkewByService = "trailproof_line_clock_skew_seconds";
    /// JSON lines that lack a field which the services' standard requires (absent, null, empty, an object or a list), by service and
    /// field. A line without a service counts as `unknown`, unless its request gave one: then nothing is missing. Plain text is not
    /// looked at. The first 100 services that have any are told apart, the rest is `(others)`.
    line_missing_fields: LacksByService = "trailproof_line_missing_fields_total";
    /// Stored log lines that retention has deleted.
    retention_deleted_lines: Counters<DeletionReason> = "trailproof_retention_deleted_lines_total";
    /// Bytes that log lines take on the disk of this machine; 0 where a cluster keeps them.
    storage_bytes: Gauges<()> = "trailproof_storage_bytes";
    /// Always 1; the label says which version runs.
    build_info: BuildInfo = "trailproof_build_info";
}

impl Metrics {
    /// The exposition in the text format of Prometheus.
    ///
    /// # Errors
    ///
    /// A metric that cannot be written down.
    pub fn text(&self) -> Result<String> {
        TextEncoder::new().encode_to_string(&self.registry.gather())
    }

    /// Says which colour the Elasticsearch cluster has; `None`: no cluster answers.
    pub fn set_cluster_color(&self, color: Option<ClusterColor>) {
        for known in ClusterColor::ALL {
            self.elasticsearch_cluster_health.set(*known, i64::from(color == Some(*known)));
        }
    }
}

/// Counters of events, one for every combination of labels.
#[derive(Clone, Debug)]
pub struct Counters<L> {
    counters: IntCounterVec,
    labels: PhantomData<fn(L)>,
}

impl<L: Labels> Counters<L> {
    /// Counts one event.
    pub fn inc(&self, labels: L) {
        self.inc_by(labels, 1);
    }

    /// Counts `events` at once.
    pub fn inc_by(&self, labels: L, events: u64) {
        // The types fix number and order of the labels, so the look-up cannot fail.
        if let Ok(counter) = self.counters.get_metric_with_label_values(&labels.values()) {
            counter.inc_by(events);
        }
    }

    fn register(registry: &Registry, name: &str, help: &str) -> Result<Self> {
        let counters = IntCounterVec::new(Opts::new(name, help), &L::names())?;
        add(registry, &counters)?;
        let metric = Self { counters, labels: PhantomData };
        for labels in L::all() {
            metric.inc_by(labels, 0);
        }
        Ok(metric)
    }
}

/// Values that rise and fall, one for every combination of labels.
#[derive(Clone, Debug)]
pub struct Gauges<L> {
    gauges: IntGaugeVec,
    labels: PhantomData<fn(L)>,
}

impl<L: Labels> Gauges<L> {
    /// Sets the value.
    pub fn set(&self, labels: L, value: i64) {
        if let Ok(gauge) = self.gauges.get_metric_with_label_values(&labels.values()) {
            gauge.set(value);
        }
    }

    /// Raises the value by one until the guard is dropped.
    #[must_use]
    pub fn hold(&self, labels: L) -> Held {
        let gauge = self.gauges.get_metric_with_label_values(&labels.values()).ok();
        if let Some(gauge) = &gauge {
            gauge.inc();
        }
        Held { gauge }
    }

    fn register(registry: &Registry, name: &str, help: &str) -> Result<Self> {
        let gauges = IntGaugeVec::new(Opts::new(name, help), &L::names())?;
        add(registry, &gauges)?;
        let metric = Self { gauges, labels: PhantomData };
        for labels in L::all() {
            metric.set(labels, 0);
        }
        Ok(metric)
    }
}

/// Lowers its gauge by one when dropped.
#[derive(Debug)]
pub struct Held {
    gauge: Option<prometheus::IntGauge>,
}

impl Drop for Held {
    fn drop(&mut self) {
        if let Some(gauge) = &self.gauge {
            gauge.dec();
        }
    }
}

/// Durations, one histogram for every combination of labels.
#[derive(Clone, Debug)]
pub struct Durations<L> {
    histograms: HistogramVec,
    labels: PhantomData<fn(L)>,
}

impl<L: Labels> Durations<L> {
    /// Records one duration.
    pub fn observe(&self, labels: L, duration: Duration) {
        if let Ok(histogram) = self.histograms.get_metric_with_label_values(&labels.values()) {
            histogram.observe(duration.as_secs_f64());
        }
    }

    fn register(registry: &Registry, name: &str, help: &str) -> Result<Self> {
        let options = HistogramOpts::new(name, help).buckets(SECONDS.to_vec());
        let histograms = HistogramVec::new(options, &L::names())?;
        add(registry, &histograms)?;
        for labels in L::all() {
            histograms.get_metric_with_label_values(&labels.values())?;
        }
        Ok(Self { histograms, labels: PhantomData })
    }
}

/// HTTP requests; the labels are bounded by the route table, the known methods and the statuses we send.
#[derive(Clone, Debug)]
pub struct HttpRequests {
    counters: IntCounterVec,
}

impl HttpRequests {
    /// Counts one request; `route` is the template of the route, never the path that was sent.
    pub(crate) fn inc(&self, route: &str, method: &'static str, status: u16) {
        let status = status.to_string();
        if let Ok(counter) = self.counters.get_metric_with_label_values(&[route, method, &status]) {
            counter.inc();
        }
    }

    fn register(registry: &Registry, name: &str, help: &str) -> Result<Self> {
        let counters = IntCounterVec::new(Opts::new(name, help), &["route", "method", "status"])?;
        add(registry, &counters)?;
        Ok(Self { counters })
    }
}

/// Says which version runs.
#[derive(Clone, Debug)]
pub struct BuildInfo {
    _gauge: prometheus::IntGauge,
}

impl BuildInfo {
    fn register(registry: &Registry, name: &str, help: &str) -> Result<Self> {
        let options = Opts::new(name, help).const_label("version", env!("CARGO_PKG_VERSION"));
        let gauge = prometheus::IntGauge::with_opts(options)?;
        add(registry, &gauge)?;
        gauge.set(1);
        Ok(Self { _gauge: gauge })
    }
}

fn add(registry: &Registry, metric: &(impl Collector + Clone + 'static)) -> Result<()> {
    registry.register(Box::new(metric.clone()))
}

/// Memory, processor time and open files of the process, which only Linux tells.
#[cfg(target_os = "linux")]
fn register_process(registry: &Registry) -> Result<()> {
    registry.register(Box::new(prometheus::process_collector::ProcessCollector::for_self()))
}

#[cfg(not(target_os = "linux"))]
fn register_process(_registry: &Registry) -> Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_metric_with_bounded_labels_is_there_at_zero_from_the_start() {
        let text = Metrics::new().unwrap().text().unwrap();

        let labelled_as_it_comes = [
            "trailproof_http_requests_total",
            "trailproof_line_clock_skew_seconds",
            "trailproof_line_missing_fields_total",
        ];
        for name in Metrics::NAMES.iter().filter(|name| !labelled_as_it_comes.contains(name)) {
            assert!(text.contains(&format!("\n{name}")) || text.starts_with(name), "{name}\n{text}");
        }
        assert!(text.contains("log_search_requests_total{endpoint=\"search\",outcome=\"timeout\"} 0\n"));
        assert!(text.contains("# HELP active_log_searches Log searches under way.\n"));
        assert!(text.contains("process_open_fds"));
    }

    #[test]
    fn a_held_gauge_falls_when_the_guard_is_dropped() {
        let metrics = Metrics::new().unwrap();

        let held = metrics.active_log_searches.hold(());
        let during = metrics.text().unwrap();
        drop(held);

        assert!(during.contains("\nactive_log_searches 1\n"));
        assert!(metrics.text().unwrap().contains("\nactive_log_searches 0\n"));
    }

    #[test]
    fn exactly_one_colour_is_set() {
        let metrics = Metrics::new().unwrap();

        metrics.set_cluster_color(Some(ClusterColor::Green));
        metrics.set_cluster_color(Some(ClusterColor::Red));

        let text = metrics.text().unwrap();
        assert!(text.contains("elasticsearch_cluster_health{color=\"green\"} 0\n"));
        assert!(text.contains("elasticsearch_cluster_health{color=\"red\"} 1\n"));
    }
}
