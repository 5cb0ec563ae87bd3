//! Counts and times the log searches. A search counts from when its caller has been let in until the head of its
//! answer; of a tail that is its beginning only.

use std::sync::Arc;
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::Response;

use super::Pipeline;
use crate::http::permissions::Match;
use crate::telemetry::Metrics;
use crate::telemetry::labels::{CacheSource, Outcome, SearchEndpoint};

/// Measures the request if it is a search.
pub(super) async fn measure(State(pipeline): State<Pipeline>, request: Request, next: Next) -> Response {
    let Some(endpoint) = search(&pipeline, &request) else {
        return next.run(request).await;
    };
    let _active = pipeline.state.metrics.active_log_searches.hold(());
    // Dropped without an answer, the client has gone away: its fault, not ours.
    let mut search = Search {
        endpoint,
        start: Instant::now(),
        outcome: Outcome::ClientError,
        cache: CacheSource::None,
        metrics: Arc::clone(&pipeline.state.metrics),
    };
    let response = next.run(request).await;
    search.outcome = outcome(response.status());
    search.cache = response.extensions().get().copied().unwrap_or(CacheSource::None);
    response
}

struct Search {
    endpoint: SearchEndpoint,
    start: Instant,
    outcome: Outcome,
    cache: CacheSource,
    metrics: Arc<Metrics>,
}

impl Drop for Search {
    fn drop(&mut self) {
        self.metrics.log_search_requests.inc((self.endpoint, self.outcome));
        self.metrics.log_search_duration.observe((self.endpoint, self.cache), self.start.elapsed());
    }
}

/// The search that a request is for, if it is one.
pub(super) fn search(pipeline: &Pipeline, request: &Request) -> Option<SearchEndpoint> {
    let is_route = matches!(pipeline.table.find(request), Match::Route(_));
    let path = request.extensions().get::<MatchedPath>().filter(|_| is_route)?;
    endpoint(path.as_str())
}

/// The search that a route template stands for.
fn endpoint(template: &str) -> Option<SearchEndpoint> {
    match template {
        "/api/v1/logs/search" => Some(SearchEndpoint::Search),
        "/api/v1/logs/recent/{service}" => Some(SearchEndpoint::Recent),
        "/api/v1/logs/errors" => Some(SearchEndpoint::Errors),
        "/api/v1/logs/security" => Some(SearchEndpoint::Security),
        "/api/v1/logs/histogram" => Some(SearchEndpoint::Histogram),
        "/api/v1/logs/trace/{id}" => Some(SearchEndpoint::Trace),
        "/api/v1/logs/tail" => Some(SearchEndpoint::Tail),
        "/api/v1/logs/fields" => Some(SearchEndpoint::Fields),
        "/api/v1/logs/fields/{name}/values" => Some(SearchEndpoint::Values),
        "/api/v1/logs/{id}" => Some(SearchEndpoint::Id),
        "/api/v1/logs/{id}/context" => Some(SearchEndpoint::Context),
        _ => None,
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
