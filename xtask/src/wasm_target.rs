//! A compiler for `wasm32-unknown-unknown`, by three routes in this order.
//!
//! 1. The toolchain that runs xtask has the target.
//! 2. `rustup target add` fetches it: an ordinary machine.
//! 3. Debian's `rustc-web`, `cargo-web`, `rust-web-src` and `lld`: for machines that reach a Debian mirror but not
//!    rustup's server. The packages bring a compiler that knows the target and the sources of the standard library, but
//!    no compiled standard library; that is compiled once, into the user's cache. Rustc's own `rust-lld` is not shipped
//!    there either, hence `lld`. Nothing outside the cache is written besides the packages.

use crate::{
    command::{self, Outcome, Stop, answer},
    machine,
    paths::{Paths, Profile},
};
use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

pub const TARGET: &str = "wasm32-unknown-unknown";

/// Where Debian's packages put things.
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";
const DEBIAN_CARGO: &str = "/usr/bin/cargo";
const DEBIAN_SOURCES: &str = "/usr/lib/rustlib/src/rust/library/std/src/lib.rs";

/// For client builds: needed by the splitter, which moves functions between modules and has to know who points where.
const KEEP_RELOCATIONS: &str = "-Clink-args=--emit-relocs";

/// A cargo that builds for the browser.
pub enum ClientCompiler {
    /// Routes 1 and 2: the toolchain that runs xtask.
    Own,
    /// Route 3.
    Debian { sysroot: PathBuf, linker: PathBuf },
}

pub fn client_compiler(paths: &Paths) -> Outcome<ClientCompiler> {
    if own_toolchain_has_target() {
        return Ok(ClientCompiler::Own);
    }
    if let Some(compiler) = debian_already_there(paths) {
        return Ok(compiler);
    }
    if rustup_adds_target() {
        return Ok(ClientCompiler::Own);
    }
    debian_made_ready(paths)
}

impl ClientCompiler {
    /// `cargo`, set up to compile for the browser. A target's rustflags replace those of `[build]` in
    /// .cargo/config.toml, so `erase_components` is repeated here.
    pub fn cargo(&self, paths: &Paths, profile: Profile) -> Command {
        let mut flags = vec![];
        let mut command = match self {
            ClientCompiler::Own => command::cargo(&paths.root),
            ClientCompiler::Debian { sysroot, linker } => {
                let mut command = debian_cargo(&paths.root);
                command.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker);
                flags.push(format!("--sysroot={}", sysroot.display()));
                command
            }
        };
        flags.extend(["--cfg", "erase_components", KEEP_RELOCATIONS].map(str::to_owned));
        if profile == Profile::Release {
            // Panics name their source file; who builds where is nobody's business, and shorter.
            flags.extend(cargo_home().map(|home| format!("--remap-path-prefix={}=", home.join("registry/src").display())));
        }
        // Encoded, so that a cache folder with a space in its name stays one argument.
        command.env_remove("RUSTFLAGS").env("CARGO_ENCODED_RUSTFLAGS", flags.join("\x1f"));
        command.env("CARGO_TARGET_DIR", &paths.front_target);
        command
    }
}

fn cargo_home() -> Option<PathBuf> {
    env::var_os("CARGO_HOME").map(PathBuf::from).or_else(|| Some(PathBuf::from(env::var_os("HOME")?).join(".cargo")))
}

fn own_toolchain_has_target() -> bool {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    answer(rustc, &["--print", "target-libdir", "--target", TARGET]).is_some_and(|folder| has_core(Path::new(&folder)))
}

fn rustup_adds_target() -> bool {
    if machine::find_program("rustup").is_none() {
        return false;
    }
    eprintln!("Adding {TARGET} to the Rust toolchain");
    answer("rustup", &["target", "add", TARGET]).is_some() && own_toolchain_has_target()
}

/// Route 3 as an earlier start left it; asks no network.
fn debian_already_there(paths: &Paths) -> Option<ClientCompiler> {
    if !debian_has_compiler() {
        return None;
    }
    let sysroot = paths.cache.join(format!("wasm-sysroot-{}", debian_version()?));
    has_core(&library_folder(&sysroot)).then_some(ClientCompiler::Debian { sysroot, linker: debian_linker()? })
}

fn debian_made_ready(paths: &Paths) -> Outcome<ClientCompiler> {
    let purpose = "compiling for the browser (this toolchain has no wasm32-unknown-unknown and rustup could not add it)";
    if !debian_has_compiler() {
        machine::install(&["rustc-web", "cargo-web", "rust-web-src"], purpose)?;
    }
    if debian_linker().is_none() {
        machine::install(&["lld-19"], purpose).or_else(|_| machine::install(&["lld"], purpose))?;
    }
    let linker = debian_linker().ok_or_else(|| Stop::new("lld is installed but brought no wasm-ld; install Debian's package lld-19 and start again"))?;
    let version = debian_version().ok_or_else(|| Stop::new(format!("{DEBIAN_RUSTC} does not answer; install Debian's package rustc-web again and start again")))?;
    let sysroot = paths.cache.join(format!("wasm-sysroot-{version}"));
    if !has_core(&library_folder(&sysroot)) {
        compile_standard_library(paths, &sysroot)?;
    }
    Ok(ClientCompiler::Debian { sysroot, linker })
}

