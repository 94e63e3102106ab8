//! What server functions answer: refusals in the reader's words, the session's cookie, and where to go on.

use http::{StatusCode, header, request::Parts};
use i18n::tr;
use identity::{
    server::{AcceptError, AdminError, MeError, OrganisationError, ResetError, SessionError, SignInError, SignUpError, SwitchError, TeamError, VerifyError},
    session::Realm,
    view::{Renewed, SignedIn},
};
use integrations::server::KeyError;
use kernel::{FieldError, Timestamp};
use kit::{PageError, request};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;
use platform::Cx;
use std::{fmt::Display, time::Duration};

/// Each door has a cookie of its own; the server reads them by these names.
const TENANT_COOKIE: &str = "hub_session";
const STAFF_COOKIE: &str = "hub_staff";

/// What every refusal of the two areas can tell about itself.
pub trait Refusal: Display {
    fn stable_code(&self) -> &'static str;

    fn complaints(&self) -> Vec<FieldError> {
        Vec::new()
    }

    /// How long to wait before the next attempt, where there were too many.
    fn wait(&self) -> Option<Duration> {
        None
    }
}

macro_rules! refusal {
    ($name:ident) => { refusal!($name, fields: |_| Vec::new(), wait: |_| None); };
    ($name:ident with fields) => { refusal!($name, fields: |refusal: &$name| refusal.fields().to_vec(), wait: |_| None); };
    ($name:ident with fields and wait) => { refusal!($name, fields: |refusal: &$name| refusal.fields().to_vec(), wait: seconds_of!($name)); };
    ($name:ident with wait) => { refusal!($name, fields: |_| Vec::new(), wait: seconds_of!($name)); };
    ($name:ident, fields: $fields:expr, wait: $wait:expr) => {
        impl Refusal for $name {
            fn stable_code(&self) -> &'static str {
                self.code()
            }

            fn complaints(&self) -> Vec<FieldError> {
                let fields: fn(&$name) -> Vec<FieldError> = $fields;
                fields(self)
            }

            fn wait(&self) -> Option<Duration> {
                let wait: fn(&$name) -> Option<u64> = $wait;
                wait(self).map(Duration::from_secs)
            }
        }
    };
}

macro_rules! seconds_of {
    ($name:ident) => {
        |refusal: &$name| if let $name::TooMany { seconds } = refusal { Some(*seconds) } else { None }
    };
}

refusal!(SignUpError with fields and wait);
refusal!(SignInError with fields and wait);
refusal!(ResetError with fields and wait);
refusal!(AcceptError with fields and wait);
refusal!(MeError with fields and wait);
refusal!(VerifyError with wait);
refusal!(TeamError with fields and wait);
refusal!(OrganisationError with fields);
refusal!(AdminError with fields);
refusal!(KeyError with fields);
refusal!(SessionError);
refusal!(SwitchError);

/// A refusal as the page's error, in the reader's words.
pub fn told<R: Refusal>(refusal: R) -> PageError {
    i18n::read_in(request::language());
    let message = match refusal.wait() {
        Some(wait) => tr!(identity.refused.too_many, time = kit::time::duration_text(wait)).to_string(),
        None => refusal_words(refusal.stable_code()).map_or_else(|| refusal.to_string(), str::to_owned),
    };
    let complaints = refusal.complaints().into_iter().map(in_words).collect();
    let error = request::refusal(refusal.stable_code(), message, complaints);
    if let (Some(wait), false) = (refusal.wait(), request::is_plain_form()) {
        request::status(StatusCode::TOO_MANY_REQUESTS);
        if let Some(options) = use_context::<ResponseOptions>() {
            options.insert_header(header::RETRY_AFTER, wait.as_secs().into());
        }
    }
    error
}

/// The same for a form whose refusal is best said beside one of its fields; what was typed can then be kept.
pub fn told_at<R: Refusal>(field: &str, refusal: R) -> PageError {
    match told(refusal) {
        PageError::Refused { code, message } => PageError::field(field, code, message),
        error => error,
    }
}

/// Of an invitation: the address that is missing is not the reader's own.
pub fn of_colleague(error: PageError) -> PageError {
    let PageError::Invalid { mut fields, typed } = error else { return error };
    for missing in fields.iter_mut().filter(|complaint| complaint.code == "identity.required" && complaint.field.trim_start_matches('/') == "email") {
        missing.message = tr!(identity.wrong.colleague_email).to_owned();
    }
    PageError::Invalid { fields, typed }
}

fn header_text(name: header::HeaderName) -> Option<String> {
    let parts = use_context::<Parts>()?;
    parts.headers.get(name)?.to_str().ok().map(str::to_owned)
}

/// The browser's own words about itself.
pub fn user_agent() -> String {
    header_text(header::USER_AGENT).unwrap_or_default()
}

/// What the browser sent under that name.
pub fn cookie(name: &str) -> Option<String> {
    let all = header_text(header::COOKIE)?;
    let value = all.split(';').find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))?;
    (!value.is_empty()).then(|| value.to_owned())
}

/// Where a plain form goes on; with scripting the page takes the answer and decides itself.
pub fn go(path: &str) -> String {
    if request::is_plain_form() {
        leptos_axum::redirect(path);
    }
    path.to_owned()
}

/// Puts a fresh session into the browser.
pub fn remember(cx: &Cx, signed_in: &SignedIn) {
    set_session(cx, signed_in.realm, &signed_in.token, age(cx, signed_in.expires_at));
}

/// Puts the session's other token into the browser.
pub fn renew(cx: &Cx, renewed: &Renewed) {
    set_session(cx, renewed.realm, &renewed.token, age(cx, renewed.expires_at));
}

fn age(cx: &Cx, expires_at: Timestamp) -> u64 {
    expires_at.since(cx.now()).as_secs()
}

