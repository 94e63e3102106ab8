//! The heavy half of the bench, built when first needed: `xtask/src/bench_tools`.

use crate::{
    command::{self, Outcome, Stop},
    paths::{Paths, Profile},
};
use serde_json::Value;
use std::{
    env,
    path::PathBuf,
    process::{Command, Stdio},
};

pub struct Tools(PathBuf);

impl Tools {
    /// Always for speed: a slow load would measure itself.
    pub fn build(paths: &Paths) -> Outcome<Tools> {
        let mut cargo = command::cargo(&paths.root);
        cargo.args(["build", "--release", "--package", "xtask", "--features", "bench-tools", "--bin", "bench-tools"]);
        command::run(&mut cargo, "the tools that measure (xtask/src/bench_tools) do not compile; the compiler's messages above say why")?;
        Tools::found(paths)
    }

    pub fn found(paths: &Paths) -> Outcome<Tools> {
        let program = paths.binaries(Profile::Release).join(format!("bench-tools{}", env::consts::EXE_SUFFIX));
        if program.exists() { Ok(Tools(program)) } else { Err(Stop::new(format!("there is no {}; start again without --built", program.display()))) }
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.0);
        command.args(arguments);
        command
    }

    /// Runs one of its commands; what goes wrong it says itself.
    pub fn ask(&self, arguments: &[&str]) -> Outcome<Value> {
        let failed = || Stop::new(format!("the bench ends at `{}`; the message above says why", arguments[0]));
        let output = self.command(arguments).stdin(Stdio::null()).stderr(Stdio::inherit()).output().map_err(|_| failed())?;
        if !output.status.success() {
            return Err(failed());
        }
        serde_json::from_slice(&output.stdout).map_err(|_| failed())
    }
}
