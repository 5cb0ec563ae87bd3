//! Every preset over every kind of mapping: the same queries find the same lines.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::json;
use trailproof::model::Preset;

use super::indices::{Mapping, Server};
use super::shapes::{Shape, lines};
use crate::callers::{caller, sre};
use crate::engine::{Engine, ids, params};
use crate::expectation::{Parameters, id_difference, search_params};

const QUERIES: &str = include_str!("../../fixtures/foreign/queries.json");

/// A search and the lines that it must find, in any order.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Query {
    params: Parameters,
    ids: Vec<String>,
}

pub(crate) async fn every_preset_finds_the_same_lines_over_every_mapping(server: &Server) {
    let before = server.all_indices().await;
    let mut failures = Vec::new();
    let mut made = Vec::new();
    for shape in Shape::ALL {
        for mapping in [Mapping::Dynamic, Mapping::Keyword] {
            let name = format!("{shape:?}-{mapping:?}").to_lowercase();
            made.push(server.make(&name, shape, mapping, 2).await);
            server.write(&server.name(&name), lines().iter().map(|line| shape.document(line))).await;
            let engine = server.reading(&[&name], shape.preset());
            for difference in differences(&engine).await {
                failures.push(format!("{shape:?} {mapping:?} {difference}"));
            }
        }
    }

    assert!(failures.is_empty(), "{} failures\n{}", failures.len(), failures.join("\n"));
    let mut expected = [before, made].concat();
    expected.sort();
    let left: Vec<_> = server.all_indices().await;
    let of_this_test = |name: &String| expected.contains(name) || !name.contains(&server.prefix);
    assert!(left.iter().all(of_this_test), "reading has made an index: {left:?}");
}

/// What a reader asks of lines, whatever wrote them.
pub(crate) async fn differences(engine: &Engine) -> Vec<String> {
    let queries: Vec<Query> = serde_json::from_str(QUERIES).unwrap();
    let mut differences = Vec::new();
    for query in &queries {
        let found = engine.service.search_logs(&sre(), &search_params(&query.params).unwrap()).await;
        let difference = match found {
            Err(error) => Some(format!("refused: {error}")),
            Ok(answer) if answer.completeness.partial => Some(format!("partial: {:?}", answer.warnings)),
            Ok(answer) => {
                let (mut found, mut expected) = (ids(&answer), query.ids.clone());
                found.sort();
                expected.sort();
                id_difference(&expected, &found)
            }
        };
        differences.extend(difference.map(|difference| format!("{:?}: {difference}", query.params)));
    }
    differences
}

pub(crate) async fn a_line_is_shown_under_our_names_with_the_rest_as_its_context(server: &Server) {
    for (shape, context) in [
        (
            Shape::Ecs,
            json!({"ecs": {"version": "8.0.0"}, "agent": {"type": "filebeat"}, "status": 200, "duration": 2.5,
            "host": {"name": "web-1"},
            "kubernetes": {"namespace": "shop", "pod": {"name": "gateway-7d9f8c6b54-x7k2p"}}}),
        ),
        (
            Shape::PinoPlain,
            json!({"status": 200, "duration": 2.5, "host": {"name": "web-1"}, "level_raw": 40,
            "kubernetes": {"namespace": "shop", "pod": {"name": "gateway-7d9f8c6b54-x7k2p"}}}),
        ),
    ] {
        let name = format!("shown-{shape:?}").to_lowercase();
        let index = server.make(&name, shape, Mapping::Dynamic, 1).await;
        server.write(&index, lines().iter().map(|line| shape.document(line))).await;
        let engine = server.reading(&[&name], shape.preset());

        let line = engine.service.get_log(&sre(), "gw-slow").await.unwrap();

        let shown = serde_json::to_value(&line).unwrap();
        assert_eq!(
            shown,
            json!({"id": "gw-slow", "timestamp": "2026-11-21T11:00:01.200000Z", "level": "warn", "service": "gateway",
                "message": "upstream is slow: 2400 ms", "request_id": "req-2",
                "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736", "path": "/api/v1/login", "method": "POST",
                "client_ip": "10.1.200.9", "context": context}),
            "{shape:?}"
        );
    }
}

