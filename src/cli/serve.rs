//! `trailproof serve`: the server, until Ctrl-C or SIGTERM.

use std::io::{ErrorKind, IsTerminal as _, Write as _};
use std::net::SocketAddr;

use anyhow::{Context as _, anyhow};
use clap::Args;
use tokio::signal::unix::{SignalKind, signal};

use super::outcome::{Failure, Outcome};
use super::place::{Place, load};
use crate::app::{App, Mode};
use crate::config::Config;
use crate::http::server::{Server, ServerSettings};

const EXAMPLES: &str = "\
Examples:
  trailproof serve                                             lines in ./trailproof-data, on 127.0.0.1:8002
  trailproof serve --port 8010 --data-dir /var/lib/trailproof
  ELASTICSEARCH_URL=http://localhost:9200 trailproof serve     lines in Elasticsearch
  trailproof config show --origin                              every setting, and where it comes from";

/// Arguments of `trailproof serve`.
#[derive(Clone, Debug, Args)]
#[command(before_help = EXAMPLES)]
pub(super) struct ServeArgs {
    /// Port; 8002 unless configured, 0 takes a free one.
    #[arg(long, value_name = "N")]
    port: Option<u16>,
    #[command(flatten)]
    place: Place,
}

pub(super) async fn run(args: ServeArgs) -> Outcome {
    // First of all: whoever is told that the server listens may stop it at once.
    let stop = stop_signal()?;
    let loaded = load(args.place.flags(args.port))?;
    let config = &loaded.config;
    crate::telemetry::init(config.log.level).map_err(|error| Failure::User(error.into()))?;
    for warning in config.warnings() {
        tracing::warn!("{}", warning.message);
    }
    let public = bind(config.http.bind, "--port").await?;
    let admin = match config.http.admin_bind {
        Some(address) => Some(bind(address, "http.admin_bind").await?),
        None => None,
    };
    let app = App::open(config)?;
    greet(&app, config, loaded.file.as_deref(), public.address())?;
    let settings = ServerSettings::default();
    let is_clean = app.serve(public, admin, &settings, stop).await?;
    if is_clean {
        Ok(())
    } else {
        Err(Failure::Unreachable(anyhow!("requests had to be cut off at the end")))
    }
}

/// Binds an address; when it is taken, says in one line which setting to change.
pub(super) async fn bind(address: SocketAddr, setting: &str) -> Result<Server, Failure> {
    Server::bind(address).await.map_err(|error| {
        Failure::User(match error.kind() {
            ErrorKind::AddrInUse => {
                anyhow!("{address} is in use by another process; choose another with {setting}")
            }
            _ => anyhow!("{address} cannot be bound: {error}"),
        })
    })
}

/// Ready at the first Ctrl-C or SIGTERM, or when the terminal is closed.
pub(super) fn stop_signal() -> anyhow::Result<impl Future<Output = ()>> {
    let listen = |kind| signal(kind).context("signals cannot be received");
    let mut interrupt = listen(SignalKind::interrupt())?;
    let mut terminate = listen(SignalKind::terminate())?;
    // Whoever started us with nohup wants us to go on.
    let mut hangup = if is_hangup_ignored() { None } else { Some(listen(SignalKind::hangup())?) };
    Ok(async move {
        let hung_up = async {
            match &mut hangup {
                Some(hangup) => hangup.recv().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            _ = hung_up => {}
        }
    })
}

/// Reads the mask of ignored signals, in which SIGHUP is the lowest bit.
fn is_hangup_ignored() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).is_some_and(|mask| mask & 1 == 1)
}

fn greet(app: &App, config: &Config, file: Option<&str>, address: SocketAddr) -> anyhow::Result<()> {
    let lines = match app.mode {
        Mode::Embedded => config.storage.dir.display().to_string(),
        Mode::Cluster => {
            config.elasticsearch.url.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
        }
    };
    tracing::info!(version = env!("CARGO_PKG_VERSION"), mode = app.mode.as_str(), %address, "listening");
    let mut err = std::io::stderr().lock();
    if !err.is_terminal() {
        return Ok(());
    }
    writeln!(
        err,
        "trailproof {}  mode: {}  lines in: {lines}",
        env!("CARGO_PKG_VERSION"),
        app.mode.as_str()
    )?;
    writeln!(err, "  configuration  {}", file.unwrap_or("defaults and environment"))?;
    writeln!(err, "  API            http://{address}/api/v1/logs/search")?;
    writeln!(err, "  documentation  http://{address}/docs")?;
    writeln!(err, "  health         http://{address}/health    metrics  http://{address}/metrics")?;
    writeln!(err, "  next: make a token in another terminal:  {} token --role sre", super::shell::program())?;
    Ok(())
}
