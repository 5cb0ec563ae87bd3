//! Points in time that are held open for walks through pages: how many there are, and how their names travel.

use std::collections::HashMap;
use std::io::{Read as _, Write as _};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE;
use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use serde_json::Value;
use tokio::time::Instant;

use crate::repository::elastic::STORE;
use crate::repository::elastic::transport::Client;
use crate::repository::elastic::transport::PointInTime;
use crate::repository::elastic::transport::{Answer, bad_answer};
use crate::repository::{StoreError, StoreResult};

/// Points in time that this process holds open at most; each keeps files and memory of the cluster in use.
const MAX_OPEN: usize = 100;
/// The cluster closes one that is not used for a minute, so it is not counted any longer than that.
const COUNTED_FOR: Duration = Duration::from_secs(62);
/// Longest name that is unpacked, in bytes.
const MAX_NAME: u64 = 1024 * 1024;

/// The points in time that are open.
#[derive(Debug, Default)]
pub(crate) struct OpenPoints {
    last_used: Mutex<HashMap<u64, Instant>>,
}

/// A point in time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Point {
    /// Number by which it is counted.
    pub(crate) number: u64,
    /// The server's id of it.
    pub(crate) id: String,
}

impl OpenPoints {
    /// Opens one over the indices of `target`.
    ///
    /// # Errors
    /// [`StoreError::Overloaded`] when too many are open.
    pub(crate) async fn open(&self, client: &Client, how: PointInTime, target: &str) -> StoreResult<Point> {
        let mut number = [0; 8];
        aws_lc_rs::rand::fill(&mut number).map_err(|_| bad_answer("no random number"))?;
        let number = u64::from_be_bytes(number);
        if !self.count_in(number, Instant::now()) {
            return Err(StoreError::Overloaded { store: STORE });
        }
        let opened =
            client.read(&how.open(target)).await.and_then(Answer::accept).and_then(|answer| name(&answer));
        if opened.is_err() {
            self.forget(number);
        }
        Ok(Point { number, id: opened? })
    }

    /// Notes that one is still in use.
    pub(crate) fn touch(&self, walk: u64) {
        self.lock().insert(walk, Instant::now());
    }

    /// Closes one. It would end by itself a minute later, so a failure is nobody's concern.
    pub(crate) async fn close(&self, client: &Client, how: PointInTime, point: &Point) {
        self.forget(point.number);
        if let Err(error) = client.write(&how.close(&point.id)).await {
            tracing::debug!(%error, "a point in time was not closed");
        }
    }

    /// Whether there was room for one more.
    fn count_in(&self, walk: u64, now: Instant) -> bool {
        let mut last_used = self.lock();
        last_used.retain(|_, used| now.saturating_duration_since(*used) < COUNTED_FOR);
        if last_used.len() >= MAX_OPEN {
            return false;
        }
        last_used.insert(walk, now);
        true
    }

    fn forget(&self, walk: u64) {
        self.lock().remove(&walk);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<u64, Instant>> {
        self.last_used.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn name(answer: &Answer) -> StoreResult<String> {
    let body: Value = answer.json()?;
    let id = body.get("id").or_else(|| body.get("pit_id")).and_then(Value::as_str);
    id.map(str::to_owned).ok_or_else(|| bad_answer("a point in time without a name"))
}

/// A name in few bytes: it repeats the names of indices and nodes, and has to fit into a cursor.
pub(crate) fn pack(id: &str) -> Vec<u8> {
    // Servers encode bytes as text; the bytes themselves are shorter and can be compressed.
    let decoded = URL_SAFE.decode(id).ok().filter(|bytes| URL_SAFE.encode(bytes) == id);
    let mut packed = vec![u8::from(decoded.is_some())];
    let bytes = decoded.unwrap_or_else(|| id.as_bytes().to_vec());
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    // Writing to memory does not fail.
    let _ = encoder.write_all(&bytes);
    packed.extend(encoder.finish().unwrap_or_default());
    packed
}

/// The name that was packed; `None` for anything else.
pub(crate) fn unpack(packed: &[u8]) -> Option<String> {
    let (is_decoded, compressed) = packed.split_first()?;
    let mut bytes = Vec::new();
    DeflateDecoder::new(compressed).take(MAX_NAME).read_to_end(&mut bytes).ok()?;
    if *is_decoded == 1 { Some(URL_SAFE.encode(bytes)) } else { String::from_utf8(bytes).ok() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_back_as_they_were() {
        let encoded = URL_SAFE.encode("index-a index-b index-c ".repeat(50));

        for id in ["", "plain", "한글", encoded.as_str()] {
            assert_eq!(unpack(&pack(id)).as_deref(), Some(id));
        }
        assert!(pack(&encoded).len() * 4 < encoded.len());
        assert_eq!(unpack(&[]), None);
        assert_eq!(unpack(&[1, 255, 255]), None);
    }

    #[test]
    fn there_are_so_many_and_no_more_until_some_end() {
        let points = OpenPoints::default();
        let now = Instant::now();
        for walk in 0..100 {
            assert!(points.count_in(walk, now));
        }

        assert!(!points.count_in(100, now));
        points.forget(7);
        assert!(points.count_in(100, now));
        assert!(!points.count_in(101, now));
        assert!(points.count_in(101, now + COUNTED_FOR));
    }
}
