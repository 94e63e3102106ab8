//! What the page of keys asks of the server.

use integrations::view::{ApiKeyView, NewApiKey};
use kit::PageError;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[cfg(feature = "ssr")]
use crate::answer::{go, is_secure, told};

/// Carries a secret from the form that made it to the page that shows it, where there is no scripting to do so.
#[cfg(feature = "ssr")]
const MADE_COOKIE: &str = "hub_made_key";
#[cfg(feature = "ssr")]
const MADE_PATH: &str = "/settings/api-keys";
/// From the form to the page; nobody waits longer.
#[cfg(feature = "ssr")]
const MADE_SECONDS: u32 = 60;
#[cfg(feature = "ssr")]
const DAY: u64 = 24 * 60 * 60;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeysFile {
    pub keys: Vec<ApiKeyView>,
    /// The secret that a form without scripting made a moment ago.
    pub just_made: Option<String>,
}

#[server]
pub async fn read_keys() -> Result<KeysFile, PageError> {
    let cx = kit::request::cx().await?;
    let keys = integrations::server::api_keys(&cx).await.map_err(told)?;
    let just_made = crate::answer::cookie(MADE_COOKIE);
    if just_made.is_some() {
        keep_made(&cx, "", 0);
    }
    Ok(KeysFile { keys, just_made })
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CreateKeyForm {
    #[serde(default)]
    name: String,
    /// Names of permissions that were ticked.
    #[serde(default)]
    scopes: BTreeMap<String, String>,
    /// Days from now; anything else: never.
    #[serde(default)]
    expires: String,
}

#[server]
pub async fn create_key(form: CreateKeyForm) -> Result<NewApiKey, PageError> {
    let cx = kit::request::cx().await?;
    let days: Option<u64> = form.expires.parse().ok();
    let cmd = integrations::CreateApiKey {
        name: form.name.clone(),
        scopes: form.scopes.keys().cloned().collect(),
        expires_at: days.map(|days| cx.now().plus(std::time::Duration::from_secs(days.min(3650) * DAY))),
    };
    let made = integrations::server::create_api_key(&cx, cmd).await.map_err(|refusal| told(refusal).keeping(&form))?;
    if kit::request::is_plain_form() {
        keep_made(&cx, &made.secret, MADE_SECONDS);
        go(MADE_PATH);
    }
    Ok(made)
}

#[cfg(feature = "ssr")]
fn keep_made(cx: &platform::Cx, secret: &str, seconds: u32) {
    let secure = if is_secure(cx) { "; Secure" } else { "" };
    kit::request::set_cookie(&format!("{MADE_COOKIE}={secret}; Path={MADE_PATH}; HttpOnly; SameSite=Strict; Max-Age={seconds}{secure}"));
}

#[server]
pub async fn revoke_key(key: String) -> Result<(), PageError> {
    let cx = kit::request::cx().await?;
    let id = key.parse().map_err(|_| PageError::NotFound)?;
    integrations::server::revoke_api_key(&cx, id).await.map_err(told)?;
    go("/settings/api-keys?done=key_revoked");
    Ok(())
}
