//! The data folder: one process at a time, and only one that this version can read.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// Version of what lies in the folder; rises with every change after which one version cannot read what the other has written.
const FORMAT: u32 = 2;

/// Why a data folder cannot be used. Each message fits on a few lines and says what to do.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// Another process holds it.
    #[error(
        "the data folder {} is in use by another process\nstop that one first, or name another folder with --data-dir",
        .0.display()
    )]
    InUse(PathBuf),
    /// A newer version has written it.
    #[error(
        "the data folder {} has format {found}, but this version knows {FORMAT} at most\nuse the newer trailproof that wrote it, or name another folder with --data-dir",
        .path.display()
    )]
    TooNew {
        /// The folder.
        path: PathBuf,
        /// Its format.
        found: String,
    },
    /// An older version has written it.
    #[error(
        "the data folder {0} has format {found}, but this version reads format {FORMAT} only\nmove it away to begin with an empty one: mv {0} {0}.old\nor use the older trailproof that wrote it",
        without_slash(.path).display()
    )]
    TooOld {
        /// The folder.
        path: PathBuf,
        /// Its format.
        found: u32,
    },
    /// The file system refuses.
    #[error("the data folder {} cannot be used: {source}", .path.display())]
    Io {
        /// The folder or a file in it.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// A data folder that belongs to this process until it is dropped.
#[derive(Debug)]
pub struct DataFolder {
    path: PathBuf,
    /// The operating system frees the lock with the file, also after `kill -9`.
    _lock: File,
}

impl DataFolder {
    /// Makes the folder if needed (mode 0700), locks it and checks its format.
    ///
    /// # Errors
    /// See [`FolderError`].
    pub fn open(path: &Path) -> Result<Self, FolderError> {
        let failed = |source| FolderError::Io { path: path.to_owned(), source };
        create_private(path).map_err(failed)?;
        // A power cut must not take the folder away with all that is acknowledged in it.
        sync_parent(path).map_err(failed)?;
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(path.join("lock"))
            .map_err(failed)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(FolderError::InUse(path.to_owned())),
            Err(TryLockError::Error(source)) => return Err(failed(source)),
        }
        check_format(path)?;
        Ok(Self { path: path.to_owned(), _lock: lock })
    }

    /// Where it is.
    #[must_use]
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

/// The path so that something can be put behind its last name.
fn without_slash(path: &Path) -> &Path {
    path.components().as_path()
}

fn create_private(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}

fn check_format(path: &Path) -> Result<(), FolderError> {
    let failed = |source| FolderError::Io { path: path.join("format"), source };
    match check_known_format(path)? {
        Written::Yes => Ok(()),
        Written::NotYet => write_format(path).map_err(failed),
    }
}

/// Whether the format of a folder has been written into it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Written {
    Yes,
    NotYet,
}

/// Refuses a folder of another version; changes nothing.
pub(super) fn check_known_format(path: &Path) -> Result<Written, FolderError> {
    let file = path.join("format");
    let text = match std::fs::read_to_string(&file) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Written::NotYet),
        Err(source) => return Err(FolderError::Io { path: file, source }),
    };
    match text.trim().parse() {
        Ok(FORMAT) => return Ok(Written::Yes),
        Ok(found) if found < FORMAT => return Err(FolderError::TooOld { path: path.to_owned(), found }),
        Ok(_) | Err(_) => {}
    }
    Err(FolderError::TooNew { path: path.to_owned(), found: text.trim().chars().take(20).collect() })
}

/// Gives the file its name only once it is whole: a process that ends half-way leaves no format that nobody can read.
fn write_format(path: &Path) -> io::Result<()> {
    let draft = path.join("format.new");
    let mut file = File::create(&draft)?;
    file.write_all(format!("{FORMAT}\n").as_bytes())?;
    file.sync_all()?;
    std::fs::rename(&draft, path.join("format"))?;
    sync_folder(path)
}

fn sync_parent(path: &Path) -> io::Result<()> {
    match path.canonicalize()?.parent() {
        // A parent that may be entered but not listed cannot be synced; it was there before us then.
        Some(parent) => match sync_folder(parent) {
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Ok(()),
            synced => synced,
        },
        None => Ok(()),
    }
}

/// Makes names in a folder durable: renames and new files survive a power cut only after this.
///
/// # Errors
/// What the operating system says.
pub(crate) fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_opener_is_told_that_the_folder_is_in_use() {
        let folder = tempfile::tempdir().unwrap();
        let first = DataFolder::open(folder.path()).unwrap();

        let second = DataFolder::open(folder.path()).unwrap_err().to_string();
        drop(first);

        assert!(second.contains("in use by another process"), "{second}");
        assert!(DataFolder::open(folder.path()).is_ok());
    }

    #[test]
    fn a_folder_of_a_newer_version_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("format"), "3\n").unwrap();

        let error = DataFolder::open(folder.path()).unwrap_err().to_string();

        assert!(error.contains("has format 3, but this version knows 2"), "{error}");
    }

    #[test]
    fn a_folder_of_an_older_version_is_refused_with_the_command_that_helps() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("format"), "1\n").unwrap();

        let error = DataFolder::open(&folder.path().join("")).unwrap_err().to_string();

        let path = folder.path().display();
        assert!(error.contains("has format 1, but this version reads format 2 only"), "{error}");
        assert!(error.contains(&format!(": mv {path} {path}.old\n")), "{error}");
    }

    #[test]
    fn a_process_that_ended_while_it_wrote_the_format_leaves_a_folder_that_opens() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("format.new"), "").unwrap();

        drop(DataFolder::open(folder.path()).unwrap());

        assert_eq!(std::fs::read_to_string(folder.path().join("format")).unwrap(), "2\n");
        assert!(DataFolder::open(folder.path()).is_ok());
    }
}
