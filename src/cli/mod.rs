//! The command line: arguments, and one file a command.
//!
//! Commands that talk to a running server (`search`, `ingest`) speak HTTP through `client`; `serve` and `demo` build
//! the server in this process. Exit codes everywhere: 0 ok, 1 user error, 2 unreachable or failed check.

mod client;
mod completions;
pub mod config;
mod demo;
mod doctor;
mod es;
mod generate;
mod glued;
mod ingest;
mod outcome;
mod place;
mod search;
mod serve;
mod shell;
mod terminal;
mod token;

use std::io::Write as _;
use std::process::ExitCode;

use aws_lc_rs::rand::SystemRandom;
use clap::{CommandFactory as _, Parser, Subcommand};

use self::outcome::{Failure, Outcome, print};
use self::place::load;
use crate::model::Clock as _;
use crate::telemetry::SystemClock;

const EXAMPLES: &str = "\
Examples:
  trailproof demo                                        a server with a day of generated logs, thrown away at the end
  trailproof search level:error --since 24h              errors of a day, on the demo or on TRAILPROOF_URL
  trailproof serve                                       a server that keeps its data in ./trailproof-data
  ELASTICSEARCH_URL=http://localhost:9200 trailproof serve
  trailproof token --role sre --ttl 8h                   a token for that server
  trailproof doctor                                      what is wrong here, and how to fix it

Nothing is ever sent to anyone but the servers you name. Documentation: README.md";

const CONFIG_EXAMPLES: &str = "\
Examples:
  trailproof config show --origin          every setting, and where its value comes from
  trailproof config check                  every mistake at once; exit code 1 when there is one";

const SHOW_EXAMPLES: &str = "\
Examples:
  trailproof config show --origin
  trailproof config show --config /etc/trailproof.toml | grep '^elasticsearch'";

const CHECK_EXAMPLES: &str = "\
Examples:
  trailproof config check
  TRAILPROOF_HTTP_BIND=0.0.0.0:8002 trailproof config check --config prod.toml";

#[derive(Debug, Parser)]
#[command(name = "trailproof", version, about = "Search your logs, prove your audit trail.")]
#[command(before_help = EXAMPLES, arg_required_else_help = true, disable_help_subcommand = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run a server with generated logs to explore; everything is removed at the end.
    Demo(demo::DemoArgs),
    /// Run the server.
    Serve(serve::ServeArgs),
    /// Find log lines.
    Search(search::SearchArgs),
    /// Send log lines from a file or from standard input.
    Ingest(ingest::IngestArgs),
    /// Examine configuration, storage and Elasticsearch; say how to fix what is wrong.
    Doctor(doctor::DoctorArgs),
    /// Make a token.
    Token(token::TokenArgs),
    /// Write generated log lines to standard output.
    Gen(generate::GenArgs),
    /// Show or check the configuration.
    #[command(subcommand, before_help = CONFIG_EXAMPLES)]
    Config(ConfigCommand),
    /// Prepare Elasticsearch or OpenSearch.
    #[command(subcommand, before_help = es::EXAMPLES)]
    Es(es::EsCommand),
    /// Print a script for the completion of a shell.
    Completions(completions::CompletionsArgs),
}

#[derive(Debug, Subcommand)]
enum ConfigCommand {
    /// Print every setting, one a line.
    #[command(before_help = SHOW_EXAMPLES)]
    Show {
        /// Say where each value comes from.
        #[arg(long)]
        origin: bool,
        #[command(flatten)]
        place: place::Place,
    },
    /// Say whether the configuration is good.
    #[command(before_help = CHECK_EXAMPLES)]
    Check {
        #[command(flatten)]
        place: place::Place,
    },
}

/// Reads the arguments of this process and runs the command.
#[must_use]
pub fn run() -> ExitCode {
    let given: Vec<_> = std::env::args_os().skip(1).collect();
    if let Some(complaint) = glued::complaint(&Arguments::command(), &given) {
        let _ = writeln!(std::io::stderr(), "error: {complaint}");
        return ExitCode::from(1);
    }
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version are no failures; everything else is a user error.
            let code = if error.use_stderr() { ExitCode::from(1) } else { ExitCode::SUCCESS };
            let _ = error.print();
            return code;
        }
    };
    let (failure, code) = match dispatch(arguments.command) {
        Ok(()) => return ExitCode::SUCCESS,
        Err(Failure::User(error)) => (error, ExitCode::from(1)),
        Err(Failure::Unreachable(error)) => (error, ExitCode::from(2)),
        Err(Failure::Reported) => return ExitCode::from(2),
    };
    let is_closed_pipe = failure
        .chain()
        .filter_map(|error| error.downcast_ref::<std::io::Error>())
        .any(|error| error.kind() == std::io::ErrorKind::BrokenPipe);
    if is_closed_pipe {
        // `trailproof search … | head` is a way to use it, not an error.
        return ExitCode::SUCCESS;
    }
    let _ = writeln!(std::io::stderr(), "error: {failure:#}");
    code
}

fn dispatch(command: Command) -> Outcome {
    match command {
        Command::Demo(args) => block_on(demo::run(args)),
        Command::Serve(args) => block_on(serve::run(args)),
        Command::Search(args) => block_on(search::run(args)),
        Command::Ingest(args) => block_on(ingest::run(args)),
        Command::Token(args) => {
            let config = load(args.flags())?.config;
            let token = token::run(&args, &config, &SystemRandom::new(), SystemClock.now())?;
            print(&format!("{token}\n"))
        }
        Command::Config(ConfigCommand::Show { origin, place }) => {
            let show_origin = if origin { config::ShowOrigin::Yes } else { config::ShowOrigin::No };
            print(&config::show(&load(place.flags(None))?, show_origin))
        }
        Command::Config(ConfigCommand::Check { place }) => print(&config::check(&load(place.flags(None))?)),
        Command::Doctor(args) => block_on(doctor::run(args)),
        Command::Es(command) => block_on(es::run(command)),
        Command::Gen(args) => generate::run(&args),
        Command::Completions(args) => print(&completions::script(&args, Arguments::command())),
    }
}

fn block_on(work: impl Future<Output = Outcome>) -> Outcome {
    // At least two: searches leave one to everybody else.
    let workers = std::thread::available_parallelism().map_or(2, |count| count.get().max(2));
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(workers)
        .enable_all()
        .build()
        .map_err(anyhow::Error::from)?;
    let outcome = runtime.block_on(work);
    // Blocking work that nobody waits for any more must not hold up the end.
    runtime.shutdown_timeout(std::time::Duration::from_secs(1));
    outcome
}
