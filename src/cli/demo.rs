//! `trailproof demo`: a server with a day of generated logs, thrown away at the end.

use std::collections::BTreeMap;
use std::io::{self, IsTerminal as _, Write as _};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use clap::Args;
use tempfile::TempDir;

use super::Outcome;
use super::demo_state::{DemoState, StateFile, write_private};
use super::serve::{bind, stop_signal};
use crate::app::App;
use crate::config::{Config, Flags};
use crate::demo::corpus::Corpus;
use crate::http::server::ServerSettings;
use crate::model::{Clock as _, Role};
use crate::repository::Visibility;
use crate::telemetry::SystemClock;

const DEFAULT_PORT: u16 = 8_002;
const LINES: u64 = 50_000;
const BATCH: usize = 10_000;
const SPAN_MICROS: i64 = 24 * 3_600 * 1_000_000;
/// The service that the tokens of viewer and developer are narrowed to.
const OWN_SERVICE: &str = "gateway";
const TOKEN_TTL: Duration = Duration::from_hours(24);
const TOKEN_FILE: &str = "tokens.json";

/// Arguments of `trailproof demo`.
#[derive(Clone, Debug, Args)]
pub(super) struct DemoArgs {
    /// Port on 127.0.0.1.
    #[arg(long, value_name = "N", default_value_t = DEFAULT_PORT)]
    port: u16,
    /// Keep the data folder at the end.
    #[arg(long)]
    keep: bool,
}

pub(super) async fn run(args: DemoArgs) -> Outcome {
    let stop = stop_signal()?;
    let public = bind(SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), args.port), "--port").await?;
    let address = public.address();
    let folder = Folder::make(args.keep)?;
    let config = demo_config(folder.path())?;
    crate::telemetry::init(&config.log.level).context("the log cannot be set up")?;
    let app = App::open(&config)?;
    let seeded = seed(&app).await?;
    let state = DemoState { url: format!("http://{address}"), tokens: tokens(&app)? };
    let token_file = folder.path().join(TOKEN_FILE);
    write_private(&token_file, &serde_json::to_vec(&state.tokens).context("the tokens cannot be written")?)
        .context("the token file cannot be written")?;
    let state_file = StateFile::write(address.port(), &state).context("the state file cannot be written")?;
    greet(&state, folder.path(), &token_file, seeded, args.keep)
        .context("standard output cannot be written")?;

    let settings = ServerSettings {
        notice_time: Duration::ZERO,
        drain_time: Duration::from_secs(2),
        ..ServerSettings::default()
    };
    app.serve(public, None, &settings, stop).await?;
    drop(state_file);
    // Tokens never outlive the demo, also where its data does.
    let _ = std::fs::remove_file(&token_file);
    Ok(())
}

/// The folder of a demo; it goes with the demo unless it is to be kept.
enum Folder {
    Temporary(TempDir),
    Kept(PathBuf),
}

impl Folder {
    fn make(keep: bool) -> anyhow::Result<Self> {
        let folder = tempfile::Builder::new().prefix("trailproof-demo-").tempdir();
        let folder = folder.context("no temporary folder can be made")?;
        Ok(if keep { Self::Kept(folder.keep()) } else { Self::Temporary(folder) })
    }

    fn path(&self) -> &Path {
        match self {
            Self::Temporary(folder) => folder.path(),
            Self::Kept(path) => path,
        }
    }
}

/// The defaults with the demo's folder; what is configured on this machine is not meant for a demo.
fn demo_config(folder: &Path) -> anyhow::Result<Config> {
    let sources = crate::config::Sources {
        flags: Flags { data_dir: Some(folder.join("data")), ..Flags::default() },
        environment: BTreeMap::from([("LOG_LEVEL".to_owned(), "warn".to_owned())]).into_iter().collect(),
        ..crate::config::Sources::default()
    };
    Ok(Config::load(&sources).map_err(|problems| anyhow::anyhow!("{problems}"))?.config)
}

async fn seed(app: &App) -> anyhow::Result<Duration> {
    let started = Instant::now();
    let is_watched = io::stderr().is_terminal();
    let mut corpus = Corpus::new(Corpus::DEMO_SEED, SystemClock.now(), SPAN_MICROS, LINES);
    let mut stored = 0;
    loop {
        let batch: Vec<_> = corpus.by_ref().take(BATCH).collect();
        if batch.is_empty() {
            break;
        }
        stored += batch.len();
        app.store.append(batch, Visibility::BeforeAnswer).await?;
        if is_watched {
            write!(io::stderr(), "\r  making {LINES} log lines ... {stored}")?;
        }
    }
    if is_watched {
        write!(io::stderr(), "\r\x1b[K")?;
    }
    Ok(started.elapsed())
}

fn tokens(app: &App) -> anyhow::Result<BTreeMap<String, String>> {
    let mut tokens = BTreeMap::new();
    for role in Role::ALL {
        let services = if role.needs_services() { vec![OWN_SERVICE.to_owned()] } else { Vec::new() };
        let subject = format!("demo-{}", role.as_str());
        let token = app.signer.mint(&subject, &[role], &services, TOKEN_TTL, SystemClock.now())?;
        tokens.insert(role.as_str().to_owned(), token);
    }
    Ok(tokens)
}

/// How to call this program from another terminal.
pub(super) fn program() -> String {
    let path =
        std::env::current_exe().map_or_else(|_| "trailproof".to_owned(), |path| path.display().to_string());
    let is_plain =
        path.chars().all(|character| character.is_ascii_alphanumeric() || "/._-+".contains(character));
    if is_plain { path } else { format!("'{}'", path.replace('\'', r"'\''")) }
}

fn greet(
    state: &DemoState,
    folder: &Path,
    token_file: &Path,
    seeded: Duration,
    keep: bool,
) -> io::Result<()> {
    let mut out = io::stdout().lock();
    let url = &state.url;
    let fate = if keep { "kept at the end" } else { "removed at the end" };
    writeln!(out, "trailproof {}   mode: embedded (demo)", env!("CARGO_PKG_VERSION"))?;
    writeln!(out, "  {LINES} log lines of the last 24 hours, made in {:.1} s", seeded.as_secs_f64())?;
    writeln!(out, "  folder   {}   ({fate})", folder.display())?;
    writeln!(out, "  API      {url}/api/v1/logs/search")?;
    writeln!(out, "  docs     {url}/docs      (Swagger UI: Authorize with a token, then Try it out)")?;
    writeln!(out, "  health   {url}/health    metrics  {url}/metrics")?;
    let bearer = if out.is_terminal() {
        writeln!(out, "  tokens   (for this demo, shown here only)")?;
        for (role, token) in &state.tokens {
            writeln!(out, "    {role:<9} {token}")?;
        }
        state.tokens.get(Role::Sre.as_str()).cloned().unwrap_or_default()
    } else {
        writeln!(out, "  tokens   {}", token_file.display())?;
        format!(r#"$(sed 's/.*"sre":"\([^"]*\)".*/\1/' {})"#, token_file.display())
    };
    writeln!(out, "Something went wrong today. In another terminal:")?;
    writeln!(
        out,
        "  curl -s -H \"Authorization: Bearer {bearer}\" '{url}/api/v1/logs/search?query=level:error&limit=2'"
    )?;
    writeln!(out, "  {} search 'level:error' --since 24h", program())?;
    writeln!(out, "Ctrl-C ends the demo.")?;
    out.flush()
}
