//! What may not be written in files: connection pools outside `platform`, one machine's folders, a registry's address.

use crate::{
    command::{self, Outcome, io_failed},
    paths::Paths,
    stamp::files_below,
};
use std::{fs, path::PathBuf, process::Command};

/// Larger files are data, not text that a person wrote.
const LARGEST: u64 = 2 * 1024 * 1024;

pub fn findings(paths: &Paths) -> Outcome<Vec<String>> {
    let mut findings = vec![];
    for file in project_files(paths)? {
        let path = paths.root.join(&file);
        let Ok(metadata) = fs::symlink_metadata(&path) else { continue };
        if !metadata.is_file() || metadata.len() > LARGEST {
            continue;
        }
        // Pictures and fonts are not UTF-8, and nobody writes paths into them.
        let Ok(text) = String::from_utf8(fs::read(&path).map_err(io_failed("reading", &path))?) else { continue };
        let name = file.to_string_lossy().replace('\\', "/");
        findings.extend(broken_paragraphs(&name, &text));
        findings.extend(open_comparisons(&name, &text));
        for (number, line) in text.lines().enumerate() {
            if let Some(breach) = breach(&name, line) {
                findings.push(format!("{name}:{}: {breach}", number + 1));
            }
        }
    }
    Ok(findings)
}

fn breach(file: &str, line: &str) -> Option<&'static str> {
    // In two parts, so that this file keeps its own rule.
    let pool = concat!("Pg", "Pool");
    if file.ends_with(".rs") && !file.starts_with("platform/") && line.contains(pool) {
        return Some("only `platform` names a connection pool; take a transaction from Cx");
    }
    if [concat!("/wo", "rk/"), concat!("/ro", "ot/")].iter().any(|folder| begins_a_path(line, folder)) {
        return Some("a folder of one machine; name it relative to the checkout or to the user's folders");
    }
    if file.ends_with("package-lock.json") && line.contains("\"resolved\"") {
        return Some("the lock file names where a package was downloaded; run npm with the .npmrc of the checkout");
    }
    None
}

/// What ends a paragraph for a browser that reads HTML: it then builds another page than the server wrote, and the client
/// does not find its way in it.
const END_A_PARAGRAPH: [&str; 12] =
    ["<Confirm", "<Form", "<form", "<Dialog ", "<dialog", "<div", "<ul", "<ol", "<dl", "<table", "<KeyValues", "<Callout"];

fn broken_paragraphs(file: &str, text: &str) -> Vec<String> {
    if !(file.starts_with("app/") && file.ends_with(".rs")) {
        return vec![];
    }
    let starts = text.match_indices("<p>").chain(text.match_indices("<p "));
    starts
        .filter_map(|(at, _)| {
            let inside = text[at..].split("</p>").next()?;
            let ends = END_A_PARAGRAPH.iter().find(|tag| inside.contains(*tag))?;
            Some(format!("{file}:{}: a <p> cannot hold {ends}>; make it a <div>", text[..at].matches('\n').count() + 1))
        })
        .collect()
}

/// An attribute of `view!` that compares without braces: its `>` ends the tag, and the rest is printed on the page.
fn open_comparisons(file: &str, text: &str) -> Vec<String> {
    let open = |line: &str| {
        let closure = ["=move || ", "=|| ", "=move |_| "].iter().find_map(|begin| line.split_once(begin).filter(|(before, _)| !before.ends_with([' ', '='])));
        closure.is_some_and(|(_, value)| !value.starts_with('{') && (value.contains(" >= ") || value.contains(" > ")))
    };
    if !file.starts_with("app/") {
        return vec![];
    }
    let lines = text.lines().enumerate().filter(|(_, line)| open(line));
    lines.map(|(index, _)| format!("{file}:{}: a comparison in an attribute stands in braces, or its > ends the tag", index + 1)).collect()
}

/// Whether the folder stands there as an absolute path and not as the middle of a longer one or of an address.
fn begins_a_path(line: &str, folder: &str) -> bool {
    line.match_indices(folder).any(|(at, _)| !line[..at].ends_with(|before: char| before.is_alphanumeric() || "._-/~}*)".contains(before)))
}

/// What git knows or would take; in an unpacked archive everything.
fn project_files(paths: &Paths) -> Outcome<Vec<PathBuf>> {
    let mut git = Command::new("git");
    let listed = command::answer_of(git.current_dir(&paths.root).args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]));
    match listed {
        Some(names) if !names.is_empty() => Ok(names.split('\0').filter(|name| !name.is_empty()).map(PathBuf::from).collect()),
        _ => Ok(files_below(&paths.root)?.into_iter().filter_map(|file| file.strip_prefix(&paths.root).ok().map(PathBuf::from)).collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_paragraph_holds_no_blocks() {
        let found = |text: &str| broken_paragraphs("app/page.rs", text).len();
        assert_eq!(found("<p class=\"x\">\n  <Confirm id=1/>\n</p>"), 1);
        assert_eq!(found("<p>words</p><div></div><p><a href=\"/\">more</a></p>"), 0);
    }

    #[test]
    fn comparisons_in_attributes_stand_in_braces() {
        let found = |text: &str| open_comparisons("app/kit/src/form.rs", text).len();
        assert_eq!(found("<button disabled=move || rows.get() >= most>"), 1);
        assert_eq!(found("<button disabled={move || rows.get() >= most}>"), 0);
        assert_eq!(found("let full = move || rows.get() >= most;"), 0);
    }

    #[test]
    fn a_folder_is_told_from_the_middle_of_a_path() {
        let folder = concat!("/wo", "rk/");
        assert!(begins_a_path(concat!("path = \"/wo", "rk/main\""), folder));
        assert!(!begins_a_path(concat!("https://example.test/wo", "rk/items"), folder));
    }
}
