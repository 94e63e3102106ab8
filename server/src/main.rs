//! `service-hub`: see `service-hub --help`.

use clap::Parser;
use server::cli::{Cli, refusal, run};
use std::process::ExitCode;

/// A page is made of thousands of small pieces that live for a millisecond, on several threads: a quarter of the time of
/// rendering one went to the system's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The exit code of a command line that says nothing the program knows, as clap has it.
const MISUSED: u8 = 2;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(misuse) if misuse.use_stderr() && std::env::args_os().any(|argument| argument == "--json") => {
            eprintln!("{}", refusal(misuse.render().to_string().trim_end(), true));
            return ExitCode::from(MISUSED);
        }
        Err(answer) => answer.exit(),
    };
    let json = cli.json();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("the system gives threads");
    match runtime.block_on(run(cli)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            eprintln!("{}", refusal(&sentence, json));
            ExitCode::FAILURE
        }
    }
}
