//! What an installation begins with: the provider, the catalog and, unless told otherwise, the demo.

mod demo;

use crate::roles::Drivers;
use platform::{Cx, Opened, fault};
use serde_json::{Value, json};
use tracing::{info, warn};

/// Shown on invoices until an operator writes the provider's real name.
const PROVIDER_NAME: &str = "Service Hub";

/// What the first start decided, kept for good.
const BEGUN: &str = "first_start";
/// The demo is whole.
const DEMO: &str = "demo";

/// Makes what is missing. Passwords are printed here, at the first start, and nowhere else. The demo is that start's
/// matter alone: making it runs months of bookkeeping, which would be everybody's.
pub async fn first_start(cx: &Cx, drivers: &Drivers, with_demo: bool) -> Result<(), String> {
    identity::server::ensure_provider(cx, PROVIDER_NAME).await.map_err(|error| error.to_string())?;
    billing::server::adopt_provider(cx).await.map_err(|error| error.to_string())?;
    let offerings = catalog::server::seed_catalog(cx).await.map_err(|error| error.to_string())?;
    if offerings > 0 {
        info!(offerings, "Put {offerings} offerings into the catalog");
    }
    let lived_in = !identity::server::active_tenants(cx, None, 1).await.map_err(|error| error.to_string())?.is_empty();
    let with_demo = with_demo && !lived_in;
    // Of several processes that start at once one decides.
    if !remember(cx, BEGUN, json!({ "demo": with_demo })).await? {
        let begun = fact(cx, BEGUN).await?.unwrap_or_default();
        if begun["demo"] == true && fact(cx, DEMO).await?.is_none() {
            warn!("The demo is not whole: the first start was interrupted while it made it. For a whole one begin with an empty data folder");
        }
        return Ok(());
    }
    if !with_demo {
        return Ok(());
    }
    println!("Making the demo with months of history; this takes a little while, once");
    for (email, password) in demo::make(cx, drivers).await? {
        let door = if email.ends_with("@service-hub.test") { "/provider/sign-in" } else { "/sign-in" };
        println!("Demo sign-in at {door}, printed once: {email}  {password}");
    }
    remember(cx, DEMO, json!(cx.now())).await.map(drop)
}

pub async fn fact(cx: &Cx, name: &str) -> Result<Option<Value>, String> {
    let read = async {
        let mut tx = cx.system_tx().await?;
        Ok::<_, Opened>(sqlx::query_scalar("SELECT value FROM hub.facts WHERE name = $1").bind(name).fetch_optional(&mut *tx).await.map_err(fault)?)
    };
    read.await.map_err(|error| error.to_string())
}

/// Keeps what holds now, whatever was kept before.
pub async fn keep(cx: &Cx, name: &str, value: Value) -> Result<(), String> {
    let write = async {
        let mut tx = cx.system_tx().await?;
        sqlx::query("INSERT INTO hub.facts (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = EXCLUDED.value")
            .bind(name)
            .bind(value)
            .execute(&mut *tx)
            .await
            .map_err(fault)?;
        Ok::<_, Opened>(tx.commit().await?)
    };
    write.await.map_err(|error| error.to_string())
}

/// Answers whether it was not known before.
pub async fn remember(cx: &Cx, name: &str, value: Value) -> Result<bool, String> {
    let write = async {
        let mut tx = cx.system_tx().await?;
        let written = sqlx::query("INSERT INTO hub.facts (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING")
            .bind(name)
            .bind(value)
            .execute(&mut *tx)
            .await
            .map_err(fault)?;
        tx.commit().await?;
        Ok::<_, Opened>(written.rows_affected() == 1)
    };
    write.await.map_err(|error| error.to_string())
}
