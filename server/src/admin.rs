//! The operator's commands, each over the same use cases that pages and REST call.

use crate::{installation::{Installation, Opener, drivers}, simulate};
use clap::{Args, Subcommand, ValueEnum};
use kernel::{Language, Need, TenantId};
use platform::{Config, Cx, embedded_postgres::EmbeddedPostgres};
use serde_json::{Value, json};

#[derive(Debug, Subcommand)]
pub enum Admin {
    /// Make an account of the provider's staff; prints its first password once.
    CreateOperator(CreateOperator),
    /// Make an organisation; prints the link with which its owner chooses a password.
    CreateTenant(CreateTenant),
    /// Make an API key of an organisation; prints it once.
    CreateApiKey(CreateApiKey),
    /// Print the address of the running data folder's database, for backups and inspection.
    DatabaseUrl(DatabaseUrl),
    /// Try jobs again that were given up, once what `doctor` says of them is mended.
    RetryJobs,
    /// Look at or move the simulated clock.
    #[command(subcommand)]
    Clock(ClockCommand),
}

#[derive(Debug, Args)]
pub struct CreateOperator {
    #[arg(long)]
    pub email: String,
    #[arg(long)]
    pub name: String,
    /// operator, finance or auditor
    #[arg(long, default_value = "operator")]
    pub role: String,
    /// Chosen by the program when absent.
    #[arg(long, env = "SERVICE_HUB_PASSWORD")]
    pub password: Option<String>,
}

#[derive(Debug, Args)]
pub struct CreateTenant {
    #[arg(long)]
    pub slug: String,
    #[arg(long)]
    pub name: String,
    #[arg(long)]
    pub owner_email: String,
    /// IDR, USD or EUR
    #[arg(long, default_value = "USD")]
    pub currency: String,
    /// IANA name, such as Asia/Jakarta
    #[arg(long, default_value = "UTC")]
    pub time_zone: String,
    /// starter, professional or enterprise: what the organisation may have, free of charge, until it subscribes by itself
    #[arg(long)]
    pub tier: Option<String>,
}

#[derive(Debug, Args)]
pub struct CreateApiKey {
    /// Slug or id.
    #[arg(long)]
    pub tenant: String,
    /// Permissions, separated by commas, such as services:read,services:write
    #[arg(long)]
    pub scopes: String,
    #[arg(long, default_value = "command line")]
    pub name: String,
}

