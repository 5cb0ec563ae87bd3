//! Taking lines in: a body in, lines on disk, a result for every line.

use std::sync::Arc;

use bytes::Bytes;

use super::body::{Decoded, decode};
use super::failure::told;
use super::log_ids::LogIds;
use super::options::{IngestOptions, body_kind};
use crate::error::{Error, ErrorCode, Place, Result};
use crate::model::{Clock, LogKind};
use crate::repository::{LogStore, Visibility};
use crate::telemetry::Metrics;
use crate::telemetry::labels::LineOutcome;

/// Lines that one answer names; the rest is only counted.
const MAX_NAMED: usize = 1_000;
/// Bytes of a body that are read on the worker of the request: about as many as half a millisecond takes.
const MAX_BYTES_IN_PLACE: usize = 16 * 1024;

/// How a body of lines is to be read and stored.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IngestRequest {
    /// `Content-Type` of the body.
    pub content_type: Option<String>,
    /// Service of lines that name none.
    pub service: Option<String>,
    /// Kind under which all lines are stored: `security`.
    pub kind: Option<String>,
    /// `wait_for`: answer once the lines can be found.
    pub refresh: Option<String>,
}

/// What became of a body of lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IngestAnswer {
    /// Lines on disk.
    pub stored: usize,
    /// Lines that cannot be stored.
    pub refused: usize,
    /// Which lines, and why; at most 1,000 of them.
    pub errors: Vec<Place>,
}

/// Takes lines in.
pub struct IngestService {
    store: Arc<dyn LogStore>,
    clock: Arc<dyn Clock>,
    ids: Arc<LogIds>,
    metrics: Arc<Metrics>,
}

impl IngestService {
    /// Makes the service over a store.
    #[must_use]
    pub fn new(store: Arc<dyn LogStore>, clock: Arc<dyn Clock>, metrics: Arc<Metrics>) -> Self {
        Self { store, clock, ids: Arc::new(LogIds::new()), metrics }
    }

    /// Stores a body of lines; on return those that count as stored are on disk. The answer may say that none is.
    ///
    /// # Errors
    /// A body that cannot be read as a whole (3087, 3091), or holds no line (3012); a parameter that cannot be read (3000); and
    /// failures of the store (305x): then nothing is promised, and the sender tries again.
    pub async fn ingest(&self, body: Bytes, request: IngestRequest) -> Result<IngestAnswer> {
        let visibility = visibility(request.refresh.as_deref())?;
        let Decoded { lines, refusals: mut errors, tally } = self.read(body, request).await?;
        let (numbers, lines): (Vec<_>, Vec<_>) = lines.into_iter().unzip();
        let outcomes = if lines.is_empty() {
            Vec::new()
        } else {
            self.store.append(lines, visibility).await.map_err(|error| told(&error))?
        };
        let mut stored = 0;
        for (line, outcome) in numbers.into_iter().zip(outcomes) {
            match outcome {
                Ok(()) => stored += 1,
                Err(reason) => errors.push(Place {
                    line: Some(line),
                    code: Some(ErrorCode::RefusedLine.number()),
                    detail: Some(reason),
                    ..Place::default()
                }),
            }
        }
        let refused = errors.len();
        let count = |lines: usize| u64::try_from(lines).unwrap_or(u64::MAX);
        self.metrics.log_lines.inc_by(LineOutcome::Stored, count(stored));
        self.metrics.log_lines.inc_by(LineOutcome::Refused, count(refused));
        tally.tell(&self.metrics);
        errors.sort_by_key(|place| place.line);
        errors.truncate(MAX_NAMED);
        Ok(IngestAnswer { stored, refused, errors })
    }

    /// Reads the lines of a body. A long one goes to a thread of its own: others wait for the worker that it would hold.
    async fn read(&self, body: Bytes, request: IngestRequest) -> Result<Decoded> {
        let kind = security_kind(request.kind.as_deref())?;
        let content = body_kind(request.content_type.as_deref(), &body)?;
        let now = self.clock.now();
        let ids = Arc::clone(&self.ids);
        let is_long = body.len() > MAX_BYTES_IN_PLACE;
        let reading = move || {
            let options = IngestOptions { content, service: request.service.as_deref(), kind, now };
            decode(&body, &options, &mut || ids.next(now))
        };
        if !is_long {
            return reading();
        }
        let unread = |_| Error::new(ErrorCode::Internal, "reading the lines failed");
        tokio::task::spawn_blocking(reading).await.map_err(unread)?
    }
}

fn security_kind(text: Option<&str>) -> Result<Option<LogKind>> {
    match text {
        None => Ok(None),
        Some("security") => Ok(Some(LogKind::Security)),
        Some(_) => {
            let detail =
                "kind: use security, or leave it out: the level tells application lines from error lines";
            Err(Error::new(ErrorCode::BadParameter, detail).at("kind"))
        }
    }
}

fn visibility(text: Option<&str>) -> Result<Visibility> {
    match text {
        None | Some("false") => Ok(Visibility::Soon),
        Some("wait_for") => Ok(Visibility::BeforeAnswer),
        Some(_) => {
            let detail = "refresh: use wait_for, or leave it out";
            Err(Error::new(ErrorCode::BadParameter, detail).at("refresh"))
        }
    }
}
