//! Audit trails outside of the installation: written to a file, and gone through without a database.

use crate::{admin, installation::{Installation, Opener}};
use clap::{Args, Subcommand};
use compliance::server::{export, verify_file};
use kernel::Need;
use platform::Config;
use serde_json::json;
use std::{
    fs::File,
    io::{BufReader, BufWriter, Write},
    path::{Path, PathBuf},
};

#[derive(Debug, Subcommand)]
pub enum Audit {
    /// Write one organisation's whole chain to a file, to be kept elsewhere.
    Export(Export),
    /// Go through an exported chain; needs neither database nor installation.
    Verify(Verify),
}

#[derive(Debug, Args)]
pub struct Export {
    /// Slug or id.
    #[arg(long)]
    tenant: String,
    #[arg(long)]
    out: PathBuf,
}

#[derive(Debug, Args)]
pub struct Verify {
    file: PathBuf,
    /// A head that was noted down earlier and must be part of the chain.
    #[arg(long)]
    head: Option<String>,
}

/// The error is a sentence for the terminal.
pub async fn export_to_file(config: Config, wanted: Export, as_json: bool) -> Result<(), String> {
    let installation = Installation::open(config, Opener::Command).await?;
    let outcome = write(&installation, &wanted).await;
    installation.close().await;
    let entries = outcome?;
    say(as_json, format!("{entries} entries are in {}", wanted.out.display()), json!({ "entries": entries, "file": wanted.out }));
    Ok(())
}

async fn write(installation: &Installation, wanted: &Export) -> Result<i64, String> {
    let cx = installation.system("audit");
    let tenant = admin::tenant_named(&cx, &wanted.tenant).await?;
    let cx = cx.for_tenant(tenant, Need::AUDIT_READ).map_err(|denied| denied.to_string())?;
    let mut file = BufWriter::new(File::create(&wanted.out).map_err(|error| trouble(&wanted.out, &error))?);
    let entries = export(&cx, &mut file).await.map_err(|error| error.to_string())?;
    file.flush().map_err(|error| trouble(&wanted.out, &error))?;
    Ok(entries)
}

pub fn verify(wanted: &Verify, as_json: bool) -> Result<(), String> {
    let file = File::open(&wanted.file).map_err(|error| trouble(&wanted.file, &error))?;
    let outcome = verify_file(BufReader::new(file), wanted.head.as_deref()).map_err(|error| error.to_string())?;
    match outcome.broken_at {
        None => {
            say(as_json, format!("The chain holds: {} entries, head {}", outcome.entries, outcome.head), json!(outcome));
            Ok(())
        }
        Some(at) => Err(format!("the chain does not hold at entry {at}; the {} before it do", outcome.entries)),
    }
}

fn trouble(path: &Path, error: &std::io::Error) -> String {
    format!("{} cannot be used: {error}", path.display())
}

fn say(as_json: bool, sentence: String, document: serde_json::Value) {
    if as_json {
        println!("{document}");
    } else {
        println!("{sentence}");
    }
}
