//! Puts together what the server serves as files, and tells it the hashed names in `hash.txt`.

use crate::{
    client::Bundle,
    command::{Outcome, io_failed},
    css::StyleSheet,
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

/// Fills the site: new files first, then the names, then away with what nobody names any more. A server that runs
/// meanwhile sends whole files only.
pub fn publish(site: &Path, parts: &Parts) -> Outcome<()> {
    let pkg = site.join("pkg");
    let mut current = HashSet::new();
    for (from, to) in [(&parts.client.folder, &pkg), (&parts.styles.folder, &pkg), (&parts.echarts, &pkg), (&parts.public, &site.to_path_buf())] {
        current.extend(copy_into(from, to)?);
    }
    current.insert(write_hashes(site, &parts.client.hash, &parts.styles.hash)?);
    for file in files_below(site)? {
        if !current.contains(&file) {
            fs::remove_file(&file).map_err(io_failed("removing", &file))?;
        }
    }
    Ok(())
}

/// For a change of the styles alone, once there is a site.
pub fn publish_styles(site: &Path, styles: &StyleSheet) -> Outcome<()> {
    let names = fs::read_to_string(site.join("hash.txt")).unwrap_or_default();
    let Some(client) = names.lines().find_map(|line| line.strip_prefix("js: ")) else { return Ok(()) };
    copy_into(&styles.folder, &site.join("pkg"))?;
    write_hashes(site, client, &styles.hash).map(drop)
}

/// The format is cargo-leptos's; Leptos reads it for its script, style and preload tags.
fn write_hashes(site: &Path, client: &str, styles: &str) -> Outcome<PathBuf> {
    let text = format!("js: {client}\nwasm: {client}\ncss: {styles}\nmanifest: {client}\nsplit: {client}\n");
    let file = site.join("hash.txt");
    if fs::read(&file).ok().as_deref() != Some(text.as_bytes()) {
        let partial = with_ending(&file, ".partial");
        fs::write(&partial, text).map_err(io_failed("writing", &partial))?;
        fs::rename(&partial, &file).map_err(io_failed("writing", &file))?;
    }
    Ok(file)
}

/// Copies what is new or different, keeping subfolders; answers with every copy's place.
fn copy_into(from: &Path, to: &Path) -> Outcome<Vec<PathBuf>> {
    let mut copies = vec![];
    for file in files_below(from)? {
        let copy = to.join(file.strip_prefix(from).expect("it was found below"));
        let same_length = fs::metadata(&copy).is_ok_and(|there| fs::metadata(&file).is_ok_and(|here| here.len() == there.len()));
        if !(same_length && fs::read(&copy).ok() == fs::read(&file).ok()) {
            let folder = copy.parent().expect("it lies in the site");
            fs::create_dir_all(folder).map_err(io_failed("creating", folder))?;
            let partial = with_ending(&copy, ".partial");
            fs::copy(&file, &partial).map_err(io_failed("writing", &partial))?;
            fs::rename(&partial, &copy).map_err(io_failed("writing", &copy))?;
        }
        copies.push(copy);
    }
    Ok(copies)
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name: OsString = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}
