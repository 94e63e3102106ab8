//! The floors of the house: who may use whom, from what cargo says about the crates.

use crate::{
    command::{self, Outcome, Stop},
    paths::Paths,
};
use std::collections::{BTreeMap, BTreeSet};

/// Each area with its place in the order along which calls go: only to areas with a smaller number. What must travel
/// the other way travels as an event.
const AREAS: [(&str, u32); 13] = [
    ("identity", 20),
    ("catalog", 21),
    ("billing", 22),
    ("provisioning", 23),
    ("monitoring", 24),
    ("resources", 24),
    ("support", 24),
    ("onboarding", 24),
    ("success", 25),
    ("analytics", 25),
    ("compliance", 25),
    ("integrations", 25),
    ("partners", 25),
];

const PAGE_FLOOR: u32 = 40;

/// What rules and words may not lead to: IO, async, SQL and the interface. Names with a star stand for all that begin so.
const NOT_IN_RULES: [&str; 15] =
    ["sqlx*", "tokio*", "leptos*", "futures*", "async-*", "axum*", "hyper*", "reqwest", "platform", "lettre", "rustls", "mio", "smol", "graphile_worker*", "wasm-bindgen-futures"];

pub fn findings(paths: &Paths) -> Outcome<Vec<String>> {
    let crates = workspace_crates(paths)?;
    let mut findings = vec![];
    for (name, (floor, uses)) in &crates {
        let Some(floor) = floor else {
            findings.push(format!("the crate {name} stands on no floor; give it one in xtask/src/tidy/floors.rs"));
            continue;
        };
        for used in uses {
            match crates.get(used) {
                Some((Some(below), _)) if below < floor => {}
                Some((Some(below), _)) if *below == PAGE_FLOOR && *floor == PAGE_FLOOR => findings.push(format!("{name} uses {used}: a page crate never uses another")),
                Some(_) => findings.push(format!("{name} uses {used}, which is not on a floor below it")),
                None => {}
            }
        }
    }
    for name in rule_crates(&crates) {
        for used in leads_to(paths, &name)? {
            if NOT_IN_RULES.iter().any(|rule| matches(rule, &used)) {
                findings.push(format!("{name} leads to {used} with its default features; rules and words do no IO and know no interface"));
            }
        }
    }
    Ok(findings)
}

type Crates = BTreeMap<String, (Option<u32>, BTreeSet<String>)>;

/// Each crate with its floor and the workspace crates that it names in Cargo.toml.
fn workspace_crates(paths: &Paths) -> Outcome<Crates> {
    let mut cargo = command::cargo(&paths.root);
    let text = command::answer_of(cargo.args(["metadata", "--format-version", "1", "--no-deps"])).ok_or_else(|| Stop::new("`cargo metadata` fails; run it by hand to see why"))?;
    let metadata: serde_json::Value = serde_json::from_str(&text).map_err(|_| Stop::new("`cargo metadata` prints something else than JSON"))?;
    let packages = metadata["packages"].as_array().into_iter().flatten();
    Ok(packages
        .map(|package| {
            let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
            let name = text(&package["name"]);
            let folder = text(&package["manifest_path"]).trim_start_matches(&*paths.root.to_string_lossy()).trim_start_matches(['/', '\\']).replace('\\', "/");
            let dependencies = package["dependencies"].as_array().into_iter().flatten();
            // Test helpers may come from anywhere: what they make is not shipped.
            let uses = dependencies.filter(|dependency| dependency["path"].is_string() && dependency["kind"] != "dev").map(|dependency| text(&dependency["name"])).collect();
            (name, (floor(folder.trim_end_matches("/Cargo.toml")), uses))
        })
        .collect())
}

/// Larger numbers use smaller ones.
fn floor(folder: &str) -> Option<u32> {
    match folder {
        "kernel" | "unify" => Some(0),
        "xtask" => Some(1),
        "platform" => Some(10),
        "app/i18n" => Some(11),
        "app/kit" => Some(30),
        "app/charts" | "app/prices" | "app/bills" => Some(31),
        "app" | "api" => Some(50),
        "server" | "frontend" => Some(60),
        _ if folder.starts_with("app/pages/") => Some(PAGE_FLOOR),
        _ => {
            let area = folder.strip_prefix("areas/")?;
            AREAS.iter().find(|(name, _)| *name == area).map(|(_, floor)| *floor)
        }
    }
}

/// The crates whose default features hold rules and words only: the kernel and every area.
fn rule_crates(crates: &Crates) -> Vec<String> {
    let is_rules = |name: &str| name == "kernel" || AREAS.iter().any(|(area, _)| *area == name);
    crates.keys().filter(|name| is_rules(name)).cloned().collect()
}

/// Every crate that a crate leads to, with default features and without what only its tests use.
fn leads_to(paths: &Paths, name: &str) -> Outcome<BTreeSet<String>> {
    let mut cargo = command::cargo(&paths.root);
    cargo.args(["tree", "--package", name, "--edges", "normal", "--prefix", "none", "--format", "{p}"]);
    let tree = command::answer_of(&mut cargo).ok_or_else(|| Stop::new(format!("`cargo tree --package {name}` fails; run it by hand to see why")))?;
    Ok(tree.lines().filter_map(|line| line.split_whitespace().next()).filter(|used| *used != name).map(str::to_owned).collect())
}

fn matches(rule: &str, name: &str) -> bool {
    rule.strip_suffix('*').map_or(rule == name, |beginning| name.starts_with(beginning))
}
