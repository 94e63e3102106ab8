//! Knowing that a step's inputs did not change since it was last done.
//!
//! A stamp is a hash over names and contents, not over file times: a fresh checkout has new times and old contents, an
//! unpacked archive the other way round, and neither may repeat work or, worse, skip it.

use crate::command::{Outcome, io_failed};
use std::{
    fs,
    hash::{DefaultHasher, Hasher},
    path::{Path, PathBuf},
};

/// Collects inputs; `finish` gives sixteen hexadecimal digits.
#[derive(Default)]
pub struct Stamp(DefaultHasher);

impl Stamp {
    pub fn text(mut self, text: &str) -> Stamp {
        self.0.write_usize(text.len());
        self.0.write(text.as_bytes());
        self
    }

    /// A file, or a folder with all below it. What does not exist counts as absent.
    pub fn path(mut self, path: &Path) -> Outcome<Stamp> {
        for file in files_below(path)? {
            let contents = fs::read(&file).map_err(io_failed("reading", &file))?;
            let name = file.strip_prefix(path).unwrap_or(&file).to_string_lossy().into_owned();
            self = self.text(&name);
            self.0.write_usize(contents.len());
            self.0.write(&contents);
        }
        Ok(self)
    }

    pub fn paths<'a>(self, root: &Path, names: impl IntoIterator<Item = &'a str>) -> Outcome<Stamp> {
        names.into_iter().try_fold(self, |stamp, name| stamp.text(name).path(&root.join(name)))
    }

    pub fn finish(self) -> String {
        format!("{:016x}", self.0.finish())
    }
}

/// Every file at or below a path, in order; hidden folders and `target` left out.
pub fn files_below(path: &Path) -> Outcome<Vec<PathBuf>> {
    if path.is_file() {
        return Ok(vec![path.to_path_buf()]);
    }
    if !path.is_dir() {
        return Ok(vec![]);
    }
    let mut entries = fs::read_dir(path).and_then(Iterator::collect::<Result<Vec<_>, _>>).map_err(io_failed("reading", path))?;
    entries.sort_by_key(|entry| entry.file_name());
    let mut files = vec![];
    for entry in entries {
        let name = entry.file_name();
        if name != "target" && name != "node_modules" && !name.to_string_lossy().starts_with('.') {
            files.extend(files_below(&entry.path())?);
        }
    }
    Ok(files)
}

/// A folder that a step fills. It is whole or absent: the step fills a neighbour, which then takes its place together
/// with the stamp, so that an interrupted step is simply done again.
pub fn made_folder(folder: &Path, stamp: &str, make: impl FnOnce(&Path) -> Outcome<()>) -> Outcome<()> {
    let record = folder.join(".stamp");
    if fs::read_to_string(&record).is_ok_and(|found| found == stamp) {
        return Ok(());
    }
    let parent = folder.parent().expect("a made folder lies in another");
    let name = folder.file_name().expect("a made folder has a name").to_string_lossy();
    let partial = parent.join(format!(".{name}.{}", std::process::id()));
    let _ = fs::remove_dir_all(&partial);
    fs::create_dir_all(&partial).map_err(io_failed("creating", &partial))?;
    let made = make(&partial)
        .and_then(|()| fs::write(partial.join(".stamp"), stamp).map_err(io_failed("writing", &partial)))
        .and_then(|()| {
            let _ = fs::remove_dir_all(folder);
            fs::rename(&partial, folder).map_err(io_failed("filling", folder))
        });
    if made.is_err() {
        let _ = fs::remove_dir_all(&partial);
    }
    made
}
