//! Questions to the filled store, through the library.

use std::process::{Command, Stdio};
use std::time::Instant;

use tantivy::aggregation::AggregationCollector;
use tantivy::aggregation::agg_req::Aggregations;
use tantivy::query::TermQuery;
use tantivy::schema::IndexRecordOption;
use tokio::runtime::Runtime;
use trailproof::model::{Caller, Principal, Role, Scope};
use trailproof::search::SearchParams;

use crate::corpus::Lines;
use crate::indexing::Filled;
use crate::report::{Report, median};

const ROUNDS: usize = 60;
/// A word of a few thousand lines in a day.
const WORD: &str = "declined";

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
    let (mut ours, mut ripgrep) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        ours.push(search(&[("query", WORD), ("limit", "50")])?);
        if round % 6 == 0 {
            ripgrep.push(run_ripgrep(lines)?);
        }
    }
    let (ours, ripgrep) = (median(ours), median(ripgrep));
    report.figure("latest 50 with a word, through the library", ours * 1e3, "ms");
    report.figure("ripgrep over the same file", ripgrep * 1e3, "ms");
    report.at_most("latest 50 with a word against ripgrep", ours / ripgrep, 0.01);
    histogram(runtime, filled, report)
}

fn histogram(runtime: &Runtime, filled: &Filled, report: &mut Report) -> anyhow::Result<()> {
    let reader = filled.rival.index.reader()?;
    let searcher = reader.searcher();
    let level = filled.rival.index.schema().get_field("level")?;
    let errors = TermQuery::new(tantivy::Term::from_field_u64(level, 1), IndexRecordOption::Basic);
    let request: Aggregations = serde_json::from_value(serde_json::json!({
        "over_time": {"histogram": {"field": "time", "interval": 300e6}}
    }))?;
    let params = params(&[("query", "level:error OR level:fatal"), ("time_range", "24h")])?;
    let (mut ours, mut bare) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let started = Instant::now();
        let answer = runtime.block_on(filled.service.histogram(&sre(), &params, Some("15m"), None))?;
        ours.push(started.elapsed().as_secs_f64());
        anyhow::ensure!(answer.total.value > 0, "no errors counted");
        let started = Instant::now();
        searcher.search(&errors, &AggregationCollector::from_aggs(request.clone(), Default::default()))?;
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

fn run_ripgrep(lines: &Lines) -> anyhow::Result<f64> {
    let started = Instant::now();
    let status =
        Command::new("rg").args(["-c", "-i", WORD]).arg(lines.file()).stdout(Stdio::null()).status()?;
    anyhow::ensure!(status.success(), "ripgrep found nothing");
    Ok(started.elapsed().as_secs_f64())
}