/// Compiles `std` for the browser by way of an empty crate, and keeps its libraries as a sysroot.
fn compile_standard_library(paths: &Paths, sysroot: &Path) -> Outcome<()> {
    eprintln!("Compiling Rust's standard library for the browser, once (about a minute)");
    let workshop = paths.cache.join(format!("wasm-sysroot-workshop-{}", std::process::id()));
    let made = compile_in(&workshop).and_then(|libraries| {
        let partial = workshop.join("sysroot");
        let folder = library_folder(&partial);
        fs::create_dir_all(&folder).map_err(command::io_failed("creating", &folder))?;
        for library in libraries {
            let copy = folder.join(library.file_name().expect("a library is a file"));
            fs::copy(&library, &copy).map_err(command::io_failed("writing", &copy))?;
        }
        let _ = fs::remove_dir_all(sysroot);
        fs::rename(&partial, sysroot).map_err(command::io_failed("creating", sysroot))
    });
    let _ = fs::remove_dir_all(&workshop);
    made
}

fn compile_in(workshop: &Path) -> Outcome<Vec<PathBuf>> {
    let source = workshop.join("src");
    fs::create_dir_all(&source).map_err(command::io_failed("creating", &source))?;
    let manifest = "[package]\nname = \"empty\"\nversion = \"0.0.0\"\nedition = \"2021\"\n[lib]\n[workspace]\n";
    fs::write(workshop.join("Cargo.toml"), manifest).map_err(command::io_failed("writing", workshop))?;
    fs::write(source.join("lib.rs"), "#![no_std]\n").map_err(command::io_failed("writing", &source))?;
    let mut cargo = debian_cargo(workshop);
    // The switch to build the standard library is unstable; the variable lets a stable compiler take it.
    cargo.env("RUSTC_BOOTSTRAP", "1").env("CARGO_TARGET_DIR", workshop.join("target"));
    cargo.args(["build", "--release", "-Zbuild-std=std,panic_abort", "--target", TARGET]);
    command::run_quietly(&mut cargo, "Rust's standard library could not be compiled for the browser; look at the messages above, and install rustc-web, cargo-web and rust-web-src of one version")?;
    let libraries = workshop.join("target").join(TARGET).join("release/deps");
    let entries = fs::read_dir(&libraries).map_err(command::io_failed("reading", &libraries))?;
    Ok(entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "rlib"))
        .filter(|path| !path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("libempty-")))
        .collect())
}

/// Debian's cargo with Debian's compiler, whatever the outer toolchain set.
fn debian_cargo(folder: &Path) -> Command {
    let mut cargo = command::fresh(DEBIAN_CARGO, folder);
    for name in ["RUSTUP_TOOLCHAIN", "RUSTC_WRAPPER", "RUSTC_WORKSPACE_WRAPPER", "RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "CARGO_BUILD_TARGET"] {
        cargo.env_remove(name);
    }
    cargo.env("CARGO", DEBIAN_CARGO).env("RUSTC", DEBIAN_RUSTC).env("RUSTDOC", "/usr/bin/rustdoc");
    cargo
}

fn debian_has_compiler() -> bool {
    [DEBIAN_RUSTC, DEBIAN_CARGO, DEBIAN_SOURCES].iter().all(|path| Path::new(path).exists())
}

/// `wasm-ld`, or the newest of Debian's numbered ones.
fn debian_linker() -> Option<PathBuf> {
    machine::newest_numbered("wasm-ld").or_else(|| machine::find_program("wasm-ld"))
}

/// "1.96.0-ac68faa20", from `rustc 1.96.0 (ac68faa20 2026-05-25) (…)`: a sysroot fits exactly one compiler.
fn debian_version() -> Option<String> {
    let mut cargo = command::fresh(DEBIAN_RUSTC, Path::new("/"));
    let answer = command::answer_of(cargo.arg("--version"))?;
    let mut words = answer.split_whitespace().skip(1).map(|word| word.trim_matches(['(', ')']));
    Some(format!("{}-{}", words.next()?, words.next().unwrap_or("unknown")))
}

fn library_folder(sysroot: &Path) -> PathBuf {
    sysroot.join("lib/rustlib").join(TARGET).join("lib")
}

fn has_core(folder: &Path) -> bool {
    let Ok(entries) = fs::read_dir(folder) else { return false };
    entries.filter_map(|entry| entry.ok()).any(|entry| {
        let name = entry.file_name().to_string_lossy().into_owned();
        name.starts_with("libcore-") && name.ends_with(".rlib")
    })
}
