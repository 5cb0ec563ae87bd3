//! Arguments of `trailproof search`, and what they ask of the server.

use std::io::{self, IsTerminal as _};

use clap::{Args, ValueEnum};

use super::printer::{Form, Printer};
use crate::cli::client::ServerArgs;
use crate::cli::terminal::ColorChoice;
use jiff::tz::TimeZone;

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
pub(in crate::cli) struct SearchArgs {
    /// Words and field:value, quotes, AND, OR, NOT, parentheses, ranges, prefix*; everything when absent.
    #[arg(value_name = "QUERY")]
    pub(super) query: Vec<String>,
    /// How far back: 15m, 24h, 7d; 1h unless given.
    #[arg(long, value_name = "TIME", conflicts_with = "from")]
    pub(super) since: Option<String>,
    /// Start: 2026-11-21T09:00 or 09:00 in your time zone, RFC 3339, epoch seconds, now-1d/d.
    #[arg(long, value_name = "TIME")]
    pub(super) from: Option<String>,
    /// End, not part of the window.
    #[arg(long, value_name = "TIME")]
    pub(super) to: Option<String>,
    /// Lines of this service; of several: -s a,b or -s a -s b. To exclude one: NOT service:a in the query.
    #[arg(short, long, value_name = "NAME")]
    pub(super) service: Vec<String>,
    /// Lines of exactly this level; of several: -l error,fatal.
    #[arg(short, long, value_name = "LEVEL", conflicts_with = "min_level")]
    pub(super) level: Vec<String>,
    /// Lines of this level and above.
    #[arg(long, value_name = "LEVEL")]
    pub(super) min_level: Option<String>,
    /// Lines at most, the newest of the window; 50 unless given, 10 with --tail.
    #[arg(short = 'n', long = "limit", value_name = "N")]
    pub(super) limit: Option<usize>,
    /// Take the oldest lines of the window.
    #[arg(long)]
    pub(super) oldest: bool,
    /// Every line of the window, however many pages that takes.
    #[arg(long, conflicts_with_all = ["limit", "oldest"])]
    pub(super) all: bool,
    /// Show the newest lines, then follow what comes in, until Ctrl-C.
    #[arg(short = 'f', long, visible_alias = "follow", conflicts_with_all = ["to", "all", "oldest"])]
    pub(super) tail: bool,
    /// Count lines over time and show bars.
    #[arg(long, conflicts_with_all = ["limit", "oldest", "all", "tail", "fields"])]
    pub(super) histogram: bool,
    /// Length of a bar's time: 1m, 15m, 1h, 1d; chosen for you unless given.
    #[arg(long, value_name = "TIME", requires = "histogram")]
    pub(super) interval: Option<String>,
    /// Everything about one request or trace, by its id.
    #[arg(
        long,
        value_name = "ID",
        conflicts_with_all = [
            "query", "service", "level", "min_level", "limit", "oldest", "all", "tail", "histogram", "fields"
        ]
    )]
    pub(super) trace: Option<String>,
    #[command(flatten)]
    pub(super) shape: ShapeArgs,
    #[command(flatten)]
    pub(super) server: ServerArgs,
}

/// How lines are shown.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Output (oldest line first, in every form)")]
pub(super) struct ShapeArgs {
    #[arg(
        long,
        value_name = "NAMES",
        value_delimiter = ',',
        help = "Fields to show, separated by commas: timestamp,level,context.order_id"
    )]
    pub(super) fields: Vec<String>,
    /// Form of the lines; auto is text on a terminal and json elsewhere.
    #[arg(short, long, value_enum, default_value_t = OutputForm::Auto)]
    pub(super) output: OutputForm,
    /// The same as --output json: one JSON object a line.
    #[arg(long, conflicts_with = "output")]
    pub(super) json: bool,
    /// When to use colours.
    #[arg(long, value_enum, value_name = "WHEN", default_value_t = ColorChoice::Auto)]
    pub(super) color: ColorChoice,
    /// Times in UTC, not in your time zone (TZ).
    #[arg(long)]
    pub(super) utc: bool,
}

/// Form of the lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum OutputForm {
    /// Text on a terminal, JSON elsewhere.
    Auto,
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

impl SearchArgs {
    /// The query; words that the shell took apart belong together.
    pub(super) fn query(&self) -> String {
        self.query.join(" ")
    }

    /// Parameters that a search and a tail have in common.
    pub(super) fn filters(&self) -> Vec<(&'static str, String)> {
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
    pub(super) fn printer(&self, zone: TimeZone) -> Printer {
        let is_terminal = io::stdout().is_terminal();
        // Whoever wants colours in a pipe is a person behind a pager.
        let is_for_people = match self.output {
            OutputForm::Auto => !self.json && (is_terminal || self.color == ColorChoice::Always),
            OutputForm::Text => true,
            OutputForm::Json => false,
        };
        let form = if is_for_people { Form::Text } else { Form::Json };
        Printer::new(form, self.color.style(is_terminal), zone, self.fields.clone())
    }
}
