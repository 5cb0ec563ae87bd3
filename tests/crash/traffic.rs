//! Lines with a checksum, sent in batches; what was acknowledged is remembered.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicUsize, Ordering};

use reqwest::Method;
use serde_json::{Value, json};

use crate::random::Random;
use crate::server::Server;

/// Time of the first line: everything that is sent lies after it.
pub(crate) const EPOCH_MICROS: i64 = 1_780_000_000_000_000;

/// What was sent, and what became of it.
#[derive(Default)]
pub(crate) struct Ledger {
    /// Lines on disk, by id: the server has said so. The value is the time.
    pub(crate) acknowledged: HashMap<String, i64>,
    /// Lines of requests that were answered with an error: they must not be there.
    pub(crate) refused: HashSet<String>,
    /// Batches that were acknowledged.
    pub(crate) batches: usize,
    /// Batches that the server did not live to answer; they may be there or not.
    pub(crate) unanswered: usize,
}

impl Ledger {
    /// Joins what another writer has seen.
    pub(crate) fn join(&mut self, other: Self) {
        self.acknowledged.extend(other.acknowledged);
        self.refused.extend(other.refused);
        self.batches += other.batches;
        self.unanswered += other.unanswered;
    }
}

/// A batch on its way.
#[derive(Clone)]
pub(crate) struct Batch {
    pub(crate) body: String,
    pub(crate) lines: Vec<(String, i64)>,
}

/// Makes lines that nobody else makes.
pub(crate) struct Writer {
    name: String,
    random: Random,
    made: i64,
}

impl Writer {
    pub(crate) fn new(name: String, random: Random) -> Self {
        Self { name, random, made: 0 }
    }

    /// Small and large batches, of short lines and of a few very long ones.
    pub(crate) fn any_batch(&mut self) -> Batch {
        match self.random.within(0, 10) {
            0 => self.batch(300, 10),
            1 => self.batch(3, 8_000),
            _ => {
                let lines = self.random.within(1, 20);
                self.batch(lines, 15)
            }
        }
    }

    /// A batch of so many lines with so many words.
    pub(crate) fn batch(&mut self, lines: u64, words: u64) -> Batch {
        let lines: Vec<Value> = (0..lines).map(|_| self.line(words)).collect();
        let known = |line: &Value| (text(line, "id"), micros(&text(line, "timestamp")));
        Batch {
            body: lines.iter().map(Value::to_string).collect::<Vec<_>>().join("\n"),
            lines: lines.iter().map(known).collect(),
        }
    }

    fn line(&mut self, words: u64) -> Value {
        self.made += 1;
        // Both forms of ids, which lie in different columns.
        let id = match self.random.within(0, 2) {
            0 => format!("{}-{}", self.name, self.made),
            _ => uuid::Uuid::from_u64_pair(self.random.next(), self.random.next()).to_string(),
        };
        let message: Vec<_> = (0..words).map(|_| format!("{:x}", self.random.next() >> 24)).collect();
        // Some lines share their time.
        let time = jiff::Timestamp::from_microsecond(EPOCH_MICROS + self.made / 2 * 1_000).unwrap();
        let mut line = json!({
            "id": id,
            "timestamp": format!("{time:.6}"),
            "level": "info",
            "service": self.name,
            "message": message.join(" "),
        });
        line["context"] = json!({"sum": checksum(&line)});
        line
    }
}

/// Sends a batch and books what became of it; `None` when the server is gone.
pub(crate) async fn send(server: &Server, batch: Batch, ledger: &mut Ledger) -> Option<u16> {
    let request = server.request(Method::POST, "/api/v1/logs").header("content-type", "application/x-ndjson");
    let Ok(answer) = request.body(batch.body).send().await else {
        ledger.unanswered += 1;
        return None;
    };
    let status = answer.status().as_u16();
    match status {
        200 => {
            ledger.batches += 1;
            ledger.acknowledged.extend(batch.lines);
        }
        503 => {
            assert!(answer.headers().contains_key("retry-after"), "{answer:?}");
            ledger.refused.extend(batch.lines.into_iter().map(|(id, _)| id));
        }
        // The server gave up waiting, but the commit goes on.
        504 => ledger.unanswered += 1,
        _ => panic!("{status}: {}", answer.text().await.unwrap_or_default()),
    }
    Some(status)
}

/// Sends batches until the server is gone; counts the acknowledged ones along.
pub(crate) async fn write_until_gone(server: &Server, mut writer: Writer, batches: &AtomicUsize) -> Ledger {
    let mut ledger = Ledger::default();
    loop {
        let batch = writer.any_batch();
        match send(server, batch, &mut ledger).await {
            Some(200) => drop(batches.fetch_add(1, Ordering::SeqCst)),
            Some(_) => {}
            None => return ledger,
        }
    }
}

/// A text member of a line.
pub(crate) fn text(line: &Value, name: &str) -> String {
    line[name].as_str().unwrap_or_else(|| panic!("no {name} in {line}")).to_owned()
}

/// A time of a line in microseconds.
pub(crate) fn micros(time: &str) -> i64 {
    time.parse::<jiff::Timestamp>().unwrap().as_microsecond()
}

/// FNV-1a over everything that was sent of a line.
pub(crate) fn checksum(line: &Value) -> String {
    let parts = ["id", "timestamp", "level", "service", "message"].map(|name| text(line, name));
    let step = |sum: u64, byte: u8| (sum ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    format!("{:016x}", parts.join("\n").bytes().fold(0xcbf2_9ce4_8422_2325, step))
}
