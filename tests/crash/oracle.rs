//! Reads back what is there and compares it with what was acknowledged.

use std::collections::HashMap;

use reqwest::Method;
use serde_json::Value;

use crate::server::Server;
use crate::traffic::{EPOCH_MICROS, Ledger, checksum, micros, text};

const DAY_MICROS: i64 = 86_400_000_000;

/// Every line of some writers (`prefix*` of their names, or all), by id with its time. Fails when a line is there
/// twice, is not whole, or is out of order.
pub(crate) async fn walk(server: &Server, prefix: Option<&str>) -> HashMap<String, i64> {
    let mut found = HashMap::new();
    let mut cursor: Option<String> = None;
    let mut last = i64::MAX;
    loop {
        let page = page(server, prefix, cursor.as_deref()).await;
        for line in page["items"].as_array().unwrap() {
            // Under the id that the writer gave it, as it was sent.
            let mut line = line.clone();
            line["id"] = line["client_id"].take();
            let line = &line;
            let (id, time) = (text(line, "id"), micros(&text(line, "timestamp")));
            assert_eq!(line["context"]["sum"], checksum(line), "line {id} is not whole: {line}");
            assert!(time <= last, "line {id} is out of order");
            last = time;
            assert_eq!(found.insert(id, time), None, "a line is there twice: {line}");
        }
        assert_eq!(page["completeness"]["partial"], false);
        cursor = page["page"]["next_cursor"].as_str().map(str::to_owned);
        if cursor.is_none() {
            return found;
        }
    }
}

async fn page(server: &Server, prefix: Option<&str>, cursor: Option<&str>) -> Value {
    let mut parameters = vec![
        ("from", (EPOCH_MICROS / 1_000).to_string()),
        ("to", ((EPOCH_MICROS + 30 * DAY_MICROS) / 1_000).to_string()),
        ("limit", "1000".to_owned()),
        ("total", "none".to_owned()),
    ];
    parameters.extend(prefix.map(|prefix| ("query", format!("service:{prefix}*"))));
    parameters.extend(cursor.map(|cursor| ("cursor", cursor.to_owned())));
    let answer = server.request(Method::GET, "/api/v1/logs/search").query(&parameters).send().await.unwrap();
    let (status, body) = (answer.status(), answer.text().await.unwrap());
    assert_eq!(status, 200, "{body}");
    serde_json::from_str(&body).unwrap()
}

/// Every acknowledged line is there, and none of a refused request.
pub(crate) fn compare(found: &HashMap<String, i64>, ledger: &Ledger, when: &str) {
    let lost: Vec<_> = ledger.acknowledged.iter().filter(|(id, time)| found.get(*id) != Some(time)).collect();
    assert!(lost.is_empty(), "{when}: {} acknowledged lines are lost: {:?}", lost.len(), &lost[..1]);
    let risen: Vec<_> = ledger.refused.iter().filter(|id| found.contains_key(*id)).collect();
    assert!(risen.is_empty(), "{when}: {} refused lines are there: {:?}", risen.len(), &risen[..1]);
}
