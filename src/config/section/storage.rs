//! Section `storage`: what the embedded engine keeps on this machine.

use std::path::PathBuf;

use serde::Deserialize;

use crate::config::key::Key;
use crate::config::kind::Kind;
use crate::config::origin::Problem;
use crate::config::settings::Settings;

/// Least limit of the disk space of lines.
const MIN_DISK_BYTES: i64 = 1_048_576;

pub(super) const TABLE: Key = Key::table(
    "storage",
    &[
        Key::value("dir", "TRAILPROOF_STORAGE_DIR", Kind::ANY),
        Key::value(
            "max_disk_bytes",
            "TRAILPROOF_STORAGE_MAX_DISK_BYTES",
            Kind::Number { min: 0, max: i64::MAX },
        ),
    ],
);

/// Section `storage`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Storage {
    /// Data directory.
    pub dir: PathBuf,
    /// Bytes that log lines may take; 0 means no limit.
    pub max_disk_bytes: u64,
}

pub(super) fn check(settings: &Settings) -> Vec<Problem> {
    tiny_disk(settings).into_iter().collect()
}

/// A number that was meant in gigabytes would delete every line.
fn tiny_disk(settings: &Settings) -> Option<Problem> {
    let bytes = settings.given("storage.max_disk_bytes")?.value.as_ref()?.as_integer()?;
    if bytes == 0 || bytes >= MIN_DISK_BYTES {
        return None;
    }
    let message = format!(
        "'storage.max_disk_bytes' is {bytes}, too little for any log; use at least {MIN_DISK_BYTES}, or 0 for no limit"
    );
    settings.problem("storage.max_disk_bytes", message)
}
