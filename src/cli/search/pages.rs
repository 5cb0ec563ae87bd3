//! A search in pages: as many lines as were asked for, or all of them.

use std::io::{self, BufWriter, IsTerminal as _, Write as _};

use anyhow::Context as _;
use reqwest::Method;
use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;

use super::args::SearchArgs;
use super::notes::{self, Completeness};
use super::printer::{Form, Printer};
use super::window::Window;
use crate::cli::client::Client;
use crate::cli::outcome::{Failure, Outcome};
use crate::cli::terminal::{counted, grouped};
use crate::model::Total;
use crate::model::page::Relation;

/// Lines shown unless the command says otherwise.
const DEFAULT_LIMIT: usize = 50;
/// Lines that one request to the server may ask for.
const PAGE: usize = 1_000;

/// One page as the server sends it.
#[derive(Deserialize)]
pub(super) struct Page {
    pub(super) items: Vec<Box<RawValue>>,
    #[serde(rename = "page")]
    next: Next,
    total: Option<Total>,
    took_ms: u64,
    #[serde(default)]
    completeness: Completeness,
    #[serde(default)]
    pub(super) warnings: Vec<String>,
}

#[derive(Deserialize)]
struct Next {
    #[serde(rename = "next_cursor")]
    cursor: Option<String>,
}

/// What is told about a search when it is over.
#[derive(Default)]
struct Facts {
    total: Option<Total>,
    took_ms: u64,
    completeness: Completeness,
}

/// Shows what a search finds, the oldest line first.
pub(super) async fn show(
    client: &Client,
    args: &SearchArgs,
    window: &Window,
    printer: &mut Printer,
) -> Outcome {
    let wanted = if args.all { usize::MAX } else { args.limit.unwrap_or(DEFAULT_LIMIT) };
    // Lines that are taken from the end of the window come newest first, so they are turned round before they are shown.
    let comes_in_order = args.all || args.oldest;
    let mut parameters = args.filters();
    parameters.extend(window.parameters());
    parameters.push(("sort", if comes_in_order { "asc" } else { "desc" }.to_owned()));
    let mut out = BufWriter::new(io::stdout().lock());
    let mut held: Vec<Box<RawValue>> = Vec::new();
    let mut facts: Option<Facts> = None;
    let mut cursor: Option<String> = None;
    let mut shown = 0;
    loop {
        let page = fetch(client, args, &parameters, wanted - shown, cursor.as_deref()).await?;
        shown += page.items.len();
        let known = facts.get_or_insert_with(|| Facts { took_ms: page.took_ms, ..Facts::default() });
        known.total = page.total.or(known.total);
        if cursor.is_none() {
            notes::tell(&page.warnings)?;
        }
        known.completeness.partial |= page.completeness.partial;
        if comes_in_order {
            printer.lines(&mut out, page.items.iter().map(|item| &**item))?;
        } else {
            held.extend(page.items);
        }
        cursor = page.next.cursor.filter(|_| shown < wanted);
        if cursor.is_none() {
            break;
        }
    }
    printer.lines(&mut out, held.iter().rev().map(|item| &**item))?;
    out.flush().context("standard output")?;
    let facts = facts.unwrap_or_default();
    facts.completeness.tell()?;
    if io::stderr().is_terminal() && printer.form() == Form::Text {
        summarize(&facts, shown, window)?;
    }
    Ok(())
}

/// Asks for one page of at most `left` lines.
pub(super) async fn fetch(
    client: &Client,
    args: &SearchArgs,
    parameters: &[(&'static str, String)],
    left: usize,
    cursor: Option<&str>,
) -> Result<Page, Failure> {
    let mut parameters = parameters.to_vec();
    parameters.push(("limit", left.min(PAGE).to_string()));
    let call = |method| client.request(method, "/api/v1/logs/search").query(&parameters);
    let request = match cursor {
        None => call(Method::GET),
        // Over many shards a cursor grows longer than a URL may be.
        Some(cursor) => call(Method::POST).json(&json!({"cursor": cursor})),
    };
    let body = client.send(request, &args.query()).await?.bytes().await;
    let body = body.map_err(|error| client.unreachable(&error))?;
    Ok(serde_json::from_slice(&body).context("the answer cannot be read; is that a Trailproof?")?)
}

fn summarize(facts: &Facts, shown: usize, window: &Window) -> anyhow::Result<()> {
    let shown = u64::try_from(shown).unwrap_or(u64::MAX);
    let found = match facts.total {
        None => String::new(),
        Some(Total { value, relation: Relation::Eq }) => format!("{} found, ", counted(value, "line")),
        Some(Total { value, relation: Relation::Gte }) => {
            format!("more than {} found, ", counted(value, "line"))
        }
    };
    let is_cut = facts.total.is_some_and(|total| total.value > shown);
    let advice = match window.advice() {
        Some(advice) if shown == 0 => format!("; {advice}"),
        _ if is_cut => "; -n 500 or --all shows more".to_owned(),
        _ => String::new(),
    };
    let text = format!("{found}{} shown, {} ms{advice}", grouped(shown), facts.took_ms);
    writeln!(io::stderr(), "{text}").context("standard error")
}
