//! SIGTERM: what is under way is answered, what is answered is on disk, and the process ends with 0.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::oracle::{compare, walk};
use crate::random::Random;
use crate::server::{Place, Server, until};
use crate::traffic::{Ledger, Writer, write_until_gone};

/// Time to notice and time to drain, and something for the process itself.
const LONGEST_STOP: Duration = Duration::from_secs(27);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sigterm_lets_requests_finish_and_ends_with_0_within_the_drain_time() {
    let mut random = Random::seeded("stop");
    let place = Place::new();
    let server = Arc::new(place.start().await);
    let mut writer = Writer::new("slow".to_owned(), random.split());
    let (mut slow, rest, slow_lines) = half_a_request(&server, &mut writer).await;
    let batches = Arc::new(AtomicUsize::new(0));
    let mut writers = JoinSet::new();
    for number in 0..4 {
        let writer = Writer::new(format!("w{number}"), random.split());
        let (server, batches) = (Arc::clone(&server), Arc::clone(&batches));
        writers.spawn(async move { write_until_gone(&server, writer, &batches).await });
    }

    until("lines are stored", async || batches.load(Ordering::SeqCst) > 0).await;
    server.terminate();
    let begun = Instant::now();
    until("the server is not ready", async || !server.is_ready().await).await;
    until("no connection is taken", async || TcpStream::connect(server.address()).await.is_err()).await;
    slow.write_all(rest.as_bytes()).await.unwrap();
    let mut answer = String::new();
    slow.read_to_string(&mut answer).await.unwrap();
    let mut ledger = Ledger::default();
    while let Some(seen) = writers.join_next().await {
        ledger.join(seen.unwrap());
    }
    let mut server = Arc::into_inner(server).unwrap();
    let status = server.end().await;

    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert_eq!(status.code(), Some(0), "{}", server.log());
    assert!(begun.elapsed() < LONGEST_STOP, "{:?}", begun.elapsed());
    ledger.acknowledged.extend(slow_lines);
    let again = place.start().await;
    compare(&walk(&again, None).await, &ledger, "after SIGTERM");
}

/// Sends the head and one half of the body of a request; returns the connection, the other half, and the lines.
async fn half_a_request(server: &Server, writer: &mut Writer) -> (TcpStream, String, Vec<(String, i64)>) {
    let batch = writer.batch(10, 10);
    let (first, rest) = batch.body.split_at(batch.body.len() / 2);
    let head = format!(
        "POST /api/v1/logs HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {}\r\n\
         content-type: application/x-ndjson\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        server.token(),
        batch.body.len()
    );
    let mut connection = TcpStream::connect(server.address()).await.unwrap();
    connection.write_all(head.as_bytes()).await.unwrap();
    connection.write_all(first.as_bytes()).await.unwrap();
    (connection, rest.to_owned(), batch.lines)
}
