//! The embedded log store against its rivals, side by side in one run, over the same lines.
//!
//! `cargo bench --bench logs` measures 100,000 lines and fails when a gate is missed; `TRAILPROOF_BENCH_LINES=1000000`
//! measures more. Gates are ratios between contenders of this run, never times.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

mod corpus;
mod http;
mod indexing;
mod queries;
mod report;
mod rival;

use report::Report;

/// The allocator of the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> anyhow::Result<()> {
    if rustls::crypto::aws_lc_rs::default_provider().install_default().is_err() {
        anyhow::bail!("no crypto provider");
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let corpus = corpus::write()?;
    let mut report = Report::new(&corpus);
    let store = indexing::measure(&runtime, &corpus, &mut report)?;
    queries::measure(&runtime, &corpus, &store, &mut report)?;
    http::measure(&runtime, &store, &mut report)?;
    report.finish()
}
