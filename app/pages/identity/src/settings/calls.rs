//! What the settings ask of the server.

use identity::{
    ProfileForm,
    view::{Me, Organisation},
};
use kit::PageError;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

#[cfg(feature = "ssr")]
use crate::answer::{go, told};

/// Everything that the settings show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettingsFile {
    /// None for somebody who left their last one.
    pub organisation: Option<Organisation>,
    pub me: Me,
    /// Names to choose from.
    pub time_zones: Vec<String>,
}

#[server]
pub async fn read_settings() -> Result<SettingsFile, PageError> {
    use identity::server::{OrganisationError, me, my_organisation, time_zones};
    let cx = kit::request::cx().await?;
    let organisation = match my_organisation(&cx).await {
        Ok(organisation) => Some(organisation),
        Err(OrganisationError::Denied(kernel::Denied::NoTenant)) => None,
        Err(refusal) => return Err(told(refusal)),
    };
    Ok(SettingsFile { organisation, me: me(&cx).await.map_err(told)?, time_zones: time_zones() })
}

#[server]
pub async fn update_organisation(form: ProfileForm) -> Result<String, PageError> {
    let cx = kit::request::cx().await?;
    identity::server::update_organisation(&cx, form.clone()).await.map_err(|refusal| told(refusal).keeping(&form))?;
    Ok(go("/settings?done=organisation"))
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MyForm {
    #[serde(default)]
    name: String,
    #[serde(default)]
    language: String,
    #[serde(default)]
    theme: String,
}

/// Its fields stand on the page beside the organisation's, whose names they must not share.
#[server]
pub async fn update_me(me: MyForm) -> Result<String, PageError> {
    let cx = kit::request::cx().await?;
    let unknown = |field: &'static str| PageError::field(field, "unknown", "").keeping(&me);
    let language = me.language.parse().map_err(|_| unknown("language"))?;
    let theme = me.theme.parse().map_err(|_| unknown("theme"))?;
    let cmd = identity::UpdateMe { name: me.name.clone(), language, theme };
    identity::server::update_me(&cx, cmd).await.map_err(|refusal| told(refusal).keeping(&me))?;
    // What was chosen in this browser before gives way to what was chosen now.
    kit::request::set_cookie(&format!("{}={language}; Path=/; Max-Age=31536000; SameSite=Lax", kit::preferences::LANGUAGE_COOKIE));
    kit::request::set_cookie(&theme_cookie(theme));
    Ok(go("/settings?done=me"))
}

/// Remembers a person's theme in this browser.
#[cfg(feature = "ssr")]
pub fn theme_cookie(theme: identity::organisation::Theme) -> String {
    format!("{}={theme}; Path=/; Max-Age=31536000; SameSite=Lax", kit::preferences::THEME_COOKIE)
}
