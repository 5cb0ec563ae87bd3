//! Following lines: each is shown once, whatever its own time, however late it becomes visible, and wherever a connection
//! is cut.

use std::collections::BTreeMap;
use std::time::Duration;

use trailproof::model::LogKind;
use trailproof::repository::{LineToStore, Visibility};
use trailproof::search::tail::Tail;

use crate::callers::sre;
use crate::engine::{Engine, params};
use crate::random::SplitMix;

/// How much older or newer than the time of their receipt lines say that they are, in seconds.
const AGES: [i64; 10] = [0, 0, 1, 6, 8, 12, 30, 7_200, -20, -3_600];
const ROUNDS: usize = 60;
const PATIENCE: Duration = Duration::from_secs(5);

async fn start(engine: &Engine, last_id: Option<&str>) -> Tail {
    engine.service.start_tail(&sre(), &params(&[]).unwrap(), last_id, PATIENCE).await.unwrap()
}

fn line(engine: &Engine, random: &mut SplitMix, name: &str) -> String {
    let time = engine.now().plus(-random.pick(&AGES) * 1_000_000);
    format!("{{\"timestamp\":\"{time}\",\"service\":\"follow\",\"message\":\"{name}\"}}\n")
}

/// Stores a line as another instance does whose request has taken so long: received before others that were shown.
async fn send_late(engine: &Engine, name: &str, number: u128, micros: i64) {
    let entry = serde_json::from_value(serde_json::json!({
        "id": uuid::Uuid::from_u128(number), "timestamp": engine.now(),
        "received_at": engine.now().plus(-micros), "level": "info", "service": "follow", "message": name,
    }))
    .unwrap();
    let line = LineToStore { kind: LogKind::App, entry, fingerprint: None };
    engine.store.append(vec![line], Visibility::BeforeAnswer).await.unwrap();
}

pub(crate) async fn each_line_is_shown_once_however_late_it_comes_and_whatever_is_cut(engine: &Engine) {
    let mut random = SplitMix::new(9);
    let before: String =
        (0..20).map(|number| line(engine, &mut random, &format!("before-{number}"))).collect();
    engine.ingest(before).await.unwrap();
    engine.clock.advance(Duration::from_millis(1));
    let mut tail = start(engine, None).await;
    let mut last_id = engine.service.tail_cursor(&tail).unwrap();
    let mut sent = Vec::new();
    let mut shown: BTreeMap<String, usize> = BTreeMap::new();

    for round in 0..ROUNDS {
        engine.clock.advance(Duration::from_millis(900));
        let names: Vec<_> = (0..random.below(7)).map(|number| format!("line-{round}-{number}")).collect();
        if !names.is_empty() {
            let body: String = names.iter().map(|name| line(engine, &mut random, name)).collect();
            engine.send(body).await.unwrap();
            sent.extend(names);
        }
        if round > 10 && random.happens(30) {
            let name = format!("late-{round}");
            send_late(engine, &name, u128::try_from(round).unwrap(), 8_000_000).await;
            sent.push(name);
        }
        if random.happens(60) {
            engine.refresh().await;
        }
        if random.happens(20) {
            // Nobody is connected.
            continue;
        }
        let batch = engine.service.poll_tail(&mut tail).await.unwrap();
        assert_eq!((batch.dropped, batch.warnings), (0, Vec::new()));
        let cut = if random.happens(50) { random.below(batch.events.len() + 1) } else { usize::MAX };
        for (cursor, entry) in batch.events.into_iter().take(cut) {
            *shown.entry(entry.message).or_default() += 1;
            last_id = cursor;
        }
        if cut != usize::MAX {
            tail = start(engine, Some(&last_id)).await;
        } else if random.happens(30) {
            // A sign of life.
            last_id = engine.service.tail_cursor(&tail).unwrap();
        }
    }
    engine.refresh().await;
    let rest = engine.service.poll_tail(&mut tail).await.unwrap();
    for (_, entry) in rest.events {
        *shown.entry(entry.message).or_default() += 1;
    }

    let expected: BTreeMap<_, _> = sent.into_iter().map(|name| (name, 1)).collect();
    assert_eq!(shown, expected);
}
