//! The rules of the house that no compiler checks. `cargo xtask tidy` prints what breaks them; the test below holds
//! them in every test run.

mod floors;
mod leptos_table;
mod text;

use crate::{command::Outcome, paths::Paths};
use std::process::ExitCode;

pub fn tidy(paths: &Paths) -> Outcome<ExitCode> {
    let findings = findings(paths)?;
    for finding in &findings {
        eprintln!("{finding}");
    }
    Ok(if findings.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// One sentence for each breach.
fn findings(paths: &Paths) -> Outcome<Vec<String>> {
    let mut findings = leptos_table::findings(paths)?;
    findings.extend(floors::findings(paths)?);
    findings.extend(text::findings(paths)?);
    Ok(findings)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_house_is_tidy() {
        let paths = Paths::find().expect("the checkout is there");
        let findings = findings(&paths).expect("the rules can be checked");
        assert!(findings.is_empty(), "{}", findings.join("\n"));
    }
}
