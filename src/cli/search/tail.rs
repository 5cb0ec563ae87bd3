//! `trailproof search --tail`: the newest lines, then what comes in, over interruptions.

use std::collections::HashSet;
use std::io::{self, Write as _};
use std::time::Duration;

use anyhow::Context as _;
use reqwest::{Response, StatusCode};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::args::SearchArgs;
use super::event_stream::{Event, EventReader};
use super::pages::{Page, fetch};
use super::printer::Printer;
use super::window::Window;
use crate::cli::client::{Client, retry_after};
use crate::cli::outcome::{Failure, Outcome};
use crate::cli::terminal::{Color, counted, printable};

/// Lines that are shown before the first new one.
const DEFAULT_HISTORY: usize = 10;
/// Lines that are known from the history: the stream reaches back a few seconds, for lines that come late.
const REACH: usize = 500;
/// How often a first stream is asked for that the server refuses for now.
const FIRST_TRIES: u32 = 3;
/// Pauses between attempts to come back; the last one repeats.
const PAUSES_SECONDS: [u64; 4] = [1, 2, 5, 10];

#[derive(Deserialize)]
struct Dropped {
    count: u64,
}

#[derive(Deserialize)]
struct LineId {
    id: String,
}

/// What is known of a tail under way.
struct Tail<'a> {
    client: &'a Client,
    args: &'a SearchArgs,
    parameters: Vec<(&'static str, String)>,
    last_event_id: Option<String>,
    /// How often the server has asked to come back later since a stream was open.
    refusals: u32,
    /// Lines of the history, which the stream may bring again.
    shown: HashSet<String>,
    /// Warnings of the history, which the stream may repeat.
    told: HashSet<String>,
}

/// Shows the newest lines and follows what comes in; ends only by a signal or a refusal.
pub(super) async fn follow(
    client: &Client,
    args: &SearchArgs,
    window: &Window,
    printer: &mut Printer,
) -> Outcome {
    let mut parameters = args.filters();
    parameters.extend(window.zone_parameter());
    let mut tail = Tail {
        client,
        args,
        parameters,
        last_event_id: None,
        refusals: 0,
        shown: HashSet::new(),
        told: HashSet::new(),
    };
    // The stream is opened first: a line that comes in between is in the stream, and perhaps in the history too.
    let mut response = tail.open().await?;
    tail.show_history(window, printer).await?;
    let mut attempts = 0;
    loop {
        if let Some(mut opened) = response.take() {
            let received = tail.drain(&mut opened, printer).await?;
            if received > 0 {
                attempts = 0;
            }
        }
        let pause = PAUSES_SECONDS.get(attempts).or(PAUSES_SECONDS.last()).copied().unwrap_or(1);
        attempts += 1;
        say(printer, &format!("-- the connection is lost; trying again in {pause} s --"))?;
        tokio::time::sleep(Duration::from_secs(pause)).await;
        response = match tail.open().await {
            Ok(response) => response,
            Err(Failure::Unreachable(_)) => None,
            Err(refused) => return Err(refused),
        };
    }
}

impl Tail<'_> {
    /// Opens the stream where the last one ended; `None` when the server asks to come back later.
    async fn open(&mut self) -> Result<Option<Response>, Failure> {
        let mut request = self.client.stream("/api/v1/logs/tail").query(&self.parameters);
        request = request.header("accept", "text/event-stream");
        if let Some(id) = &self.last_event_id {
            request = request.header("last-event-id", id);
        }
        let response = self.client.send_raw(request).await?;
        let status = response.status();
        if status.is_success() {
            self.refusals = 0;
            return Ok(Some(response));
        }
        if self.last_event_id.is_some() && status == StatusCode::BAD_REQUEST {
            // The server cannot go on from there, as after a restart with another key: begin anew.
            self.last_event_id = None;
            return Ok(None);
        }
        // Whoever has shown nothing yet may have too many tails open, which waiting does not change.
        let may_wait = self.last_event_id.is_some() || self.refusals < FIRST_TRIES;
        if status == StatusCode::TOO_MANY_REQUESTS && may_wait {
            self.refusals += 1;
            tokio::time::sleep(retry_after(&response).unwrap_or_default()).await;
            return Ok(None);
        }
        Err(self.client.failure(response, &self.args.query()).await)
    }

    async fn show_history(&mut self, window: &Window, printer: &mut Printer) -> Outcome {
        let wanted = self.args.limit.unwrap_or(DEFAULT_HISTORY);
        let mut parameters = self.args.filters();
        parameters.extend(window.parameters());
        let asked = wanted.max(REACH);
        let page: Page = fetch(self.client, self.args, &parameters, asked, None).await?;
        for item in &page.items {
            let line: LineId = serde_json::from_str(item.get()).context("a line cannot be read")?;
            self.shown.insert(line.id);
        }
        let mut out = io::stdout().lock();
        printer.lines(&mut out, page.items.iter().take(wanted).rev().map(|item| &**item))?;
        out.flush().context("standard output")?;
        for warning in page.warnings {
            self.warn(warning, printer)?;
        }
        Ok(())
    }

    fn warn(&mut self, warning: String, printer: &Printer) -> Outcome {
        if self.told.contains(&warning) {
            return Ok(());
        }
        say(printer, &format!("-- {} --", printable(&warning)))?;
        self.told.insert(warning);
        Ok(())
    }

    /// Shows what the stream brings until it ends; says how many events came.
    async fn drain(&mut self, response: &mut Response, printer: &mut Printer) -> Result<usize, Failure> {
        let mut reader = EventReader::default();
        let mut received = 0;
        while let Ok(Some(bytes)) = response.chunk().await {
            for event in reader.read(&bytes) {
                received += 1;
                self.take(event, printer)?;
            }
            io::stdout().flush().context("standard output")?;
        }
        Ok(received)
    }

    fn take(&mut self, event: Event, printer: &mut Printer) -> Result<(), Failure> {
        if event.id.is_some() {
            self.last_event_id = event.id;
        }
        match event.name.as_str() {
            "message" => {
                let item: Box<RawValue> =
                    serde_json::from_str(&event.data).context("a line of the stream cannot be read")?;
                let line: LineId = serde_json::from_str(item.get()).context("a line cannot be read")?;
                if !self.shown.remove(&line.id) {
                    printer.lines(&mut io::stdout().lock(), [&*item].into_iter())?;
                }
            }
            "dropped" => {
                let dropped: Dropped = serde_json::from_str(&event.data).unwrap_or(Dropped { count: 0 });
                let lines = counted(dropped.count, "line");
                say(printer, &format!("-- {lines} left out: more come in than a tail can show --"))?;
            }
            "warning" => self.warn(event.data, printer)?,
            // An event of a later version.
            _ => {}
        }
        Ok(())
    }
}

fn say(printer: &Printer, text: &str) -> Result<(), Failure> {
    writeln!(io::stderr(), "{}", printer.style().paint(Color::Dim, text)).context("standard error")?;
    Ok(())
}
