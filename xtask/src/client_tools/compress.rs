//! Writes `.br` and `.gz` beside every file that compresses, at the best and slowest setting: done once, sent often.

use std::{
    error::Error,
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
    sync::Mutex,
    thread,
};

/// What is text or wasm. Pictures and woff2 fonts are compressed in themselves.
const COMPRESSIBLE: [&str; 9] = ["css", "html", "js", "json", "svg", "txt", "wasm", "webmanifest", "xml"];

/// Below this a response fits one packet anyway.
const SMALLEST: u64 = 1024;

pub fn compress(folder: &Path) -> Result<(), Box<dyn Error>> {
    let files = compressible_below(folder)?;
    // A worker for each core: each holds some fifty megabytes at this setting.
    let cores = thread::available_parallelism().map_or(1, |cores| cores.get());
    let queue = Mutex::new(files.iter());
    let take = || queue.lock().expect("nobody panics while taking").next();
    thread::scope(|scope| {
        let work = || {
            while let Some(file) = take() {
                compress_file(file)?;
            }
            Ok::<_, std::io::Error>(())
        };
        let workers: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
        workers.into_iter().try_for_each(|worker| worker.join().expect("compressing does not panic"))
    })?;
    Ok(())
}

fn compress_file(file: &Path) -> std::io::Result<()> {
    let contents = fs::read(file)?;
    let beside = |extension: &str| {
        let mut name = file.as_os_str().to_owned();
        name.push(extension);
        PathBuf::from(name)
    };
    // Quality 11, window 2^22: the most that every browser can read.
    let mut brotli = brotli::CompressorWriter::new(File::create(beside(".br"))?, 64 * 1024, 11, 22);
    brotli.write_all(&contents)?;
    brotli.flush()?;
    drop(brotli);
    let mut gzip = flate2::write::GzEncoder::new(File::create(beside(".gz"))?, flate2::Compression::best());
    gzip.write_all(&contents)?;
    gzip.finish()?;
    Ok(())
}

fn compressible_below(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut files = vec![];
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let extension = path.extension().and_then(|extension| extension.to_str());
        if path.is_dir() {
            files.extend(compressible_below(&path)?);
        } else if extension.is_some_and(|extension| COMPRESSIBLE.contains(&extension)) && path.metadata()?.len() >= SMALLEST {
            files.push(path);
        }
    }
    Ok(files)
}
