//! `cargo xtask`: makes whatever is missing on this machine, then builds, runs, tests and measures Service Hub.
//!
//! Nothing but a Rust toolchain is needed beforehand. Each step looks first whether its work is already done, so a
//! second start takes seconds; what a step cannot do it says in one sentence, together with what would help.

mod bench;
mod browser;
mod build;
mod client;
mod command;
mod css;
mod echarts;
mod machine;
mod node;
mod paths;
mod postgres;
mod run;
mod server;
mod site;
mod stamp;
mod test;
mod tidy;
mod wasm_target;

use clap::{Parser, Subcommand};
use command::Outcome;
use paths::{Paths, Profile};
use std::process::ExitCode;

#[derive(Parser)]
#[command(bin_name = "cargo xtask", about = "Builds, runs and tests Service Hub")]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Build what changed, then serve on HUB_ADDR (127.0.0.1:3000 when unset)
    Run(run::Args),
    /// Build client and server
    Build(ProfileArgs),
    /// Build only what the browser loads: client, styles, public files
    Front(ProfileArgs),
    /// Build only the styles
    Css(ProfileArgs),
    /// Run every test: rules, database, API, browser
    Test(test::Args),
    /// Measure the page and the events against what they are compared with
    Bench(bench::Args),
    /// Check the rules of the house that no compiler checks
    Tidy,
}

#[derive(clap::Args)]
struct ProfileArgs {
    /// Build fast instead of building fast code
    #[arg(long)]
    dev: bool,
    /// Build for speed (server) and size (client); the default
    #[arg(long, conflicts_with = "dev")]
    release: bool,
}

fn main() -> ExitCode {
    match perform(Cli::parse().task) {
        Ok(code) => code,
        Err(stop) => {
            eprintln!("cargo xtask: {stop}");
            ExitCode::FAILURE
        }
    }
}

fn perform(task: Task) -> Outcome<ExitCode> {
    let paths = Paths::find()?;
    match task {
        Task::Run(args) => run::run(&paths, args),
        Task::Build(args) => build::build(&paths, args.profile()).map(|_| ExitCode::SUCCESS),
        Task::Front(args) => build::front(&paths, args.profile()).map(|_| ExitCode::SUCCESS),
        Task::Css(args) => build::css(&paths, args.profile()).map(|_| ExitCode::SUCCESS),
        Task::Test(args) => test::test(&paths, args),
        Task::Bench(args) => bench::bench(&paths, &args),
        Task::Tidy => tidy::tidy(&paths),
    }
}

impl ProfileArgs {
    fn profile(&self) -> Profile {
        if self.dev { Profile::Dev } else { Profile::Release }
    }
}
