//! Figures and gates: printed as they come, judged at the end.

use crate::corpus::Lines;

/// What has been measured.
pub(crate) struct Report {
    missed: Vec<String>,
    passed: usize,
    figures: usize,
}

impl Report {
    pub(crate) fn new(lines: &Lines) -> Self {
        println!("{} lines, {:.1} MB", lines.count, mega(lines.raw_bytes));
        Self { missed: Vec::new(), passed: 0, figures: 0 }
    }

    /// A figure to publish.
    pub(crate) fn figure(&mut self, name: &str, value: f64, unit: &str) {
        self.figures += 1;
        println!("F  {name:<58} {value:>12.3} {unit}");
    }

    /// A ratio that must not be over `most`.
    pub(crate) fn at_most(&mut self, name: &str, ratio: f64, most: f64) {
        self.judge(name, ratio, ratio <= most, &format!("at most {most}"));
    }

    /// A ratio that must not be under `least`.
    pub(crate) fn at_least(&mut self, name: &str, ratio: f64, least: f64) {
        self.judge(name, ratio, ratio >= least, &format!("at least {least}"));
    }

    fn judge(&mut self, name: &str, ratio: f64, holds: bool, bound: &str) {
        println!("G  {name:<58} {ratio:>12.4} {bound}: {}", if holds { "ok" } else { "MISSED" });
        if holds {
            self.passed += 1;
        } else {
            self.missed.push(format!("{name}: {ratio:.4}, {bound}"));
        }
    }

    /// The closing line; an error when a gate was missed.
    pub(crate) fn finish(self) -> anyhow::Result<()> {
        println!("{} figures", self.figures);
        println!("{} passed, {} failed", self.passed, self.missed.len());
        anyhow::ensure!(self.missed.is_empty(), "missed: {}", self.missed.join("; "));
        Ok(())
    }
}

#[expect(clippy::cast_precision_loss, clippy::as_conversions, reason = "figures for people")]
pub(crate) fn mega(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

/// The middle one of several measurements.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Bytes of all files below a folder.
pub(crate) fn folder_bytes(path: &std::path::Path) -> std::io::Result<u64> {
    let mut bytes = 0;
    for entry in std::fs::read_dir(path)? {
        let entry = entry?;
        let metadata = entry.metadata()?;
        bytes += if metadata.is_dir() { folder_bytes(&entry.path())? } else { metadata.len() };
    }
    Ok(bytes)
}
