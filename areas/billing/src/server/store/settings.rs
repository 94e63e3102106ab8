//! The provider's settings of billing: one row.

use crate::view::{BillingSettings, Seller};
use platform::ProviderTx;
use sqlx::{AssertSqlSafe, PgConnection, types::Json};

pub async fn load(tx: &mut PgConnection) -> Result<BillingSettings, sqlx::Error> {
    read(tx, "").await
}

/// Locked until the transaction ends: for who changes a part of them.
pub async fn lock(tx: &mut ProviderTx) -> Result<BillingSettings, sqlx::Error> {
    read(tx, "FOR UPDATE").await
}

async fn read(tx: &mut PgConnection, locking: &str) -> Result<BillingSettings, sqlx::Error> {
    let sql = format!("SELECT seller, net_days, dunning, grace_terms FROM billing.settings {locking}");
    let (Json(seller), net_days, Json(dunning), grace_terms): (Json<_>, i32, Json<_>, i32) = sqlx::query_as(AssertSqlSafe(sql)).fetch_one(tx).await?;
    Ok(BillingSettings { seller, net_days: i64::from(net_days), dunning, grace_terms: i64::from(grace_terms) })
}

pub async fn save(tx: &mut PgConnection, settings: &BillingSettings) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE billing.settings SET seller = $1, net_days = $2, dunning = $3, grace_terms = $4")
        .bind(Json(&settings.seller))
        .bind(i32::try_from(settings.net_days).unwrap_or(i32::MAX))
        .bind(Json(&settings.dunning))
        .bind(i32::try_from(settings.grace_terms).unwrap_or(i32::MAX))
        .execute(tx)
        .await?;
    Ok(())
}

/// Keeps who invoices, and nothing else.
pub async fn save_seller(tx: &mut PgConnection, seller: &Seller) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE billing.settings SET seller = $1").bind(Json(seller)).execute(tx).await?;
    Ok(())
}
