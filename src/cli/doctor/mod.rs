//! `trailproof doctor`: looks at everything that a server needs, and names the command that fixes what is wrong.

mod line_findings;
mod report;
mod running_server;

use std::io::IsTerminal as _;

use clap::{Args, ValueEnum};
use secrecy::SecretString;

use super::outcome::{Failure, Outcome, print};
use super::place::Place;
use super::terminal::{ColorChoice, counted};
use crate::app::elastic_options;
use crate::config::{Config, Loaded, Sources};
use crate::model::Finding;
use crate::repository::elastic::ElasticLogStore;
use crate::repository::embedded;
use crate::telemetry::SystemClock;
use report::Report;

const EXAMPLES: &str = "\
Examples:
  trailproof doctor                                          configuration, storage, and Elasticsearch if there is one
  ELASTICSEARCH_URL=https://es:9200 trailproof doctor
  trailproof doctor --url https://logs.example.org           a running Trailproof as well
  trailproof doctor -o json | jq '.sections[].findings[] | select(.verdict == \"failed\")'

It changes nothing. Exit code 0 when nothing has failed, 2 otherwise.";

/// Arguments of `trailproof doctor`.
#[derive(Clone, Debug, Args)]
#[command(before_help = EXAMPLES)]
pub(super) struct DoctorArgs {
    #[command(flatten)]
    place: Place,
    /// Also look at the Trailproof that runs there.
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    /// Token for it; see `trailproof token`. The variable keeps it out of the list of processes.
    #[arg(long, env = "TRAILPROOF_TOKEN", value_name = "TOKEN", hide_env_values = true)]
    token: Option<SecretString>,
    /// Form of the findings.
    #[arg(short, long, value_enum, default_value_t = Form::Text)]
    output: Form,
    /// When to use colours.
    #[arg(long, value_enum, default_value_t = ColorChoice::Auto)]
    color: ColorChoice,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Form {
    Text,
    Json,
}

pub(super) async fn run(args: DoctorArgs) -> Outcome {
    let mut report = Report::default();
    let loaded = Sources::of_process(args.place.flags(None)).and_then(|sources| Config::load(&sources));
    match &loaded {
        Ok(loaded) => {
            report.add("configuration", configuration(loaded));
            report.add("storage", embedded::examine::examine(&loaded.config.storage.dir));
            report.add("elasticsearch", elasticsearch(&loaded.config).await);
        }
        // Without a configuration nobody knows what else to look at.
        Err(problems) => report.add("configuration", problems.lines().into_iter().map(problem).collect()),
    }
    if let Some(url) = &args.url {
        report.add("server", running_server::examine(url, args.token.as_ref(), &SystemClock).await?);
    }
    let style = args.color.style(std::io::stdout().is_terminal());
    print(&match args.output {
        Form::Text => report.text(style),
        Form::Json => report.json()?,
    })?;
    if report.count_failed() > 0 { Err(Failure::Reported) } else { Ok(()) }
}

fn configuration(loaded: &Loaded) -> Vec<Finding> {
    let file = loaded.file.as_deref().map_or_else(|| "no file".to_owned(), |file| format!("file {file}"));
    let mut findings = vec![Finding::ok(
        "configuration",
        format!("{} given, the rest by default; {file}", counted(loaded.count_given(), "setting")),
    )];
    findings.extend(loaded.config.warnings());
    findings
}

fn problem(line: String) -> Finding {
    Finding::failed("configuration", line, "trailproof config check")
}

async fn elasticsearch(config: &Config) -> Vec<Finding> {
    if config.elasticsearch.url.is_empty() {
        let message = "no cluster is configured; lines are kept in the data folder";
        return vec![Finding::ok("configuration", message)];
    }
    match ElasticLogStore::connect(elastic_options(config)) {
        Ok(store) => store.examine(&SystemClock).await,
        Err(error) => {
            let fix = "trailproof config show --origin | grep -E '^(elasticsearch|logs)'";
            vec![Finding::failed("configuration", error.to_string(), fix)]
        }
    }
}
