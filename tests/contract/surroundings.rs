//! One line by its id, the lines around it, and the lines of one request.

use trailproof::error::ErrorCode;
use trailproof::model::LogEntry;

use crate::callers::{caller, sre};
use crate::engine::{Engine, params};
use crate::expectation::store_corpus;

pub(crate) async fn a_line_is_found_by_its_id_within_the_scope(engine: &Engine) {
    store_corpus(engine).await;
    let viewer = caller("viewer(gateway)").unwrap();
    let found = async |id| engine.service.get_log(&sre(), id).await.map(|entry| entry.id.to_string());
    let refused = async |id| engine.service.get_log(&viewer, id).await.unwrap_err().code;

    for id in ["tie:a", "last-year", "sec-login", "0193A0C1-7C1B-7D3E-9F2A-6B1F0C2D4E5F", "pino"] {
        assert_eq!(found(id).await.unwrap(), id);
    }
    assert_eq!(found("TIE:A").await.unwrap_err().code, ErrorCode::LineNotFound);
    assert_eq!(engine.service.get_log(&viewer, "gw-ok").await.unwrap().message, "proxied in 3 ms");
    for id in ["en-pool", "sec-gateway", "nobody"] {
        assert_eq!(refused(id).await, ErrorCode::LineNotFound, "{id}");
    }
}

pub(crate) async fn a_line_is_shown_among_its_neighbours(engine: &Engine) {
    store_corpus(engine).await;
    let viewer = caller("viewer(gateway)").unwrap();
    let service = &engine.service;

    let ties = service.get_log_context(&sre(), "tie-9", 2, 3, true).await.unwrap();
    let neighbours = service.get_log_context(&sre(), "gw-slow", 1, 1, false).await.unwrap();
    let own = service.get_log_context(&viewer, "gw-ok", 2, 0, false).await.unwrap();
    let hidden = service.get_log_context(&viewer, "en-pool", 1, 1, false).await.unwrap_err();

    assert_eq!(ids(&ties.before), ["TIE-Z", "tie-10"]);
    assert_eq!((ties.line.id.as_str(), ids(&ties.after)), ("tie-9", vec!["tie-a", "tie-a-a", "tie-b"]));
    assert_eq!((ids(&neighbours.before), ids(&neighbours.after)), (vec!["gw-ok"], vec!["gw-error"]));
    assert_eq!((ids(&own.before), own.after.len()), (vec!["rq-other", "rq-4"], 0));
    assert_eq!(hidden.code, ErrorCode::LineNotFound);
}

pub(crate) async fn a_trace_names_services_the_first_error_and_pauses(engine: &Engine) {
    store_corpus(engine).await;

    let trace = engine.service.get_trace(&sre(), "req-77", &params(&[]).unwrap()).await.unwrap();

    assert_eq!(ids(&trace.items), ["rq-1", "rq-2", "rq-3", "rq-4"]);
    let services: Vec<_> = trace.services.iter().map(|(name, count)| (name.as_str(), *count)).collect();
    assert_eq!(services, [("gateway", 2), ("order-service", 1), ("payment-service", 1)]);
    assert_eq!(trace.first_error.unwrap().id.as_str(), "rq-3");
    let gaps: Vec<_> = trace.gaps.iter().map(|(id, seconds)| (id.as_str(), *seconds)).collect();
    assert_eq!(gaps, [("rq-2", 2.25)]);
}

fn ids(entries: &[LogEntry]) -> Vec<&str> {
    entries.iter().map(|entry| entry.id.as_str()).collect()
}
