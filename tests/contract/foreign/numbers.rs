//! Ranges of numbers and addresses over indices that others have made: as they are mapped, or refused.

use serde_json::{Value, json};
use trailproof::error::ErrorCode;
use trailproof::model::Preset;

use super::indices::Server;

pub(crate) async fn numbers_are_asked_where_they_are_mapped_as_such(server: &Server) {
    let index = server.name("numbers");
    let of = |kind: &str| json!({"type": kind});
    let mappings = json!({"mappings": {"properties": {
        "@timestamp": of("date"), "status": of("short"), "size": of("long"), "ratio": of("half_float"),
        "took": of("double"), "ip": of("ip"), "code": of("keyword"), "note": of("text"),
    }}});
    server.send(reqwest::Method::PUT, &index, &mappings).await;
    let line = |status: i64, size: i64, ratio: f64, ip: &str| {
        json!({"@timestamp": "2026-11-21T11:00:00Z", "message": "m", "status": status, "size": size, "ratio": ratio,
            "took": ratio * 1e6, "ip": ip, "code": status.to_string(), "note": "n"})
    };
    let lines: [(&str, Value); 2] = [
        ("low", line(404, 9_007_199_254_740_992, -0.5, "10.1.2.3")),
        ("high", line(503, 9_007_199_254_740_993, 0.25, "2001:db8::1")),
    ];
    server.write(&index, lines.map(|(id, line)| (id.to_owned(), line))).await;
    let engine = server.reading(&["numbers"], Preset::Ecs);

    for (query, expected) in [
        ("context.status:>=500", vec!["high"]),
        ("context.status:[400 TO 499]", vec!["low"]),
        ("context.status:<1e30", vec!["low", "high"]),
        ("context.status:>1e30", vec![]),
        ("context.status:>403.5 context.status:<404.5", vec!["low"]),
        ("context.size:>9007199254740992", vec!["high"]),
        ("context.ratio:<0", vec!["low"]),
        ("context.ratio:<70000", vec!["low", "high"]),
        ("context.took:>100000.5", vec!["high"]),
        ("context.ip:10.0.0.0/8", vec!["low"]),
        ("context.ip:\"2001:DB8::0:1\"", vec!["high"]),
        ("context.ip:[10.0.0.0 TO 10.255.255.255]", vec!["low"]),
        ("context.nobody:>5", vec![]),
    ] {
        let mut found = engine.ids(&[("query", query)]).await;
        found.sort_by_key(|id| std::cmp::Reverse(id.clone()));
        assert_eq!(found, expected, "{query}");
    }
    for (query, reason) in [
        ("context.code:>=500", "not mapped as a number"),
        ("context.note:>=500", "not mapped as a number"),
        ("context.status:[10.0.0.1 TO 10.0.0.9]", "not mapped as ip"),
        ("context.code:2001:db8::/32", "not mapped as ip"),
        ("context.status:5*", "takes no prefix"),
    ] {
        let refused = engine.search(&[("query", query)]).await.unwrap_err();
        assert_eq!(refused.code, ErrorCode::UnsupportedOperation, "{query}: {refused}");
        assert!(refused.detail.contains(reason), "{query}: {refused}");
    }
}
