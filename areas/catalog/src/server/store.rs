//! All SQL of the catalog. Its tables are the provider's and readable by every role, so the functions take the
//! connection of whichever transaction asks.

use crate::{Offering, OfferingState, Plan, PlanTerms, Text, VersionState, VersionSummary};
use kernel::{OfferingId, PlanId, Timestamp, VersionId};
use sqlx::{PgConnection, types::Json};

/// Offerings that a list holds; there are a handful.
const OFFERINGS_LIMIT: i64 = 200;
const VERSIONS_LIMIT: i64 = 100;

#[derive(sqlx::FromRow)]
struct OfferingRow {
    id: OfferingId,
    slug: String,
    name: Json<Text>,
    category: String,
    summary: Json<Text>,
    description: Json<Text>,
    driver: Option<String>,
    state: String,
}

impl From<OfferingRow> for Offering {
    fn from(row: OfferingRow) -> Self {
        Self {
            id: row.id,
            slug: row.slug,
            name: row.name.0,
            category: row.category,
            summary: row.summary.0,
            description: row.description.0,
            driver: row.driver,
            state: OfferingState::parse(&row.state).expect("a check constraint keeps the state known"),
        }
    }
}

#[derive(sqlx::FromRow)]
struct PlanRow {
    id: PlanId,
    offering: OfferingId,
    offering_slug: String,
    offering_name: Json<Text>,
    version: VersionId,
    driver: Option<String>,
    terms: Json<PlanTerms>,
}

impl From<PlanRow> for Plan {
    fn from(row: PlanRow) -> Self {
        Self {
            id: row.id,
            offering: row.offering,
            offering_slug: row.offering_slug,
            offering_name: row.offering_name.0,
            version: row.version,
            driver: row.driver,
            terms: row.terms.0,
        }
    }
}

const PLAN_COLUMNS: &str = "p.id, o.id AS offering, o.slug AS offering_slug, o.name AS offering_name, v.id AS version, o.driver, p.terms";

/// All offerings, in the order in which they are shown.
pub async fn offerings(tx: &mut PgConnection) -> Result<Vec<Offering>, sqlx::Error> {
    let rows: Vec<OfferingRow> = sqlx::query_as(
        "SELECT id, slug, name, category, summary, description, driver, state
           FROM catalog.offerings
          ORDER BY position, slug
          LIMIT $1",
    )
    .bind(OFFERINGS_LIMIT)
    .fetch_all(tx)
    .await?;
    Ok(rows.into_iter().map(Offering::from).collect())
}

pub async fn offering_by_slug(tx: &mut PgConnection, slug: &str) -> Result<Option<Offering>, sqlx::Error> {
    let row: Option<OfferingRow> = sqlx::query_as(
        "SELECT id, slug, name, category, summary, description, driver, state
           FROM catalog.offerings
          WHERE slug = $1",
    )
    .bind(slug)
    .fetch_optional(tx)
    .await?;
    Ok(row.map(Offering::from))
}

pub async fn offering(tx: &mut PgConnection, id: OfferingId) -> Result<Option<Offering>, sqlx::Error> {
    let row: Option<OfferingRow> = sqlx::query_as(
        "SELECT id, slug, name, category, summary, description, driver, state
           FROM catalog.offerings
          WHERE id = $1",
    )
    .bind(id)
    .fetch_optional(tx)
    .await?;
    Ok(row.map(Offering::from))
}

/// The same, locked against other editors: before its draft, where both are.
pub async fn lock_offering(tx: &mut PgConnection, id: OfferingId) -> Result<Option<Offering>, sqlx::Error> {
    let row: Option<OfferingRow> = sqlx::query_as(
        "SELECT id, slug, name, category, summary, description, driver, state
           FROM catalog.offerings
          WHERE id = $1
            FOR UPDATE",
    )
    .bind(id)
    .fetch_optional(tx)
    .await?;
    Ok(row.map(Offering::from))
}

pub async fn insert_offering(tx: &mut PgConnection, offering: &Offering, position: i32, now: Timestamp) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(
        "INSERT INTO catalog.offerings
                (id, slug, name, category, summary, description, driver, state, position, created_at, changed_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)
         ON CONFLICT (slug) DO NOTHING",
    )
    .bind(offering.id)
    .bind(&offering.slug)
    .bind(Json(&offering.name))
    .bind(&offering.category)
    .bind(Json(&offering.summary))
    .bind(Json(&offering.description))
    .bind(&offering.driver)
    .bind(offering.state.code())
    .bind(position)
    .bind(now)
    .execute(tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Keeps what an offering says of itself; whether it is sold is not part of that.
pub async fn save_texts(tx: &mut PgConnection, offering: &Offering, now: Timestamp) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE catalog.offerings
            SET name = $2,
                category = $3,
                summary = $4,
                description = $5,
                driver = $6,
                changed_at = $7
          WHERE id = $1",
    )
    .bind(offering.id)
    .bind(Json(&offering.name))
    .bind(&offering.category)
    .bind(Json(&offering.summary))
    .bind(Json(&offering.description))
    .bind(&offering.driver)
    .bind(now)
    .execute(tx)
    .await?;
    Ok(())
}

