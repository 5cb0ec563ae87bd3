//! What a node answered: which status is a fault, which is a refusal, which is JSON that can be read.

use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::repository::elastic::STORE;
use crate::repository::{StoreError, StoreResult};

/// Longest reason that is kept, in characters; servers repeat whole documents in theirs.
const MAX_REASON: usize = 300;

/// An answer with a status that a caller may want to look at: success, or a refusal of this request.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    body: Bytes,
}

/// Why one attempt at one node brought no answer, by what can be done about it.
#[derive(Debug)]
pub(crate) enum Fault {
    /// The request never left: any other node may be asked.
    NotReached(StoreError),
    /// The request may have been carried out: another node may be asked if it can run twice.
    Broken(StoreError),
    /// Another attempt would bring the same.
    Final(StoreError),
}

impl Fault {
    /// The failure itself.
    pub(crate) fn into_error(self) -> StoreError {
        match self {
            Self::NotReached(error) | Self::Broken(error) | Self::Final(error) => error,
        }
    }
}

/// What the server says is wrong.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Complaint {
    /// The server's name for it, such as `index_not_found_exception`.
    pub(crate) kind: String,
    /// Its sentence.
    pub(crate) reason: String,
    /// The index that it is about, if it says so.
    pub(crate) index: String,
}

impl Answer {
    /// Tells answers from faults by their status.
    pub(crate) fn from_http(status: u16, body: Bytes) -> Result<Self, Fault> {
        let answer = Self { status, body };
        match status {
            200..=299 | 400 | 403..=428 => Ok(answer),
            429 => Err(Fault::Final(answer.complaint().overload())),
            502..=504 => Err(Fault::Broken(answer.complaint().outage(status))),
            500 | 501 | 505..=599 => Err(Fault::Final(answer.complaint().outage(status))),
            _ => Err(Fault::Final(bad_answer(format!("status {status}")))),
        }
    }

    /// One answer out of several that came in one body; it carries its status inside.
    pub(crate) fn of_part(part: &Value) -> StoreResult<Self> {
        let status = part.get("status").and_then(Value::as_u64).and_then(|status| u16::try_from(status).ok());
        let status = status.ok_or_else(|| bad_answer("a part without status"))?;
        Self::from_http(status, part.to_string().into()).map_err(Fault::into_error)
    }

    /// The answer itself when it is a success, else the error that its status means.
    pub(crate) fn accept(self) -> StoreResult<Self> {
        if (200..=299).contains(&self.status) {
            return Ok(self);
        }
        if self.status == 403 {
            return Err(self.complaint().forbidden());
        }
        // Whoever answers 404 without the server's own form of an error is another program.
        if self.complaint().kind.is_empty() && serde_json::from_slice::<Value>(&self.body).is_err() {
            return Err(bad_answer(format!("status {} without JSON", self.status)));
        }
        let Complaint { kind, reason, .. } = self.complaint();
        Err(StoreError::Rejected {
            store: STORE,
            reason: format!("status {}, {kind}: {reason}", self.status),
        })
    }

    /// As [`Self::accept`], for requests that read: what is forbidden then is to read.
    pub(crate) fn accept_read(self) -> StoreResult<Self> {
        self.accept().map_err(|error| match error {
            StoreError::Forbidden { store, reason } => StoreError::Unreadable { store, reason },
            other => other,
        })
    }

    /// Reads the body.
    pub(crate) fn json<T: DeserializeOwned>(&self) -> StoreResult<T> {
        serde_json::from_slice(&self.body).map_err(|error| {
            let looks_like =
                if self.body.trim_ascii_start().starts_with(b"<") { "HTML instead of JSON" } else { "JSON" };
            bad_answer(format!("{looks_like}, {} bytes: {error}", self.body.len()))
        })
    }

    /// What the server complains about; empty for a success and for a body that is not the server's own.
    pub(crate) fn complaint(&self) -> Complaint {
        let body: Value = serde_json::from_slice(&self.body).unwrap_or_default();
        Complaint::of(body.get("error").unwrap_or(&Value::Null))
    }
}

impl Complaint {
    /// Reads the member `error` of an answer or of a bulk item.
    pub(crate) fn of(error: &Value) -> Self {
        if let Some(sentence) = error.as_str() {
            return Self { reason: shorten(sentence), ..Self::default() };
        }
        // A search wraps what is wrong in "all shards failed".
        let cause = match error.pointer("/root_cause/0") {
            Some(cause) if cause.get("type").is_some() => cause,
            _ => error,
        };
        let text = |name: &str| cause.get(name).and_then(Value::as_str).unwrap_or_default();
        let deepest = error.pointer("/caused_by/reason").and_then(Value::as_str);
        let reason = match deepest {
            Some(deepest) if deepest != text("reason") => format!("{}: {deepest}", text("reason")),
            _ => text("reason").to_owned(),
        };
        Self { kind: text("type").to_owned(), reason: shorten(&reason), index: text("index").to_owned() }
    }

