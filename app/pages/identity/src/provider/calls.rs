//! What the provider's pages of people and organisations ask of the server.

use identity::{
    Password, ProfileForm,
    view::{Organisation, StaffView, Team, TenantRow},
};
use kernel::{Page, PersonId};
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

/// Everything that the provider's settings show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderFile {
    pub provider: Organisation,
    /// Names to choose from.
    pub time_zones: Vec<String>,
    pub staff: Vec<StaffView>,
    /// Who looks.
    pub me: Option<PersonId>,
}

#[server]
pub async fn read_provider() -> Result<ProviderFile, PageError> {
    use identity::server::{provider, staff, time_zones};
    let cx = kit::request::cx().await?;
    // Refuses those who are not of the staff.
    let staff = staff(&cx).await.map_err(told)?;
    Ok(ProviderFile { provider: provider(&cx).await?, time_zones: time_zones(), staff, me: cx.person().ok() })
}

#[server]
pub async fn update_provider(form: ProfileForm) -> Result<String, PageError> {
    let cx = kit::request::cx().await?;
    identity::server::update_provider(&cx, form.clone()).await.map_err(|refusal| told(refusal).keeping(&form))?;
    Ok(go("/provider/settings?done=provider"))
}

#[server]
pub async fn change_staff_role(person: String, role: String) -> Result<String, PageError> {
    let cx = kit::request::cx().await?;
    let person = person.parse().map_err(|_| PageError::NotFound)?;
    identity::server::change_role(&cx, person, &role).await.map_err(of_staff)?;
    Ok(go("/provider/settings?done=role_changed"))
}

/// Whoever closes their own stands at the staff's door afterwards.
#[server]
pub async fn close_staff_account(person: String) -> Result<String, PageError> {
    let cx = kit::request::cx().await?;
    let person = person.parse().map_err(|_| PageError::NotFound)?;
    identity::server::remove_member(&cx, person).await.map_err(of_staff)?;
    Ok(go("/provider/settings?done=closed"))
}

/// In words of the staff, where those of a team speak of owners.
#[cfg(feature = "ssr")]
fn of_staff(refusal: identity::server::TeamError) -> PageError {
    match refusal {
        identity::server::TeamError::LastOwner => {
            i18n::read_in(kit::request::language());
            kit::request::refusal(refusal.code(), i18n::tr!(identity.refused.last_operator).to_owned(), Vec::new())
        }
        refusal => told(refusal),
    }
}

#[cfg(feature = "ssr")]
fn missing() -> PageError {
    kit::request::status(http::StatusCode::NOT_FOUND);
    PageError::NotFound
}
