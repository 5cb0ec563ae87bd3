//! A walk by cursor over 12,000 lines of one moment, while others write lines of that moment and newer ones.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use trailproof::model::{LogEntry, Total};

use crate::engine::Engine;

const LINES: usize = 12_000;
/// Lines of one request of the first 12,000: under 5 MiB.
const LINES_A_REQUEST: usize = 4_000;
/// The most, and one that ends pages in odd places.
const LIMITS: [&str; 2] = ["1000", "617"];
const MOMENT: &str = "2026-11-21T11:00:00Z";
const NEWER: &str = "2026-11-21T11:30:00Z";

pub(crate) async fn a_walk_meets_every_line_once_while_others_are_written(engine: &Engine) {
    let numbers: Vec<_> = (0..LINES).collect();
    for request in numbers.chunks(LINES_A_REQUEST) {
        let answer = engine.send(request.iter().map(|number| first_line(*number)).collect()).await.unwrap();
        assert_eq!(answer.stored, request.len());
    }
    engine.refresh().await;

    let mut round = 0;
    for sort in ["desc", "asc"] {
        for limit in LIMITS {
            let met = walk(engine, sort, limit, &mut round).await;

            let case = format!("sort={sort}, limit={limit}");
            assert_in_order(&met, sort, &case);
            let first: Vec<_> = met.iter().filter(|entry| entry.message.starts_with("first ")).collect();
            let distinct: BTreeSet<_> = first.iter().map(|entry| &entry.message).collect();
            assert_eq!((first.len(), distinct.len()), (LINES, LINES), "{case}");
            // What comes later stands above all others of its moment: a walk downward has passed it.
            assert!(
                sort == "desc" || met.len() > LINES,
                "no line that was written meanwhile was met: {case}"
            );
        }
    }
}

/// One of the lines that are there from the beginning: every other one leaves its id to the server.
fn first_line(number: usize) -> String {
    let spread = number.wrapping_mul(7_919) % LINES;
    let id = match number % 6 {
        0 => format!("\"id\":\"c-{spread}\","),
        2 => format!("\"id\":\"{}\",", uuid::Uuid::from_u128(u128::try_from(spread).unwrap() << 100)),
        4 => format!("\"id\":\"{spread:05}:x\","),
        _ => String::new(),
    };
    format!("{{{id}\"timestamp\":\"{MOMENT}\",\"service\":\"walk\",\"message\":\"first {number}\"}}\n")
}

/// Lines that are written during a walk: newer ones, and some of the same moment that come first, last and between.
fn later_lines(round: usize) -> String {
    let mut lines = String::new();
    for (number, id) in ["!", "0", "c-5", "5", "zz"].iter().enumerate() {
        let id = if number == 0 { String::new() } else { format!("\"id\":\"{id}-later-{round}\",") };
        for time in [MOMENT, NEWER] {
            let id = if time == NEWER { "" } else { &id };
            let message = format!("later {round}");
            writeln!(
                lines,
                "{{{id}\"timestamp\":\"{time}\",\"service\":\"walk\",\"message\":\"{message}\"}}"
            )
            .unwrap();
        }
    }
    lines
}

/// Walks to the end; each page is fetched while lines are written.
async fn walk(engine: &Engine, sort: &str, limit: &str, round: &mut usize) -> Vec<LogEntry> {
    let mut met = Vec::new();
    let mut cursor: Option<String> = None;
    loop {
        let mut given = vec![("service", "walk"), ("sort", sort), ("limit", limit)];
        given.extend(cursor.as_deref().map(|cursor| ("cursor", cursor)));
        *round += 1;
        let write = async {
            engine.send(later_lines(*round)).await.unwrap();
            engine.refresh().await;
        };
        let (page, ()) = tokio::join!(engine.search(&given), write);
        let page = page.unwrap();
        assert_eq!(page.total, Some(Total::bounded(Total::BOUND + 1)));
        met.extend(page.items);
        cursor = page.next_cursor;
        if cursor.is_none() {
            return met;
        }
    }
}

fn assert_in_order(met: &[LogEntry], sort: &str, case: &str) {
    let key = |entry: &LogEntry| (entry.timestamp, entry.id.as_str().to_owned());
    let disorder = met.windows(2).find(|pair| {
        let (one, next) = (key(&pair[0]), key(&pair[1]));
        if sort == "asc" { one >= next } else { one <= next }
    });

    assert_eq!(disorder, None, "{case}");
}
