//! Lines that somebody else has written straight into our indices, as they like to write them.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use trailproof::model::LogEntry;

use crate::callers::sre;
use crate::engine::{Cluster, Engine, http_client};

/// Writes documents, each under the id that it comes with.
async fn write(engine: &Engine, documents: &[(&str, Value)]) {
    let Some(Cluster { url, env }) = &engine.cluster else { panic!("an engine without a cluster") };
    let lines: Vec<_> = documents
        .iter()
        .map(|(id, document)| format!("{}\n{document}\n", json!({"create": {"_id": id}})))
        .collect();
    let request = http_client().post(format!("{url}/logs-app-{env}/_bulk?refresh=true"));
    let answer = request.header("content-type", "application/x-ndjson").body(lines.concat()).send().await;
    let answer: Value = answer.unwrap().error_for_status().unwrap().json().await.unwrap();
    assert_eq!(answer["errors"], false, "{answer}");
}

fn line(time: &str, id: Option<&str>) -> Value {
    let mut line = json!({"@timestamp": time, "service": "gw", "level": "info", "message": "m"});
    if let Some(id) = id {
        line["id"] = id.into();
    }
    line
}

/// Lines with and without ids, many of them of one time.
async fn crowd(engine: &Engine) -> Vec<String> {
    const TIMES: [&str; 3] = ["2026-11-21T11:00:00Z", "2026-11-21T11:00:01Z", "2026-11-21T11:00:02Z"];
    let names: Vec<_> = (0..24).map(|number| format!("line-{number:02}")).collect();
    let documents: Vec<_> = names
        .iter()
        .enumerate()
        .map(|(number, name)| {
            let id = (number % 4 == 0).then_some(name.as_str());
            (name.as_str(), line(TIMES[number % TIMES.len()], id))
        })
        .collect();
    write(engine, &documents).await;
    names
}

pub(crate) async fn lines_without_an_id_are_met_once(engine: &Engine) {
    let names = crowd(engine).await;
    each_is_met_once(engine, &names).await;
}

pub(crate) async fn lines_with_an_id_that_others_have_too_are_met_once(engine: &Engine) {
    let mut names = crowd(engine).await;
    let batch: Vec<_> = (0..12).map(|number| format!("batch-{number:02}")).collect();
    let documents: Vec<_> = batch
        .iter()
        .map(|name| {
            let mut line = line("2026-11-21T11:00:01Z", Some("line-13-of-a-batch"));
            line["context"] = json!({"name": name});
            (name.as_str(), line)
        })
        .collect();
    write(engine, &documents).await;
    names.extend(batch);
    each_is_met_once(engine, &names).await;
}

async fn each_is_met_once(engine: &Engine, names: &[String]) {
    for sort in ["desc", "asc"] {
        for limit in ["1", "2", "5", "7", "24"] {
            let mut met = BTreeMap::new();
            let mut times = Vec::new();
            let mut cursor = None;
            loop {
                let mut given = vec![("query", "service:gw"), ("sort", sort), ("limit", limit)];
                given.extend(cursor.as_deref().map(|cursor| ("cursor", cursor)));
                let page = engine.search(&given).await.unwrap();
                for entry in &page.items {
                    *met.entry(shown_name(entry)).or_insert(0) += 1;
                }
                times.extend(page.items.iter().map(|entry| entry.timestamp));
                cursor = page.next_cursor;
                if cursor.is_none() || times.len() > names.len() {
                    break;
                }
            }

            let expected: BTreeMap<_, _> = names.iter().map(|name| (name.clone(), 1)).collect();
            assert_eq!(met, expected, "{sort} {limit}");
            assert!(if sort == "asc" { times.is_sorted() } else { times.iter().rev().is_sorted() });
        }
    }
}

/// The name that a document was written under: its id may be that of others too.
fn shown_name(entry: &LogEntry) -> String {
    let name = entry.context.get("name").and_then(Value::as_str);
    name.map_or_else(|| entry.id.to_string(), str::to_owned)
}

pub(crate) async fn the_neighbours_of_a_line_without_an_id_are_others(engine: &Engine) {
    let names = crowd(engine).await;

    // The second has an id, and shares its time with lines that have none.
    for line in ["line-13", "line-12"] {
        let around = engine.service.get_log_context(&sre(), line, 30, 30, false).await.unwrap();

        let both = around.before.iter().chain(&around.after);
        let mut met: Vec<_> = both.map(|entry| entry.id.to_string()).collect();
        met.sort();
        let others: Vec<_> = names.iter().filter(|name| *name != line).cloned().collect();
        assert_eq!((around.line.id.as_str(), met), (line, others));
        assert!(around.before.iter().all(|entry| entry.timestamp <= around.line.timestamp));
        assert!(around.after.iter().all(|entry| entry.timestamp >= around.line.timestamp));
    }
}

pub(crate) async fn values_that_do_not_fit_their_field_hide_no_line(engine: &Engine) {
    let at = "2026-11-21T11:00:00.123456789+09:00";
    let document = json!({"@timestamp": at, "service": "shop", "level": "WARNING", "message": "결제 failed",
        "client_ip": "not an address", "status": 503, "context": {"order": {"id": 17}, "ok": true}, "pod": "p-1"});
    write(engine, &[("odd", document), ("bare", json!({"@timestamp": 1_795_219_200_500_i64, "level": 30}))])
        .await;
    let window = [("from", "2026-11-21T00:00:00Z"), ("to", "2026-11-21T12:00:00Z")];
    let found = async |query| engine.ids(&[&[("query", query)], &window[..]].concat()).await;

    for query in ["service:shop", "level:warn", "결제", "failed", "context.order.id:17", "context.ok:true"]
    {
        assert_eq!(found(query).await, ["odd"], "{query}");
    }
    assert_eq!(found("level:info").await, ["bare"]);
    assert_eq!(found("service:unknown").await, ["bare"]);
    let line = engine.service.get_log(&sre(), "odd").await.unwrap();
    assert_eq!(line.timestamp.to_string(), "2026-11-21T02:00:00.123456Z");
    let context = serde_json::to_value(&line.context).unwrap();
    assert_eq!((&context["pod"], &context["level_raw"]), (&"p-1".into(), &"WARNING".into()));
}
