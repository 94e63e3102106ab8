//! Client, styles, public files and server, each made again only when something it is made of changed.

use crate::{
    client,
    command::{self, Outcome},
    css, echarts, node,
    paths::{Paths, Profile},
    server, site,
    stamp::{Stamp, files_below, made_folder},
};
use std::{
    fs::{self, File},
    path::PathBuf,
    thread,
};

/// Everything; answers with the server's binary.
///
/// After an edit, most of the time goes into compiling one crate and linking, which keep one processor busy each: so a
/// dev build makes client and server side by side. A release build keeps every processor busy by itself, and needs the
/// memory.
pub fn build(paths: &Paths, profile: Profile) -> Outcome<PathBuf> {
    match profile {
        Profile::Dev => thread::scope(|scope| {
            let server = scope.spawn(|| server::server(paths, profile));
            let front = front(paths, profile);
            let server = server.join().expect("building does not panic");
            front.and(server)
        }),
        Profile::Release => {
            front(paths, profile)?;
            server::server(paths, profile)
        }
    }
}

/// What the browser loads.
pub fn front(paths: &Paths, profile: Profile) -> Outcome<()> {
    let _turn = turn(paths)?;
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
    let _turn = turn(paths)?;
    node::packages(paths)?;
    let styles = css::style_sheet(paths, profile)?;
    site::publish_styles(&paths.site(profile), &styles)
}

/// Cargo lets only one build into a target directory at a time; what xtask adds to it is kept apart in the same way.
/// The turn ends with the file's handle.
fn turn(paths: &Paths) -> Outcome<File> {
    fs::create_dir_all(&paths.front_target).map_err(command::io_failed("creating", &paths.front_target))?;
    let path = paths.front_target.join(".xtask-lock");
    let file = File::create(&path).map_err(command::io_failed("creating", &path))?;
    if file.try_lock().is_err() {
        eprintln!("Waiting for another `cargo xtask` to finish with the client");
        file.lock().map_err(command::io_failed("locking", &path))?;
    }
    Ok(file)
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
