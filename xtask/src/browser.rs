//! The browser tests: Playwright from npm, with the Chromium of this machine.

use crate::{
    command::{self, Outcome, Stop},
    machine, node,
    paths::Paths,
    postgres::Binaries,
    test::Tally,
};
use std::{
    env, fs,
    path::{Path, PathBuf},
};

/// What Chromium is called, on Debian and elsewhere.
const CHROMIUM: [&str; 4] = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];

/// Which of end2end's projects to run.
#[derive(Clone, Copy)]
pub enum Suite {
    /// Every test, on the build that is quick to make.
    Everything,
    /// The few that show that a release serves, hydrates and splits.
    ReleaseSmoke,
}

impl Suite {
    fn project(self) -> &'static str {
        match self {
            Suite::Everything => "browser",
            Suite::ReleaseSmoke => "release",
        }
    }
}

pub fn chromium() -> Outcome<PathBuf> {
    if let Some(chosen) = env::var_os("E2E_CHROMIUM") {
        return Ok(chosen.into());
    }
    if let Some(found) = on_path() {
        return Ok(found);
    }
    // The fonts, because a machine without any draws empty boxes on the screenshots.
    machine::install(&["chromium", "fonts-liberation"], "testing in a browser")?;
    on_path().ok_or_else(|| Stop::new("Chromium was installed but is not on PATH; name its binary in E2E_CHROMIUM and start again"))
}

pub fn run(paths: &Paths, suite: Suite, server: &Path, site: &Path, database: &Binaries, filter: &[String]) -> Outcome<Tally> {
    let results = paths.root.join("end2end/results");
    let report = results.join(format!("report-{}.json", suite.project()));
    fs::create_dir_all(&results).map_err(command::io_failed("creating", &results))?;
    let _ = fs::remove_file(&report);
    let mut playwright = node::tool(paths, "playwright");
    playwright.args(["test", "--config", "end2end/playwright.config.ts", "--pass-with-no-tests"]).arg(format!("--project={}", suite.project()));
    if !filter.is_empty() {
        playwright.args(["--grep", &filter.join("|")]);
    }
    playwright.env("E2E_SERVER", server).env("E2E_SITE", site).env("E2E_CHROMIUM", chromium()?);
    playwright.env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1").env("PLAYWRIGHT_JSON_OUTPUT_FILE", &report);
    database.name_to(&mut playwright);
    let ended_well = command::run(&mut playwright, "").is_ok();
    Ok(tally(&report, ended_well))
}

fn on_path() -> Option<PathBuf> {
    CHROMIUM.iter().find_map(|name| machine::find_program(name))
}

/// Counts from Playwright's own report. A run that ended badly without saying which test failed is one failure.
fn tally(report: &Path, ended_well: bool) -> Tally {
    let report: serde_json::Value = fs::read_to_string(report).ok().and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
    let count = |name: &str| report["stats"][name].as_u64().unwrap_or(0);
    let tally = Tally { passed: count("expected") + count("flaky"), failed: count("unexpected") };
    if ended_well || tally.failed > 0 { tally } else { Tally { failed: 1, ..tally } }
}
