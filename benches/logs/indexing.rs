//! Taking lines in: through the service, with the fsync before every acknowledgement, against a bare loop.

use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use tokio::runtime::Runtime;
use trailproof::ingest::{IngestRequest, IngestService};
use trailproof::model::{Clock, Micros};
use trailproof::repository::LogStore;
use trailproof::repository::embedded::folder::DataFolder;
use trailproof::repository::embedded::tantivy::TantivyLogStore;
use trailproof::search::{MasterKey, SearchService};
use trailproof::telemetry::Metrics;

use crate::corpus::{END, Lines};
use crate::report::{Report, folder_bytes};
use crate::rival::Rival;

/// A filled store and the service over it.
pub(crate) struct Filled {
    pub(crate) service: Arc<SearchService>,
    pub(crate) intake: Arc<IngestService>,
    pub(crate) rival: Rival,
}

struct FixedClock;

impl Clock for FixedClock {
    fn now(&self) -> Micros {
        END
    }
}

pub(crate) fn measure(runtime: &Runtime, lines: &Lines, report: &mut Report) -> anyhow::Result<Filled> {
    let bodies = lines.bodies()?;
    let ours_folder = lines.folder.path().join("ours");
    let rival_folder = lines.folder.path().join("rival");
    let store: Arc<dyn LogStore> =
        Arc::new(TantivyLogStore::open(Arc::new(DataFolder::open(&ours_folder)?), Arc::new(FixedClock))?);
    let service =
        Arc::new(SearchService::new(Arc::clone(&store), Arc::new(FixedClock), &MasterKey::new([1; 32]))?);
    let intake = Arc::new(IngestService::new(store, Arc::new(FixedClock), Arc::new(Metrics::new()?)));
    let mut rival = Rival::create(&rival_folder)?;
    let (mut ours_seconds, mut rival_seconds) = (0.0, 0.0);
    let cpu_before = cpu_seconds();
    let mut rival_cpu = 0.0;
    // Body by body in turn, so that a slow moment of the machine meets both.
    for body in &bodies {
        let before = cpu_seconds();
        let started = Instant::now();
        rival.append(body)?;
        rival_seconds += started.elapsed().as_secs_f64();
        rival_cpu += cpu_seconds() - before;
        let started = Instant::now();
        let request = IngestRequest {
            content_type: Some("application/x-ndjson".to_owned()),
            ..IngestRequest::default()
        };
        let answer = runtime.block_on(intake.ingest(Bytes::from(body.clone()), request))?;
        anyhow::ensure!(answer.refused == 0, "a line was refused");
        ours_seconds += started.elapsed().as_secs_f64();
    }
    let ours_cpu = cpu_seconds() - cpu_before - rival_cpu;
    let count = f64::from(u32::try_from(lines.count)?);
    report.figure("indexing, lines/s", count / ours_seconds, "lines/s");
    report.figure("indexing, CPU a line (merges included)", ours_cpu / count * 1e6, "us");
    report.figure("bare tantivy loop, lines/s", count / rival_seconds, "lines/s");
    report.at_least("indexing, rate against a bare tantivy loop", rival_seconds / ours_seconds, 0.7);
    settle(&ours_folder)?;
    let stored = folder_bytes(&ours_folder)?;
    print_files(&ours_folder.join("logs"))?;
    let ratio = crate::report::mega(stored) / crate::report::mega(lines.raw_bytes);
    report.figure("bytes stored a line", ratio * crate::report::mega(lines.raw_bytes) * 1e6 / count, "bytes");
    report.at_most("stored bytes a raw byte, positions included", ratio, 0.50);
    Ok(Filled { service, intake, rival })
}

/// Waits until background merges no longer change the folder.
fn settle(folder: &std::path::Path) -> anyhow::Result<()> {
    let mut last = (0, 0);
    for _ in 0..600 {
        std::thread::sleep(std::time::Duration::from_millis(100));
        let bytes = folder_bytes(folder)?;
        last = if bytes == last.0 { (bytes, last.1 + 1) } else { (bytes, 0) };
        if last.1 == 20 {
            break;
        }
    }
    Ok(())
}

fn print_files(folder: &std::path::Path) -> anyhow::Result<()> {
    let mut sizes = std::collections::BTreeMap::<String, (u64, u64)>::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name =
            entry.path().extension().map(|text| text.to_string_lossy().into_owned()).unwrap_or_default();
        let size = sizes.entry(name).or_default();
        size.0 += 1;
        size.1 += entry.metadata()?.len();
    }
    for (name, (files, bytes)) in sizes {
        println!("   {name:<12} {files:>4} files {:>9.2} MB", crate::report::mega(bytes));
    }
    Ok(())
}

/// CPU seconds of this process, all threads.
pub(crate) fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<_> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks =
        |index: usize| fields.get(index).and_then(|text| text.parse::<f64>().ok()).unwrap_or_default();
    (ticks(11) + ticks(12)) / 100.0
}