pub async fn save_state(tx: &mut PgConnection, id: OfferingId, state: OfferingState, now: Timestamp) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE catalog.offerings SET state = $2, changed_at = $3 WHERE id = $1").bind(id).bind(state.code()).bind(now).execute(tx).await?;
    Ok(())
}

/// Newest first, with how many plans each has.
pub async fn versions(tx: &mut PgConnection, offering: OfferingId) -> Result<Vec<VersionSummary>, sqlx::Error> {
    let rows: Vec<(VersionId, i32, String, Option<Timestamp>, i64)> = sqlx::query_as(
        "SELECT v.id,
                v.number,
                v.state,
                v.published_at,
                (SELECT count(*) FROM catalog.plans p WHERE p.version_id = v.id)
           FROM catalog.versions v
          WHERE v.offering_id = $1
          ORDER BY v.number DESC
          LIMIT $2",
    )
    .bind(offering)
    .bind(VERSIONS_LIMIT)
    .fetch_all(tx)
    .await?;
    Ok(rows
        .into_iter()
        .map(|(id, number, state, published_at, plans)| VersionSummary {
            id,
            number,
            state: VersionState::parse(&state).expect("a check constraint keeps the state known"),
            published_at,
            plans: usize::try_from(plans).unwrap_or_default(),
        })
        .collect())
}

pub async fn insert_version(tx: &mut PgConnection, id: VersionId, offering: OfferingId, number: i32, now: Timestamp) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(
        "INSERT INTO catalog.versions (id, offering_id, number, state, created_at)
         VALUES ($1, $2, $3, 'draft', $4)
         ON CONFLICT DO NOTHING",
    )
    .bind(id)
    .bind(offering)
    .bind(number)
    .bind(now)
    .execute(tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// The draft, locked against other editors.
pub async fn lock_draft(tx: &mut PgConnection, offering: OfferingId) -> Result<Option<VersionId>, sqlx::Error> {
    sqlx::query_scalar("SELECT id FROM catalog.versions WHERE offering_id = $1 AND state = 'draft' FOR UPDATE").bind(offering).fetch_optional(tx).await
}

pub async fn mark_published(tx: &mut PgConnection, version: VersionId, now: Timestamp) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE catalog.versions SET state = 'published', published_at = $2 WHERE id = $1").bind(version).bind(now).execute(tx).await?;
    Ok(())
}

/// Replaces the plans of a draft. Ids are given by the caller, so that a plan that was only edited keeps its own.
pub async fn replace_plans(tx: &mut PgConnection, version: VersionId, plans: &[(PlanId, PlanTerms)]) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM catalog.plans WHERE version_id = $1").bind(version).execute(&mut *tx).await?;
    for (position, (id, terms)) in (0_i32..).zip(plans) {
        sqlx::query("INSERT INTO catalog.plans (id, version_id, position, code, terms) VALUES ($1, $2, $3, $4, $5)")
            .bind(id)
            .bind(version)
            .bind(position)
            .bind(&terms.code)
            .bind(Json(terms))
            .execute(&mut *tx)
            .await?;
    }
    Ok(())
}

pub async fn plans_of(tx: &mut PgConnection, version: VersionId) -> Result<Vec<Plan>, sqlx::Error> {
    let sql = format!(
        "SELECT {PLAN_COLUMNS}
           FROM catalog.plans p
           JOIN catalog.versions v ON v.id = p.version_id
           JOIN catalog.offerings o ON o.id = v.offering_id
          WHERE v.id = $1
          ORDER BY p.position
          LIMIT 20"
    );
    let rows: Vec<PlanRow> = sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(version).fetch_all(tx).await?;
    Ok(rows.into_iter().map(Plan::from).collect())
}

/// Any plan that was ever published, for those who run it.
pub async fn plan(tx: &mut PgConnection, id: PlanId) -> Result<Option<Plan>, sqlx::Error> {
    let sql = format!(
        "SELECT {PLAN_COLUMNS}
           FROM catalog.plans p
           JOIN catalog.versions v ON v.id = p.version_id
           JOIN catalog.offerings o ON o.id = v.offering_id
          WHERE p.id = $1
            AND v.state = 'published'"
    );
    let row: Option<PlanRow> = sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(id).fetch_optional(tx).await?;
    Ok(row.map(Plan::from))
}

/// A plan that may be ordered today: of an active offering's newest published version.
pub async fn plan_on_sale(tx: &mut PgConnection, id: PlanId) -> Result<Option<Plan>, sqlx::Error> {
    let sql = format!(
        "SELECT {PLAN_COLUMNS}
           FROM catalog.plans p
           JOIN catalog.versions v ON v.id = p.version_id
           JOIN catalog.offerings o ON o.id = v.offering_id
          WHERE p.id = $1
            AND o.state = 'active'
            AND v.state = 'published'
            AND v.number = (SELECT max(number) FROM catalog.versions newest WHERE newest.offering_id = o.id AND newest.state = 'published')"
    );
    let row: Option<PlanRow> = sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(id).fetch_optional(tx).await?;
    Ok(row.map(Plan::from))
}
