//! `trailproof search`: finds lines; colours on a terminal, one JSON object a line in a pipe.
//!
//! `pages` walks what there is, `tail` follows what comes in, `trace` follows one request, `histogram` counts over
//! time; `printer` shows lines, and `window` reads times.

mod event_stream;
mod histogram;
mod notes;
mod pages;
mod printer;
mod tail;
mod trace;
mod window;

use std::io::{self, IsTerminal as _};

use clap::{Args, ValueEnum};

use self::printer::{Form, Printer};
use self::window::Window;
use super::client::{Client, ServerArgs};
use super::terminal::ColorChoice;
use super::{Failure, Outcome};
use crate::model::{Clock as _, Role};
use crate::telemetry::SystemClock;

const EXAMPLES: &str = "\
Examples:
  trailproof search level:error --since 24h                      the newest 50 errors of a day
  trailproof search '\"token refresh failed\"' --service auth-service --oldest -n 1
  trailproof search 결제실패 --from 2026-11-21T09:00 --to 2026-11-21T10:00
  trailproof search --min-level warn --all > warnings.ndjson     every line, as JSON
  trailproof search level:error --since 6h --histogram           how many, over time
  trailproof search -s gateway,auth-service NOT path:/health     of two services, without one path
  trailproof search --service gateway --tail                     follow what comes in
  trailproof search --trace 7b012098-41d6-41ff-8580-e09a0eb020b7 one request across services
  trailproof search level:error --fields timestamp,service,context.order_id";

/// Arguments of `trailproof search`.
#[expect(
    clippy::struct_excessive_bools,
    reason = "flags of a command line, most of which exclude each other"
)]
#[derive(Clone, Debug, Args)]
#[command(before_help = EXAMPLES)]
pub(super) struct SearchArgs {
    /// Words and field:value, quotes, AND, OR, NOT, parentheses, ranges, prefix*; everything when absent.
    #[arg(value_name = "QUERY")]
    query: Vec<String>,
    /// How far back: 15m, 24h, 7d; 1h unless given.
    #[arg(long, value_name = "TIME", conflicts_with = "from")]
    since: Option<String>,
    /// Start: 2026-11-21T09:00 or 09:00 in your time zone, RFC 3339, epoch seconds, now-1d/d.
    #[arg(long, value_name = "TIME")]
    from: Option<String>,
    /// End, not part of the window.
    #[arg(long, value_name = "TIME")]
    to: Option<String>,
    /// Lines of this service; of several: -s a,b or -s a -s b. To exclude one: NOT service:a in the query.
    #[arg(short, long, value_name = "NAME")]
    service: Vec<String>,
    /// Lines of exactly this level; of several: -l error,fatal.
    #[arg(short, long, value_name = "LEVEL", conflicts_with = "min_level")]
    level: Vec<String>,
    /// Lines of this level and above.
    #[arg(long, value_name = "LEVEL")]
    min_level: Option<String>,
    /// Lines at most, the newest of the window; 50 unless given, 10 with --tail.
    #[arg(short = 'n', long = "limit", value_name = "N")]
    limit: Option<usize>,
    /// Take the oldest lines of the window.
    #[arg(long)]
    oldest: bool,
    /// Every line of the window, however many pages that takes.
    #[arg(long, conflicts_with_all = ["limit", "oldest"])]
    all: bool,
    /// Show the newest lines, then follow what comes in, until Ctrl-C.
    #[arg(short = 'f', long, visible_alias = "follow", conflicts_with_all = ["to", "all", "oldest"])]
    tail: bool,
    /// Count lines over time and show bars.
    #[arg(long, conflicts_with_all = ["limit", "oldest", "all", "tail", "fields"])]
    histogram: bool,
    /// Length of a bar's time: 1m, 15m, 1h, 1d; chosen for you unless given.
    #[arg(long, value_name = "TIME", requires = "histogram")]
    interval: Option<String>,
    /// Everything about one request or trace, by its id.
    #[arg(
        long,
        value_name = "ID",
        conflicts_with_all = [
            "query", "service", "level", "min_level", "limit", "oldest", "all", "tail", "histogram", "fields"
        ]
    )]
    trace: Option<String>,
    #[command(flatten)]
    shape: ShapeArgs,
    #[command(flatten)]
    server: ServerArgs,
}

/// How lines are shown.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Output (oldest line first, in every form)")]
struct ShapeArgs {
    #[arg(
        long,
        value_name = "NAMES",
        value_delimiter = ',',
        help = "Fields to show, separated by commas: timestamp,level,context.order_id"
    )]
    fields: Vec<String>,
    /// Form of the lines; auto is text on a terminal and json elsewhere.
    #[arg(short, long, value_enum, default_value_t = OutputForm::Auto)]
    output: OutputForm,
    /// The same as --output json: one JSON object a line.
    #[arg(long, conflicts_with = "output")]
    json: bool,
    /// When to use colours.
    #[arg(long, value_enum, value_name = "WHEN", default_value_t = ColorChoice::Auto)]
    color: ColorChoice,
    /// Times in UTC, not in your time zone (TZ).
    #[arg(long)]
    utc: bool,
}

/// Form of the lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum OutputForm {
    /// Text on a terminal, JSON elsewhere.
    Auto,
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

impl SearchArgs {
    /// The query; words that the shell took apart belong together.
    fn query(&self) -> String {
        self.query.join(" ")
    }

    /// Parameters that a search and a tail have in common.
    fn filters(&self) -> Vec<(&'static str, String)> {
        let list = |values: &[String]| (!values.is_empty()).then(|| values.join(","));
        let named = [
            ("query", Some(self.query())),
            ("service", list(&self.service)),
            ("level", list(&self.level)),
            ("min_level", self.min_level.clone()),
            ("fields", list(&self.shape.fields)),
        ];
        named.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
    }
}

impl ShapeArgs {
    fn printer(&self, window: &Window) -> Printer {
        let is_terminal = io::stdout().is_terminal();
        // Whoever wants colours in a pipe is a person behind a pager.
        let is_for_people = match self.output {
            OutputForm::Auto => !self.json && (is_terminal || self.color == ColorChoice::Always),
            OutputForm::Text => true,
            OutputForm::Json => false,
        };
        let form = if is_for_people { Form::Text } else { Form::Json };
        Printer::new(form, self.color.style(is_terminal), window.zone().clone(), self.fields.clone())
    }
}

pub(super) async fn run(args: SearchArgs) -> Outcome {
    let now = SystemClock.now();
    let window = Window::new(&args, now)?;
    let client = Client::new(&args.server, Role::Sre)?;
    let mut printer = args.shape.printer(&window);
    if let Some(id) = &args.trace {
        return trace::show(&client, id, &window, &mut printer).await;
    }
    if args.histogram {
        return histogram::show(&client, &args, &window, &printer).await;
    }
    if args.tail {
        return tail::follow(&client, &args, &window, &mut printer).await;
    }
    if args.limit == Some(0) {
        return Err(Failure::User(anyhow::anyhow!("-n must be 1 or more, or use --all")));
    }
    pages::show(&client, &args, &window, &mut printer).await
}
