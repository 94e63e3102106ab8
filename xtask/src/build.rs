//! Client, styles, public files and server, each made again only when something it is made of changed.

use crate::{
    client,
    command::{self, Outcome},
    css, echarts, node,
    paths::{Paths, Profile},
    server, site,
    stamp::{Stamp, files_below, made_folder},
};
use std::{fs, path::PathBuf};

/// Everything; answers with the server's binary.
pub fn build(paths: &Paths, profile: Profile) -> Outcome<PathBuf> {
    front(paths, profile)?;
    server::server(paths, profile)
}

/// What the browser loads.
pub fn front(paths: &Paths, profile: Profile) -> Outcome<()> {
    node::packages(paths)?;
    let parts = site::Parts {
        styles: css::style_sheet(paths, profile)?,
        echarts: echarts::echarts(paths, profile)?,
        public: public_files(paths, profile)?,
        client: client::client(paths, profile)?,
    };
    site::publish(&paths.site(profile), &parts)
}

pub fn css(paths: &Paths, profile: Profile) -> Outcome<()> {
    node::packages(paths)?;
    let styles = css::style_sheet(paths, profile)?;
    site::publish_styles(&paths.site(profile), &styles)
}

/// public/ as it is; for a release with `.br` and `.gz` beside what compresses.
fn public_files(paths: &Paths, profile: Profile) -> Outcome<PathBuf> {
    let source = paths.root.join("public");
    if profile == Profile::Dev {
        return Ok(source);
    }
    let folder = paths.front_target.join("public");
    let inputs = Stamp::default().path(&source)?.finish();
    made_folder(&folder, &inputs, |folder| {
        for file in files_below(&source)? {
            let copy = folder.join(file.strip_prefix(&source).expect("it was found below"));
            let parent = copy.parent().expect("it lies in the folder");
            fs::create_dir_all(parent).map_err(command::io_failed("creating", parent))?;
            fs::copy(&file, &copy).map_err(command::io_failed("writing", &copy))?;
        }
        client::compress(paths, folder)
    })?;
    Ok(folder)
}
