//! What an answer says beside its lines: likely slips, near names, and that a part of the index did not answer. It stands
//! on standard error in every form of output, so that a program that reads the lines still leaves it to be seen.

use std::io::{self, Write as _};

use anyhow::Context as _;
use serde::Deserialize;

use crate::cli::terminal::printable;

/// Whether an answer covers everything.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
pub(super) struct Completeness {
    pub(super) partial: bool,
}

impl Completeness {
    /// Says so when a part is missing.
    pub(super) fn tell(self) -> anyhow::Result<()> {
        if !self.partial {
            return Ok(());
        }
        writeln!(io::stderr(), "warning: a part of the index did not answer; lines may be missing")
            .context("standard error")
    }
}

/// Passes on the warnings of an answer.
pub(super) fn tell(warnings: &[String]) -> anyhow::Result<()> {
    for warning in warnings {
        writeln!(io::stderr(), "note: {}", printable(warning)).context("standard error")?;
    }
    Ok(())
}
