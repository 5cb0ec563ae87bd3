//! `trailproof ingest`: sends log lines from a file or standard input, in batches, and says what became of them.
//!
//! `lines` cuts the input, `batches` gathers, `format` tells JSON from text, `sender` sends and counts.

mod batches;
mod format;
mod lines;
mod sender;

use std::io::{self, IsTerminal as _, Read, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};

use self::batches::Batches;
use self::format::Format;
use self::sender::{Sender, Summary};
use super::client::{Client, ServerArgs};
use super::outcome::{Failure, Outcome};
use super::terminal::{counted, grouped, printable};
use crate::model::Role;

/// The bar is drawn anew this often, also while a batch is under way.
const TICK: Duration = Duration::from_millis(200);

const EXAMPLES: &str = "\
Examples:
  trailproof ingest app.ndjson                                     JSON lines of any common logger
  trailproof ingest /var/log/dpkg.log --service dpkg               plain text: one message a line
  trailproof ingest old.log.gz --format plain --service legacy     gzip is unpacked
  journalctl -f -o cat -u nginx | trailproof ingest - --service nginx
  trailproof gen --lines 1000000 | trailproof ingest -";

/// Arguments of `trailproof ingest`.
#[derive(Clone, Debug, Args)]
#[command(before_help = EXAMPLES)]
pub(super) struct IngestArgs {
    /// File of log lines, also in gzip; - for standard input.
    file: PathBuf,
    /// Form of the lines; auto looks at the first ones.
    #[arg(long, value_enum, default_value_t = Format::Auto)]
    format: Format,
    /// Service of lines that name none.
    #[arg(short, long, value_name = "NAME")]
    service: Option<String>,
    /// Store every line as this kind; without it the level of a line decides.
    #[arg(long, value_enum, value_name = "KIND")]
    kind: Option<Kind>,
    #[command(flatten)]
    server: ServerArgs,
}

/// Kinds that can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// Read by fewer roles, kept longer.
    Security,
}

pub(super) async fn run(args: IngestArgs) -> Outcome {
    let (input, size) = open(&args.file)?;
    let client = Client::new(&args.server, Role::Service)?;
    let progress = progress(size);
    let mut parameters = Vec::new();
    parameters.extend(args.service.clone().map(|service| ("service", service)));
    parameters.extend(args.kind.map(|Kind::Security| ("kind", "security".to_owned())));
    let mut sender =
        Sender { client: &client, parameters, progress: progress.clone(), summary: Summary::default() };
    let started = Instant::now();
    let outcome = send_all(&mut sender, Box::new(progress.wrap_read(input)), args.format).await;
    progress.finish_and_clear();
    report(&sender.summary, started.elapsed())?;
    outcome?;
    if sender.summary.refused > 0 {
        let refused = counted(sender.summary.refused, "line");
        return Err(Failure::User(anyhow::anyhow!("{refused} refused; the others are stored")));
    }
    Ok(())
}

async fn send_all(sender: &mut Sender<'_>, input: Box<dyn Read + Send>, format: Format) -> Outcome {
    let mut batches = Batches::read(input, format);
    while let Some(batch) = batches.next().await.context("the input cannot be read")? {
        let first = batch.first_number();
        let sent = sender.send(batch, batches.format()).await;
        sent.map_err(|failure| {
            failure.with_advice(&format!("stopped in the batch that begins with line {first}"))
        })?;
    }
    Ok(())
}

fn open(file: &Path) -> anyhow::Result<(Box<dyn Read + Send>, Option<u64>)> {
    if file.as_os_str() == "-" {
        return Ok((Box::new(io::stdin()), None));
    }
    let name = file.display();
    let opened = std::fs::File::open(file).with_context(|| format!("{name} cannot be opened"))?;
    let metadata = opened.metadata().with_context(|| format!("{name} cannot be read"))?;
    anyhow::ensure!(!metadata.is_dir(), "{name} is a folder; name a file in it");
    Ok((Box::new(opened), metadata.is_file().then_some(metadata.len())))
}

fn progress(size: Option<u64>) -> ProgressBar {
    if !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = size.map_or_else(ProgressBar::new_spinner, ProgressBar::new);
    let template = if size.is_some() {
        "{bar:40} {bytes}/{total_bytes}  {bytes_per_sec}  {eta} left{msg}"
    } else {
        "{spinner} {bytes}  {bytes_per_sec}{msg}"
    };
    bar.enable_steady_tick(TICK);
    bar.with_style(ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()))
}

fn report(summary: &Summary, took: Duration) -> anyhow::Result<()> {
    let mut err = io::stderr().lock();
    for line in &summary.named {
        writeln!(err, "refused: {}", printable(line)).context("standard error")?;
    }
    let named = u64::try_from(summary.named.len()).unwrap_or(u64::MAX);
    if summary.refused > named {
        let more = counted(summary.refused - named, "further line");
        writeln!(err, "refused: {more}").context("standard error")?;
    }
    if summary.repaired > 0 {
        let lines = counted(summary.repaired, "line");
        writeln!(err, "note: {lines} with bytes that are not UTF-8; each stands as \u{FFFD}")
            .context("standard error")?;
    }
    let stored = counted(summary.stored, "line");
    let refused = grouped(summary.refused);
    writeln!(io::stdout(), "{stored} stored, {refused} refused, {:.1} s", took.as_secs_f64())
        .context("standard output")
}
