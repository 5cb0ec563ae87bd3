//! `kill -9` under load, during the start, and again.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::task::JoinSet;

use crate::oracle::{compare, walk};
use crate::random::Random;
use crate::server::{Place, names, until};
use crate::traffic::{Ledger, Writer, send, write_until_gone};

/// Kills of a server that is ready and takes lines.
const KILLS_UNDER_LOAD: u64 = 22;
/// Writers at once.
const WRITERS: u64 = 12;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_acknowledged_line_survives_kill_9_at_any_moment_and_no_partial_line_does() {
    let mut random = Random::seeded("kills");
    let place = Place::new();
    let mut ledger = Ledger::default();

    for round in 0..KILLS_UNDER_LOAD {
        if round % 4 == 1 {
            kill_while_it_starts(&place, &mut random).await;
        }
        let server = Arc::new(place.start().await);
        assert!(names(&place.logs()).iter().all(|name| !name.starts_with(".tmp")));
        let batches = Arc::new(AtomicUsize::new(0));
        let mut writers = JoinSet::new();
        for writer in 0..WRITERS {
            let writer = Writer::new(format!("r{round}x{writer}"), random.split());
            let (server, batches) = (Arc::clone(&server), Arc::clone(&batches));
            writers.spawn(async move { write_until_gone(&server, writer, &batches).await });
        }
        until("lines are stored", async || batches.load(Ordering::SeqCst) > 0).await;
        tokio::time::sleep(random.millis(0, 1_500)).await;
        kill_9(server.pid());
        let mut of_this_round = Ledger::default();
        while let Some(seen) = writers.join_next().await {
            of_this_round.join(seen.unwrap());
        }
        Arc::into_inner(server).unwrap().kill();

        let again = place.start().await;
        let found = walk(&again, Some(&format!("r{round}x"))).await;
        compare(&found, &of_this_round, &format!("after kill {}", round + 1));
        again.kill();
        ledger.join(of_this_round);
    }

    let server = place.start().await;
    let found = walk(&server, None).await;
    compare(&found, &ledger, "at the end");
    println!(
        "{} batches acknowledged, {} unanswered, {} lines acknowledged, {} found",
        ledger.batches,
        ledger.unanswered,
        ledger.acknowledged.len(),
        found.len()
    );
    // Otherwise this test would not have tested what it says.
    assert!(ledger.unanswered > 20, "{} requests were under way", ledger.unanswered);
    // Every round has made a segment at least; merging was killed time and again, and succeeds at last.
    let mut writer = Writer::new("last".to_owned(), random.split());
    assert_eq!(send(&server, writer.batch(5, 5), &mut ledger).await, Some(200));
    let segments = || names(&place.logs()).iter().filter(|name| name.contains(".store")).count();
    until("segments are merged", async || segments() < 20).await;
    compare(&walk(&server, None).await, &ledger, "after a merge");
}

/// What a shipper does that was given no answer.
#[tokio::test]
async fn a_batch_that_is_sent_again_after_a_kill_is_there_once() {
    let mut random = Random::seeded("again");
    let place = Place::new();
    let mut ledger = Ledger::default();
    let mut writer = Writer::new("again".to_owned(), random.split());
    let batches: Vec<_> = (0..5).map(|_| writer.batch(200, 8)).collect();

    for _ in 0..2 {
        let server = place.start().await;
        for batch in &batches {
            assert_eq!(send(&server, batch.clone(), &mut ledger).await, Some(200));
        }
        kill_9(server.pid());
        server.kill();
    }

    // The walk fails where a line is there twice.
    let found = walk(&place.start().await, None).await;
    compare(&found, &ledger, "after it was sent twice");
    assert_eq!(found.len(), 1_000);
}

async fn kill_while_it_starts(place: &Place, random: &mut Random) {
    let mut child = place.spawn();
    tokio::time::sleep(random.millis(0, 150)).await;
    child.kill().unwrap();
    child.wait().unwrap();
}

fn kill_9(pid: u32) {
    let status = std::process::Command::new("kill").arg("-KILL").arg(pid.to_string()).status().unwrap();
    assert!(status.success());
}
