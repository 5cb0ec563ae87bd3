//! Where lines may lie: behind an alias, in a data stream, beside a closed index, nowhere.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};
use trailproof::model::Preset;

use super::indices::{Mapping, Server};
use super::shapes::{Shape, lines};
use crate::callers::{caller, sre};
use crate::engine::{ids, params};

fn line(time: &str, message: &str) -> Value {
    json!({"@timestamp": format!("2026-11-21T{time}Z"), "service": {"name": "gw"}, "message": message})
}

pub(crate) async fn an_alias_is_read_like_an_index(server: &Server) {
    let index = server.make("behind", Shape::Ecs, Mapping::Keyword, 1).await;
    server.write(&index, lines().iter().map(|line| Shape::Ecs.document(line))).await;
    let alias = json!({"actions": [{"add": {"index": index, "alias": server.name("in-front")}}]});
    server.send(Method::POST, "_aliases", &alias).await;
    let engine = server.reading(&["in-front"], Preset::Ecs);

    assert_eq!(engine.ids(&[("query", "service:gateway level:error")]).await, ["gw-down"]);
}

pub(crate) async fn a_data_stream_is_read_like_an_index(server: &Server) {
    let stream = server.name("stream");
    let template = json!({"index_patterns": [format!("{stream}*")], "data_stream": {}, "priority": 700,
        "template": {"settings": {"number_of_replicas": 0}, "mappings": {"properties": {
            "@timestamp": {"type": "date"}, "service": {"properties": {"name": {"type": "keyword"}}}}}}});
    server.send(Method::PUT, &format!("_index_template/{stream}"), &template).await;
    server
        .write(
            &stream,
            [("a".to_owned(), line("11:00:00", "one")), ("b".to_owned(), line("11:00:01", "two"))],
        )
        .await;
    server.send(Method::POST, &format!("{stream}/_rollover"), &Value::Null).await;
    server.write(&stream, [("c".to_owned(), line("11:00:02", "three"))]).await;
    let engine = server.reading(&["stream"], Preset::Ecs);

    assert_eq!(engine.ids(&[("query", "service:gw")]).await, ["c", "b", "a"]);
    let mut met = Vec::new();
    let mut cursor = None;
    loop {
        let mut given = vec![("limit", "1")];
        given.extend(cursor.as_deref().map(|cursor| ("cursor", cursor)));
        let page = engine.search(&given).await.unwrap();
        met.extend(ids(&page));
        cursor = page.next_cursor;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(met, ["c", "b", "a"]);
}

pub(crate) async fn a_closed_index_in_a_pattern_does_not_disturb_the_others(server: &Server) {
    for name in ["shop-open", "shop-closed"] {
        let index = server.make(name, Shape::Ecs, Mapping::Keyword, 1).await;
        server.write(&index, [(name.to_owned(), line("11:00:00", "hello"))]).await;
    }
    server.send(Method::POST, &format!("{}/_close", server.name("shop-closed")), &Value::Null).await;
    let by_pattern = server.reading(&["shop-*"], Preset::Ecs);
    let by_name = server.reading(&["shop-open", "shop-closed"], Preset::Ecs);

    let pattern = by_pattern.search(&[("query", "service:gw")]).await.unwrap();
    let name = by_name.search(&[("query", "service:gw")]).await.unwrap();

    assert_eq!((ids(&pattern), pattern.completeness.partial), (vec!["shop-open".to_owned()], false));
    // Whoever names an index means it: the answer says that it is not whole.
    assert_eq!((ids(&name), name.completeness.partial), (vec!["shop-open".to_owned()], true));
}

pub(crate) async fn a_pattern_that_matches_nothing_finds_nothing(server: &Server) {
    let engine = server.reading(&["nothing-*"], Preset::Ecs);

    let found = engine.search(&[("query", "service:gw context.a:b")]).await.unwrap();

    assert_eq!((found.items.len(), found.total.unwrap().value), (0, 0));
}

pub(crate) async fn an_index_that_comes_later_is_read_too(server: &Server) {
    let first = server.make("days-1", Shape::Ecs, Mapping::Keyword, 1).await;
    server.write(&first, [("one".to_owned(), line("11:00:00", "hello"))]).await;
    let engine = server.reading(&["days-*"], Preset::Ecs);
    assert_eq!(engine.ids(&[("query", "service:gw")]).await, ["one"]);

    let second = server.make("days-2", Shape::Ecs, Mapping::Keyword, 1).await;
    server.write(&second, [("two".to_owned(), line("11:00:01", "hello"))]).await;

    assert_eq!(engine.ids(&[("query", "service:gw")]).await, ["two", "one"]);
}

pub(crate) async fn lines_that_come_after_an_empty_answer_are_found(server: &Server) {
    let engine = server.reading(&["late-*"], Preset::Ecs);
    let question = [("query", "service:gw context.order_id:17 level:info")];
    assert_eq!(engine.ids(&question).await, Vec::<String>::new());

    let index = server.make("late-1", Shape::Ecs, Mapping::Keyword, 1).await;
    let mut first = line("11:00:00", "hello");
    first["order_id"] = json!(17);
    server.write(&index, [("first".to_owned(), first)]).await;

    // What nobody has seen yet is asked for anew after some seconds.
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(30);
    while engine.ids(&question).await != ["first"] {
        assert!(std::time::Instant::now() < deadline, "the line is not found");
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
}

pub(crate) async fn a_named_index_that_is_not_there_is_said(server: &Server) {
    let index = server.make("there", Shape::Ecs, Mapping::Keyword, 1).await;
    server.write(&index, [("a".to_owned(), line("11:00:00", "hello"))]).await;
    let engine = server.reading(&["there", "not-there"], Preset::Ecs);

    let found = engine.search(&[("query", "hello")]).await.unwrap();

    assert_eq!((ids(&found), found.completeness.partial), (vec!["a".to_owned()], true));
    assert!(found.warnings[0].contains("not-there, which logs.indices names"), "{:?}", found.warnings);
}

pub(crate) async fn security_lines_and_audit_events_stay_hidden_whatever_leads_there(server: &Server) {
    // Most indices are alike; the others are asked in requests that name them.
    let names = [
        "app-1",
        "app-2",
        "logs-security-x-000001",
        "audit-events-x-000001",
        "logs-security-y-000001",
        "audit-events-y-000001",
    ];
    let alias = server.name("all");
    for (number, name) in names.into_iter().enumerate() {
        let mapping = match number {
            0 | 1 => Mapping::Dynamic,
            // What nobody may read does not matter, even where it could not be counted.
            _ if name.contains("audit-events") => Mapping::TextOnly,
            _ => Mapping::Keyword,
        };
        let index = server.make(name, Shape::Logstash, mapping, 1).await;
        let line = json!({"@timestamp": "2026-11-21T11:00:00Z", "service": name, "message": "hello"});
        server.write(&index, [(name.to_owned(), line)]).await;
        let add = json!({"actions": [{"add": {"index": index, "alias": alias}}]});
        server.send(Method::POST, "_aliases", &add).await;
        if name.contains("-y-") {
            // As the backing indices of data streams are; no star leads there, but the alias does.
            let hide = json!({"index.hidden": true});
            server.send(Method::PUT, &format!("{index}/_settings"), &hide).await;
        }
    }
    let scope = names.join(",");
    let developer = caller(&format!("developer({scope})")).unwrap();
    let [app_1, app_2, security, audit, hidden_security, hidden_audit] = names;
    let (apps, with_security) = (vec![app_1, app_2], vec![app_1, app_2, security, hidden_security]);
    for (pattern, for_developer, for_sre) in [
        ("all", &apps, &with_security),
        ("*", &apps, &with_security),
        ("logs-security-*", &vec![], &vec![security]),
        ("audit-events-x-000001", &vec![], &vec![]),
        (hidden_audit, &vec![], &vec![]),
    ] {
        let engine = server.reading(&[pattern], Preset::Logstash);
        for (who, expected) in [(&developer, for_developer), (&sre(), for_sre)] {
            let case = format!("{pattern} {}", who.principal.subject);
            let seen =
                engine.service.search_logs(who, &params(&[("query", "service:*")]).unwrap()).await.unwrap();
            let values =
                engine.service.field_values(who, "service", &params(&[]).unwrap(), None).await.unwrap();
            let counted: BTreeSet<_> = values.items.iter().map(|(value, _)| value.as_str()).collect();
            let shown: BTreeSet<_> = ids(&seen).into_iter().collect();

            let expected: BTreeSet<_> = expected.iter().copied().collect();
            assert_eq!(shown.iter().map(String::as_str).collect::<BTreeSet<_>>(), expected, "{case}");
            assert_eq!(counted, expected, "{case}");
            assert!(
                !seen.completeness.partial && !values.completeness.partial,
                "{case}: {:?}",
                values.warnings
            );
            for name in [security, audit, hidden_security, hidden_audit] {
                let by_id = engine.service.get_log(who, name).await;
                assert_eq!(by_id.is_ok(), expected.contains(name), "{case}: {name}");
                assert!(expected.contains(name) || !seen.warnings.concat().contains(name), "{case}: {name}");
            }
        }
    }
}
