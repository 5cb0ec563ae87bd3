//! Everything that a configuration is read from; the one place that looks at the process.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::origin::{ConfigErrors, Origin, Problem};

/// Flags of the command line that are settings.
#[derive(Clone, Debug, Default)]
pub struct Flags {
    /// `--config`: the configuration file.
    pub config: Option<PathBuf>,
    /// `--port`: replaces the port of `http.bind`.
    pub port: Option<u16>,
    /// `--data-dir`: `storage.dir`.
    pub data_dir: Option<PathBuf>,
}

/// What the configuration is read from. No `Debug`: an environment holds secrets.
#[derive(Clone, Default)]
pub struct Sources {
    /// Flags of the command line.
    pub flags: Flags,
    /// Environment variables.
    pub environment: BTreeMap<String, String>,
    /// Text of `.env`, where there is one.
    pub dot_env: Option<String>,
    /// Where `trailproof.toml` is looked for and relative paths of files begin.
    pub directory: PathBuf,
}

impl Sources {
    /// Looks at the environment and the current directory of this process.
    ///
    /// # Errors
    /// `.env` is there but cannot be read.
    pub(crate) fn of_process(flags: Flags) -> Result<Self, ConfigErrors> {
        let environment = std::env::vars_os()
            .map(|(name, value)| (name.to_string_lossy().into_owned(), value.to_string_lossy().into_owned()))
            .collect();
        let directory = PathBuf::from(".");
        let dot_env = read_dot_env(&directory.join(".env"))?;
        Ok(Self { flags, environment, dot_env, directory })
    }
}

/// Reads `.env`; a directory of that name, as Python environments make it, is none.
fn read_dot_env(path: &Path) -> Result<Option<String>, ConfigErrors> {
    if !path.is_file() {
        return Ok(None);
    }
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) => {
            let origin = Origin::DotEnv { line: None };
            Err(ConfigErrors::new(vec![Problem::new(origin, format!("cannot be read: {error}"))]))
        }
    }
}
