//! Leptos.toml is the server's copy of a table that cargo-leptos reads from Cargo.toml. The two say the same.

use crate::{
    command::{Outcome, io_failed},
    paths::Paths,
};
use std::fs;

const HEADER: &str = "[[workspace.metadata.leptos]]";

pub fn findings(paths: &Paths) -> Outcome<Vec<String>> {
    let table = |name: &str| {
        let file = paths.root.join(name);
        fs::read_to_string(&file).map_err(io_failed("reading", &file)).map(|text| settings(&text))
    };
    let (cargo, leptos) = (table("Cargo.toml")?, table("Leptos.toml")?);
    let differing = cargo.iter().filter(|line| !leptos.contains(line)).chain(leptos.iter().filter(|line| !cargo.contains(line)));
    let mut findings: Vec<String> = differing.map(|line| format!("Leptos.toml and the table {HEADER} of Cargo.toml differ in: {line}")).collect();
    if cargo.is_empty() {
        findings.push(format!("Cargo.toml has no table {HEADER}"));
    }
    Ok(findings)
}

/// The lines of the table, without comments and blank ones.
fn settings(text: &str) -> Vec<String> {
    let table = text.lines().map(str::trim).skip_while(|line| *line != HEADER).skip(1).take_while(|line| !line.starts_with('['));
    table.filter(|line| !line.is_empty() && !line.starts_with('#')).map(str::to_owned).collect()
}
