//! `service-hub`: see `service-hub --help`.

use clap::Parser;
use server::cli::{Cli, run};
use std::process::ExitCode;

/// A page is made of thousands of small pieces that live for a millisecond, on several threads: a quarter of the time of
/// rendering one went to the system's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("the system gives threads");
    match runtime.block_on(run(cli)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            eprintln!("service-hub: {sentence}");
            ExitCode::FAILURE
        }
    }
}