    /// The error behind status 429.
    pub(crate) fn overload(self) -> StoreError {
        if self.is_about_disk() {
            StoreError::Full { store: STORE }
        } else {
            StoreError::Overloaded { store: STORE }
        }
    }

    /// The error behind status 403.
    pub(crate) fn forbidden(self) -> StoreError {
        if self.is_about_disk() {
            return StoreError::Full { store: STORE };
        }
        StoreError::Forbidden { store: STORE, reason: self.to_string() }
    }

    /// The error behind a status from 500 on.
    pub(crate) fn outage(self, status: u16) -> StoreError {
        if self.is_about_disk() {
            return StoreError::Full { store: STORE };
        }
        unavailable(format!("status {status} {self}").trim_end())
    }

    /// Whether the server is out of disk space; above the flood stage it blocks writes with 429 or 403.
    fn is_about_disk(&self) -> bool {
        let is_flood = self.kind == "cluster_block_exception" && self.reason.contains("flood-stage");
        is_flood || self.reason.contains("No space left on device")
    }
}

impl std::fmt::Display for Complaint {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.kind.as_str() {
            "" => out.write_str(&self.reason),
            kind => write!(out, "{kind}: {}", self.reason),
        }
    }
}

/// Nobody answers, or nobody who can serve.
pub(crate) fn unavailable(reason: impl Into<String>) -> StoreError {
    StoreError::Unavailable { store: STORE, reason: reason.into() }
}

/// The answer cannot be right.
pub(crate) fn bad_answer(reason: impl Into<String>) -> StoreError {
    StoreError::BadAnswer { store: STORE, reason: reason.into() }
}

fn shorten(text: &str) -> String {
    match text.char_indices().nth(MAX_REASON) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn answer(status: u16, body: &str) -> Result<Answer, Fault> {
        Answer::from_http(status, Bytes::copy_from_slice(body.as_bytes()))
    }

    fn error(status: u16, body: &str) -> StoreError {
        match answer(status, body) {
            Ok(answer) => answer.accept().unwrap_err(),
            Err(fault) => fault.into_error(),
        }
    }

    #[test]
    fn each_status_becomes_the_error_that_says_what_to_do() {
        let block = |text: &str| {
            format!(
                r#"{{"error":{{"type":"cluster_block_exception","reason":"index [a] blocked by: [{text}];"}}}}"#
            )
        };
        let flood = block("TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage watermark");

        assert!(matches!(error(403, "{}"), StoreError::Forbidden { .. }));
        assert!(matches!(error(403, &block("FORBIDDEN/8/index write (api)")), StoreError::Forbidden { .. }));
        assert!(matches!(error(403, &flood), StoreError::Full { .. }));
        assert!(matches!(error(429, &flood), StoreError::Full { .. }));
        assert!(matches!(error(429, "slow down"), StoreError::Overloaded { .. }));
        assert!(matches!(error(500, "{}"), StoreError::Unavailable { .. }));
        assert!(matches!(error(503, "<html>"), StoreError::Unavailable { .. }));
        assert!(matches!(error(302, ""), StoreError::BadAnswer { .. }));
        assert!(matches!(error(404, "<html>not here</html>"), StoreError::BadAnswer { .. }));
        assert!(matches!(error(400, r#"{"error":"no handler"}"#), StoreError::Rejected { .. }));
    }

    #[test]
    fn only_gateway_statuses_are_worth_another_node() {
        assert!(matches!(answer(502, ""), Err(Fault::Broken(_))));
        assert!(matches!(answer(503, ""), Err(Fault::Broken(_))));
        assert!(matches!(answer(500, ""), Err(Fault::Final(_))));
    }

    #[test]
    fn a_body_that_is_not_what_was_asked_for_is_a_bad_answer() {
        for body in ["", "<html>", "{\"a\":", "[]", "\"text\"", "{}"] {
            #[derive(Debug, serde::Deserialize)]
            struct Wanted {
                #[serde(rename = "a")]
                _a: u64,
            }

            let read: StoreResult<Wanted> = answer(200, body).unwrap().json();

            assert!(matches!(read, Err(StoreError::BadAnswer { .. })), "{body}");
        }
    }

    #[test]
    fn a_complaint_names_the_cause_and_stays_short() {
        let wrapped = json!({"type": "search_phase_execution_exception", "reason": "all shards failed",
            "root_cause": [{"type": "index_closed_exception", "reason": "closed"}]});
        let nested = json!({"type": "document_parsing_exception", "reason": "failed to parse",
            "caused_by": {"reason": "before the epoch"}});

        assert_eq!(Complaint::of(&wrapped).to_string(), "index_closed_exception: closed");
        assert_eq!(Complaint::of(&nested).reason, "failed to parse: before the epoch");
        assert_eq!(Complaint::of(&Value::Null), Complaint::default());
        assert_eq!(Complaint::of(&json!("가".repeat(1_000))).reason.chars().count(), MAX_REASON + 1);
    }
}