/// Takes the session out of the browser.
pub fn forget(cx: &Cx, realm: Realm) {
    set_session(cx, realm, "", 0);
}

fn set_session(cx: &Cx, realm: Realm, token: &str, age: u64) {
    request::set_cookie(&session_cookie(realm, token, age, is_secure(cx)));
}

/// Out of reach of scripts and of other sites' forms; only over TLS where we are reached by it.
fn session_cookie(realm: Realm, token: &str, age: u64, secure: bool) -> String {
    let name = match realm {
        Realm::Tenant => TENANT_COOKIE,
        Realm::Staff => STAFF_COOKIE,
    };
    let secure = if secure { "; Secure" } else { "" };
    format!("{name}={token}; Path=/; HttpOnly; SameSite=Lax; Max-Age={age}{secure}")
}

pub fn is_secure(cx: &Cx) -> bool {
    cx.config().public_url.starts_with("https://")
}

fn refusal_words(code: &str) -> Option<&'static str> {
    Some(match code {
        "identity.wrong_credentials" => tr!(identity.refused.wrong_credentials),
        "identity.bad_link" => tr!(identity.refused.bad_link),
        "identity.staff_account" => tr!(identity.refused.staff_account),
        "identity.last_owner" => tr!(identity.refused.last_owner),
        "identity.only_owners" => tr!(identity.refused.only_owners),
        "identity.too_many_invitations" => tr!(identity.refused.too_many_invitations),
        "identity.no_free_seat" => tr!(identity.refused.no_free_seat),
        "identity.no_seat_to_join" => tr!(identity.refused.no_seat_to_join),
        "integrations.too_many_keys" => tr!(identity.refused.too_many_keys),
        _ => return None,
    })
}

/// A complaint in the reader's words. Its code leaves the kit's own list, whose words are more general.
fn in_words(complaint: FieldError) -> FieldError {
    let field = complaint.field.trim_start_matches('/');
    let words = match (complaint.code.as_str(), field) {
        ("required", "organisation_name") => tr!(identity.wrong.organisation_name),
        ("required", "email") => tr!(identity.wrong.email),
        ("required", "owner_email") => tr!(identity.wrong.owner_email),
        ("required", "password") => tr!(identity.wrong.password),
        ("required", "new") => tr!(identity.wrong.new_password),
        ("required", "slug") => tr!(identity.wrong.slug_required),
        ("required", "scopes") => tr!(identity.wrong.scopes),
        ("required", "name") => tr!(identity.wrong.name),
        ("too_short", "password" | "new") => tr!(identity.wrong.password_short),
        ("too_long", "password" | "new") => tr!(identity.wrong.password_long),
        ("too_easy", _) => tr!(identity.wrong.password_easy),
        ("email", _) => tr!(identity.wrong.email_shape),
        ("exists", _) => tr!(identity.wrong.email_exists),
        ("member", _) => tr!(identity.wrong.member_already),
        ("wrong", "current") => tr!(identity.wrong.current_password),
        ("wrong", _) => tr!(identity.wrong.account_password),
        ("taken", "organisation_name") => tr!(identity.wrong.organisation_taken),
        ("taken", "slug") => tr!(identity.wrong.slug_taken),
        ("slug", _) => tr!(identity.wrong.slug_shape),
        ("reserved", _) => tr!(identity.wrong.slug_reserved),
        ("fixed", _) => tr!(identity.wrong.currency_fixed),
        ("choose", _) => tr!(identity.wrong.choose),
        ("characters", _) => tr!(identity.wrong.characters),
        ("beyond", _) => tr!(identity.wrong.scope_beyond),
        ("past", _) => tr!(identity.wrong.past),
        _ => return complaint,
    };
    FieldError::new(complaint.field, format!("identity.{}", complaint.code), words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_door_has_a_cookie_that_scripts_cannot_read() {
        assert_eq!(session_cookie(Realm::Tenant, "t", 60, true), "hub_session=t; Path=/; HttpOnly; SameSite=Lax; Max-Age=60; Secure");
        assert_eq!(session_cookie(Realm::Staff, "", 0, false), "hub_staff=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0");
    }

    #[test]
    fn refusals_carry_words_that_say_what_to_do() {
        let PageError::Refused { code, message } = told(SignInError::TooMany { seconds: 75 }) else { panic!("it is refused") };
        assert_eq!((code.as_str(), message.as_str()), ("identity.too_many_attempts", "Too many attempts. Try again in 1\u{a0}min\u{a0}15\u{a0}s."));
        let PageError::Invalid { fields, .. } = told_at("password", SignInError::WrongCredentials) else { panic!("it stands beside the field") };
        assert_eq!((fields[0].field.as_str(), fields[0].code.as_str()), ("password", "identity.wrong_credentials"));
    }

    #[test]
    fn an_invitation_asks_for_the_colleagues_address() {
        let missing = in_words(FieldError::new("email", "required", "Enter your e-mail address."));
        let PageError::Invalid { fields, .. } = of_colleague(PageError::Invalid { fields: vec![missing], typed: Vec::new() }) else { panic!("it stays invalid") };
        assert_eq!(fields[0].message, "Enter your colleague's e-mail address.");
        assert_eq!(in_words(FieldError::new("owner_email", "required", "x")).message, "Enter the owner's e-mail address.");
    }

    #[test]
    fn complaints_leave_the_kits_list_only_where_we_have_words() {
        let taken = in_words(FieldError::new("slug", "taken", "x"));
        assert_eq!((taken.code.as_str(), taken.message.as_str()), ("identity.taken", "This address part is taken. Choose another one."));
        let long = FieldError::new("city", "too_long", "Use at most 120 characters.");
        assert_eq!(in_words(long.clone()), long);
    }
}
