//! The server: one native binary.

use crate::{
    command::{self, Outcome},
    paths::{Paths, Profile},
};
use std::{env, path::PathBuf};

pub fn server(paths: &Paths, profile: Profile) -> Outcome<PathBuf> {
    let mut cargo = command::cargo(&paths.root);
    cargo.args(["build", "--package", "service-hub", "--bin", "service-hub"]);
    match profile {
        Profile::Release => cargo.arg("--release"),
        // The client's cargo runs beside this one, and two progress bars would write over each other.
        Profile::Dev => cargo.env("CARGO_TERM_PROGRESS_WHEN", "never"),
    };
    command::run(&mut cargo, "the server does not compile; the compiler's messages above say where")?;
    Ok(binary(paths, profile))
}

pub fn binary(paths: &Paths, profile: Profile) -> PathBuf {
    paths.binaries(profile).join(format!("service-hub{}", env::consts::EXE_SUFFIX))
}
