//! `trailproof demo`: a server with a day of generated logs, thrown away at the end.

mod folder;
mod greeting;
pub(super) mod state;

use std::collections::BTreeMap;
use std::io::{self, IsTerminal as _, Write as _};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use clap::Args;

use self::folder::Folder;
use self::greeting::{DEFAULT_PORT, Greeting};
use self::state::{DemoState, PrivateFile};
use super::outcome::Outcome;
use super::serve::{bind, stop_signal};
use super::shell::{program, quoted};
use super::terminal::{ColorChoice, grouped};
use crate::app::App;
use crate::config::{Config, Flags, Sources};
use crate::demo::corpus::Corpus;
use crate::http::server::ServerSettings;
use crate::model::{Clock as _, Role};
use crate::repository::Visibility;
use crate::telemetry::SystemClock;

const LINES: u64 = 50_000;
const BATCH: usize = 10_000;
const SPAN_MICROS: i64 = 24 * 3_600 * 1_000_000;
/// The service that the tokens of viewer and developer are narrowed to.
const OWN_SERVICE: &str = "gateway";
const TOKEN_TTL: Duration = Duration::from_hours(24);
const TOKEN_FILE: &str = "tokens.json";

const EXAMPLES: &str = "\
Examples:
  trailproof demo                     on port 8002; Ctrl-C ends it and removes its data
  trailproof demo --port 0            on any free port
  trailproof demo --keep              the data stays: trailproof serve --data-dir <folder>/data";

/// Arguments of `trailproof demo`.
#[derive(Clone, Debug, Args)]
#[command(before_help = EXAMPLES)]
pub(super) struct DemoArgs {
    /// Port on 127.0.0.1; 0 takes a free one.
    #[arg(long, value_name = "N", default_value_t = DEFAULT_PORT)]
    port: u16,
    /// Keep the data folder at the end.
    #[arg(long)]
    keep: bool,
}

pub(super) async fn run(args: DemoArgs) -> Outcome {
    let stop = stop_signal()?;
    tokio::pin!(stop);
    let public = bind(SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), args.port), "--port").await?;
    let address = public.address();
    let folder = Folder::make(args.keep)?;
    let config = demo_config(folder.data())?;
    crate::telemetry::init(config.log.level).context("the log cannot be set up")?;
    let app = App::open(&config)?;
    let seeded = tokio::select! {
        seeded = seed(&app) => seeded?,
        () = &mut stop => {
            drop(app);
            return Ok(folder.finish().await?);
        }
    };
    let state =
        DemoState { url: format!("http://{address}"), pid: std::process::id(), tokens: tokens(&app)? };
    let tokens = serde_json::to_vec(&state.tokens).context("the tokens cannot be written")?;
    let token_file = PrivateFile::write(folder.path().join(TOKEN_FILE), &tokens)
        .context("the token file cannot be written")?;
    let state_files = state::publish(address.port(), &state).context("the state file cannot be written")?;
    let mut out = io::stdout().lock();
    let greeting = Greeting {
        state: &state,
        port: address.port(),
        folder: folder.path(),
        token_file: token_file.path(),
        lines: LINES,
        seeded,
        is_kept: args.keep,
        shows_tokens: out.is_terminal(),
    };
    let style = ColorChoice::Auto.style(out.is_terminal());
    greeting.write(&mut out, style).context("standard output")?;
    drop(out);

    let settings = ServerSettings {
        notice_time: Duration::ZERO,
        drain_time: Duration::from_secs(2),
        ..ServerSettings::default()
    };
    app.serve(public, None, &settings, stop).await?;
    // Tokens never outlive the demo, also where its data does.
    drop((state_files, token_file));
    if args.keep {
        let data = quoted(&folder.data().display().to_string());
        let text = format!("the data is kept; go on with:  {} serve --data-dir {data}", program());
        writeln!(io::stdout(), "{text}").context("standard output")?;
    }
    Ok(folder.finish().await?)
}

/// The defaults with the demo's folder; what is configured on this machine is not meant for a demo.
fn demo_config(data: PathBuf) -> anyhow::Result<Config> {
    let sources = Sources {
        flags: Flags { data_dir: Some(data), ..Flags::default() },
        environment: BTreeMap::from([("LOG_LEVEL".to_owned(), "warn".to_owned())]),
        ..Sources::default()
    };
    Ok(Config::load(&sources).map_err(|problems| anyhow::anyhow!("{problems}"))?.config)
}

/// Fills the store, and says how long that took.
async fn seed(app: &App) -> anyhow::Result<Duration> {
    let started = Instant::now();
    let is_watched = io::stderr().is_terminal();
    let mut corpus = Corpus::new(Corpus::DEMO_SEED, SystemClock.now(), SPAN_MICROS, LINES);
    let mut stored: u64 = 0;
    loop {
        let batch: Vec<_> = corpus.by_ref().take(BATCH).collect();
        if batch.is_empty() {
            break;
        }
        stored += u64::try_from(batch.len()).unwrap_or(0);
        app.store.append(batch, Visibility::BeforeAnswer).await?;
        if is_watched {
            write!(io::stderr(), "\r  making {} log lines ... {}", grouped(LINES), grouped(stored))?;
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
