//! Connections to the product's PostgreSQL: as its owner, and as what serves people does.

use crate::Outcome;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use uuid::Uuid;

pub async fn open(address: &str) -> Outcome<PgConnection> {
    Ok(PgConnection::connect(address).await?)
}

/// Reads as the organisation, by the role and the setting that the product's own transactions take: there is no other
/// way past row-level security.
pub async fn open_as_tenant(login: &str, slug: &str) -> Outcome<(PgConnection, Uuid)> {
    let mut connection = open(login).await?;
    sqlx::raw_sql("SET ROLE hub_door").execute(&mut connection).await?;
    let tenant: Uuid = sqlx::query_scalar("SELECT id FROM identity.organisations WHERE slug = $1 LIMIT 1").bind(slug).fetch_one(&mut connection).await?;
    // A UUID's printed form has no characters to escape.
    let take = format!("SET ROLE hub_tenant; SELECT set_config('hub.tenant_id', '{tenant}', false)");
    sqlx::raw_sql(AssertSqlSafe(take)).execute(&mut connection).await?;
    Ok((connection, tenant))
}
