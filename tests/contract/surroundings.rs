//! One line by its id, the lines around it, and the lines of one request.

use trailproof::error::ErrorCode;
use trailproof::model::LogEntry;

use crate::callers::{caller, sre};
use crate::engine::{Engine, name, params};
use crate::expectation::store_corpus;

pub(crate) async fn a_line_is_found_by_its_id_within_the_scope(engine: &Engine) {
    store_corpus(engine).await;
    let viewer = caller("viewer(gateway)").unwrap();
    let found = async |id: &str| {
        engine.service.get_log(&sre(), &engine.id_of(id).await).await.map(|entry| name(&entry))
    };
    let refused =
        async |id: &str| engine.service.get_log(&viewer, &engine.id_of(id).await).await.unwrap_err().code;

    for id in ["tie:a", "last-year", "sec-login", "0193A0C1-7C1B-7D3E-9F2A-6B1F0C2D4E5F", "pino"] {
        assert_eq!(found(id).await.unwrap(), id);
    }
    assert_eq!(found("TIE:A").await.unwrap_err().code, ErrorCode::LineNotFound);
    let own = engine.id_of("gw-ok").await;
    assert_eq!(engine.service.get_log(&viewer, &own).await.unwrap().message, "proxied in 3 ms");
    for id in ["en-pool", "sec-gateway", "nobody"] {
        assert_eq!(refused(id).await, ErrorCode::LineNotFound, "{id}");
    }
}

pub(crate) async fn a_line_is_shown_among_its_neighbours(engine: &Engine) {
    store_corpus(engine).await;
    let viewer = caller("viewer(gateway)").unwrap();
    let sre = sre();
    let around = async |caller, id, before, after, same_service| {
        let id = engine.id_of(id).await;
        engine.service.get_log_context(caller, &id, before, after, same_service).await
    };

    let ties = around(&sre, "tie-9", 2, 3, true).await.unwrap();
    let neighbours = around(&sre, "gw-slow", 1, 1, false).await.unwrap();
    let own = around(&viewer, "gw-ok", 2, 0, false).await.unwrap();
    let hidden = around(&viewer, "en-pool", 1, 1, false).await.unwrap_err();

    assert_eq!(ids(&ties.before), ["TIE-Z", "tie-10"]);
    assert_eq!(
        (name(&ties.line).as_str(), ids(&ties.after)),
        ("tie-9", ["tie-a", "tie-a-a", "tie-b"].map(str::to_owned).to_vec())
    );
    assert_eq!(
        (ids(&neighbours.before), ids(&neighbours.after)),
        (vec!["gw-ok".to_owned()], vec!["gw-error".to_owned()])
    );
    assert_eq!((ids(&own.before), own.after.len()), (vec!["rq-other".to_owned(), "rq-4".to_owned()], 0));
    assert_eq!(hidden.code, ErrorCode::LineNotFound);
}

pub(crate) async fn a_trace_names_services_the_first_error_and_pauses(engine: &Engine) {
    store_corpus(engine).await;

    let trace = engine.service.get_trace(&sre(), "req-77", &params(&[]).unwrap()).await.unwrap();

    assert_eq!(ids(&trace.items), ["rq-1", "rq-2", "rq-3", "rq-4"]);
    let services: Vec<_> = trace.services.iter().map(|(name, count)| (name.as_str(), *count)).collect();
    assert_eq!(services, [("gateway", 2), ("order-service", 1), ("payment-service", 1)]);
    assert_eq!(name(&trace.first_error.unwrap()), "rq-3");
    let gaps: Vec<_> = trace.gaps.iter().map(|(id, seconds)| (id.as_str(), *seconds)).collect();
    assert_eq!(gaps, [(engine.id_of("rq-2").await.as_str(), 2.25)]);
}

fn ids(entries: &[LogEntry]) -> Vec<String> {
    entries.iter().map(name).collect()
}
