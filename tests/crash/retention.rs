//! Deleting the oldest lines, killed in the middle of it.

use std::time::Instant;

use crate::oracle::walk;
use crate::random::Random;
use crate::server::{DEADLINE, Place, Server};
use crate::traffic::{Ledger, Writer, send};

/// Kills while lines are deleted and segments rewritten.
const KILLS: u64 = 6;
const LIMIT: &str = "TRAILPROOF_STORAGE_MAX_DISK_BYTES";
/// Least value of `storage.max_disk_bytes`.
const LIMIT_BYTES: u64 = 1_048_576;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_while_it_deletes_the_oldest_lines_no_younger_line_is_lost_and_it_ends_below_the_limit() {
    let mut random = Random::seeded("retention");
    let mut place = Place::new();
    let mut ledger = Ledger::default();
    let server = place.start().await;
    let mut writer = Writer::new("w".to_owned(), random.split());
    for _ in 0..10 {
        assert_eq!(send(&server, writer.batch(250, 60), &mut ledger).await, Some(200));
    }
    server.kill();
    place.set("TRAILPROOF_RETENTION_EVERY_SECONDS", 1);
    let full = place.start().await;
    let bytes = bytes_below(&full, u64::MAX).await;
    full.kill();
    assert!(bytes > 2 * LIMIT_BYTES, "{bytes} bytes are too few for this test");

    let mut counts = Vec::new();
    for kill in 1..=KILLS {
        let limit = bytes - (bytes - LIMIT_BYTES) * kill / KILLS;
        place.set(LIMIT, limit);
        let server = place.start().await;
        // The first look comes a second after the start.
        tokio::time::sleep(random.millis(900, 2_500)).await;
        server.kill();
        // Nothing is deleted while the lines are looked at.
        place.set(LIMIT, 0);
        let server = place.start().await;
        counts.push(kept(&server, &ledger).await);
        server.kill();
    }
    place.set(LIMIT, LIMIT_BYTES);
    let server = place.start().await;
    let end = bytes_below(&server, LIMIT_BYTES).await;
    counts.push(kept(&server, &ledger).await);
    println!("{bytes} bytes, in the end {end}; lines after each kill: {counts:?}");

    assert!(counts.is_sorted_by(|before, after| before >= after), "{counts:?}");
    let last = counts[counts.len() - 1];
    assert!(last > 0 && last < ledger.acknowledged.len() / 2, "{counts:?}");
}

/// Waits until lines take at most `limit` bytes; returns how many.
async fn bytes_below(server: &Server, limit: u64) -> u64 {
    let begun = Instant::now();
    loop {
        let bytes = server.metric("trailproof_storage_bytes").await;
        if bytes > 0 && bytes <= limit {
            return bytes;
        }
        assert!(begun.elapsed() < DEADLINE, "{bytes} bytes after all:\n{}", server.log());
        tokio::task::yield_now().await;
    }
}

/// Number of lines that are there; fails when a line is gone that is as young as one that is there.
async fn kept(server: &Server, ledger: &Ledger) -> usize {
    let found = walk(server, None).await;
    let oldest = found.values().min().copied();
    let lost = ledger
        .acknowledged
        .iter()
        .find(|(id, time)| oldest.is_some_and(|oldest| **time >= oldest) && !found.contains_key(*id));
    assert_eq!(lost, None, "the oldest that is there is of {oldest:?}");
    found.len()
}
