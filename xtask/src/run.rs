//! `cargo xtask run`: builds what changed, then becomes the server.

use crate::{
    build,
    command::{self, Outcome, Stop},
    paths::{Paths, Profile},
    postgres,
};
use std::{
    env,
    io::ErrorKind,
    net::{TcpListener, ToSocketAddrs},
    process::{Command, ExitCode},
};

const DEFAULT_ADDRESS: &str = "127.0.0.1:3000";

#[derive(clap::Args)]
pub struct Args {
    /// Build fast instead of building fast code
    #[arg(long)]
    dev: bool,
    /// On a new data folder, start without the demo organisations
    #[arg(long)]
    empty: bool,
    /// What follows `--` goes to `service-hub serve`
    #[arg(last = true)]
    args: Vec<String>,
}

pub fn run(paths: &Paths, args: Args) -> Outcome<ExitCode> {
    // Before minutes of building, not after.
    address_is_free()?;
    let profile = if args.dev { Profile::Dev } else { Profile::Release };
    let database = postgres::binaries(paths)?;
    let server = build::build(paths, profile)?;
    let mut command = command::fresh(server, &paths.root);
    command.arg("serve");
    if args.empty {
        command.arg("--empty");
    }
    command.args(args.args);
    database.name_to(&mut command);
    if env::var_os("HUB_SITE").is_none() {
        command.env("HUB_SITE", paths.site(profile));
    }
    become_command(command)
}

fn address_is_free() -> Outcome<()> {
    let address = env::var("HUB_ADDR").unwrap_or_else(|_| DEFAULT_ADDRESS.to_owned());
    let addresses: Vec<_> = address
        .to_socket_addrs()
        .map_err(|_| Stop::new(format!("HUB_ADDR is `{address}`, which is not an address like {DEFAULT_ADDRESS}; correct it")))?
        .collect();
    match TcpListener::bind(&addresses[..]) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == ErrorKind::AddrInUse => {
            Err(Stop::new(format!("another program already listens on {address}; stop it, or choose another address with HUB_ADDR")))
        }
        Err(error) => Err(Stop::new(format!("{address} cannot be listened on ({error}); choose another address with HUB_ADDR"))),
    }
}

/// Leaves no xtask behind: the server is the process that the terminal signals and that others wait for.
#[cfg(unix)]
fn become_command(mut command: Command) -> Outcome<ExitCode> {
    use std::os::unix::process::CommandExt;
    let error = command.exec();
    Err(Stop::new(format!("the server could not be started: {error}")))
}

#[cfg(not(unix))]
fn become_command(mut command: Command) -> Outcome<ExitCode> {
    command::run(&mut command, "the server ended with an error; its messages above say why").map(|()| ExitCode::SUCCESS)
}
