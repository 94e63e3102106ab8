//! What the ways in ask of the server.

use identity::{Password, view::Invited};
use kit::PageError;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

#[cfg(feature = "ssr")]
use crate::answer::{go, remember, told, told_at, user_agent};

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SignUpForm {
    #[serde(default)]
    organisation_name: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    email: String,
    #[serde(default)]
    password: Password,
    /// As the browser tells it; empty without scripting.
    #[serde(default)]
    time_zone: String,
    /// As the price list was looked at, where it was.
    #[serde(default)]
    currency: String,
    /// A tier that was chosen there, and how often it is to be paid for.
    #[serde(default)]
    tier: String,
    #[serde(default)]
    interval: String,
}

#[server]
pub async fn sign_up(form: SignUpForm) -> Result<String, PageError> {
    let cx = kit::request::cx().await?;
    let SignUpForm { organisation_name, name, email, password, time_zone, currency, tier, interval } = form.clone();
    let language = kit::request::language();
    let cmd = identity::SignUp { organisation_name, name, email, password, language, time_zone, currency, user_agent: user_agent() };
    let signed_in = identity::server::sign_up(&cx, cmd).await.map_err(|refusal| told_at("email", refusal).keeping(&form))?;
    remember(&cx, &signed_in);
    // They are signed up: a wish that is lost costs them a click.
    if let Ok((cx, _)) = identity::server::caller_from_session(cx, &signed_in.token).await {
        let _ = onboarding::server::note_wish(&cx, &tier, &interval).await;
    }
    Ok(go("/onboarding"))
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SignInForm {
    #[serde(default)]
    email: String,
    #[serde(default)]
    password: Password,
    /// A path of ours to go on to.
    #[serde(default)]
    next: String,
}

#[server]
pub async fn sign_in(form: SignInForm) -> Result<String, PageError> {
    let cx = kit::request::cx().await?;
    let SignInForm { email, password, next } = form.clone();
    let cmd = identity::SignIn { realm: identity::session::Realm::Tenant, email, password, user_agent: user_agent() };
    let signed_in = identity::server::sign_in(&cx, cmd).await.map_err(|refusal| told_at("password", refusal).keeping(&form))?;
    remember(&cx, &signed_in);
    let there = arrive(cx, &signed_in.token).await;
    let path = local(&next).map_or(there, str::to_owned);
    Ok(go(&path))
}

/// A path of ours, where one was asked for.
#[cfg(feature = "ssr")]
pub fn local(next: &str) -> Option<&str> {
    Some(kit::request::local_path(next)).filter(|path| *path != "/")
}

/// Whoever has just come in: shows them their own theme where this browser has none, and answers where they begin.
#[cfg(feature = "ssr")]
async fn arrive(nobody: platform::Cx, token: &str) -> String {
    const BEGIN: &str = "/services";
    // Whatever goes wrong here, they are signed in: the page that follows says what is the matter.
    let Ok((cx, me)) = identity::server::caller_from_session(nobody, token).await else { return BEGIN.to_owned() };
    if kit::request::theme() == kit::preferences::Theme::System {
        kit::request::set_cookie(&crate::settings::calls::theme_cookie(me.theme));
    }
    // Those who cannot walk it are not sent on the journey.
    if cx.allow(kernel::Need::SETTINGS_WRITE).is_err() {
        return BEGIN.to_owned();
    }
    match onboarding::server::journey(&cx).await {
        Ok(journey) if journey.holds_up() => "/onboarding".to_owned(),
        Ok(_) | Err(_) => BEGIN.to_owned(),
    }
}

#[server]
pub async fn request_password_reset(email: String) -> Result<(), PageError> {
    let cx = kit::request::cx().await?;
    identity::server::request_password_reset(&cx, &email).await.map_err(|refusal| told_at("email", refusal).keeping(&Typed { email }))?;
    go("/forgot-password?done=sent");
    Ok(())
}

#[cfg(feature = "ssr")]
#[derive(Serialize)]
struct Typed {
    email: String,
}

#[server]
pub async fn reset_password(token: String, password: Password) -> Result<(), PageError> {
    let cx = kit::request::cx().await?;
    identity::server::reset_password(&cx, identity::ResetPassword { token, password }).await.map_err(told)?;
    go("/reset-password?done=reset");
    Ok(())
}

#[server]
pub async fn verify_email(token: String) -> Result<(), PageError> {
    let cx = kit::request::cx().await?;
    identity::server::verify_email(&cx, &token).await.map_err(told)?;
    go("/verify-email?done=verified");
    Ok(())
}

#[server]
pub async fn resend_verification() -> Result<(), PageError> {
    let cx = kit::request::cx().await?;
    identity::server::resend_verification(&cx).await.map_err(told)?;
    Ok(())
}

/// What the link of an invitation leads to; its page asks.
#[server]
pub async fn read_invitation(token: String) -> Result<Invited, PageError> {
    let cx = kit::request::cx().await?;
    identity::server::read_invitation(&cx, &token).await.map_err(told)
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AcceptForm {
    #[serde(default)]
    token: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    password: Password,
}

#[server]
pub async fn accept_invitation(form: AcceptForm) -> Result<String, PageError> {
    let cx = kit::request::cx().await?;
    let AcceptForm { token, name, password } = form.clone();
    let cmd = identity::AcceptInvitation { token, name, password, user_agent: user_agent() };
    let signed_in = identity::server::accept_invitation(&cx, cmd).await.map_err(|refusal| told(refusal).keeping(&form))?;
    remember(&cx, &signed_in);
    Ok(go("/services"))
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::local;

    #[test]
    fn goes_on_to_paths_of_ours_only() {
        assert_eq!(local("/billing?tab=open"), Some("/billing?tab=open"));
        for next in ["", "/", "//evil.test/", "https://evil.test/", "/\\evil.test"] {
            assert_eq!(local(next), None, "{next}");
        }
    }
}