#[derive(Debug, Args)]
pub struct DatabaseUrl {
    #[arg(long = "as", value_enum)]
    pub role: DatabaseRole,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DatabaseRole {
    Owner,
    Login,
}

#[derive(Debug, Subcommand)]
pub enum ClockCommand {
    /// What time it is for the installation.
    Show,
    /// Move forward: `advance 30d`, or `advance to 2026-12-31T00:00:00Z`.
    ///
    /// Everything that falls due on the way happens at its own moment. Terms are closed ten minutes after their end, when the
    /// usage of their last minutes has arrived: for the invoices of a midnight, move to ten minutes after it.
    Advance {
        /// A stretch like 30d or 12h; or `to` and a time.
        #[arg(required = true, num_args = 1..=2)]
        target: Vec<String>,
    },
}

/// Runs one command. The error is a sentence for the terminal.
pub async fn run(config: Config, command: Admin, as_json: bool) -> Result<(), String> {
    if let Admin::DatabaseUrl(wanted) = command {
        return database_url(&config, wanted.role, as_json).await;
    }
    let installation = Installation::open(config, Opener::Command).await?;
    let answer = answer(&installation, command).await;
    installation.close().await;
    let (sentence, json) = answer?;
    if as_json {
        println!("{}", serde_json::to_string_pretty(&json).expect("answers serialise"));
    } else {
        println!("{sentence}");
    }
    Ok(())
}

async fn answer(installation: &Installation, command: Admin) -> Result<(String, Value), String> {
    let cx = installation.system("admin");
    match command {
        Admin::CreateOperator(wanted) => create_operator(&cx, wanted).await,
        Admin::CreateTenant(wanted) => create_tenant(&cx, wanted).await,
        Admin::CreateApiKey(wanted) => create_api_key(&cx, wanted).await,
        Admin::DatabaseUrl(_) => Err("the address is printed without opening the installation".to_owned()),
        Admin::RetryJobs => {
            let retried = platform::jobs::retry_dead(&cx).await.map_err(|error| error.to_string())?;
            Ok((format!("{retried} jobs are tried again"), json!({ "retried": retried })))
        }
        Admin::Clock(ClockCommand::Show) => {
            let now = cx.now();
            Ok((now.to_string(), json!({ "now": now, "simulated": cx.platform().clock.is_simulated() })))
        }
        Admin::Clock(ClockCommand::Advance { target }) => {
            let text = match target.as_slice() {
                [to, time] if to == "to" => time,
                [stretch] => stretch,
                _ => return Err("write `advance 30d` or `advance to 2026-12-31T00:00:00Z`".to_owned()),
            };
            let to = simulate::parse_target(cx.now(), text)?;
            let now = simulate::advance(&cx, &drivers(installation)?, to).await.map_err(|error| error.to_string())?;
            let collecting = billing::server::collecting(&cx, now).await.map_err(|error| error.to_string())?;
            let still = match collecting {
                0 => String::new(),
                count => format!("; terms that are over and whose last usage is still collected, for ten minutes before they are invoiced: {count}"),
            };
            Ok((format!("The clock stands at {now}{still}"), json!({ "now": now, "collecting": collecting })))
        }
    }
}

async fn database_url(config: &Config, role: DatabaseRole, as_json: bool) -> Result<(), String> {
    if config.database_url.is_some() {
        return Err("DATABASE_URL is set: that is the owner's address".to_owned());
    }
    let connections = EmbeddedPostgres::attach(&config.data)
        .await
        .map_err(|error| error.to_string())?
        .ok_or_else(|| format!("no database runs in {}: start the server first", config.data.display()))?;
    let url = match role {
        DatabaseRole::Owner => connections.owner_url,
        DatabaseRole::Login => connections.login_url,
    };
    if as_json {
        println!("{}", json!({ "url": url }));
    } else {
        println!("{url}");
    }
    Ok(())
}

async fn create_operator(cx: &Cx, wanted: CreateOperator) -> Result<(String, Value), String> {
    let password = wanted.password.unwrap_or_else(first_password);
    let command = identity::CreateOperator {
        email: wanted.email.clone(),
        name: wanted.name,
        role: wanted.role.clone(),
        password: Some(identity::Password::new(password.clone())),
        language: Language::En,
    };
    let created = identity::server::create_operator(cx, command).await.map_err(|error| error.to_string())?;
    Ok((
        format!("{} may sign in at {}/provider/sign-in with the password {password}", wanted.email, cx.config().public_url),
        json!({ "person": created.person, "email": wanted.email, "role": wanted.role, "password": password }),
    ))
}

async fn create_tenant(cx: &Cx, wanted: CreateTenant) -> Result<(String, Value), String> {
    let command = identity::CreateTenant {
        slug: wanted.slug.clone(),
        name: wanted.name.clone(),
        owner_email: wanted.owner_email.clone(),
        owner_name: String::new(),
        owner_password: None,
        language: Language::En,
        currency: wanted.currency,
        time_zone: wanted.time_zone,
        tier: wanted.tier.unwrap_or_default(),
    };
    let created = identity::server::create_tenant(cx, command).await.map_err(|error| error.to_string())?;
    let link = created.password_link.clone().unwrap_or_default();
    Ok((
        format!("{} is {}; its owner {} chooses a password at {link}", wanted.name, created.tenant, wanted.owner_email),
        json!({ "tenant": created.tenant, "slug": wanted.slug, "owner": created.person, "password_link": created.password_link }),
    ))
}

async fn create_api_key(cx: &Cx, wanted: CreateApiKey) -> Result<(String, Value), String> {
    let tenant = tenant_named(cx, &wanted.tenant).await?;
    let cx = cx.for_tenant(tenant, Need::PROVIDER_ADMIN).map_err(|denied| denied.to_string())?;
    let scopes = wanted.scopes.split(',').map(|scope| scope.trim().to_owned()).filter(|scope| !scope.is_empty()).collect();
    let command = integrations::CreateApiKey { name: wanted.name, scopes, expires_at: None };
    let made = integrations::server::create_api_key(&cx, command).await.map_err(|error| error.to_string())?;
    Ok((made.secret.clone(), json!({ "id": made.key.id, "secret": made.secret, "tenant": tenant })))
}

/// The organisation that a slug or an id names.
pub async fn tenant_named(cx: &Cx, name: &str) -> Result<TenantId, String> {
    let found = match name.parse() {
        Ok(id) => identity::server::tenant_by_id(cx, id).await,
        Err(_) => identity::server::tenant_by_slug(cx, name).await,
    };
    let found = found.map_err(|error| error.to_string())?;
    Ok(found.ok_or_else(|| format!("no organisation is called {name}"))?.id)
}

/// Random, and readable enough to be typed once.
pub fn first_password() -> String {
    let token = platform::secrets::random_token();
    token.chars().filter(char::is_ascii_alphanumeric).take(20).collect()
}
