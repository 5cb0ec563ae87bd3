//! The folder of a demo: it goes with the demo unless it is to be kept.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use tempfile::TempDir;
use tokio::time::{Instant, sleep};

/// How long the last writing of the store is waited for.
const PATIENCE: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(20);

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

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        match self {
            Self::Temporary(folder) => folder.path(),
            Self::Kept(path) => path,
        }
    }

    /// Where the data lies.
    pub(super) fn data(&self) -> PathBuf {
        self.path().join("data")
    }

    /// Removes the folder unless it is kept; waits until nobody writes to it.
    pub(super) async fn finish(self) -> anyhow::Result<()> {
        let data = self.data();
        match self {
            Self::Kept(_) => Ok(()),
            Self::Temporary(folder) => {
                wait_until_released(&data).await;
                let path = folder.path().to_owned();
                folder.close().with_context(|| format!("{} cannot be removed", path.display()))
            }
        }
    }
}

/// The store holds the lock until its last segment is merged.
async fn wait_until_released(data: &Path) {
    let Ok(lock) = File::open(data.join("lock")) else { return };
    let give_up = Instant::now() + PATIENCE;
    while matches!(lock.try_lock(), Err(TryLockError::WouldBlock)) && Instant::now() < give_up {
        sleep(PAUSE).await;
    }
}
