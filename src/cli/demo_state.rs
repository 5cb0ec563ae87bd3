//! The file by which the commands of this machine find a running demo.
//!
//! It lies in the folder for temporary files, is readable by its user alone, and is believed only when it belongs to
//! the user who reads it.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// Only its owner may read or write it.
const MODE: u32 = 0o600;
const NAME: &str = "trailproof-demo";

/// What a running demo leaves for the commands of this machine.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct DemoState {
    /// Where it listens.
    pub(super) url: String,
    /// Token by role.
    pub(super) tokens: BTreeMap<String, String>,
}

/// A state file that is removed when the demo ends.
#[derive(Debug)]
pub(super) struct StateFile(PathBuf);

impl StateFile {
    /// Writes the state of a demo that listens on `port`; replaces what an earlier demo on the port left behind.
    pub(super) fn write(port: u16, state: &DemoState) -> io::Result<Self> {
        let path = std::env::temp_dir().join(format!("{NAME}-{}-{port}.json", user()?));
        write_private(&path, &serde_json::to_vec(state)?)?;
        Ok(Self(path))
    }
}

impl Drop for StateFile {
    fn drop(&mut self) {
        // It may be gone already; there is nobody left to tell.
        let _ = fs::remove_file(&self.0);
    }
}

/// Writes a file that only its owner can read, whatever lay at the path before.
pub(super) fn write_private(path: &Path, content: &[u8]) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(MODE).open(path)?;
    file.write_all(content)
}

/// The demo of this user that was started last; `None` when there is none.
pub(super) fn find() -> Option<DemoState> {
    let user = user().ok()?;
    let prefix = format!("{NAME}-{user}-");
    let mut found: Vec<_> = fs::read_dir(std::env::temp_dir())
        .ok()?
        .flatten()
        .filter(|entry| entry.file_name().to_string_lossy().starts_with(&prefix))
        .filter_map(|entry| Some((entry.path(), fs::symlink_metadata(entry.path()).ok()?)))
        .filter(|(_, file)| file.is_file() && file.uid() == user && file.permissions().mode() & 0o777 == MODE)
        .collect();
    found.sort_by_key(|(_, file)| std::cmp::Reverse(file.modified().ok()));
    found.iter().find_map(|(path, _)| serde_json::from_slice(&fs::read(path).ok()?).ok())
}

/// Number of the user of this process.
fn user() -> io::Result<u32> {
    Ok(fs::metadata("/proc/self")?.uid())
}
