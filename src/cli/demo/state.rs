//! The file by which the commands of this machine find a running demo.
//!
//! It lies in the folder for temporary files (and in /tmp, for a terminal where TMPDIR is another one), is readable by
//! its user alone, and is believed only when it belongs to the user who reads it and its demo still runs.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// Only its owner may read or write it.
const MODE: u32 = 0o600;
const NAME: &str = "trailproof-demo";
/// Where commands look that run with another TMPDIR than the demo.
const SHARED_FOLDER: &str = "/tmp";

/// What a running demo leaves for the commands of this machine. No `Debug`: it holds tokens.
#[derive(Serialize, Deserialize)]
pub(in crate::cli) struct DemoState {
    /// Where it listens.
    pub(in crate::cli) url: String,
    /// Its process.
    pub(in crate::cli) pid: u32,
    /// Token by role.
    pub(in crate::cli) tokens: BTreeMap<String, String>,
}

/// A file that only its owner can read, removed when it is dropped.
pub(super) struct PrivateFile(PathBuf);

impl PrivateFile {
    /// Writes the file, whatever lay at the path before.
    pub(super) fn write(path: PathBuf, content: &[u8]) -> io::Result<Self> {
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut file = OpenOptions::new().write(true).create_new(true).mode(MODE).open(&path)?;
        let written = Self(path);
        file.write_all(content)?;
        Ok(written)
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for PrivateFile {
    fn drop(&mut self) {
        // It may be gone already; there is nobody left to tell.
        let _ = fs::remove_file(&self.0);
    }
}

/// Writes the state of a demo that listens on `port`; replaces what an earlier demo on the port left behind.
pub(super) fn publish(port: u16, state: &DemoState) -> io::Result<Vec<PrivateFile>> {
    let name = format!("{NAME}-{}-{port}.json", user()?);
    let content = serde_json::to_vec(state)?;
    let temporary = std::env::temp_dir();
    let mut files = vec![PrivateFile::write(temporary.join(&name), &content)?];
    if temporary != Path::new(SHARED_FOLDER) {
        // A second place to be found at; the first one is enough.
        files.extend(PrivateFile::write(Path::new(SHARED_FOLDER).join(&name), &content));
    }
    Ok(files)
}

/// The running demo of this user that was started last, or the one at `url`; `None` when there is none.
pub(in crate::cli) fn find(url: Option<&str>) -> Option<DemoState> {
    find_in(&std::env::temp_dir(), url).or_else(|| find_in(Path::new(SHARED_FOLDER), url))
}

fn find_in(folder: &Path, url: Option<&str>) -> Option<DemoState> {
    let user = user().ok()?;
    let prefix = format!("{NAME}-{user}-");
    let mut found: Vec<_> = fs::read_dir(folder)
        .ok()?
        .flatten()
        .filter(|entry| entry.file_name().to_string_lossy().starts_with(&prefix))
        .filter_map(|entry| Some((entry.path(), fs::symlink_metadata(entry.path()).ok()?)))
        .filter(|(_, file)| file.is_file() && file.uid() == user && file.permissions().mode() & 0o777 == MODE)
        .collect();
    found.sort_by_key(|(_, file)| std::cmp::Reverse(file.modified().ok()));
    let states = found.iter().filter_map(|(path, _)| read(path));
    states.into_iter().find(|state| is_running(state.pid) && url.is_none_or(|url| url == state.url))
}

fn read(path: &Path) -> Option<DemoState> {
    serde_json::from_slice(&fs::read(path).ok()?).ok()
}

/// A demo that was killed leaves its file behind.
fn is_running(pid: u32) -> bool {
    Path::new("/proc").join(pid.to_string()).exists()
}

/// Number of the user of this process.
fn user() -> io::Result<u32> {
    Ok(fs::metadata("/proc/self")?.uid())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(folder: &Path, port: u16, pid: u32) -> PrivateFile {
        let state = DemoState { url: format!("http://127.0.0.1:{port}"), pid, tokens: BTreeMap::new() };
        let path = folder.join(format!("{NAME}-{}-{port}.json", user().unwrap()));
        PrivateFile::write(path, &serde_json::to_vec(&state).unwrap()).unwrap()
    }

    #[test]
    fn a_demo_is_found_by_its_file_as_long_as_it_runs() {
        let folder = tempfile::tempdir().unwrap();
        let own = std::process::id();
        let file = put(folder.path(), 1, own);
        let _killed = put(folder.path(), 2, u32::MAX);

        assert_eq!(find_in(folder.path(), None).unwrap().url, "http://127.0.0.1:1");
        assert!(find_in(folder.path(), Some("http://127.0.0.1:2")).is_none());
        drop(file);
        assert!(find_in(folder.path(), None).is_none());
    }

    #[test]
    fn a_file_that_others_can_read_is_not_believed() {
        let folder = tempfile::tempdir().unwrap();
        let file = put(folder.path(), 1, std::process::id());
        fs::set_permissions(file.path(), fs::Permissions::from_mode(0o644)).unwrap();

        assert!(find_in(folder.path(), None).is_none());
    }
}
