//! The program: installs what the whole process needs, then runs the command line.

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    // Two providers are linked in (the Elasticsearch client brings another); name one before anybody asks for it.
    if rustls::crypto::aws_lc_rs::default_provider().install_default().is_err() {
        return ExitCode::FAILURE;
    }
    trailproof::cli::run()
}
