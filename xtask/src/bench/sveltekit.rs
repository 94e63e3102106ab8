//! The page to compare with: built by npm when it changed, served by one Node process, as its adapter does it.

use super::process::{Server, Workshop, free_address};
use crate::{
    command::{self, Outcome},
    node,
    paths::Paths,
    stamp::Stamp,
};
use std::{fs, path::PathBuf};

/// The application's folder.
fn folder(paths: &Paths) -> PathBuf {
    paths.root.join("bench/sveltekit")
}

pub fn build(paths: &Paths) -> Outcome<()> {
    let folder = folder(paths);
    node::packages_in(&folder)?;
    let inputs = ["src", "package.json", "package-lock.json", "svelte.config.js", "vite.config.js"];
    let stamp = Stamp::default().paths(&folder, inputs)?.finish();
    let record = folder.join("build/.service-hub-stamp");
    if fs::read_to_string(&record).is_ok_and(|found| found == stamp) {
        return Ok(());
    }
    eprintln!("Building the SvelteKit page");
    let mut npm = node::npm(&folder);
    npm.args(["run", "build"]);
    command::run_quietly(&mut npm, "the SvelteKit page (bench/sveltekit) does not build; the messages above say why")?;
    fs::write(&record, stamp).map_err(command::io_failed("writing", &record))
}

/// Serves from the product's database, as its owner.
pub fn start(paths: &Paths, database: &str, workshop: &Workshop) -> Outcome<Server> {
    let address = free_address()?;
    let (host, port) = address.split_once(':').expect("an address has a port");
    let mut node = command::fresh("node", &folder(paths));
    node.arg("build").env("NODE_ENV", "production").env("HOST", host).env("PORT", port);
    node.env("ORIGIN", format!("http://{address}")).env("DATABASE_URL", database);
    // Nobody is signed in there: it leads to the door.
    Server::start(node, super::SVELTEKIT, address.clone(), &workshop.0, "/services", &[303])
}