pub(crate) async fn every_way_of_looking_at_lines_works(server: &Server) {
    for (shape, mapping) in [(Shape::Ecs, Mapping::Keyword), (Shape::PinoPlain, Mapping::Dynamic)] {
        let name = format!("ways-{shape:?}").to_lowercase();
        let index = server.make(&name, shape, mapping, 2).await;
        server.write(&index, lines().iter().map(|line| shape.document(line))).await;
        let engine = server.reading(&[&name], shape.preset());
        let service = &engine.service;
        let none = params(&[]).unwrap();

        let errors = service.search_error_logs(&sre(), &none).await.unwrap();
        let by_level = service.histogram(&sre(), &none, Some("1d"), Some("level")).await.unwrap();
        let services = service.field_values(&sre(), "service", &none, None).await.unwrap();
        let users = service.field_values(&sre(), "user_id", &none, Some("u01")).await.unwrap();
        let trace = service.get_trace(&sre(), "req-2", &none).await.unwrap();
        let around = service.get_log_context(&sre(), "auth-pool", 2, 2, true).await.unwrap();
        let viewer = caller("viewer(event-service)").unwrap();
        let own = service.search_logs(&viewer, &none).await.unwrap();
        let hidden = service.get_log(&viewer, "gw-ok").await.unwrap_err();

        assert_eq!(errors.by_service, pairs(&[("event-service", 3), ("auth-service", 2), ("gateway", 1)]));
        let levels = by_level.buckets.iter().fold(BTreeMap::new(), |mut sums, bucket| {
            for (level, count) in &bucket.by {
                *sums.entry(level.as_str()).or_insert(0) += count;
            }
            sums
        });
        let expected = [("debug", 1), ("error", 4), ("fatal", 2), ("info", 7), ("trace", 1), ("warn", 3)];
        assert_eq!(levels, BTreeMap::from(expected), "{shape:?}");
        assert_eq!(
            services.items,
            pairs(&[("gateway", 7), ("auth-service", 5), ("event-service", 5), ("unknown", 1)]),
            "{shape:?}"
        );
        assert_eq!(users.items, pairs(&[("u012016", 4)]));
        assert_eq!(trace.first_error.unwrap().id.as_str(), "auth-pool");
        let shown = |lines: &[trailproof::model::LogEntry]| {
            lines.iter().map(|line| line.id.as_str().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(shown(&around.before), ["auth-ok", "auth-fail"]);
        assert_eq!(shown(&around.after), ["auth-fatal", "auth-debug"]);
        assert_eq!(own.items.len(), 5, "{shape:?}");
        assert_eq!(hidden.code.number(), 3014);
    }
}

fn pairs(counts: &[(&str, u64)]) -> Vec<(String, u64)> {
    counts.iter().map(|(value, count)| ((*value).to_owned(), *count)).collect()
}

pub(crate) async fn names_of_ones_own_win_over_the_preset(server: &Server) {
    let index = server.make("own-names", Shape::Ecs, Mapping::Keyword, 1).await;
    let document = json!({"when": "2026-11-21T11:00:00.000Z", "sev": "err", "app": "billing", "text": "out of paper",
        "message": "not this one"});
    server.write(&index, [("a".to_owned(), document)]).await;
    let own = [("timestamp", "when"), ("level", "sev"), ("service", "app"), ("message", "text")];
    let own = own.map(|(ours, theirs)| (ours.to_owned(), theirs.to_owned()));
    let engine = server.reading_names(&["own-names"], Preset::Ecs, BTreeMap::from(own));

    for query in ["service:billing", "level:error", "timestamp:>=2026-11-21T10:00:00Z", "context.message:*"] {
        assert_eq!(engine.ids(&[("query", query)]).await, ["a"], "{query}");
    }
    let line = engine.service.get_log(&sre(), "a").await.unwrap();
    assert_eq!((line.message.as_str(), line.service.as_str()), ("out of paper", "billing"));
}
