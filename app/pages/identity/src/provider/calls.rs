//! What the provider's pages of people and organisations ask of the server.

use identity::{
    Password,
    view::{Organisation, Team, TenantRow},
};
use kernel::Page;
use kit::{PageError, prelude::ListQuery};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

#[cfg(feature = "ssr")]
use crate::{
    answer::{forget, go, remember, told, told_at, user_agent},
    door::calls::local,
};

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct StaffSignInForm {
    #[serde(default)]
    email: String,
    #[serde(default)]
    password: Password,
    /// A path of the provider's pages to go on to.
    #[serde(default)]
    next: String,
}

#[server]
pub async fn sign_in_staff(form: StaffSignInForm) -> Result<String, PageError> {
    let cx = kit::request::cx().await?;
    let StaffSignInForm { email, password, next } = form.clone();
    let cmd = identity::SignIn { realm: identity::session::Realm::Staff, email, password, user_agent: user_agent() };
    let signed_in = identity::server::sign_in(&cx, cmd).await.map_err(|refusal| told_at("password", refusal).keeping(&form))?;
    remember(&cx, &signed_in);
    Ok(go(local(&next).filter(|path| path.starts_with("/provider")).unwrap_or("/provider")))
}

#[server]
pub async fn sign_out_staff() -> Result<String, PageError> {
    let cx = kit::request::cx().await?;
    identity::server::sign_out(&cx).await.map_err(told)?;
    forget(&cx, identity::session::Realm::Staff);
    Ok(go("/provider/sign-in?done=signed_out"))
}

/// Keeps a list as the reader likes to see it.
#[server]
pub async fn save_view_of_staff(path: String, name: String, query: String) -> Result<String, PageError> {
    let cx = kit::request::cx().await?;
    identity::server::save_view(&cx, &path, &name, &query).await.map_err(told)?;
    Ok(crate::session::back_to(&path, &query))
}

/// The reader stays at the list as it stands.
#[server]
pub async fn forget_view_of_staff(path: String, name: String, query: String) -> Result<String, PageError> {
    let cx = kit::request::cx().await?;
    identity::server::forget_view(&cx, &path, &name).await.map_err(told)?;
    Ok(crate::session::back_to(&path, &query))
}

#[server]
pub async fn list_tenants(query: ListQuery) -> Result<Page<TenantRow>, PageError> {
    let cx = kit::request::cx().await?;
    sought(&cx, &query, kernel::PageSize::default()).await
}

/// What the address of the list asks for.
#[cfg(feature = "ssr")]
pub async fn sought(cx: &platform::Cx, query: &ListQuery, size: kernel::PageSize) -> Result<Page<TenantRow>, PageError> {
    identity::server::list_tenants(cx, &query.q, query.after.as_deref(), size).await.map_err(told)
}

/// One organisation as the staff see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TenantFile {
    pub organisation: Organisation,
    pub team: Team,
}

#[server]
pub async fn read_tenant_file(id: String) -> Result<TenantFile, PageError> {
    let cx = kit::request::cx().await?;
    let id: kernel::TenantId = id.parse().map_err(|_| missing())?;
    let mut tx = cx.provider_tx(kernel::Need::PROVIDER_READ).await?;
    let organisation = identity::server::organisation_for_staff(&mut tx, id).await?.ok_or_else(missing)?;
    let inside = cx.for_tenant(id, kernel::Need::PROVIDER_READ)?;
    let team = identity::server::team(&inside).await.map_err(told)?;
    Ok(TenantFile { organisation, team })
}

#[cfg(feature = "ssr")]
fn missing() -> PageError {
    kit::request::status(http::StatusCode::NOT_FOUND);
    PageError::NotFound
}
