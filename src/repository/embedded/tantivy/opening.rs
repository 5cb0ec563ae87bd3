//! What is done with the folder of the index before tantivy opens it, and what is said when that cannot.

use std::fs;
use std::io;
use std::path::Path;

use tantivy::Index;
use tantivy::index::SegmentComponent;
use tantivy::schema::Schema;

use super::STORE;
use crate::repository::embedded::folder::sync_folder;
use crate::repository::{StoreError, StoreResult};

/// How the names of tantivy's drafts begin: it writes a file under such a name, then renames it.
const DRAFT: &str = ".tmp";

/// Longest finding that is shown.
const MAX_FINDING_CHARS: usize = 400;
/// The file that names the segments.
const META: &str = "meta.json";
/// How the names of the files end that hold stored lines.
const STORED: &str = ".store";
/// What every segment consists of; tantivy itself opens one without positions and then finds no phrase.
const COMPONENTS: [SegmentComponent; 6] = [
    SegmentComponent::Terms,
    SegmentComponent::Postings,
    SegmentComponent::Positions,
    SegmentComponent::FastFields,
    SegmentComponent::FieldNorms,
    SegmentComponent::Store,
];

/// Makes the folder if needed, durably, and removes the drafts of a process that ended half-way.
///
/// # Errors
/// What the file system says, or that lines are there without the file that names them: a new index would delete them.
pub(super) fn prepare(path: &Path) -> StoreResult<()> {
    let failed = |error: io::Error| StoreError::Unavailable {
        store: STORE,
        reason: format!("{} cannot be used: {error}", path.display()),
    };
    make(path).map_err(failed)?;
    let mut holds_lines = false;
    for name in names(path).map_err(failed)? {
        holds_lines |= name.ends_with(STORED);
        if name.starts_with(DRAFT) {
            fs::remove_file(path.join(name)).map_err(failed)?;
        }
    }
    if holds_lines && !path.join(META).exists() {
        return Err(damaged(path, format!("it holds lines, but {META} is missing")));
    }
    Ok(())
}

fn make(path: &Path) -> io::Result<()> {
    fs::create_dir_all(path)?;
    path.parent().map_or(Ok(()), sync_folder)
}

fn names(path: &Path) -> io::Result<Vec<String>> {
    fs::read_dir(path)?.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())).collect()
}

/// Makes sure that the index is ours and whole, as far as that can be told without reading it.
///
/// # Errors
/// An index of other fields, whose lines would be read wrongly, or one that lacks a file.
pub(super) fn check(path: &Path, index: &Index, ours: &Schema) -> StoreResult<()> {
    if index.schema() != *ours {
        let path = path.display();
        let reason = format!(
            "{path} was written by another version, with other fields\n\
             use the version that wrote it, or move it away to begin with an empty one: mv {path} {path}.old"
        );
        return Err(StoreError::Corrupt { store: STORE, reason });
    }
    for segment in index.searchable_segment_metas().map_err(|error| damaged(path, error))? {
        let mut files = COMPONENTS.into_iter().map(|component| segment.relative_path(component));
        if let Some(file) = files.find(|file| !path.join(file).exists()) {
            return Err(damaged(path, format!("{} is missing", file.display())));
        }
    }
    Ok(())
}

/// Says which folder is damaged, what was found, and what can be done.
#[expect(clippy::needless_pass_by_value, reason = "called through map_err")]
pub(super) fn damaged(path: &Path, finding: impl ToString) -> StoreError {
    let path = path.display();
    // Some findings quote whole files.
    let finding: String = finding.to_string().replace('\n', " ").chars().take(MAX_FINDING_CHARS).collect();
    let reason = format!(
        "{path}: {finding}\n\
         restore it from a backup, or move it away to begin with an empty one: mv {path} {path}.damaged"
    );
    StoreError::Corrupt { store: STORE, reason }
}
