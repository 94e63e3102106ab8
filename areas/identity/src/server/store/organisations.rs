//! Organisations: a tenant reads and changes its own, the door finds and makes them, the provider lists them.

use crate::{
    limits::Limits,
    organisation::{Interval, Kind, Profile, Tier},
    slug::Slug,
    view::{Organisation, TenantRow},
};
use kernel::{Currency, TenantId, Timestamp};
use platform::{DoorTx, ProviderTx, SystemTx, TenantTx};
use sqlx::{AssertSqlSafe, FromRow, PgConnection, Row, types::Json};

const COLUMNS: &str = "id, kind, slug, name, legal_name, street, postal_code, city, country, tax_id, language, currency,
                       currency_fixed_at, time_zone, tier, billing_interval, limits, created_at";

/// On any transaction that may see it.
pub async fn find(connection: &mut PgConnection, id: TenantId) -> sqlx::Result<Option<Organisation>> {
    sqlx::query_as(AssertSqlSafe(format!("SELECT {COLUMNS} FROM identity.organisations WHERE id = $1"))).bind(id).fetch_optional(connection).await
}

/// The caller's own, locked until the transaction ends: who changes it meanwhile waits.
pub async fn lock(tx: &mut TenantTx) -> sqlx::Result<Option<Organisation>> {
    let id = tx.tenant();
    let sql = format!("SELECT {COLUMNS} FROM identity.organisations WHERE id = $1 FOR NO KEY UPDATE");
    sqlx::query_as(AssertSqlSafe(sql)).bind(id).fetch_optional(&mut **tx).await
}

/// The caller's own, with whether somebody else belongs to it or is invited.
pub async fn find_with_colleague(tx: &mut TenantTx) -> sqlx::Result<Option<(Organisation, bool)>> {
    let sql = format!(
        "SELECT {COLUMNS},
                (SELECT count(*) FROM identity.memberships WHERE ended_at IS NULL) > 1
             OR EXISTS (SELECT FROM identity.invitations WHERE accepted_at IS NULL AND revoked_at IS NULL AND expires_at > $2) AS has_colleague
           FROM identity.organisations
          WHERE id = $1"
    );
    let (id, now) = (tx.tenant(), tx.now());
    let row = sqlx::query(AssertSqlSafe(sql)).bind(id).bind(now).fetch_optional(&mut **tx).await?;
    row.map(|row| Ok((Organisation::from_row(&row)?, row.try_get("has_colleague")?))).transpose()
}

/// How many people may belong to it. Locked: who joins or is invited meanwhile waits.
pub async fn lock_seats(connection: &mut PgConnection, id: TenantId) -> sqlx::Result<Option<i64>> {
    let (tier, Json(limits)): (Option<Tier>, Json<Limits>) = sqlx::query_as("SELECT tier, limits FROM identity.organisations WHERE id = $1 FOR NO KEY UPDATE")
        .bind(id)
        .fetch_one(connection)
        .await?;
    Ok(limits.seats(tier))
}

pub async fn find_provider(connection: &mut PgConnection) -> sqlx::Result<Option<Organisation>> {
    sqlx::query_as(AssertSqlSafe(format!("SELECT {COLUMNS} FROM identity.organisations WHERE kind = 'provider'"))).fetch_optional(connection).await
}

pub async fn find_by_slug(tx: &mut DoorTx, slug: &str) -> sqlx::Result<Option<Organisation>> {
    sqlx::query_as(AssertSqlSafe(format!("SELECT {COLUMNS} FROM identity.organisations WHERE slug = $1"))).bind(slug).fetch_optional(&mut **tx).await
}

