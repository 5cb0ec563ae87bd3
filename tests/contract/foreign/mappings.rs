//! What cannot be asked is said: text without keywords, and indices that differ.

use serde_json::json;
use trailproof::error::ErrorCode;
use trailproof::model::Preset;

use super::indices::{Mapping, Server};
use super::presets::differences;
use super::shapes::{Shape, lines};
use crate::callers::{caller, sre};
use crate::engine::{ids, params};

pub(crate) async fn text_without_keywords_has_words_but_no_exact_match(server: &Server) {
    let index = server.make("text", Shape::Ecs, Mapping::TextOnly, 1).await;
    server.write(&index, lines().iter().map(|line| Shape::Ecs.document(line))).await;
    let engine = server.reading(&["text"], Preset::Ecs);

    for query in ["service:gateway", "user_id:u01*", "path:/api/v1/login", "context.order_id:222427"] {
        let refused = engine.search(&[("query", query)]).await.unwrap_err();
        assert_eq!(refused.code, ErrorCode::UnsupportedOperation, "{query}: {refused}");
        assert!(refused.detail.contains("mapped as text without a sub-field"), "{refused}");
    }
    let viewer = caller("viewer(gateway)").unwrap();
    let narrowed = engine.service.search_logs(&viewer, &params(&[]).unwrap()).await.unwrap_err();
    assert_eq!(narrowed.code, ErrorCode::UnsupportedOperation);
    let counted = engine.service.field_values(&sre(), "service", &params(&[]).unwrap(), None).await;
    assert_eq!(counted.unwrap_err().code, ErrorCode::UnsupportedOperation);
    for (query, expected) in [
        ("refresh", vec!["auth-pool"]),
        ("level:fatal", vec!["ev-seat", "auth-fatal"]),
        ("user_id:*", vec!["ev-declined", "ev-pay", "auth-pool", "auth-fail", "auth-ok"]),
    ] {
        assert_eq!(engine.ids(&[("query", query)]).await, expected, "{query}");
    }
}

pub(crate) async fn indices_that_differ_are_asked_each_in_its_own_way(server: &Server) {
    let halves = lines();
    let (even, odd): (Vec<_>, Vec<_>) = halves.iter().enumerate().partition(|(number, _)| number % 2 == 0);
    for (name, mapping, half) in [("mixed-a", Mapping::Keyword, even), ("mixed-b", Mapping::Dynamic, odd)] {
        let index = server.make(name, Shape::Ecs, mapping, 1).await;
        server.write(&index, half.iter().map(|(_, line)| Shape::Ecs.document(line))).await;
    }
    let engine = server.reading(&["mixed-*"], Preset::Ecs);

    let failures = differences(&engine).await;

    assert!(failures.is_empty(), "{} failures\n{}", failures.len(), failures.join("\n"));
    // As deep as a query may be: no server refuses it for the levels that differing indices add.
    let mut deep = "redis".to_owned();
    for _ in 0..5 {
        deep = format!("(level:error OR NOT (service:gateway OR user_id:u01* {deep}))");
    }
    let answer = engine.search(&[("query", &deep)]).await;
    assert!(answer.is_ok(), "{answer:?}");
    let services = engine.service.field_values(&sre(), "service", &params(&[]).unwrap(), None).await;
    let services = services.unwrap();
    assert_eq!(services.items.first(), Some(&("gateway".to_owned(), 7)), "{services:?}");
    assert!(!services.completeness.partial);
}

pub(crate) async fn an_index_that_cannot_answer_is_left_out_and_said_so(server: &Server) {
    for (name, mapping) in [("left-keyword", Mapping::Keyword), ("left-text", Mapping::TextOnly)] {
        let index = server.make(name, Shape::Logstash, mapping, 1).await;
        let line = json!({"@timestamp": "2026-11-21T11:00:00Z", "level": "info", "service": "gateway", "message": "hello there"});
        server.write(&index, [(name.to_owned(), line)]).await;
    }
    let engine = server.reading(&["left-*"], Preset::Logstash);

    let by_word = engine.search(&[("query", "hello")]).await.unwrap();
    let by_service = engine.search(&[("query", "service:gateway")]).await.unwrap();
    let not_by_service = engine.search(&[("query", "NOT service:other")]).await.unwrap();
    let viewer = caller("viewer(gateway)").unwrap();
    let own = engine.service.search_logs(&viewer, &params(&[]).unwrap()).await.unwrap();

    let mut both = ids(&by_word);
    both.sort();
    assert_eq!(
        (both, by_word.completeness.partial),
        (vec!["left-keyword".to_owned(), "left-text".to_owned()], false)
    );
    for answer in [&by_service, &not_by_service, &own] {
        assert_eq!((ids(answer), answer.completeness.partial), (vec!["left-keyword".to_owned()], true));
        assert!(
            answer
                .warnings
                .iter()
                .any(|warning| warning.contains("left-text are left out: there, service is mapped as text"))
        );
    }
}

