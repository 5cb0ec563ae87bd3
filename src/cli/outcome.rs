//! How commands end, and what they print at their end.

use std::io::Write as _;

/// Why a command ends without success.
#[derive(Debug)]
pub(super) enum Failure {
    /// The user can fix it: exit code 1.
    User(anyhow::Error),
    /// A server cannot be reached, or a check failed: exit code 2.
    Unreachable(anyhow::Error),
    /// The output says it already: exit code 2.
    Reported,
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::User(error)
    }
}

impl Failure {
    /// Adds a sentence that helps.
    pub(super) fn with_advice(self, advice: &str) -> Self {
        match self {
            Self::User(error) => Self::User(anyhow::anyhow!("{error:#}\n{advice}")),
            Self::Unreachable(error) => Self::Unreachable(anyhow::anyhow!("{error:#}\n{advice}")),
            Self::Reported => Self::Reported,
        }
    }
}

/// How a command ends.
pub(super) type Outcome = Result<(), Failure>;

/// Prints the result of a command.
pub(super) fn print(text: &str) -> Outcome {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(|error| Failure::User(error.into()))
}
