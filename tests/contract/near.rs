//! What an answer without lines says about names that are nearly right.

use std::fmt::Write as _;

use crate::callers::{caller, sre};
use crate::engine::{Engine, params};

const CORPUS: &str = r#"{"timestamp":"2026-11-21T11:00:00Z","level":"error","service":"auth-service","message":"token refresh failed","path":"/api/v1/login"}
{"timestamp":"2026-11-21T11:30:00Z","level":"info","service":"gateway","message":"GET 200","path":"/api/v1/orders","request_id":"r-100","context":{"pod":"gw-1"}}
{"timestamp":"2026-11-21T11:45:00Z","level":"info","service":"vault","kind":"security","message":"key read"}
{"timestamp":"2026-11-19T11:00:00Z","level":"info","service":"nightly-job","message":"done"}
"#;

const NEAR_GATEWAY: &str = "no line of the window has service 'gatway'; near: 'gateway'";

/// What a search says as `who`; it must find nothing.
async fn warnings(engine: &Engine, who: &str, parameters: &[(&str, &str)]) -> Vec<String> {
    let answer = engine.search_as(&caller(who).unwrap(), parameters).await.unwrap();
    assert!(answer.items.is_empty(), "{parameters:?}");
    answer.warnings
}

pub(crate) async fn an_empty_answer_names_the_nearest_values(engine: &Engine) {
    engine.ingest(CORPUS.to_owned()).await.unwrap();

    for (parameters, expected) in [
        (&[("service", "gatway")][..], NEAR_GATEWAY),
        (&[("query", "service:gatway GET")], NEAR_GATEWAY),
        (&[("service", "gatway,gone"), ("level", "info")], NEAR_GATEWAY),
        (
            &[("query", "service:AUTH-service")],
            "no line of the window has service 'AUTH-service'; near: 'auth-service'",
        ),
        (
            &[("query", "path:/api/v1/order")],
            "no line of the window has path '/api/v1/order'; near: '/api/v1/orders'",
        ),
    ] {
        assert_eq!(warnings(engine, "sre", parameters).await, [expected], "{parameters:?}");
    }
    for silent in [
        // Each value is there, though not on one line.
        &[("query", "service:gateway level:error")][..],
        &[("service", "gateway"), ("query", "token")],
        // Not every line had to have the value.
        &[("query", "NOT service:* OR service:gatway")],
        // Ids that are nearly the same are other ids.
        &[("query", "request_id:r-101")],
        &[("query", "context.pod:gw-2")],
        &[("service", "something-else")],
        // It wrote two days ago.
        &[("service", "nightly-jobs")],
        &[("service", "gatway"), ("from", "now"), ("to", "now")],
    ] {
        assert_eq!(warnings(engine, "sre", silent).await, [""; 0], "{silent:?}");
    }
}

pub(crate) async fn near_values_come_from_lines_that_the_caller_may_see(engine: &Engine) {
    engine.ingest(CORPUS.to_owned()).await.unwrap();

    for (who, query, expected) in [
        ("sre", "service:valt", &["no line of the window has service 'valt'; near: 'vault'"][..]),
        ("developer(gateway,vault)", "service:valt", &[]),
        ("developer(gateway)", "service:auth-servic", &[]),
        ("developer(gateway)", "path:/api/v1/logins", &[]),
        ("developer(gateway)", "service:gatway", &[NEAR_GATEWAY]),
    ] {
        assert_eq!(warnings(engine, who, &[("query", query)]).await, expected, "{who}: {query}");
    }
}

pub(crate) async fn every_way_of_looking_at_lines_names_near_values(engine: &Engine) {
    engine.ingest(CORPUS.to_owned()).await.unwrap();
    let (caller, of_gatway) = (sre(), params(&[("service", "gatway")]).unwrap());
    let everything = params(&[]).unwrap();

    let errors = engine.service.search_error_logs(&caller, &of_gatway).await.unwrap();
    let recent = engine.service.get_recent_logs(&caller, "gatway", &everything).await.unwrap();
    let histogram = engine.service.histogram(&caller, &of_gatway, None, None).await.unwrap();
    let of_valt = params(&[("service", "valt")]).unwrap();
    let security = engine.service.search_security_logs(&caller, &of_valt).await.unwrap();

    assert_eq!(errors.page.warnings, [NEAR_GATEWAY]);
    assert_eq!(recent.warnings, [NEAR_GATEWAY]);
    assert_eq!(histogram.warnings, [NEAR_GATEWAY]);
    assert_eq!(security.warnings, ["no line of the window has service 'valt'; near: 'vault'"]);
}

pub(crate) async fn a_rare_value_among_many_is_not_taken_for_missing(engine: &Engine) {
    let mut lines = String::new();
    for number in 0..240 {
        let service = number % 120;
        let _ = writeln!(
            lines,
            r#"{{"timestamp":"2026-11-21T11:00:00Z","service":"a{service:03}","message":"m{number}"}}"#
        );
    }
    lines.push_str(r#"{"timestamp":"2026-11-21T11:00:00Z","service":"b000","message":"m"}"#);
    engine.ingest(lines).await.unwrap();

    let rare = warnings(engine, "sre", &[("service", "b000"), ("level", "fatal")]).await;
    let missing = warnings(engine, "sre", &[("service", "b001")]).await;

    assert_eq!(rare, [""; 0]);
    assert_eq!(missing.len(), 1, "{missing:?}");
    assert!(missing[0].starts_with("no line of the window has service 'b001'; near: 'a0"), "{missing:?}");
}