pub(crate) async fn times_of_several_types_are_one_order(server: &Server) {
    for (name, kind) in [("times-millis", "date"), ("times-nanos", "date_nanos")] {
        let index = server.name(name);
        let mappings = json!({"mappings": {"properties": {"@timestamp": {"type": kind}}}});
        server.send(reqwest::Method::PUT, &index, &mappings).await;
        let line = |number: u32| {
            let fraction = if kind == "date" { format!("{number}00") } else { format!("{number}00000001") };
            json!({"@timestamp": format!("2026-11-21T11:00:00.{fraction}Z"), "message": "m"})
        };
        let documents = (1..6).map(|number| (format!("{name}-{number}"), line(number)));
        server.write(&index, documents).await;
    }
    let engine = server.reading(&["times-*"], Preset::Ecs);

    let newest = engine.ids(&[("limit", "4")]).await;
    let between =
        [("query", "timestamp:{2026-11-21T11:00:00.2Z TO 2026-11-21T11:00:00.3Z]"), ("sort", "asc")];

    assert_eq!(newest, ["times-nanos-5", "times-millis-5", "times-nanos-4", "times-millis-4"]);
    assert_eq!(engine.ids(&between).await, ["times-millis-3", "times-nanos-3"]);
}

pub(crate) async fn a_time_that_is_no_date_is_refused(server: &Server) {
    let index = server.name("no-date");
    let mappings = json!({"mappings": {"properties": {"@timestamp": {"type": "keyword"}}}});
    server.send(reqwest::Method::PUT, &index, &mappings).await;
    let engine = server.reading(&["no-date"], Preset::Ecs);

    let refused = engine.search(&[]).await.unwrap_err();

    assert_eq!(refused.code, ErrorCode::UnsupportedOperation);
    assert!(refused.detail.starts_with("timestamp is no date"), "{refused}");
}

pub(crate) async fn counts_over_an_alias_of_differing_indices_add_up(server: &Server) {
    for (name, mapping) in
        [("alias-a", Mapping::Keyword), ("alias-b", Mapping::Dynamic), ("alias-c", Mapping::TextOnly)]
    {
        let index = server.make(name, Shape::Logstash, mapping, 1).await;
        let line = |number: u32| json!({"@timestamp": format!("2026-11-21T11:00:0{number}Z"), "service": "shop", "message": "m"});
        server.write(&index, (0..4).map(|number| (format!("{name}-{number}"), line(number)))).await;
        let add = json!({"actions": [{"add": {"index": index, "alias": server.name("all-of-them")}}]});
        server.send(reqwest::Method::POST, "_aliases", &add).await;
    }
    let engine = server.reading(&["all-of-them"], Preset::Logstash);
    let everything = params(&[]).unwrap();

    let values = engine.service.field_values(&sre(), "service", &everything, None).await.unwrap();
    let histogram = engine.service.histogram(&sre(), &everything, Some("1d"), Some("service")).await.unwrap();

    assert_eq!(values.items, [("shop".to_owned(), 8)]);
    assert!(values.completeness.partial);
    assert!(
        values.warnings.iter().any(|warning| warning.contains("service is not mapped as keyword in some"))
    );
    assert_eq!(histogram.total.value, 12);
    let counted: Vec<_> = histogram.buckets.iter().flat_map(|bucket| &bucket.by).collect();
    assert_eq!(counted, [&("shop".to_owned(), 8)]);
}

pub(crate) async fn a_service_inside_an_object_of_its_name_is_found(server: &Server) {
    let index = server.make("object", Shape::Ecs, Mapping::Keyword, 1).await;
    let line = json!({"@timestamp": "2026-11-21T11:00:00Z", "service": {"name": "shop"}, "message": "m"});
    server.write(&index, [("a".to_owned(), line)]).await;
    let engine = server.reading(&["object"], Preset::Logstash);
    let viewer = caller("viewer(shop)").unwrap();

    let seen = engine.service.search_logs(&viewer, &params(&[]).unwrap()).await.unwrap();
    let values = engine.service.field_values(&sre(), "service", &params(&[]).unwrap(), None).await.unwrap();

    assert_eq!((ids(&seen), seen.items[0].service.as_str()), (vec!["a".to_owned()], "shop"));
    assert_eq!(values.items, [("shop".to_owned(), 1)]);
}

pub(crate) async fn what_lies_in_nested_documents_is_refused(server: &Server) {
    let index = server.name("nested");
    let mappings =
        json!({"mappings": {"properties": {"@timestamp": {"type": "date"}, "items": {"type": "nested"}}}});
    server.send(reqwest::Method::PUT, &index, &mappings).await;
    let line = json!({"@timestamp": "2026-11-21T11:00:00Z", "message": "m", "items": [{"sku": 42}]});
    server.write(&index, [("a".to_owned(), line)]).await;
    let engine = server.reading(&["nested"], Preset::Ecs);

    let refused = engine.search(&[("query", "context.items.sku:42")]).await.unwrap_err();

    assert_eq!(refused.code, ErrorCode::UnsupportedOperation, "{refused}");
    assert_eq!(engine.ids(&[("query", "m")]).await, ["a"]);
}

pub(crate) async fn times_under_another_name_than_most_are_left_out_and_said_so(server: &Server) {
    for (name, time) in [("named-a", "time"), ("named-b", "time"), ("named-c", "timestamp")] {
        let index = server.name(name);
        let mappings = json!({"mappings": {"properties": {time: {"type": "date"}}}});
        server.send(reqwest::Method::PUT, &index, &mappings).await;
        server
            .write(&index, [(name.to_owned(), json!({time: "2026-11-21T11:00:00Z", "msg": "hello"}))])
            .await;
    }
    let engine = server.reading(&["named-*"], Preset::Pino);

    let found = engine.search(&[("query", "hello"), ("sort", "asc")]).await.unwrap();

    let mut seen = ids(&found);
    seen.sort();
    assert_eq!((seen, found.completeness.partial), (vec!["named-a".to_owned(), "named-b".to_owned()], true));
    assert!(
        found.warnings[0].contains("named-c are left out: there, timestamp is no date"),
        "{:?}",
        found.warnings
    );
}
