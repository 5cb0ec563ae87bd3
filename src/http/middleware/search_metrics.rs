//! Counts and times the log searches. A search counts from when its caller has been let in until the head of its
//! answer; of a tail that is its beginning only.

use std::sync::Arc;
use std::time::Instant;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::Response;

use super::pipeline::Pipeline;
use crate::telemetry::Metrics;
use crate::telemetry::labels::{CacheSource, Outcome, SearchEndpoint};

/// Measures the request if it is a search.
pub(super) async fn search_logs_with_metrics(
    State(pipeline): State<Pipeline>,
    request: Request,
    next: Next,
) -> Response {
    let Some(endpoint) = pipeline.table.rule(&request).and_then(|rule| rule.class.search()) else {
        return next.run(request).await;
    };
    let _active = pipeline.state.metrics.active_log_searches.hold(());
    // Dropped without an answer, the client has gone away: its fault, not ours.
    let mut search = Search {
        endpoint,
        start: Instant::now(),
        outcome: Outcome::ClientError,
        metrics: Arc::clone(&pipeline.state.metrics),
    };
    let response = next.run(request).await;
    search.outcome = outcome(response.status());
    response
}

struct Search {
    endpoint: SearchEndpoint,
    start: Instant,
    outcome: Outcome,
    metrics: Arc<Metrics>,
}

impl Drop for Search {
    fn drop(&mut self) {
        self.metrics.log_search_requests.inc((self.endpoint, self.outcome));
        self.metrics.log_search_duration.observe((self.endpoint, CacheSource::None), self.start.elapsed());
    }
}

fn outcome(status: StatusCode) -> Outcome {
    if status == StatusCode::GATEWAY_TIMEOUT {
        Outcome::Timeout
    } else if status.is_server_error() {
        Outcome::Error
    } else if status.is_client_error() {
        Outcome::ClientError
    } else {
        Outcome::Ok
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deadline_is_told_from_a_fault() {
        assert_eq!(outcome(StatusCode::OK), Outcome::Ok);
        assert_eq!(outcome(StatusCode::UNPROCESSABLE_ENTITY), Outcome::ClientError);
        assert_eq!(outcome(StatusCode::SERVICE_UNAVAILABLE), Outcome::Error);
        assert_eq!(outcome(StatusCode::GATEWAY_TIMEOUT), Outcome::Timeout);
    }
}