/// False when the slug is taken; nothing is written then.
pub async fn insert(tx: &mut DoorTx, id: TenantId, kind: Kind, profile: &Profile, tier: Option<Tier>) -> sqlx::Result<bool> {
    let now = tx.now();
    let inserted = sqlx::query(
        "INSERT INTO identity.organisations
                (id, kind, slug, name, legal_name, street, postal_code, city, country, tax_id, language, currency, time_zone, tier, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
         ON CONFLICT (slug) DO NOTHING",
    )
    .bind(id)
    .bind(kind)
    .bind(profile.slug.as_str())
    .bind(&profile.name)
    .bind(&profile.legal_name)
    .bind(&profile.street)
    .bind(&profile.postal_code)
    .bind(&profile.city)
    .bind(profile.country)
    .bind(&profile.tax_id)
    .bind(profile.language)
    .bind(profile.currency)
    .bind(&profile.time_zone)
    .bind(tier)
    .bind(now)
    .execute(&mut **tx)
    .await?;
    Ok(inserted.rows_affected() == 1)
}

/// Under the name itself, or with the first free number behind it.
pub async fn insert_under_free_slug(tx: &mut DoorTx, id: TenantId, profile: &Profile) -> sqlx::Result<Option<Slug>> {
    /// Numbers that are tried; a name that so many bear wants a better one.
    const NUMBERS: u16 = 200;
    let taken: Vec<String> = sqlx::query_scalar("SELECT slug FROM identity.organisations WHERE slug LIKE $1 ORDER BY slug LIMIT 500")
        .bind(format!("{}%", profile.slug.as_str().get(..30).unwrap_or(profile.slug.as_str())))
        .fetch_all(&mut **tx)
        .await?;
    let candidates = std::iter::once(profile.slug.clone()).chain((2..NUMBERS).map(|number| profile.slug.numbered(number)));
    for slug in candidates.filter(|slug| !taken.iter().any(|known| known == slug.as_str())) {
        if insert(tx, id, Kind::Tenant, &Profile { slug: slug.clone(), ..profile.clone() }, None).await? {
            return Ok(Some(slug));
        }
    }
    Ok(None)
}

pub async fn save_profile(tx: &mut TenantTx, profile: &Profile) -> sqlx::Result<()> {
    let id = tx.tenant();
    sqlx::query(
        "UPDATE identity.organisations
            SET slug = $2,
                name = $3,
                legal_name = $4,
                street = $5,
                postal_code = $6,
                city = $7,
                country = $8,
                tax_id = $9,
                language = $10,
                currency = $11,
                time_zone = $12
          WHERE id = $1",
    )
    .bind(id)
    .bind(profile.slug.as_str())
    .bind(&profile.name)
    .bind(&profile.legal_name)
    .bind(&profile.street)
    .bind(&profile.postal_code)
    .bind(&profile.city)
    .bind(profile.country)
    .bind(&profile.tax_id)
    .bind(profile.language)
    .bind(profile.currency)
    .bind(&profile.time_zone)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub async fn save_tier(tx: &mut TenantTx, tier: Tier, interval: Interval, limits: &Limits) -> sqlx::Result<()> {
    let id = tx.tenant();
    sqlx::query("UPDATE identity.organisations SET tier = $2, billing_interval = $3, limits = $4 WHERE id = $1")
        .bind(id)
        .bind(tier)
        .bind(interval)
        .bind(Json(limits))
        .execute(&mut **tx)
        .await?;
    Ok(())
}

pub async fn clear_tier(tx: &mut TenantTx) -> sqlx::Result<()> {
    let id = tx.tenant();
    sqlx::query("UPDATE identity.organisations SET tier = NULL, billing_interval = NULL, limits = '{}' WHERE id = $1").bind(id).execute(&mut **tx).await?;
    Ok(())
}

/// Since when it is fixed stays as it is.
pub async fn save_currency_fixed(tx: &mut TenantTx, currency: Currency) -> sqlx::Result<()> {
    let (id, now) = (tx.tenant(), tx.now());
    sqlx::query("UPDATE identity.organisations SET currency = $2, currency_fixed_at = coalesce(currency_fixed_at, $3) WHERE id = $1")
        .bind(id)
        .bind(currency)
        .bind(now)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Newest first, after the row that `after` names; `search` is part of a name or slug.
pub async fn list_for_provider(tx: &mut ProviderTx, search: &str, after: Option<(Timestamp, TenantId)>, limit: i64) -> sqlx::Result<Vec<TenantRow>> {
    sqlx::query_as(
        "SELECT o.id,
                o.slug,
                o.name,
                o.country,
                o.currency,
                o.tier,
                (SELECT count(*) FROM identity.memberships m WHERE m.tenant_id = o.id AND m.ended_at IS NULL) AS members,
                (SELECT p.email
                   FROM identity.memberships m
                   JOIN identity.people p ON p.id = m.person_id
                  WHERE m.tenant_id = o.id AND m.role = 'owner' AND m.ended_at IS NULL
                  ORDER BY m.since
                  LIMIT 1) AS owner_email,
                o.created_at
           FROM identity.organisations o
          WHERE o.kind <> 'provider'
            AND ($1 = '' OR strpos(lower(o.name), lower($1)) > 0 OR strpos(o.slug, lower($1)) > 0)
            AND ($2::timestamptz IS NULL OR (o.created_at, o.id) < ($2, $3))
          ORDER BY o.created_at DESC, o.id DESC
          LIMIT $4",
    )
    .bind(search)
    .bind(after.map(|(at, _)| at))
    .bind(after.map(|(_, id)| id))
    .bind(limit)
    .fetch_all(&mut **tx)
    .await
}

/// Ids of organisations that are served, after `after`, for work that goes through all of them.
pub async fn active_after(tx: &mut SystemTx, after: Option<TenantId>, limit: i64) -> sqlx::Result<Vec<TenantId>> {
    sqlx::query_scalar(
        "SELECT id
           FROM identity.organisations
          WHERE state = 'active'
            AND kind <> 'provider'
            AND ($1::uuid IS NULL OR id > $1)
          ORDER BY id
          LIMIT $2",
    )
    .bind(after)
    .bind(limit)
    .fetch_all(&mut **tx)
    .await
}

pub async fn names(tx: &mut ProviderTx, ids: &[TenantId]) -> sqlx::Result<Vec<(TenantId, String)>> {
    sqlx::query_as("SELECT id, name FROM identity.organisations WHERE id = ANY($1) LIMIT 500").bind(ids).fetch_all(&mut **tx).await
}

/// The tier of one that is served, and what it promises.
pub async fn find_limits(tx: &mut DoorTx, id: TenantId) -> sqlx::Result<Option<(Option<Tier>, Json<Limits>)>> {
    sqlx::query_as("SELECT tier, limits FROM identity.organisations WHERE id = $1 AND state = 'active'").bind(id).fetch_optional(&mut **tx).await
}
