//! `trailproof search --histogram`: how many lines there are over time, as bars.

use std::io::{self, BufWriter, IsTerminal as _, Write};

use anyhow::Context as _;
use jiff::tz::TimeZone;
use reqwest::Method;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::args::SearchArgs;
use super::notes::{self, Completeness};
use super::printer::{Form, Printer};
use super::window::Window;
use crate::cli::client::Client;
use crate::cli::outcome::Outcome;
use crate::cli::terminal::{Color, Style, counted, grouped};
use crate::model::{Micros, Total};

/// Columns of the longest bar.
const BAR_COLUMNS: u64 = 60;
const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
const MICROS_OF_A_MINUTE: i64 = 60 * 1_000_000;

#[derive(Deserialize)]
struct Histogram {
    interval: String,
    buckets: Vec<Box<RawValue>>,
    total: Total,
    took_ms: u64,
    #[serde(default)]
    completeness: Completeness,
    #[serde(default)]
    warnings: Vec<String>,
}

#[derive(Deserialize)]
struct Bucket {
    from: Micros,
    count: u64,
}

/// Shows the number of lines in each part of the window.
pub(super) async fn show(client: &Client, args: &SearchArgs, window: &Window, printer: &Printer) -> Outcome {
    let mut parameters = args.filters();
    parameters.extend(window.parameters());
    parameters.extend(args.interval.clone().map(|interval| ("interval", interval)));
    let request = client.request(Method::GET, "/api/v1/logs/histogram").query(&parameters);
    let body = client.send(request, &args.query()).await?.bytes().await;
    let body = body.map_err(|error| client.unreachable(&error))?;
    let found: Histogram =
        serde_json::from_slice(&body).context("the answer cannot be read; is that a Trailproof?")?;
    let mut out = BufWriter::new(io::stdout().lock());
    match printer.form() {
        Form::Json => {
            for bucket in &found.buckets {
                writeln!(out, "{}", bucket.get()).context("standard output")?;
            }
        }
        Form::Text => write_bars(&mut out, &found, printer.style(), window.zone())?,
    }
    out.flush().context("standard output")?;
    notes::tell(&found.warnings)?;
    found.completeness.tell()?;
    if io::stderr().is_terminal() && printer.form() == Form::Text {
        let lines = counted(found.total.value, "line");
        let text = format!("{lines} in steps of {}, {} ms", found.interval, found.took_ms);
        writeln!(io::stderr(), "{text}").context("standard error")?;
    }
    Ok(())
}

fn write_bars(out: &mut impl Write, found: &Histogram, style: Style, zone: &TimeZone) -> anyhow::Result<()> {
    let read = |bucket: &RawValue| serde_json::from_str(bucket.get()).context("a bucket cannot be read");
    let buckets: Vec<Bucket> =
        found.buckets.iter().map(|bucket| read(bucket)).collect::<anyhow::Result<_>>()?;
    let most = buckets.iter().map(|bucket| bucket.count).max().unwrap_or_default();
    let count_columns = grouped(most).len();
    // The first bucket is cut to the window, so it says nothing about the steps.
    let has_seconds = buckets.iter().skip(1).any(|bucket| bucket.from.get() % MICROS_OF_A_MINUTE != 0);
    let format = if has_seconds { "%Y-%m-%d %H:%M:%S" } else { "%Y-%m-%d %H:%M" };
    for bucket in &buckets {
        let time = bucket.from.timestamp().to_zoned(zone.clone());
        let time = style.paint(Color::Dim, time.strftime(format));
        let count = grouped(bucket.count);
        let bar = style.paint(Color::Distinct(0), bar(bucket.count, most));
        writeln!(out, "{time}  {count:>count_columns$}  {bar}").context("standard output")?;
    }
    Ok(())
}

/// A bar as long as its share of the longest one, to an eighth of a column.
fn bar(count: u64, most: u64) -> String {
    let eighths = (count.saturating_mul(BAR_COLUMNS * 8)).checked_div(most).unwrap_or_default();
    // Something is never shown as nothing.
    let eighths = if count > 0 { eighths.max(1) } else { 0 };
    let whole = usize::try_from(eighths / 8).unwrap_or_default();
    let rest = usize::try_from(eighths % 8).ok().and_then(|rest| EIGHTHS.get(rest)).unwrap_or(&"");
    format!("{}{rest}", "█".repeat(whole))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::page::Relation;

    fn bucket(from: &str, count: u64) -> Box<RawValue> {
        serde_json::from_str(&format!(r#"{{"from":"{from}","to":"{from}","count":{count}}}"#)).unwrap()
    }

    #[test]
    fn the_longest_bar_fills_its_columns_and_one_line_is_never_nothing() {
        let found = Histogram {
            interval: "15m".to_owned(),
            buckets: vec![
                bucket("2026-11-21T09:03:12.5+09:00", 1),
                bucket("2026-11-21T09:15:00+09:00", 1_000),
                bucket("2026-11-21T09:30:00+09:00", 0),
            ],
            total: Total { value: 1_001, relation: Relation::Eq },
            took_ms: 1,
            completeness: Completeness::default(),
            warnings: Vec::new(),
        };
        let mut out = Vec::new();

        write_bars(&mut out, &found, Style::Plain, &TimeZone::get("Asia/Seoul").unwrap()).unwrap();

        let full = "█".repeat(60);
        assert_eq!(
            String::from_utf8(out).unwrap(),
            format!(
                "2026-11-21 09:03      1  ▏\n2026-11-21 09:15  1,000  {full}\n2026-11-21 09:30      0  \n"
            )
        );
    }

    #[test]
    fn nothing_at_all_has_no_bar() {
        assert_eq!(bar(0, 0), "");
        assert_eq!(bar(5, 10).chars().count(), 30);
    }
}
