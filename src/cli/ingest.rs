//! `trailproof ingest`: sends log lines from a file or standard input, in batches, and says what became of them.

use std::io::{self, BufRead, IsTerminal as _, Write as _};
use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use reqwest::{Method, StatusCode};
use serde::Deserialize;

use super::client::{Client, ProblemPlace, ServerArgs};
use super::{Failure, Outcome};
use crate::model::Role;

/// A batch is sent when it holds this much; the server takes 5 MiB.
const BATCH_BYTES: usize = 2 * 1024 * 1024;
/// A batch is sent when it holds this many lines.
const BATCH_LINES: usize = 5_000;
/// Refused lines that are named one by one.
const NAMED: usize = 20;

const EXAMPLES: &str = "\
Examples:
  trailproof ingest app.ndjson --service checkout
  journalctl -o cat -u nginx | trailproof ingest - --service nginx
  zcat old.log.gz | trailproof ingest - --format plain --service legacy";

/// Arguments of `trailproof ingest`.
#[derive(Clone, Debug, Args)]
#[command(before_help = EXAMPLES)]
pub(super) struct IngestArgs {
    /// File of log lines, or - for standard input.
    file: PathBuf,
    /// Form of the lines; auto looks at the first one.
    #[arg(long, value_enum, default_value_t = Format::Auto)]
    format: Format,
    /// Service of lines that name none.
    #[arg(long, value_name = "NAME")]
    service: Option<String>,
    /// Kind of the lines: security.
    #[arg(long, value_name = "KIND")]
    kind: Option<String>,
    #[command(flatten)]
    server: ServerArgs,
}

/// Form of the lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// By the first line.
    Auto,
    /// One JSON object a line.
    Json,
    /// One message a line.
    Plain,
}

/// Lines on their way, and where they stand in the input.
struct Batch {
    bytes: Vec<u8>,
    lines: usize,
    first_line: usize,
}

#[derive(Default)]
struct Summary {
    stored: u64,
    refused: u64,
    named: Vec<String>,
}

#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    stored: u64,
    /// Absent where the whole batch was refused.
    refused: Option<u64>,
    #[serde(default)]
    errors: Vec<ProblemPlace>,
}

pub(super) async fn run(args: IngestArgs) -> Outcome {
    let client = Client::new(&args.server, Role::Service)?;
    let (mut input, size) = open(&args.file)?;
    let progress = progress(size);
    let mut summary = Summary::default();
    let mut format = args.format;
    let mut first_line = 1;
    loop {
        let (batch, lines) = next_batch(&mut input).context("the input cannot be read")?;
        if lines == 0 {
            break;
        }
        if format == Format::Auto {
            format = recognise(&batch);
        }
        progress.inc(u64::try_from(batch.len()).unwrap_or(0));
        let batch = Batch { bytes: batch, lines, first_line };
        send(&client, &args, format, batch, &mut summary).await?;
        first_line += lines;
    }
    progress.finish_and_clear();
    report(&summary)?;
    if summary.refused > 0 {
        return Err(Failure::User(anyhow::anyhow!("{} lines were refused", summary.refused)));
    }
    Ok(())
}

fn open(file: &PathBuf) -> anyhow::Result<(Box<dyn BufRead + Send>, Option<u64>)> {
    if file.as_os_str() == "-" {
        return Ok((Box::new(io::BufReader::new(io::stdin())), None));
    }
    let opened = std::fs::File::open(file).with_context(|| format!("{} cannot be opened", file.display()))?;
    let size = opened.metadata().ok().map(|metadata| metadata.len());
    Ok((Box::new(io::BufReader::with_capacity(1 << 16, opened)), size))
}

fn progress(size: Option<u64>) -> ProgressBar {
    if !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = size.map_or_else(ProgressBar::new_spinner, ProgressBar::new);
    let template = if size.is_some() {
        "{bar:40} {bytes}/{total_bytes}  {bytes_per_sec}  {eta} left"
    } else {
        "{spinner} {bytes}  {bytes_per_sec}"
    };
    bar.with_style(ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()))
}

/// Lines up to the bounds of a batch; 0 lines at the end.
fn next_batch(input: &mut dyn BufRead) -> io::Result<(Vec<u8>, usize)> {
    let (mut batch, mut lines) = (Vec::new(), 0);
    while lines < BATCH_LINES && batch.len() < BATCH_BYTES {
        if input.read_until(b'\n', &mut batch)? == 0 {
            break;
        }
        lines += 1;
    }
    Ok((batch, lines))
}

fn recognise(batch: &[u8]) -> Format {
    let first = batch.iter().find(|byte| !byte.is_ascii_whitespace());
    if first == Some(&b'{') { Format::Json } else { Format::Plain }
}

async fn send(
    client: &Client,
    args: &IngestArgs,
    format: Format,
    batch: Batch,
    summary: &mut Summary,
) -> Result<(), Failure> {
    let content_type = if format == Format::Plain { "text/plain" } else { "application/x-ndjson" };
    let mut parameters = Vec::new();
    parameters.extend(args.service.as_deref().map(|service| ("service", service)));
    parameters.extend(args.kind.as_deref().map(|kind| ("kind", kind)));
    let request = client
        .request(Method::POST, "/api/v1/logs")
        .query(&parameters)
        .header("content-type", content_type)
        .body(batch.bytes);
    let response = client.send_raw(request).await?;
    // 422 is an answer too: every line of this batch was refused.
    if !response.status().is_success() && response.status() != StatusCode::UNPROCESSABLE_ENTITY {
        return Err(client.failure(response).await);
    }
    let body = response.bytes().await.context("the answer broke off")?;
    let answer: Answer =
        serde_json::from_slice(&body).context("the answer cannot be read; is that a Trailproof?")?;
    summary.stored += answer.stored;
    summary.refused += answer.refused.unwrap_or(u64::try_from(batch.lines).unwrap_or(u64::MAX));
    for place in answer.errors {
        let (Some(line), Some(detail)) = (place.line, place.detail) else { continue };
        if summary.named.len() < NAMED {
            summary.named.push(format!("line {}: {detail}", batch.first_line + line - 1));
        }
    }
    Ok(())
}

fn report(summary: &Summary) -> anyhow::Result<()> {
    let mut err = io::stderr().lock();
    for line in &summary.named {
        writeln!(err, "refused: {line}")?;
    }
    let named = u64::try_from(summary.named.len()).unwrap_or(u64::MAX);
    if summary.refused > named {
        writeln!(err, "refused: {} further lines", summary.refused - named)?;
    }
    writeln!(io::stdout(), "{} lines stored, {} refused", summary.stored, summary.refused)?;
    Ok(())
}
