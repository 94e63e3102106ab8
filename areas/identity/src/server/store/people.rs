//! People, read and written at the door.

use crate::{EmailAddress, organisation::Theme, saved_views::SavedView};
use kernel::{Language, PersonId, Timestamp};
use platform::{DoorTx, ProviderTx};
use sqlx::types::Json;

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Person {
    pub id: PersonId,
    pub email: String,
    pub name: String,
    pub password_hash: Option<String>,
    pub email_verified_at: Option<Timestamp>,
    pub language: Language,
    pub theme: Theme,
}

const COLUMNS: &str = "id, email, name, password_hash, email_verified_at, language, theme";

pub async fn find(tx: &mut DoorTx, id: PersonId) -> sqlx::Result<Option<Person>> {
    sqlx::query_as(sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} FROM identity.people WHERE id = $1"))).bind(id).fetch_optional(&mut **tx).await
}

pub async fn find_by_email(tx: &mut DoorTx, email: &EmailAddress) -> sqlx::Result<Option<Person>> {
    sqlx::query_as(sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} FROM identity.people WHERE email = $1")))
        .bind(email.as_str())
        .fetch_optional(&mut **tx)
        .await
}

pub async fn insert(tx: &mut DoorTx, person: &Person) -> sqlx::Result<()> {
    let now = tx.now();
    sqlx::query(
        "INSERT INTO identity.people
                (id, email, name, password_hash, email_verified_at, language, theme, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(person.id)
    .bind(&person.email)
    .bind(&person.name)
    .bind(&person.password_hash)
    .bind(person.email_verified_at)
    .bind(person.language)
    .bind(person.theme)
    .bind(now)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub async fn save_profile(tx: &mut DoorTx, id: PersonId, name: &str, language: Language, theme: Theme) -> sqlx::Result<()> {
    sqlx::query("UPDATE identity.people SET name = $2, language = $3, theme = $4 WHERE id = $1")
        .bind(id)
        .bind(name)
        .bind(language)
        .bind(theme)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Lists as a person likes to see them, locked until they are kept.
pub async fn lock_views(tx: &mut DoorTx, id: PersonId) -> sqlx::Result<Vec<SavedView>> {
    let views: Option<Json<Vec<SavedView>>> =
        sqlx::query_scalar("SELECT saved_views FROM identity.people WHERE id = $1 FOR NO KEY UPDATE").bind(id).fetch_optional(&mut **tx).await?;
    Ok(views.map(|Json(views)| views).unwrap_or_default())
}

pub async fn save_views(tx: &mut DoorTx, id: PersonId, views: &[SavedView]) -> sqlx::Result<()> {
    sqlx::query("UPDATE identity.people SET saved_views = $2 WHERE id = $1").bind(id).bind(Json(views)).execute(&mut **tx).await?;
    Ok(())
}

/// None: nobody signs in until a link has set one.
pub async fn save_password(tx: &mut DoorTx, id: PersonId, hash: Option<&str>) -> sqlx::Result<()> {
    sqlx::query("UPDATE identity.people SET password_hash = $2 WHERE id = $1").bind(id).bind(hash).execute(&mut **tx).await?;
    Ok(())
}

/// The first proof counts.
pub async fn save_verified(tx: &mut DoorTx, id: PersonId) -> sqlx::Result<()> {
    let now = tx.now();
    sqlx::query("UPDATE identity.people SET email_verified_at = coalesce(email_verified_at, $2) WHERE id = $1")
        .bind(id)
        .bind(now)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// The password's hash as it is now, kept from changing until the transaction ends.
pub async fn lock_password(tx: &mut DoorTx, id: PersonId) -> sqlx::Result<Option<String>> {
    sqlx::query_scalar("SELECT password_hash FROM identity.people WHERE id = $1 FOR SHARE").bind(id).fetch_one(&mut **tx).await
}

pub async fn names(tx: &mut ProviderTx, people: &[PersonId]) -> sqlx::Result<Vec<(PersonId, String)>> {
    sqlx::query_as("SELECT id, name FROM identity.people WHERE id = ANY($1) LIMIT 500").bind(people).fetch_all(&mut **tx).await
}
