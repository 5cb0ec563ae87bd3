//! Following lines in the indices of others: by the time of receipt where they keep one, else by the time of the line.

use std::time::Duration;

use serde_json::{Value, json};
use trailproof::model::{Micros, Preset};

use super::indices::{Mapping, Server};
use super::shapes::Shape;
use crate::callers::sre;
use crate::engine::{Engine, NOW, params};

fn document(message: &str, time: Micros, received: Option<Micros>) -> (String, Value) {
    let mut document = json!({"@timestamp": time, "message": message, "service": {"name": "gw"}});
    if let Some(received) = received {
        document["event"] = json!({"ingested": received});
    }
    (message.to_owned(), document)
}

/// What a tail shows of lines that come after its start, and what it warns of.
async fn follow(
    server: &Server,
    engine: &Engine,
    index: &str,
    lines: Vec<(String, Value)>,
) -> (Vec<String>, Vec<String>) {
    let patience = Duration::from_secs(5);
    let mut tail = engine.service.start_tail(&sre(), &params(&[]).unwrap(), None, patience).await.unwrap();
    server.write(index, lines).await;
    engine.clock.advance(Duration::from_secs(2));
    let (mut shown, mut warnings) = (Vec::new(), Vec::new());
    for _ in 0..2 {
        let batch = engine.service.poll_tail(&mut tail).await.unwrap();
        shown.extend(batch.events.into_iter().map(|(_, entry)| entry.message));
        warnings.extend(batch.warnings);
    }
    (shown, warnings)
}

pub(crate) async fn lines_are_followed_by_the_time_that_their_index_keeps(server: &Server) {
    let second = |number: i64| NOW.plus(number * 1_000_000);
    let kept = server.make("received", Shape::Ecs, Mapping::Dynamic, 1).await;
    server.write(&kept, [document("before", second(-60), Some(second(-59)))]).await;
    let bare = server.make("bare", Shape::Ecs, Mapping::Dynamic, 1).await;
    server.write(&bare, [document("before", second(-60), None)]).await;

    let engine = server.reading(&["received"], Preset::Ecs);
    let late = vec![
        document("early", second(3_600), Some(second(1))),
        document("late", second(-7_200), Some(second(2))),
    ];
    let by_receipt = follow(server, &engine, &kept, late).await;
    let engine = server.reading(&["bare"], Preset::Ecs);
    let lines = vec![document("new", second(1), None), document("old", second(-7_200), None)];
    let (shown, warnings) = follow(server, &engine, &bare, lines).await;

    assert_eq!(by_receipt, (vec!["early".to_owned(), "late".to_owned()], Vec::new()));
    assert_eq!(shown, ["new"]);
    let expected = format!("the index {bare} keeps no time of receipt");
    assert!(warnings.len() == 1 && warnings[0].starts_with(&expected), "{warnings:?}");
}
