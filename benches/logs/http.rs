//! The same questions over HTTP: one client, one connection, as a dashboard asks.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Instant;

use async_trait::async_trait;
use tokio::runtime::Runtime;
use tokio::sync::{oneshot, watch};
use trailproof::access::{Admit, Credentials};
use trailproof::error::Result;
use trailproof::http::server::{Server, ServerSettings, run};
use trailproof::http::state::Lifecycle;
use trailproof::http::{AppState, Limits, Surface, assemble, routes};
use trailproof::http::{SearchRate, Seats};
use trailproof::model::{Caller, HealthReport, Permission};
use trailproof::telemetry::Metrics;

use crate::indexing::Filled;
use crate::queries::sre;
use crate::report::{Report, median};

const ROUNDS: usize = 100;

/// Figures of the project's goals: name, path, milliseconds aimed at.
const QUESTIONS: [(&str, &str, f64); 11] = [
    ("health", "/health/live", 0.1),
    ("latest 50 with a word", "/api/v1/logs/search?query=failed&limit=50&total=none", 0.35),
    ("latest 50 with a phrase", "/api/v1/logs/search?query=%22seat%20lock%22&limit=50&total=none", 0.35),
    (
        "latest 50 with a Korean word",
        "/api/v1/logs/search?query=%EA%B2%B0%EC%A0%9C&limit=50&total=none",
        0.35,
    ),
    (
        "latest 50 of level and service",
        "/api/v1/logs/search?query=level:error%20service:gateway&limit=50&total=none",
        0.35,
    ),
    ("the word, counted up to 10,000", "/api/v1/logs/search?query=failed&limit=50", 0.35),
    ("the phrase, counted", "/api/v1/logs/search?query=%22seat%20lock%22&limit=50", 0.35),
    ("the Korean word, counted", "/api/v1/logs/search?query=%EA%B2%B0%EC%A0%9C&limit=50", 0.35),
    ("level and service, counted", "/api/v1/logs/search?query=level:error%20service:gateway&limit=50", 0.35),
    ("errors over a day", "/api/v1/logs/histogram?min_level=error&interval=15m", 0.7),
    ("top 10 users", "/api/v1/logs/fields/user_id/values?limit=10", 3.0),
];

/// Lets everybody in.
struct Everyone;

#[async_trait]
impl Admit for Everyone {
    async fn admit(&self, _credentials: &Credentials, _permission: Permission) -> Result<Caller> {
        Ok(sre())
    }
}

pub(crate) fn measure(runtime: &Runtime, filled: &Filled, report: &mut Report) -> anyhow::Result<()> {
    let (_reports, health) = watch::channel(HealthReport::before_the_first_probe(&["search"]));
    let metrics = Arc::new(Metrics::new()?);
    let state = AppState {
        door: Arc::new(Everyone),
        search: Arc::clone(&filled.service),
        ingest: Arc::clone(&filled.intake),
        health,
        metrics: Arc::clone(&metrics),
        lifecycle: Arc::new(Lifecycle::default()),
        limits: Limits::default(),
        tails: Arc::new(Seats::default()),
        rate: Arc::new(SearchRate::new(1_000_000, 1_000_000)),
    };
    let lifecycle = Arc::clone(&state.lifecycle);
    let router = assemble(routes(Surface::Everything), state)?;
    let server = runtime.block_on(Server::bind("127.0.0.1:0".parse()?))?;
    let address = server.address();
    let (stop, stopped) = oneshot::channel::<()>();
    let settings = ServerSettings { notice_time: std::time::Duration::ZERO, ..ServerSettings::default() };
    let listeners = vec![server.with(router)];
    let serving = runtime.spawn(async move {
        let stop = async {
            let _ = stopped.await;
        };
        run(listeners, &settings, &lifecycle, metrics, stop).await
    });
    let measured = ask(address, report);
    let _ = stop.send(());
    runtime.block_on(serving)?;
    measured
}

fn ask(address: SocketAddr, report: &mut Report) -> anyhow::Result<()> {
    let mut client = BufReader::new(TcpStream::connect(address)?);
    client.get_ref().set_nodelay(true)?;
    for (name, path, aim) in QUESTIONS {
        let mut times = Vec::with_capacity(ROUNDS);
        for _ in 0..ROUNDS {
            let started = Instant::now();
            let status = get(&mut client, path)?;
            times.push(started.elapsed().as_secs_f64() * 1e3);
            anyhow::ensure!(status == 200, "{path}: {status}");
        }
        report.figure(&format!("over HTTP, p50: {name} (aim {aim})"), median(times), "ms");
    }
    Ok(())
}

fn get(client: &mut BufReader<TcpStream>, path: &str) -> anyhow::Result<u16> {
    write!(
        client.get_mut(),
        "GET {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer x\r\nAccept: application/json\r\n\r\n"
    )?;
    let (mut line, mut status, mut length) = (String::new(), 0, 0);
    loop {
        line.clear();
        client.read_line(&mut line)?;
        let text = line.trim_end().to_ascii_lowercase();
        if text.is_empty() {
            break;
        }
        if let Some(rest) = text.strip_prefix("http/1.1 ") {
            status = rest.get(..3).unwrap_or_default().parse()?;
        }
        if let Some(rest) = text.strip_prefix("content-length: ") {
            length = rest.parse()?;
        }
    }
    let mut body = vec![0; length];
    client.read_exact(&mut body)?;
    Ok(status)
}
