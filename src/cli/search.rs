//! `trailproof search`: finds lines; colours on a terminal, one JSON object a line in a pipe.

use std::io::{self, IsTerminal as _, Write as _};

use anyhow::Context as _;
use clap::Args;
use jiff::tz::TimeZone;
use reqwest::Method;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::client::{Client, ServerArgs};
use super::{Outcome, render};
use crate::model::page::Relation;
use crate::model::{LogEntry, Role, Total};

/// Lines shown unless the command says otherwise.
const DEFAULT_LIMIT: usize = 50;
/// Lines that one request to the server may ask for.
const PAGE: usize = 1_000;

const EXAMPLES: &str = "\
Examples:
  trailproof search 'level:error' --since 1h
  trailproof search 'service:auth-service \"token refresh failed\"' --since 6h -n 20
  trailproof search '결제실패' --json | jq .context
  trailproof search 'min_level:warn' --all > warnings.ndjson";

/// Arguments of `trailproof search`.
#[derive(Clone, Debug, Args)]
#[command(before_help = EXAMPLES)]
pub(super) struct SearchArgs {
    /// Query: words, field:value, quotes, AND, OR, NOT, parentheses.
    #[arg(default_value = "")]
    query: String,
    /// How far back: 15m, 24h, 7d.
    #[arg(long, value_name = "TIME", default_value = "1h", conflicts_with = "from")]
    since: String,
    /// Start of the window: RFC 3339, epoch milliseconds or now-1d/d.
    #[arg(long, value_name = "TIME")]
    from: Option<String>,
    /// End of the window, not part of it.
    #[arg(long, value_name = "TIME")]
    to: Option<String>,
    /// Lines at most.
    #[arg(short = 'n', long, value_name = "N", default_value_t = DEFAULT_LIMIT)]
    limit: usize,
    /// Every line there is, however many pages that takes.
    #[arg(long, conflicts_with = "limit")]
    all: bool,
    /// One JSON object a line, also on a terminal.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Deserialize)]
struct Answer {
    items: Vec<Box<RawValue>>,
    page: Page,
    total: Option<Total>,
    took_ms: u64,
    #[serde(default)]
    warnings: Vec<String>,
}

#[derive(Deserialize)]
struct Page {
    next_cursor: Option<String>,
}

pub(super) async fn run(args: SearchArgs) -> Outcome {
    let client = Client::new(&args.server, Role::Sre)?;
    let is_pretty = io::stdout().is_terminal() && !args.json;
    let wanted = if args.all { usize::MAX } else { args.limit };
    let mut items: Vec<Box<RawValue>> = Vec::new();
    let mut shown = 0;
    let mut cursor: Option<String> = None;
    let mut first: Option<(Option<Total>, u64)> = None;
    loop {
        let answer = page(&client, &args, wanted - shown, cursor.as_deref()).await?;
        if first.is_none() {
            first = Some((answer.total, answer.took_ms));
            warn(&answer.warnings)?;
        }
        shown += answer.items.len();
        if is_pretty {
            items.extend(answer.items);
        } else {
            write_json(&answer.items).context("standard output")?;
        }
        cursor = answer.page.next_cursor.filter(|_| shown < wanted);
        if cursor.is_none() {
            break;
        }
    }
    if is_pretty {
        write_pretty(&items)?;
    }
    if io::stderr().is_terminal() {
        let (total, took_ms) = first.unwrap_or_default();
        let more = if cursor.is_none() && total.is_some_and(|total| total.value > shown_as_u64(shown)) {
            "  (more: -n 500 or --all)"
        } else {
            ""
        };
        writeln!(io::stderr(), "{}, {shown} shown, {took_ms} ms{more}", count(total))
            .context("standard error")?;
    }
    Ok(())
}

async fn page(
    client: &Client,
    args: &SearchArgs,
    left: usize,
    cursor: Option<&str>,
) -> Result<Answer, super::Failure> {
    let limit = left.min(PAGE).to_string();
    let mut parameters = vec![("query", args.query.as_str()), ("limit", &limit)];
    match &args.from {
        Some(from) => parameters.push(("from", from)),
        None => parameters.push(("time_range", &args.since)),
    }
    parameters.extend(args.to.as_deref().map(|to| ("to", to)));
    parameters.extend(cursor.map(|cursor| ("cursor", cursor)));
    let request = client.request(Method::GET, "/api/v1/logs/search").query(&parameters);
    let body = client.send(request).await?.bytes().await.context("the answer broke off")?;
    Ok(serde_json::from_slice(&body).context("the answer cannot be read; is that a Trailproof?")?)
}

fn warn(warnings: &[String]) -> anyhow::Result<()> {
    for warning in warnings {
        writeln!(io::stderr(), "note: {warning}")?;
    }
    Ok(())
}

fn write_json(items: &[Box<RawValue>]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    for item in items {
        writeln!(out, "{}", item.get())?;
    }
    out.flush()
}

/// The newest line comes last, next to the prompt.
fn write_pretty(items: &[Box<RawValue>]) -> anyhow::Result<()> {
    let zone = TimeZone::system();
    let mut out = io::BufWriter::new(io::stdout().lock());
    for item in items.iter().rev() {
        let entry: LogEntry =
            serde_json::from_str(item.get()).context("a line of the answer cannot be read")?;
        render::line(&mut out, &entry, &zone)?;
    }
    Ok(out.flush()?)
}

fn count(total: Option<Total>) -> String {
    match total {
        None => "lines not counted".to_owned(),
        Some(Total { value, relation: Relation::Eq }) => format!("{value} lines"),
        Some(Total { value, relation: Relation::Gte }) => format!("more than {value} lines"),
    }
}

fn shown_as_u64(shown: usize) -> u64 {
    u64::try_from(shown).unwrap_or(u64::MAX)
}
