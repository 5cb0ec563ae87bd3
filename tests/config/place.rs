//! A directory, an environment and flags to read a configuration from.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test harness fails by panicking")]

use std::fs;

use tempfile::TempDir;
use trailproof::cli::config::{ShowOrigin, show};
use trailproof::config::{Config, Flags, Loaded, Sources};

/// A directory with what a test puts into it.
pub(crate) struct Place {
    directory: TempDir,
    pub(crate) sources: Sources,
}

impl Place {
    pub(crate) fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let sources = Sources { directory: directory.path().to_owned(), ..Sources::default() };
        Self { directory, sources }
    }

    pub(crate) fn file(self, text: &str) -> Self {
        self.other_file("trailproof.toml", text)
    }

    pub(crate) fn other_file(self, name: &str, content: impl AsRef<[u8]>) -> Self {
        fs::write(self.directory.path().join(name), content).unwrap();
        self
    }

    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.sources.environment.insert(name.to_owned(), value.to_owned());
        self
    }

    pub(crate) fn dot_env(mut self, text: &str) -> Self {
        self.sources.dot_env = Some(text.to_owned());
        self
    }

    pub(crate) fn flags(mut self, flags: Flags) -> Self {
        self.sources.flags = flags;
        self
    }

    pub(crate) fn load(&self) -> Loaded {
        Config::load(&self.sources).unwrap()
    }

    pub(crate) fn problems(&self) -> Vec<String> {
        Config::load(&self.sources).expect_err("a configuration with problems").lines()
    }

    /// What `config show --origin` says about one setting.
    pub(crate) fn shown(&self, path: &str) -> String {
        let text = show(&self.load(), ShowOrigin::Yes);
        let line = text.lines().find(|line| line.starts_with(&format!("{path} = ")));
        line.unwrap_or_default().to_owned()
    }
}
