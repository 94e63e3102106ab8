//! The heavy half of xtask: turns the compiler's wasm into files for the browser, and compresses files.
//!
//!     client-tools bundle <input.wasm> <output folder> <name> <hash> <dev|release>
//!     client-tools compress <folder>
//!
//! Called by xtask only, which hands over well-formed arguments; a failure is printed with its causes.

mod bundle;
mod compress;

use std::{env, error::Error, path::Path, process::ExitCode};

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done: Result<(), Box<dyn Error>> = match arguments[..] {
        ["bundle", input, folder, name, hash, profile] => bundle::bundle(Path::new(input), Path::new(folder), name, hash, profile == "release"),
        ["compress", folder] => compress::compress(Path::new(folder)),
        _ => Err("usage: client-tools bundle <input.wasm> <folder> <name> <hash> <dev|release> | compress <folder>".into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}
