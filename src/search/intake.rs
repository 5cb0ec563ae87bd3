//! Taking lines in: a body in, lines on disk, a result for every line.

use bytes::Bytes;

use super::ingest::{IngestOptions, body_kind, decode};
use super::service::SearchService;
use crate::error::{Error, ErrorCode, Place, Result};
use crate::model::LogKind;
use crate::repository::Visibility;

/// Lines that one answer names; the rest is only counted.
const MAX_NAMED: usize = 1_000;

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

impl SearchService {
    /// Stores a body of lines; on return those that count as stored are on disk.
    ///
    /// # Errors
    /// A body that cannot be read as a whole (3087, 3091), no line in it that can be stored (3012), a parameter that
    /// cannot be read (3000), and failures of the store (305x): then nothing is promised, and the sender tries again.
    pub async fn ingest(&self, body: Bytes, request: IngestRequest) -> Result<IngestAnswer> {
        let kind = security_kind(request.kind.as_deref())?;
        let visibility = visibility(request.refresh.as_deref())?;
        let now = self.clock.now();
        let content = body_kind(request.content_type.as_deref(), &body)?;
        let options = IngestOptions { content, service: request.service.as_deref(), kind, now };
        let decoded = decode(&body, &options, &mut || self.ids.next(now))?;
        let mut errors = decoded.refusals;
        let (numbers, lines): (Vec<_>, Vec<_>) = decoded.lines.into_iter().unzip();
        let outcomes =
            if lines.is_empty() { Vec::new() } else { self.store.append(lines, visibility).await? };
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
        errors.sort_by_key(|place| place.line);
        errors.truncate(MAX_NAMED);
        if stored == 0 {
            let detail =
                format!("none of the {refused} lines can be stored; correct them and send them again");
            return Err(Error { code: ErrorCode::RefusedLine, detail, places: errors });
        }
        Ok(IngestAnswer { stored, refused, errors })
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
