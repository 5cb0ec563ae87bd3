//! The folder of a demo: it goes with the demo unless it is to be kept.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use tempfile::TempDir;

/// A folder for the data of a demo.
pub(super) enum Folder {
    Temporary(TempDir),
    Kept(PathBuf),
}

impl Folder {
    /// Makes the folder, readable by its user alone, among the temporary files.
    pub(super) fn make(keep: bool) -> anyhow::Result<Self> {
        let folder = tempfile::Builder::new().prefix("trailproof-demo-").tempdir();
        let folder = folder.with_context(|| {
            let place = std::env::temp_dir();
            format!(
                "no folder can be made in {}; set TMPDIR to a folder that you may write to",
                place.display()
            )
        })?;
        Ok(if keep { Self::Kept(folder.keep()) } else { Self::Temporary(folder) })
    }

    pub(super) fn path(&self) -> &Path {
        match self {
            Self::Temporary(folder) => folder.path(),
            Self::Kept(path) => path,
        }
    }

    /// Removes the folder unless it is kept.
    pub(super) fn finish(self) -> anyhow::Result<()> {
        match self {
            Self::Kept(_) => Ok(()),
            Self::Temporary(folder) => {
                let path = folder.path().to_owned();
                folder.close().with_context(|| format!("{} cannot be removed", path.display()))
            }
        }
    }
}
