//! Generated lines and queries: each engine against the plain reading of the query in `naive`.

use trailproof::model::page::Rows;
use trailproof::model::query::PageRequest;
use trailproof::model::{LogEntry, Total, TotalMode};
use trailproof::repository::{LineToStore, Visibility};

use crate::engine::Engine;
use crate::naive::NaiveStore;
use crate::random::SplitMix;
use crate::{generated_lines, generated_queries};

const LINES: usize = 2_000;
/// Lines of one call, so that they lie in several segments.
const LINES_A_CALL: usize = 400;
const QUERIES: usize = 500;
/// Queries of which at least so many must find something, lest the test compares nothing with nothing.
const LEAST_FRUITFUL: usize = QUERIES / 3;
const SEED: u64 = 20_261_121;

pub(crate) async fn generated_queries_find_what_a_plain_filter_finds(engine: &Engine) {
    let seed = seed();
    let mut random = SplitMix::new(seed);
    let lines: Vec<_> = (0..LINES).map(|number| generated_lines::line(&mut random, number)).collect();
    store(engine, &lines).await;
    let naive = NaiveStore::new(&lines);

    let mut failures = Vec::new();
    let mut fruitful = 0;
    for number in 0..QUERIES {
        let page = generated_queries::page(&mut random);
        let count = generated_queries::count(&mut random, &page.selection);
        let query = serde_json::to_string(&page.selection).unwrap();
        let expected = naive.select(&page.selection, page.sort);
        fruitful += usize::from(!expected.is_empty());
        if let Some(difference) = page_difference(engine, &expected, page).await {
            failures.push(format!("seed {seed}, query {number}, {query}: {difference}"));
        }
        let (found, expected) = (engine.store.count_by(&count).await, naive.count_by(&count));
        if !found.as_ref().is_ok_and(|found| found.buckets == expected) {
            failures
                .push(format!("seed {seed}, count {number}, {count:?}: {found:?}, expected {expected:?}"));
        }
    }

    assert!(fruitful >= LEAST_FRUITFUL, "only {fruitful} queries found a line");
    let shown: Vec<_> = failures.iter().take(5).map(String::as_str).collect();
    assert!(failures.is_empty(), "{} failures, of which\n{}", failures.len(), shown.join("\n"));
}

/// The same in every run, unless `TRAILPROOF_TEST_SEED` says otherwise.
fn seed() -> u64 {
    #[expect(clippy::disallowed_methods, reason = "a switch of this test, not a setting of the product")]
    let given = std::env::var("TRAILPROOF_TEST_SEED");
    given.map_or(SEED, |seed| seed.parse().expect("TRAILPROOF_TEST_SEED is a number"))
}

async fn store(engine: &Engine, lines: &[LineToStore]) {
    for call in lines.chunks(LINES_A_CALL) {
        let outcomes = engine.store.append(call.to_vec(), Visibility::Soon).await.unwrap();
        assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
    }
    engine.refresh().await;
}

/// Compares the page, its total, and the page after it, with `all` the lines there are.
async fn page_difference(engine: &Engine, all: &[&LogEntry], first: PageRequest) -> Option<String> {
    let found = match engine.store.search(&first).await {
        Ok(found) => found,
        Err(error) => return Some(format!("first page: {error}")),
    };
    let total = match first.total {
        TotalMode::None => None,
        TotalMode::Bounded | TotalMode::Exact => Some(Total::exactly(u64::try_from(all.len()).unwrap())),
    };
    if found.total != total {
        return Some(format!("total {:?}, expected {total:?}", found.total));
    }
    let (expected, rest) = all.split_at(first.limit.min(all.len()));
    if let Some(difference) = difference(&found, expected) {
        return Some(format!("first page: {difference}"));
    }
    let Some(next) = found.next else {
        return (!rest.is_empty()).then(|| "no second page".to_owned());
    };
    let second = PageRequest { start: Some(next), wants_next: true, total: TotalMode::None, ..first };
    let expected = &rest[..second.limit.min(rest.len())];
    let difference = match engine.store.search(&second).await {
        Ok(found) => difference(&found, expected)?,
        Err(error) => error.to_string(),
    };
    Some(format!("second page: {difference}"))
}

fn difference(found: &Rows, expected: &[&LogEntry]) -> Option<String> {
    // When a line was received, the store says.
    let found: Vec<_> =
        found.rows.iter().map(|row| LogEntry { received_at: None, ..row.entry.clone() }).collect();
    let found: Vec<_> = found.iter().collect();
    if found == expected {
        return None;
    }
    let missing = expected.iter().find(|entry| !found.iter().any(|other| other.id == entry.id));
    let extra = found.iter().find(|entry| !expected.iter().any(|other| other.id == entry.id));
    let changed = found.iter().zip(expected).find(|(found, expected)| found != expected);
    Some(format!(
        "{} of {} lines; missing {missing:?}, extra {extra:?}, first difference {changed:?}",
        found.len(),
        expected.len()
    ))
}
