//! The rows that the SvelteKit page reads: the product's own, copied into tables of the schema `bench`, without row-level
//! security. The schema is dropped when the measurement is over.

use crate::{Outcome, database, http::Connection};
use serde_json::{Value, json};
use sqlx::PgConnection;

/// Indexed for the two questions that the page asks.
const TABLES: &str = "
    CREATE SCHEMA bench;
    CREATE TABLE bench.sessions (
        token_hash   bytea PRIMARY KEY,
        tenant_id    uuid NOT NULL,
        person_name  text NOT NULL,
        email        text NOT NULL,
        organisation text NOT NULL,
        role         text NOT NULL,
        expires_at   timestamptz NOT NULL
    );
    CREATE TABLE bench.services (
        tenant_id     uuid NOT NULL,
        id            text NOT NULL,
        name          text NOT NULL,
        state         text NOT NULL,
        percent       smallint,
        drifts        boolean NOT NULL,
        offering_name text NOT NULL,
        plan_name     text NOT NULL,
        created_at    timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, id)
    );
    CREATE INDEX services_newest_first ON bench.services (tenant_id, created_at DESC, id DESC);
    -- The same columns, checks and indexes as the product's table, for the raw inserts.
    CREATE TABLE bench.usage_events (LIKE billing.usage_events INCLUDING ALL);";

/// Answers with the cookie that the page takes for a session.
pub async fn copy(owner: &str, address: &str, key: &str, organisation: &str, email: &str) -> Outcome<Value> {
    let mut database = database::open(owner).await?;
    sqlx::raw_sql(TABLES).execute(&mut database).await?;
    let mut hub = Connection::open(address).await?;
    let list = hub.api_get("/api/v1/instances?limit=100", key).await?;
    // One organisation has all of the rows; which, is the same to the page.
    let tenant: uuid::Uuid = sqlx::query_scalar("SELECT gen_random_uuid()").fetch_one(&mut database).await?;
    for instance in list["data"].as_array().into_iter().flatten() {
        copy_service(&mut database, tenant, instance).await?;
    }
    let token: String = sqlx::query_scalar(
        "WITH made AS (SELECT encode(sha256(gen_random_uuid()::text::bytea), 'hex') AS token),
              kept AS (
                  INSERT INTO bench.sessions (token_hash, tenant_id, person_name, email, organisation, role, expires_at)
                  SELECT sha256(token::bytea), $1, split_part($2, '@', 1), $2, $3, 'Owner', now() + interval '1 day'
                    FROM made
              )
         SELECT token FROM made",
    )
    .bind(tenant)
    .bind(email)
    .bind(organisation)
    .fetch_one(&mut database)
    .await?;
    sqlx::raw_sql("ANALYZE bench.sessions; ANALYZE bench.services").execute(&mut database).await?;
    Ok(json!({ "cookie": format!("session={token}") }))
}

async fn copy_service(database: &mut PgConnection, tenant: uuid::Uuid, instance: &Value) -> Outcome<()> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    sqlx::query(
        "INSERT INTO bench.services (tenant_id, id, name, state, percent, drifts, offering_name, plan_name, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9::text::timestamptz)",
    )
    .bind(tenant)
    .bind(text(&instance["id"]))
    .bind(text(&instance["name"]))
    .bind(text(&instance["state"]))
    .bind(instance["percent"].as_i64().map(i16::try_from).transpose()?)
    .bind(instance["drifts"].as_bool().unwrap_or_default())
    .bind(text(&instance["offering_name"]["en"]))
    .bind(text(&instance["plan_name"]["en"]))
    .bind(text(&instance["created_at"]))
    .execute(database)
    .await?;
    Ok(())
}

pub async fn drop(owner: &str) -> Outcome<Value> {
    let mut database = database::open(owner).await?;
    sqlx::raw_sql("DROP SCHEMA IF EXISTS bench CASCADE").execute(&mut database).await?;
    Ok(Value::Null)
}
