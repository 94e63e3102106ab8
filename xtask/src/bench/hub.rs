//! The product under measurement: its server on a data folder of its own, with one organisation and its services.

use super::{
    process::{Server, Workshop, free_address},
    tools::Tools,
};
use crate::{
    command::{self, Outcome, Stop},
    paths::Paths,
    postgres::Binaries,
};
use serde_json::Value;
use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

/// What the organisation is called in addresses.
pub const SLUG: &str = "bench";
pub const ORGANISATION: &str = "Nusantara Retail";
pub const OWNER: &str = "sari@nusantara-retail.test";
/// The tier that allows the services, and as many requests a minute as the events need.
const TIER: &str = "enterprise";
const SCOPES: &str = "services:read,services:write,billing:read,usage:write";

pub struct Hub {
    pub server: Server,
    pub key: String,
    pub cookie: String,
    pub instances: String,
    /// Addresses of its database.
    pub owner: String,
    pub login: String,
}

/// What is started, and with what.
pub struct Build<'a> {
    pub paths: &'a Paths,
    pub binary: &'a Path,
    pub site: PathBuf,
    pub database: &'a Binaries,
}

/// Runs the program on the data folder, with no setting of the person's own.
struct Program<'a> {
    build: Build<'a>,
    data: PathBuf,
    address: String,
}

impl Program<'_> {
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = command::fresh(self.build.binary, &self.build.paths.root);
        for (name, _) in env::vars_os() {
            let text = name.to_string_lossy();
            if (text.starts_with("HUB_") && text != "HUB_POSTGRES_BIN") || text == "DATABASE_URL" {
                command.env_remove(&name);
            }
        }
        self.build.database.name_to(&mut command);
        command.args(arguments).env("HUB_ADDR", &self.address).env("HUB_DATA", &self.data).env("HUB_SITE", &self.build.site);
        command
    }

    /// One of the operator's commands, answered in JSON.
    fn admin(&self, arguments: &[&str]) -> Outcome<Value> {
        let words: Vec<&str> = ["admin"].iter().chain(arguments).chain(&["--json"]).copied().collect();
        let answer = command::answer_of(&mut self.command(&words)).and_then(|text| serde_json::from_str(&text).ok());
        answer.ok_or_else(|| Stop::new(format!("`service-hub admin {}` does not succeed on the bench's data folder", arguments[0])))
    }

    fn text(&self, arguments: &[&str], field: &str) -> Outcome<String> {
        let answer = self.admin(arguments)?;
        answer[field].as_str().map(str::to_owned).ok_or_else(|| Stop::new(format!("`service-hub admin {}` answers without `{field}`", arguments[0])))
    }
}

impl Hub {
    /// Starts it on an empty data folder and makes what is measured; puts the page's bytes into a file.
    pub fn start(build: Build, tools: &Tools, workshop: &Workshop, page: &str) -> Outcome<Hub> {
        let program = Program { build, data: workshop.0.join("data"), address: free_address()? };
        let server = Server::start(program.command(&["serve", "--empty"]), super::HUB, program.address.clone(), &workshop.0, "/readyz", &[200])?;
        let link = program.text(&["create-tenant", "--slug", SLUG, "--name", ORGANISATION, "--owner-email", OWNER, "--tier", TIER], "password_link")?;
        let key = program.text(&["create-api-key", "--tenant", SLUG, "--scopes", SCOPES, "--name", "bench"], "secret")?;
        let owner = program.text(&["database-url", "--as", "owner"], "url")?;
        let login = program.text(&["database-url", "--as", "login"], "url")?;
        let made = tools.ask(&["prepare", &server.address, &key, OWNER, &link, super::ROWS, page])?;
        let instances: Vec<&str> = made["instances"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let cookie = made["cookie"].as_str().unwrap_or_default().to_owned();
        Ok(Hub { server, key, cookie, instances: instances.join(","), owner, login })
    }
}
