//! Walks by cursor over lines that have no order of their own.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use trailproof::error::ErrorCode;
use trailproof::model::Preset;

use super::indices::{Mapping, Server};
use super::shapes::Shape;
use crate::engine::{Engine, ids};

const LINES: usize = 2_400;
const SHARDS: u32 = 3;

/// Lines in two indices of several shards, most of them of one moment.
async fn crowd(server: &Server, name: &str, shape: Shape) {
    for half in 0..2 {
        let index = server.make(&format!("{name}-{half}"), shape, Mapping::Dynamic, SHARDS).await;
        let documents = (0..LINES / 2).map(|number| document(shape, half * LINES / 2 + number));
        server.write(&index, documents).await;
    }
}

fn document(shape: Shape, number: usize) -> (String, Value) {
    let second = if number.is_multiple_of(5) { number % 50 } else { 30 };
    let time = format!("2026-11-21T11:00:{second:02}.000Z");
    let line = json!({"id": format!("n{number:05}"), "timestamp": time, "message": format!("first {number}"), "spelled": "info"});
    shape.document(&line)
}

pub(crate) async fn a_walk_meets_every_line_once_while_others_are_written(server: &Server) {
    for (name, shape) in [("walk-date", Shape::Ecs), ("walk-millis", Shape::PinoPlain)] {
        crowd(server, name, shape).await;
        let pattern = format!("{name}-*");
        let engine = server.reading(&[&pattern], shape.preset());
        for (sort, limit) in [("desc", "97"), ("asc", "97"), ("desc", "1000"), ("asc", "640")] {
            let mut met: BTreeMap<String, usize> = BTreeMap::new();
            let mut times = Vec::new();
            let mut cursor: Option<String> = None;
            loop {
                let mut given = vec![("limit", limit), ("sort", sort), ("query", "first")];
                given.extend(cursor.as_deref().map(|cursor| ("cursor", cursor)));
                let page = engine.search(&given).await.unwrap();
                assert_eq!(page.total.unwrap().value, u64::try_from(LINES).unwrap(), "{name} {sort} {limit}");
                times.extend(page.items.iter().map(|line| line.timestamp));
                for id in ids(&page) {
                    *met.entry(id).or_default() += 1;
                }
                cursor = page.next_cursor;
                if cursor.is_none() {
                    break;
                }
                // Of the same moment and newer, into one of the two; they may be met or not.
                let later = (0..3).map(|number| {
                    let (id, mut written) = document(shape, 1 + number);
                    written[if shape == Shape::PinoPlain { "msg" } else { "message" }] = json!("later");
                    (format!("{id}-{sort}-{limit}-{}", times.len()), written)
                });
                server.write(&server.name(&format!("{name}-0")), later).await;
            }

            let case = format!("{name} {sort} {limit}");
            let first: BTreeSet<_> = met.keys().filter(|id| id.len() == 6).collect();
            let repeated: Vec<_> = met.iter().filter(|(_, count)| **count > 1).collect();
            assert_eq!((first.len(), repeated.len()), (LINES, 0), "{case}");
            let in_order = |pair: &[_]| if sort == "asc" { pair[0] <= pair[1] } else { pair[0] >= pair[1] };
            assert!(times.windows(2).all(in_order), "{case}");
        }
    }
}

pub(crate) async fn a_walk_whose_point_in_time_is_gone_says_so(server: &Server) {
    crowd(server, "gone", Shape::Ecs).await;
    let engine = server.reading(&["gone-*"], Preset::Ecs);
    let first = page(&engine, None).await;
    let second = page(&engine, first.as_deref()).await;
    // Closing an index ends what is held open over it.
    for action in ["_close", "_open"] {
        for half in 0..2 {
            let path = format!("{}/{action}", server.name(&format!("gone-{half}")));
            server.send(reqwest::Method::POST, &path, &Value::Null).await;
        }
    }

    let given = [("limit", "10"), ("cursor", second.as_deref().unwrap())];
    let refused = engine.search(&given).await.unwrap_err();

    assert_eq!(refused.code, ErrorCode::CursorExpired, "{refused}");
}

async fn page(engine: &Engine, cursor: Option<&str>) -> Option<String> {
    let mut given = vec![("limit", "10")];
    given.extend(cursor.map(|cursor| ("cursor", cursor)));
    engine.search(&given).await.unwrap().next_cursor
}

pub(crate) async fn cursors_stay_short_enough_for_a_url(server: &Server) {
    crowd(server, "short", Shape::Ecs).await;
    let engine = server.reading(&["short-*"], Preset::Ecs);

    let mut cursor = None;
    for _ in 0..4 {
        cursor = page(&engine, cursor.as_deref()).await;
        let length = cursor.as_deref().unwrap().len();
        assert!(length < 4_000, "{length}");
    }
}
