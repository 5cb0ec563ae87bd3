//! What `trailproof doctor` finds. Made by whoever knows the thing that is examined, told by the command line.

use serde::Serialize;

/// What was found about one thing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What was examined, such as `node` or `privileges`: stable, for programs.
    pub check: &'static str,
    /// Whether something must be done.
    pub verdict: Verdict,
    /// A sentence about what was found.
    pub message: String,
    /// The command that fixes it, or a sentence where no command can.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fix: Option<String>,
}

/// Whether something must be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Nothing.
    Ok,
    /// It works, but not all of it, or perhaps not for long.
    Warning,
    /// Something does not work.
    Failed,
}

impl Finding {
    /// All is well.
    #[must_use]
    pub(crate) fn ok(check: &'static str, message: impl Into<String>) -> Self {
        Self { check, verdict: Verdict::Ok, message: message.into(), fix: None }
    }

    /// It works, but not all of it.
    #[must_use]
    pub(crate) fn warning(check: &'static str, message: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { check, verdict: Verdict::Warning, message: message.into(), fix: Some(fix.into()) }
    }

    /// It does not work.
    #[must_use]
    pub(crate) fn failed(check: &'static str, message: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { check, verdict: Verdict::Failed, message: message.into(), fix: Some(fix.into()) }
    }
}
