//! What an installation begins with: the provider, the catalog and, unless told otherwise, the demo.

mod demo;

use crate::roles::Drivers;
use platform::{Cx, fault};
use sqlx::types::Json;
use tracing::info;

/// Shown on invoices until an operator writes the provider's real name.
const PROVIDER_NAME: &str = "Service Hub";

/// Makes what is missing. Passwords are printed here, at the first start, and nowhere else.
pub async fn first_start(cx: &Cx, drivers: &Drivers, with_demo: bool) -> Result<(), String> {
    identity::server::ensure_provider(cx, PROVIDER_NAME).await.map_err(|error| error.to_string())?;
    billing::server::adopt_provider(cx).await.map_err(|error| error.to_string())?;
    let offerings = catalog::server::seed_catalog(cx).await.map_err(|error| error.to_string())?;
    if offerings > 0 {
        info!(offerings, "Put {offerings} offerings into the catalog");
    }
    if !with_demo || done(cx, "demo").await? {
        return Ok(());
    }
    println!("Making the demo with months of history; this takes a little while, once");
    for (email, password) in demo::make(cx, drivers).await? {
        let door = if email.starts_with("operator@") { "/provider/sign-in" } else { "/sign-in" };
        println!("Demo sign-in at {door}, printed once: {email}  {password}");
    }
    remember(cx, "demo").await
}

async fn done(cx: &Cx, name: &str) -> Result<bool, String> {
    let read = async {
        let mut tx = cx.system_tx().await?;
        let found: bool = sqlx::query_scalar("SELECT EXISTS (SELECT FROM hub.facts WHERE name = $1)").bind(name).fetch_one(&mut *tx).await.map_err(fault)?;
        Ok::<_, platform::Opened>(found)
    };
    read.await.map_err(|error| error.to_string())
}

async fn remember(cx: &Cx, name: &str) -> Result<(), String> {
    let write = async {
        let mut tx = cx.system_tx().await?;
        sqlx::query("INSERT INTO hub.facts (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING")
            .bind(name)
            .bind(Json(cx.now()))
            .execute(&mut *tx)
            .await
            .map_err(fault)?;
        tx.commit().await?;
        Ok::<_, platform::Opened>(())
    };
    write.await.map_err(|error| error.to_string())
}
