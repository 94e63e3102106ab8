//! The client: compiled to wasm, split by lazy routes, bound to JavaScript, and for a release made small.

use crate::{
    command::{self, Outcome, Stop},
    node,
    paths::{Paths, Profile},
    stamp::{Stamp, made_folder},
    wasm_target,
};
use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

/// The `output-name` of Leptos.toml.
pub const NAME: &str = "service-hub";

/// A folder of files that go to `/pkg`, and the hash in their names.
pub struct Bundle {
    pub folder: PathBuf,
    pub hash: String,
}

pub fn client(paths: &Paths, profile: Profile) -> Outcome<Bundle> {
    let wasm = compile(paths, profile)?;
    let mut stamp = Stamp::default().text(profile.name()).path(&wasm)?.paths(&paths.root, ["xtask/src/client.rs", "xtask/src/client_tools"])?;
    if profile == Profile::Release {
        stamp = stamp.text(&binaryen_version(paths)?);
    }
    let hash = stamp.finish();
    let folder = paths.front_target.join("bundle").join(profile.name());
    made_folder(&folder, &hash, |folder| {
        tools(paths, &["bundle", &wasm.to_string_lossy(), &folder.to_string_lossy(), NAME, &hash, profile.name()])?;
        if profile == Profile::Release {
            optimise(paths, folder)?;
            minify(paths, folder)?;
            compress(paths, folder)?;
        }
        Ok(())
    })?;
    Ok(Bundle { folder, hash })
}

/// `.br` and `.gz` beside every file of a folder that gains from it.
pub fn compress(paths: &Paths, folder: &Path) -> Outcome<()> {
    tools(paths, &["compress", &folder.to_string_lossy()])
}

fn compile(paths: &Paths, profile: Profile) -> Outcome<PathBuf> {
    let cargo_profile = match profile {
        Profile::Dev => "wasm-dev",
        Profile::Release => "wasm-release",
    };
    let compiler = wasm_target::client_compiler(paths)?;
    let mut cargo = compiler.cargo(paths, profile);
    cargo.args(["build", "--package", "frontend", "--lib", "--target", wasm_target::TARGET, "--profile", cargo_profile]);
    if profile == Profile::Dev {
        cargo.env("CARGO_TERM_PROGRESS_WHEN", "never");
    }
    command::run(&mut cargo, "the client does not compile; the compiler's messages above say where")?;
    Ok(paths.front_target.join(wasm_target::TARGET).join(cargo_profile).join("frontend.wasm"))
}

/// Runs the heavy half of xtask, built when first needed. In release, since unoptimised it takes ten times as long.
fn tools(paths: &Paths, arguments: &[&str]) -> Outcome<()> {
    let mut cargo = command::cargo(&paths.root);
    cargo.args(["build", "--quiet", "--release", "--package", "xtask", "--features", "client-tools", "--bin", "client-tools"]);
    let program = paths.binaries(Profile::Release).join(format!("client-tools{}", env::consts::EXE_SUFFIX));
    if !program.exists() {
        eprintln!("Compiling the tools that make the client's files, once (about a minute)");
    }
    command::run(&mut cargo, "the tools that make the client's files (xtask/src/client_tools) do not compile; the compiler's messages above say why")?;
    let mut program = Command::new(program);
    program.args(arguments);
    command::run_quietly(&mut program, "the compiled client could not be turned into files for the browser; the messages above say at which step")
}

/// Makes each module smaller by itself. The borders between modules are imports and exports, which wasm-opt keeps, so
/// the parts still fit together.
fn optimise(paths: &Paths, folder: &Path) -> Outcome<()> {
    const FEATURES: [&str; 6] = ["bulk-memory", "reference-types", "sign-ext", "mutable-globals", "nontrapping-float-to-int", "multivalue"];
    let modules = files_ending(folder, ".wasm")?;
    each_on_its_core(&modules, |module| {
        let mut wasm_opt = node::tool(paths, "wasm-opt");
        wasm_opt.arg("-Oz").args(FEATURES.map(|feature| format!("--enable-{feature}"))).args(["--strip-debug", "--strip-producers"]);
        wasm_opt.arg(module).arg("-o").arg(module);
        command::run_quietly(&mut wasm_opt, "wasm-opt could not make the client smaller; its messages above say why")
    })
}

fn minify(paths: &Paths, folder: &Path) -> Outcome<()> {
    for script in files_ending(folder, ".js")? {
        let mut esbuild = node::tool(paths, "esbuild");
        esbuild.arg(&script).arg("--minify").arg("--format=esm").arg("--allow-overwrite").arg(format!("--outfile={}", script.display())).arg("--log-level=warning");
        command::run_quietly(&mut esbuild, "esbuild could not make the client's JavaScript smaller; its messages above say why")?;
    }
    Ok(())
}

/// Does something for each file, as many at once as there are processors.
fn each_on_its_core(files: &[PathBuf], work: impl Fn(&Path) -> Outcome<()> + Sync) -> Outcome<()> {
    let cores = std::thread::available_parallelism().map_or(1, |cores| cores.get());
    let queue = std::sync::Mutex::new(files.iter());
    let take = || queue.lock().expect("nobody panics while taking").next();
    let work_on = || {
        while let Some(file) = take() {
            work(file)?;
        }
        Ok(())
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..cores).map(|_| scope.spawn(work_on)).collect();
        workers.into_iter().try_for_each(|worker| worker.join().expect("a worker does not panic"))
    })
}

fn files_ending(folder: &Path, ending: &str) -> Outcome<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).map_err(command::io_failed("reading", folder))?;
    Ok(entries.filter_map(|entry| Some(entry.ok()?.path())).filter(|path| path.to_string_lossy().ends_with(ending)).collect())
}

fn binaryen_version(paths: &Paths) -> Outcome<String> {
    let manifest = paths.root.join("node_modules/binaryen/package.json");
    let text = fs::read_to_string(&manifest).map_err(command::io_failed("reading", &manifest))?;
    let manifest: serde_json::Value = serde_json::from_str(&text).map_err(|_| Stop::new("node_modules/binaryen is damaged; delete node_modules and start again"))?;
    Ok(manifest["version"].as_str().unwrap_or_default().to_owned())
}
