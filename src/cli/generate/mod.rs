//! `trailproof gen`: the generated log lines of the demo, as many as asked for, on standard output.

mod forms;

use std::io::{self, BufWriter, Write as _};

use anyhow::{Context as _, anyhow};
use clap::Args;

use self::forms::{Form, Ids};
use super::outcome::Outcome;
use crate::demo::corpus::Corpus;
use crate::model::{Clock as _, Micros};
use crate::search::dates::{parse_duration, parse_time};
use crate::telemetry::SystemClock;

const BUFFER_BYTES: usize = 256 * 1024;

const EXAMPLES: &str = "\
Examples:
  trailproof gen --lines 50000 > demo.ndjson                       what the demo holds
  trailproof gen --lines 1000000 --span 7d | trailproof ingest -
  trailproof gen --lines 100000 --seed 7 --until 2026-11-21T00:00:00Z   the same bytes every time
  trailproof gen --lines 1000 --form pino                          as the services of the example write them";

/// Arguments of `trailproof gen`.
#[derive(Clone, Debug, Args)]
#[command(before_help = EXAMPLES)]
pub(super) struct GenArgs {
    /// Number of lines.
    #[arg(short = 'n', long, value_name = "N", default_value_t = 50_000)]
    lines: u64,
    /// Another seed gives other lines; 42 are those of the demo.
    #[arg(long, value_name = "S", default_value_t = Corpus::DEMO_SEED)]
    seed: u64,
    /// Time of the last line: RFC 3339, an epoch number or date math.
    #[arg(long, value_name = "TIME", default_value = "now")]
    until: String,
    /// Length of time over which the lines are spread: 30m, 24h, 7d.
    #[arg(long, value_name = "TIME", default_value = "24h")]
    span: String,
    /// Form of the lines.
    #[arg(long, value_enum, default_value_t = Form::Trailproof)]
    form: Form,
    /// Write the id of each line; without, the server gives each line one.
    #[arg(long)]
    ids: bool,
}

pub(super) fn run(args: &GenArgs) -> Outcome {
    let end = until(&args.until, SystemClock.now())?;
    let span = parse_duration(&args.span).map_err(|error| anyhow!("--span: {}", error.detail))?;
    if !end.plus(-span).is_line_time() {
        return Err(anyhow!("--span: the lines would begin before the year 1970").into());
    }
    let ids = if args.ids { Ids::Written } else { Ids::LeftOut };
    let mut out = BufWriter::with_capacity(BUFFER_BYTES, io::stdout().lock());
    for line in Corpus::new(args.seed, end, span, args.lines) {
        forms::write(&mut out, &line, args.form, ids).context("standard output")?;
    }
    Ok(out.flush().context("standard output")?)
}

fn until(text: &str, now: Micros) -> anyhow::Result<Micros> {
    let end = parse_time(text, now, None).map_err(|error| anyhow!("--until: {}", error.detail))?;
    anyhow::ensure!(end.is_line_time(), "--until: a line lies between the years 1970 and 2261");
    Ok(end)
}
