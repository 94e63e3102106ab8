//! From the compiler's one wasm file to what the browser loads: a main module, a module for each lazy route, the
//! chunks that several of them share, and the JavaScript that joins them.
//!
//! Every name carries one hash for the whole bundle. The parts only fit together as they were made (function indices
//! cross the borders between modules), so a hash for each would pretend an independence that is not there; and since
//! the bundle's hash is known beforehand, no file has to be rewritten after it was hashed.

use std::{error::Error, fs, path::Path};
use wasm_bindgen_cli_support::Bindgen;

/// The file in which the splitter leaves the main module for wasm-bindgen.
const MAIN: &str = "main.wasm";

pub fn bundle(input: &Path, folder: &Path, name: &str, hash: &str, release: bool) -> Result<(), Box<dyn Error>> {
    split(input, folder, name, hash)?;
    bind(folder, name, hash, release)
}

/// Moves what only lazy routes need into modules of their own, and writes the manifest that tells Leptos which to
/// preload for a route.
fn split(input: &Path, folder: &Path, name: &str, hash: &str) -> Result<(), Box<dyn Error>> {
    let wasm = fs::read(input)?;
    let main_out_path = folder.join(MAIN);
    let main_module = format!("./{name}.{hash}.js");
    let link_name = format!("./__wasm_split.{hash}.js");
    let mut options = wasm_split_cli_support::Options::new(&wasm);
    options.output_dir = folder;
    options.main_out_path = &main_out_path;
    options.main_module = &main_module;
    options.link_name = &link_name;
    let parts = wasm_split_cli_support::transform(options)?;

    let link_file = folder.join(&link_name);
    let mut link = fs::read_to_string(&link_file)?;
    for part in &parts.split_modules {
        let stem = part.file_stem().ok_or("a part of the client has no name")?.to_string_lossy();
        link = link.replace(&format!("\"./{stem}.wasm\""), &format!("\"./{stem}.{hash}.wasm\""));
        fs::rename(part, folder.join(format!("{stem}.{hash}.wasm")))?;
    }
    fs::write(link_file, link)?;

    let manifest: serde_json::Map<_, _> = parts
        .prefetch_map
        .into_iter()
        .map(|(route, stems)| (route, stems.into_iter().map(|stem| format!("{stem}.{hash}")).collect::<Vec<_>>().into()))
        .collect();
    fs::write(folder.join(format!("__wasm_split_manifest.{hash}.json")), serde_json::to_string(&manifest)?)?;
    Ok(())
}

/// Has wasm-bindgen write the JavaScript around the main module.
fn bind(folder: &Path, name: &str, hash: &str, release: bool) -> Result<(), Box<dyn Error>> {
    let main = folder.join(MAIN);
    Bindgen::new()
        .input_path(&main)
        .web(true)?
        .typescript(false)
        // The lazy modules import the main one's functions by the names that the linker gave them.
        .keep_lld_exports(true)
        .demangle(false)
        .remove_name_section(release)
        .remove_producers_section(true)
        // Leptos always says where the wasm lies.
        .omit_default_module_path(true)
        .out_name(name)
        .generate(folder)?;
    // Named afterwards: wasm-bindgen takes what follows a dot for an extension and drops it.
    fs::rename(folder.join(format!("{name}.js")), folder.join(format!("{name}.{hash}.js")))?;
    fs::rename(folder.join(format!("{name}_bg.wasm")), folder.join(format!("{name}.{hash}.wasm")))?;
    fs::remove_file(main)?;
    Ok(())
}
