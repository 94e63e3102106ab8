//! The heavy half of `cargo xtask bench`: prepares what is measured, makes the load, and is the static server that the
//! product is compared with. Answers with one JSON document a command.
//!
//!     bench-tools prepare <address> <key> <e-mail> <password link> <rows> <file for the page>
//!     bench-tools rows <owner's database> <address> <key> <organisation> <e-mail>
//!     bench-tools drop <owner's database>
//!     bench-tools static <address> <file>
//!     bench-tools load <address> <path> <cookie> <connections> <seconds> <rows> <encoding>
//!     bench-tools events <address> <key> <login's database> <tenant> <source> <senders> <services a batch> <seconds> <instance,...>
//!     bench-tools inserts <owner's database> <login's database> <tenant> <source> <senders>
//!
//! Called by xtask only, which hands over well-formed arguments; a failure is printed as a sentence.

mod database;
mod events;
mod http;
mod inserts;
mod load;
mod prepare;
mod rows;
mod static_page;

use serde_json::Value;
use std::{env, error::Error, process::ExitCode};

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("the system gives threads");
    match runtime.block_on(perform(&arguments)) {
        Ok(answer) => {
            println!("{answer}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("bench-tools {}: {error}", arguments.first().unwrap_or(&""));
            ExitCode::FAILURE
        }
    }
}

async fn perform(arguments: &[&str]) -> Outcome<Value> {
    match *arguments {
        ["prepare", address, key, email, link, rows, page] => {
            let wanted = prepare::Wanted { address, key, email, link, rows: rows.parse()?, page };
            prepare::prepare(wanted).await
        }
        ["rows", owner, address, key, organisation, email] => rows::copy(owner, address, key, organisation, email).await,
        ["drop", owner] => rows::drop(owner).await,
        ["static", address, file] => static_page::serve(address, file).await,
        ["load", address, path, cookie, connections, seconds, rows, encoding] => {
            let load = load::Load { address, path, cookie, connections: connections.parse()?, seconds: seconds.parse()?, rows: rows.parse()?, encoding };
            load::run(load).await
        }
        ["events", address, key, login, tenant, source, senders, spread, seconds, instances] => {
            let instances = instances.split(',').map(str::to_owned).collect();
            let sending = events::Sending { address, key, login, tenant, source, senders: senders.parse()?, spread: spread.parse()?, seconds: seconds.parse()?, instances };
            events::send(sending).await
        }
        ["inserts", owner, login, tenant, source, senders] => inserts::repeat(owner, login, tenant, source, senders.parse()?).await,
        _ => Err("src/bench_tools/main.rs says how this is called".into()),
    }
}
