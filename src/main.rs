//! The program: installs what the whole process needs, then runs the command line.

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    // Two providers are linked in (the Elasticsearch client brings another); name one before anybody asks for it.
    if rustls::crypto::aws_lc_rs::default_provider().install_default().is_err() {
        return ExitCode::FAILURE;
    }
    // A huge page for each thread is most of the memory of a server that waits, and makes none faster. Where the kernel knows
    // nothing of it, there is nothing to turn off.
    #[cfg(target_os = "linux")]
    let _ = rustix::thread::disable_transparent_huge_pages(true);
    trailproof::cli::run()
}
