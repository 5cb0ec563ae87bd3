//! Sends batches: again when the server is busy, in halves when a batch is too large, and keeps count.

use std::borrow::Cow;
use std::time::Duration;

use anyhow::{Context as _, anyhow};
use indicatif::ProgressBar;
use reqwest::{Method, Response, StatusCode};
use serde::Deserialize;
use tokio::time::{Instant, sleep};

use super::batches::Batch;
use super::format::Format;
use super::lines::MAX_LINE_BYTES;
use crate::cli::client::{Client, ProblemPlace, retry_after};
use crate::cli::outcome::Failure;
use crate::error::ErrorCode;
use crate::model::Role;

/// Refused lines that are named one by one.
const NAMED: usize = 20;
/// How long a batch is tried while the server is busy or away.
const PATIENCE: Duration = Duration::from_mins(2);
/// First pause where the server names none; it doubles up to the longest one.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// What became of the lines.
#[derive(Debug, Default)]
pub(super) struct Summary {
    /// Lines on disk.
    pub(super) stored: u64,
    /// Lines that were refused.
    pub(super) refused: u64,
    /// The first refused lines, with the reason.
    pub(super) named: Vec<String>,
    /// Lines with bytes that are no UTF-8, which were replaced.
    pub(super) repaired: u64,
}

/// Sends lines to one server.
pub(super) struct Sender<'a> {
    pub(super) client: &'a Client,
    pub(super) parameters: Vec<(&'static str, String)>,
    pub(super) progress: ProgressBar,
    pub(super) summary: Summary,
}

#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    stored: u64,
    /// Absent where the whole batch was refused.
    refused: Option<u64>,
    #[serde(default)]
    errors: Vec<ProblemPlace>,
}

impl Sender<'_> {
    /// Sends a batch; lines that are refused are counted, not an error.
    pub(super) async fn send(&mut self, batch: Batch, format: Format) -> Result<(), Failure> {
        for number in batch.too_long {
            self.refuse(number, &format!("longer than {} MiB; shorten it", MAX_LINE_BYTES >> 20));
        }
        // Batches that are yet to be sent, the next one last.
        let mut waiting = vec![batch.lines];
        while let Some(lines) = waiting.pop() {
            if lines.is_empty() {
                continue;
            }
            let body = self.body(&lines);
            let response = self.post(body, format).await?;
            if response.status() != StatusCode::PAYLOAD_TOO_LARGE {
                self.count(response, &lines).await?;
                continue;
            }
            let mut lines = lines;
            if let [(number, _)] = *lines {
                self.refuse(number, "larger than the server takes in one request (413); shorten it");
                continue;
            }
            let rest = lines.split_off(lines.len() / 2);
            waiting.extend([rest, lines]);
        }
        Ok(())
    }

    /// The lines as one body. What is no UTF-8 is replaced: one bad byte must not cost a line, let alone all of them.
    fn body(&mut self, lines: &[(u64, Vec<u8>)]) -> Vec<u8> {
        let mut body = Vec::with_capacity(lines.iter().map(|(_, line)| line.len() + 1).sum());
        for (_, line) in lines {
            let text = String::from_utf8_lossy(line);
            self.summary.repaired += u64::from(matches!(text, Cow::Owned(_)));
            body.extend(text.as_bytes());
            if !body.ends_with(b"\n") {
                body.push(b'\n');
            }
        }
        body
    }

    /// Posts a body until the server takes or refuses it.
    async fn post(&self, body: Vec<u8>, format: Format) -> Result<Response, Failure> {
        let content_type = if format == Format::Plain { "text/plain" } else { "application/x-ndjson" };
        let body = bytes::Bytes::from(body);
        let give_up = Instant::now() + PATIENCE;
        let mut pause = FIRST_PAUSE;
        loop {
            let request = self
                .client
                .request(Method::POST, "/api/v1/logs")
                .query(&self.parameters)
                .header("content-type", content_type)
                .body(body.clone());
            let (asked, failure) = match request.send().await {
                Ok(response) if is_busy(response.status()) => {
                    (retry_after(&response), self.client.failure(response, "").await)
                }
                Ok(response) => return Ok(response),
                Err(error) => {
                    let failure = self.client.unreachable(&error);
                    // Before anything was stored a wrong address is likelier than a restart; and after a request
                    // that may have arrived, sending again would store its lines twice.
                    if self.summary.stored == 0 || !error.is_connect() {
                        return Err(failure);
                    }
                    (None, failure)
                }
            };
            let wait = asked.unwrap_or(pause);
            if Instant::now() + wait > give_up {
                return Err(failure);
            }
            self.progress.set_message(format!("  server busy, trying again in {:.1} s", wait.as_secs_f64()));
            sleep(wait).await;
            self.progress.set_message("");
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    async fn count(&mut self, response: Response, lines: &[(u64, Vec<u8>)]) -> Result<(), Failure> {
        // 422 is an answer too: every line of this batch was refused.
        let is_answer =
            response.status().is_success() || response.status() == StatusCode::UNPROCESSABLE_ENTITY;
        if !is_answer {
            let (code, failure) = self.client.refusal(response, "").await;
            // The cluster behind the server may refuse as well, whoever asks.
            let is_forbidden = code == Some(ErrorCode::Forbidden.number());
            let advice = format!(
                "sending lines takes a token with the role {} or {}",
                Role::Service.as_str(),
                Role::Admin.as_str()
            );
            return Err(if is_forbidden { failure.with_advice(&advice) } else { failure });
        }
        let body = response.bytes().await.map_err(|error| self.client.unreachable(&error))?;
        let answer: Answer =
            serde_json::from_slice(&body).context("the answer cannot be read; is that a Trailproof?")?;
        if answer.stored == 0 && answer.errors.is_empty() && !lines.iter().all(|(_, line)| is_blank(line)) {
            let text = String::from_utf8_lossy(&body).into_owned();
            return Err(anyhow!("the server stored nothing and did not say why: {text}").into());
        }
        self.summary.stored += answer.stored;
        let blank = lines.iter().filter(|(_, line)| is_blank(line)).count();
        let sent = u64::try_from(lines.len() - blank).unwrap_or(u64::MAX);
        self.summary.refused += answer.refused.unwrap_or(sent);
        for place in answer.errors {
            let (Some(line), Some(detail)) = (place.line, place.detail) else { continue };
            let number = lines.get(line.saturating_sub(1)).map_or(0, |(number, _)| *number);
            self.name(number, &detail);
        }
        Ok(())
    }

    fn refuse(&mut self, number: u64, reason: &str) {
        self.summary.refused += 1;
        self.name(number, reason);
    }

    fn name(&mut self, number: u64, reason: &str) {
        if self.summary.named.len() < NAMED {
            self.summary.named.push(format!("line {number}: {reason}"));
        }
    }
}

fn is_blank(line: &[u8]) -> bool {
    line.trim_ascii().is_empty()
}

fn is_busy(status: StatusCode) -> bool {
    matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE)
}
