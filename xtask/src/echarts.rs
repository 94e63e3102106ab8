//! ECharts, cut down to what app/charts draws, for pages with a chart to load.

use crate::{
    client,
    command::{self, Outcome, Stop},
    node,
    paths::{Paths, Profile},
    stamp::{Stamp, made_folder},
};
use std::{fs, path::PathBuf};

const ENTRY: &str = "style/echarts.js";

/// A folder with `echarts-<version>.min.js`, which sets `window.echarts`.
pub fn echarts(paths: &Paths, profile: Profile) -> Outcome<PathBuf> {
    let folder = paths.front_target.join("echarts").join(profile.name());
    let inputs = Stamp::default().text(profile.name()).paths(&paths.root, [ENTRY, "package-lock.json", "xtask/src/echarts.rs"])?.finish();
    made_folder(&folder, &inputs, |folder| {
        let file = folder.join(format!("echarts-{}.min.js", version(paths)?));
        let mut esbuild = node::tool(paths, "esbuild");
        esbuild.arg(ENTRY).args(["--bundle", "--minify", "--format=iife", "--target=es2020", "--legal-comments=none", "--log-level=warning"]);
        esbuild.arg(format!("--outfile={}", file.display()));
        command::run_quietly(&mut esbuild, "esbuild could not bundle ECharts from style/echarts.js; its messages above say why")?;
        if profile == Profile::Release { client::compress(paths, folder) } else { Ok(()) }
    })?;
    Ok(folder)
}

fn version(paths: &Paths) -> Outcome<String> {
    let manifest = paths.root.join("node_modules/echarts/package.json");
    let text = fs::read_to_string(&manifest).map_err(command::io_failed("reading", &manifest))?;
    let damaged = || Stop::new("node_modules/echarts is damaged; delete node_modules and start again");
    let manifest: serde_json::Value = serde_json::from_str(&text).map_err(|_| damaged())?;
    manifest["version"].as_str().map(str::to_owned).ok_or_else(damaged)
}
