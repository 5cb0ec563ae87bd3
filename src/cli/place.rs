//! Where a command finds its configuration and its data.

use std::path::PathBuf;

use clap::Args;

use super::outcome::Failure;
use crate::config::{Config, Flags, Loaded, Sources};

/// Where the configuration and the data are.
#[derive(Clone, Debug, Args)]
pub(super) struct Place {
    /// Configuration file; ./trailproof.toml when there is one.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Data directory; ./trailproof-data unless configured.
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
}

impl Place {
    /// The flags that are settings.
    #[must_use]
    pub(super) fn flags(&self, port: Option<u16>) -> Flags {
        Flags { config: self.config.clone(), port, data_dir: self.data_dir.clone() }
    }
}

/// Loads the configuration of this process.
pub(super) fn load(flags: Flags) -> Result<Loaded, Failure> {
    let loaded = Sources::of_process(flags).and_then(|sources| Config::load(&sources));
    loaded.map_err(|problems| Failure::User(anyhow::anyhow!("the configuration is not good\n{problems}")))
}
