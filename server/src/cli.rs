//! The command line: what can be asked of the program, and by which module it is done.

use crate::{admin, audit, doctor, installation::{Installation, Opener}, roles};
use clap::{Args, Parser, Subcommand};
use platform::{Config, telemetry};

/// Runs the business of an organisation that delivers managed services.
#[derive(Debug, Parser)]
#[command(name = "service-hub", version)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
    /// Print JSON, one document; a refusal is one too: {"error": "…"} on standard error.
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve: starts the database where needed, brings it up to this version, plays this process's roles.
    Serve(Serve),
    /// Bring the database up to this version and stop.
    Migrate,
    /// Check database role, migrations, ports, clock and disk, and say what to do.
    Doctor,
    /// List every setting with its value and where it comes from.
    Config,
    /// The operator's commands.
    #[command(subcommand)]
    Admin(admin::Admin),
    /// Audit trails outside of the installation.
    #[command(subcommand)]
    Audit(audit::Audit),
}

#[derive(Debug, Args)]
struct Serve {
    /// Roles of this process: all, or some of web,api,worker,reconciler,monitor,scheduler. Overrides HUB_ROLES.
    #[arg(long)]
    roles: Option<String>,
    /// Make no demo organisations; only the first start on a data folder makes any.
    #[arg(long)]
    empty: bool,
}

impl Cli {
    /// Whether answers and refusals are wanted as JSON.
    pub fn json(&self) -> bool {
        self.json
    }
}

/// A refusal as it is printed: a sentence, or `{"error": "…"}` for programs that read it.
pub fn refusal(sentence: &str, json: bool) -> String {
    if json { serde_json::json!({ "error": sentence }).to_string() } else { format!("service-hub: {sentence}") }
}

/// Runs one command. The error is a sentence for the terminal.
pub async fn run(cli: Cli) -> Result<(), String> {
    if let Command::Config = cli.command {
        return list_settings(cli.json);
    }
    if let Command::Audit(audit::Audit::Verify(wanted)) = &cli.command {
        return audit::verify(wanted, cli.json);
    }
    let mut vars: std::collections::BTreeMap<String, String> = std::env::vars().collect();
    if let Command::Serve(Serve { roles: Some(roles), .. }) = &cli.command {
        vars.insert("HUB_ROLES".to_owned(), roles.clone());
    }
    let mut config = Config::from_vars(vars).map_err(|error| error.to_string())?;
    if !matches!(cli.command, Command::Serve(_)) && std::env::var_os("HUB_LOG").is_none() {
        // What a command says is its answer; the server's everyday news would hide it.
        config.log = "warn".to_owned();
    }
    telemetry::start_logging(&config)?;
    // One TLS implementation for everything that speaks TLS here; a second start in one process keeps the first.
    let _ = rustls::crypto::ring::default_provider().install_default();
    match cli.command {
        Command::Serve(serve) => roles::serve(config, !serve.empty).await,
        Command::Migrate => migrate(config, cli.json).await,
        Command::Doctor => doctor::run(config, cli.json).await,
        Command::Admin(command) => admin::run(config, command, cli.json).await,
        Command::Audit(audit::Audit::Export(wanted)) => audit::export_to_file(config, wanted, cli.json).await,
        Command::Audit(audit::Audit::Verify(_)) | Command::Config => Ok(()),
    }
}

fn list_settings(json: bool) -> Result<(), String> {
    let config = Config::from_env().map_err(|error| error.to_string())?;
    if json {
        println!("{}", serde_json::to_string_pretty(&config.listing).expect("settings serialise"));
        return Ok(());
    }
    for setting in &config.listing {
        println!("{:<22} {:<44} {:<12} {}", setting.name, setting.value, setting.source, setting.meaning);
    }
    Ok(())
}

async fn migrate(config: Config, json: bool) -> Result<(), String> {
    let installation = Installation::open(config, Opener::Command).await?;
    let steps = installation.new_steps;
    installation.close().await;
    if json {
        println!("{}", serde_json::json!({ "new_steps": steps }));
    } else {
        println!("The database is up to this version; {steps} steps were new.");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_are_a_sentence_or_a_document() {
        assert_eq!(refusal("the port is \"taken\"", false), "service-hub: the port is \"taken\"");
        assert_eq!(refusal("the port is \"taken\"", true), r#"{"error":"the port is \"taken\""}"#);
    }

    #[test]
    fn json_may_stand_before_or_after_the_command() {
        for line in [["service-hub", "--json", "config"], ["service-hub", "config", "--json"]] {
            assert!(Cli::try_parse_from(line).expect("a command").json());
        }
    }
}
