//! Puts together what the server serves as files, and tells it the hashed names.
//!
//! One folder serves the dev and the release build at once: everything in `pkg` carries a hash or a version in its
//! name, and each server reads its own hashes from the `hash.txt` beside its binary. So switching between the two
//! builds rebuilds nothing.

use crate::{
    client::{Bundle, NAME},
    command::{Outcome, io_failed},
    css::StyleSheet,
    paths::{Paths, Profile},
    stamp::files_below,
};
use std::{
    collections::HashSet,
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
};

pub struct Parts {
    pub client: Bundle,
    pub styles: StyleSheet,
    pub echarts: PathBuf,
    /// public/, in a release together with compressed copies.
    pub public: PathBuf,
}

pub fn publish(paths: &Paths, profile: Profile, parts: &Parts) -> Outcome<()> {
    let pkg = paths.site.join("pkg");
    for folder in [&parts.client.folder, &parts.styles.folder, &parts.echarts] {
        copy_into(folder, &pkg)?;
    }
    copy_into(&parts.public, &paths.site)?;
    publish_hashes(paths, profile, &parts.client.hash, &parts.styles.hash)?;
    remove_stale(paths, &pkg)
}

/// For a change of the styles alone.
pub fn publish_styles(paths: &Paths, profile: Profile, styles: &StyleSheet) -> Outcome<()> {
    copy_into(&styles.folder, &paths.site.join("pkg"))?;
    let client = published_hashes(paths, profile).into_iter().find_map(|(file, hash)| (file == "js").then_some(hash));
    match client {
        Some(client) => publish_hashes(paths, profile, &client, &styles.hash),
        None => Ok(()),
    }
}

/// The format is cargo-leptos's; Leptos reads it for its script and style tags.
fn publish_hashes(paths: &Paths, profile: Profile, client: &str, styles: &str) -> Outcome<()> {
    let text = format!("js: {client}\nwasm: {client}\ncss: {styles}\nmanifest: {client}\nsplit: {client}\n");
    // The second place is where test binaries lie.
    for folder in [paths.binaries(profile), paths.binaries(profile).join("deps")] {
        fs::create_dir_all(&folder).map_err(io_failed("creating", &folder))?;
        write_changed(&folder.join("hash.txt"), text.as_bytes())?;
    }
    Ok(())
}

fn published_hashes(paths: &Paths, profile: Profile) -> Vec<(String, String)> {
    let text = fs::read_to_string(paths.binaries(profile).join("hash.txt")).unwrap_or_default();
    text.lines().filter_map(|line| line.split_once(": ")).map(|(file, hash)| (file.to_owned(), hash.to_owned())).collect()
}

/// Files of earlier builds, which neither binary names any more.
fn remove_stale(paths: &Paths, pkg: &Path) -> Outcome<()> {
    let current: HashSet<String> =
        [Profile::Dev, Profile::Release].into_iter().flat_map(|profile| published_hashes(paths, profile)).map(|(_, hash)| format!(".{hash}.")).collect();
    let ours = |name: &str| name.starts_with(&format!("{NAME}.")) || name.starts_with("__wasm_split") || name.starts_with("split_") || name.starts_with("chunk_");
    for file in files_below(pkg)? {
        let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if ours(&name) && !current.iter().any(|hash| name.contains(hash)) {
            fs::remove_file(&file).map_err(io_failed("removing", &file))?;
        }
    }
    Ok(())
}

/// Copies what is new or different, keeping subfolders. wasm-bindgen's `snippets` is such a subfolder.
fn copy_into(from: &Path, to: &Path) -> Outcome<()> {
    for file in files_below(from)? {
        let copy = to.join(file.strip_prefix(from).expect("it was found below"));
        let same_length = fs::metadata(&copy).is_ok_and(|there| fs::metadata(&file).is_ok_and(|here| here.len() == there.len()));
        if same_length && fs::read(&copy).ok() == fs::read(&file).ok() {
            continue;
        }
        let folder = copy.parent().expect("it lies in the site");
        fs::create_dir_all(folder).map_err(io_failed("creating", folder))?;
        // Under another name first: a running server must never send half a file.
        let partial = with_ending(&copy, ".partial");
        fs::copy(&file, &partial).map_err(io_failed("writing", &partial))?;
        fs::rename(&partial, &copy).map_err(io_failed("writing", &copy))?;
    }
    Ok(())
}

fn write_changed(file: &Path, contents: &[u8]) -> Outcome<()> {
    if fs::read(file).is_ok_and(|found| found == contents) {
        return Ok(());
    }
    fs::write(file, contents).map_err(io_failed("writing", file))
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name: OsString = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}
