//! The lines of the benchmark: the demo's generator, as producers send them (without ids), in a file.

use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use trailproof::demo::corpus::Corpus;
use trailproof::model::Micros;

const DEFAULT_LINES: u64 = 100_000;
const SPAN_MICROS: i64 = 24 * 3_600 * 1_000_000;
/// 2026-11-21T00:00:00Z: the corpus is the same in every run.
pub(crate) const END: Micros = Micros::new(1_795_219_200_000_000);

/// A file of lines and what is known of it.
pub(crate) struct Lines {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) count: u64,
    pub(crate) raw_bytes: u64,
}

impl Lines {
    pub(crate) fn file(&self) -> PathBuf {
        self.folder.path().join("lines.ndjson")
    }

    /// The file in bodies of 5,000 lines, as a shipper sends them.
    pub(crate) fn bodies(&self) -> std::io::Result<Vec<String>> {
        let text = std::fs::read_to_string(self.file())?;
        let lines: Vec<_> = text.split_inclusive('\n').collect();
        Ok(lines.chunks(5_000).map(<[&str]>::concat).collect())
    }
}

/// Writes the corpus.
pub(crate) fn write() -> anyhow::Result<Lines> {
    #[expect(clippy::disallowed_methods, reason = "a benchmark has no configuration")]
    let count = std::env::var("TRAILPROOF_BENCH_LINES").ok().and_then(|text| text.parse().ok());
    let count = count.unwrap_or(DEFAULT_LINES);
    let folder = tempfile::tempdir()?;
    let raw_bytes = write_file(&folder.path().join("lines.ndjson"), count)?;
    Ok(Lines { folder, count, raw_bytes })
}

fn write_file(path: &Path, count: u64) -> anyhow::Result<u64> {
    let mut out = BufWriter::new(std::fs::File::create(path)?);
    let mut bytes = 0;
    for line in Corpus::new(Corpus::DEMO_SEED, END, SPAN_MICROS, count) {
        let mut value = serde_json::to_value(&line.entry)?;
        if let Some(members) = value.as_object_mut() {
            members.shift_remove("id");
        }
        let mut text = serde_json::to_vec(&value)?;
        text.push(b'\n');
        bytes += u64::try_from(text.len())?;
        out.write_all(&text)?;
    }
    out.flush()?;
    Ok(bytes)
}
