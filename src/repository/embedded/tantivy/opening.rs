//! What is done with the folder of the index before tantivy opens it, and what is said when that cannot.

use std::fs;
use std::io;
use std::path::Path;

use tantivy::TantivyError;
use tantivy::schema::Schema;

use super::writer::STORE;
use crate::repository::embedded::folder::sync_folder;
use crate::repository::{StoreError, StoreResult};

/// How the names of tantivy's drafts begin: it writes a file under such a name, then renames it.
const DRAFT: &str = ".tmp";

/// Makes the folder if needed, durably, and removes the drafts of a process that ended half-way.
///
/// # Errors
/// What the file system says.
pub(super) fn prepare(path: &Path) -> StoreResult<()> {
    make(path).map_err(|error| StoreError::Unavailable {
        store: STORE,
        reason: format!("{} cannot be used: {error}", path.display()),
    })
}

fn make(path: &Path) -> io::Result<()> {
    fs::create_dir_all(path)?;
    if let Some(parent) = path.parent() {
        sync_folder(parent)?;
    }
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(DRAFT) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// Refuses an index of other fields: its lines would be read wrongly.
///
/// # Errors
/// [`StoreError::Corrupt`].
pub(super) fn check_schema(path: &Path, found: &Schema, ours: &Schema) -> StoreResult<()> {
    if found == ours {
        return Ok(());
    }
    let path = path.display();
    let reason = format!(
        "{path} was written by another version, with other fields\n\
         use the version that wrote it, or move it away to begin with an empty one: mv {path} {path}.old"
    );
    Err(StoreError::Corrupt { store: STORE, reason })
}

/// Says which folder is damaged, what tantivy found, and what can be done.
#[expect(clippy::needless_pass_by_value, reason = "called through map_err")]
pub(super) fn damaged(path: &Path, error: TantivyError) -> StoreError {
    let path = path.display();
    let reason = format!(
        "{path}: {error}\n\
         restore it from a backup, or move it away to begin with an empty one: mv {path} {path}.damaged"
    );
    StoreError::Corrupt { store: STORE, reason }
}
