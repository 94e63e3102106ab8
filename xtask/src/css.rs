//! The styles: Tailwind reads style/main.css and the class names in the sources.

use crate::{
    client, command,
    command::Outcome,
    node,
    paths::{Paths, Profile},
    stamp::{Stamp, made_folder},
};
use std::{fs, path::PathBuf};

/// What can change the style sheet: the styles, and wherever class names are written.
const INPUTS: [&str; 4] = ["style", "app", "package-lock.json", "xtask/src/css.rs"];

/// The style sheet under its hashed name, and that hash.
pub struct StyleSheet {
    pub folder: PathBuf,
    pub hash: String,
}

pub fn style_sheet(paths: &Paths, profile: Profile) -> Outcome<StyleSheet> {
    let inputs = Stamp::default().text(profile.name()).paths(&paths.root, INPUTS)?.finish();
    let folder = paths.front_target.join("css").join(profile.name());
    made_folder(&folder, &inputs, |folder| {
        let unnamed = folder.join("unnamed.css");
        let mut tailwind = node::tool(paths, "tailwindcss");
        tailwind.args(["--input", "style/main.css", "--output"]).arg(&unnamed);
        if profile == Profile::Release {
            tailwind.arg("--minify");
        }
        command::run_quietly(&mut tailwind, "Tailwind could not build style/main.css; its messages above say where")?;
        let hash = Stamp::default().path(&unnamed)?.finish();
        let named = folder.join(format!("{}.{hash}.css", client::NAME));
        fs::rename(&unnamed, &named).map_err(command::io_failed("naming", &named))?;
        fs::write(folder.join(".hash"), hash).map_err(command::io_failed("writing", folder))?;
        if profile == Profile::Release { client::compress(paths, folder) } else { Ok(()) }
    })?;
    let record = folder.join(".hash");
    let hash = fs::read_to_string(&record).map_err(command::io_failed("reading", &record))?;
    Ok(StyleSheet { folder, hash })
}
