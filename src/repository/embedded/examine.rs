//! Looks at the data folder, and says what to do about what is wrong with it. Changes nothing.

use std::fs::{self, File, Metadata, TryLockError};
use std::io::{self, ErrorKind};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use rustix::fs::{Access, access, statvfs};

use super::folder::{self, FolderError};
use crate::model::Finding;

const MIB: u64 = 1024 * 1024;
/// Below this, writing may end at any moment.
const LEAST_FREE: u64 = 64 * MIB;
/// Below this it is time to do something.
const ENOUGH_FREE: u64 = 1024 * MIB;

/// Examines the folder and the disk below it.
#[must_use]
pub fn examine(path: &Path) -> Vec<Finding> {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let path = absolute.as_path();
    let shown = path.display();
    let metadata = match fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == ErrorKind::NotFound => return not_there_yet(path),
        Err(error) => return vec![unusable(path, &error)],
    };
    if !metadata.is_dir() {
        let message = format!("{shown} is not a folder");
        return vec![Finding::failed("data_folder", message, "trailproof serve --data-dir …")];
    }
    if let Err(error) = access(path, Access::READ_OK | Access::WRITE_OK | Access::EXEC_OK) {
        return vec![unusable(path, &error.into())];
    }
    let mut findings = vec![content(path)];
    findings.extend(privacy(path, &metadata));
    findings.push(space(path));
    findings
}

fn not_there_yet(path: &Path) -> Vec<Finding> {
    let shown = path.display();
    let Some(parent) = path.ancestors().skip(1).find(|parent| parent.exists()) else {
        return vec![unusable(path, &ErrorKind::NotFound.into())];
    };
    match access(parent, Access::WRITE_OK | Access::EXEC_OK) {
        Ok(()) => {
            vec![Finding::ok("data_folder", format!("{shown} is created on the first start")), space(parent)]
        }
        Err(error) => vec![unusable(path, &error.into())],
    }
}

fn unusable(path: &Path, error: &io::Error) -> Finding {
    let shown = path.display();
    Finding::failed(
        "data_folder",
        format!("{shown} cannot be used by this user: {error}"),
        format!("sudo install -d -m 0700 -o \"$(id -un)\" '{shown}'"),
    )
}

fn content(path: &Path) -> Finding {
    let shown = path.display();
    if let Err(error) = folder::check_known_format(path) {
        let fix = match &error {
            FolderError::TooNew { .. } => "use the newer trailproof that wrote it".to_owned(),
            FolderError::TooOld { .. } => format!("mv '{shown}' '{shown}.old'"),
            FolderError::InUse(_) | FolderError::Io { .. } => format!("ls -la '{shown}'"),
        };
        let message = error.to_string().lines().next().unwrap_or_default().to_owned();
        return Finding::failed("data_folder", message, fix);
    }
    let is_in_use = File::open(path.join("lock"))
        .is_ok_and(|lock| matches!(lock.try_lock_shared(), Err(TryLockError::WouldBlock)));
    let state = if is_in_use { "in use by a running trailproof" } else { "not in use" };
    Finding::ok("data_folder", format!("{shown} is {state}"))
}

/// Secrets lie in the folder where the configuration holds none.
fn privacy(path: &Path, metadata: &Metadata) -> Option<Finding> {
    let shown = path.display();
    let is_open = metadata.permissions().mode() & 0o077 != 0;
    is_open.then(|| {
        let message = format!("other users of this machine can read {shown}, which holds secrets and lines");
        Finding::warning("data_folder", message, format!("chmod 0700 '{shown}'"))
    })
}

fn space(path: &Path) -> Finding {
    let shown = path.display();
    let show = format!("df -h '{shown}'");
    let disk = match statvfs(path) {
        Ok(disk) => disk,
        Err(error) => {
            return Finding::warning("disk", format!("the disk of {shown} cannot be asked: {error}"), show);
        }
    };
    let free = disk.f_bavail.saturating_mul(disk.f_frsize);
    let message = match free / MIB {
        mib if mib < 10 * 1024 => format!("{mib} MiB are free on the disk of {shown}"),
        mib => format!("{} GiB are free on the disk of {shown}", mib / 1024),
    };
    match free {
        free if free < LEAST_FREE => Finding::failed("disk", message, show),
        free if free < ENOUGH_FREE => Finding::warning("disk", message, show),
        _ => Finding::ok("disk", message),
    }
}

#[cfg(test)]
mod tests {
    use std::fs::Permissions;

    use super::super::folder::DataFolder;
    use super::*;
    use crate::model::Verdict;

    fn first(path: &Path) -> (Verdict, String) {
        let finding = examine(path).remove(0);
        (finding.verdict, finding.message)
    }

    #[test]
    fn a_folder_is_told_by_who_uses_it() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("data");

        let before = first(&path);
        assert!(!path.exists());
        let open = DataFolder::open(&path).unwrap();
        let meanwhile = first(&path);
        drop(open);

        assert_eq!(before.0, Verdict::Ok);
        assert!(before.1.ends_with("is created on the first start"), "{}", before.1);
        assert!(meanwhile.1.ends_with("in use by a running trailproof"), "{}", meanwhile.1);
        assert!(first(&path).1.ends_with("not in use"));
    }

    #[test]
    fn what_is_wrong_with_a_folder_is_named() {
        let place = tempfile::tempdir().unwrap();
        let file = place.path().join("file");
        fs::write(&file, "").unwrap();
        let newer = place.path().join("newer");
        fs::create_dir(&newer).unwrap();
        fs::write(newer.join("format"), "3\n").unwrap();
        fs::set_permissions(&newer, Permissions::from_mode(0o755)).unwrap();

        assert_eq!(first(&file), (Verdict::Failed, format!("{} is not a folder", file.display())));
        assert_eq!(first(&file.join("below")).0, Verdict::Failed);
        let findings = examine(&newer);
        assert_eq!(findings[0].verdict, Verdict::Failed);
        assert!(findings[0].message.contains("has format 3"), "{}", findings[0].message);
        assert_eq!(findings[1].fix, Some(format!("chmod 0700 '{}'", newer.display())));
        assert_eq!(findings[2].check, "disk");
    }
}
