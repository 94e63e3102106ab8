//! Refuses what a page sends that was drawn for another organisation than the session works in: another tab may have
//! switched since, and what was meant for one organisation would be done for the other.

use super::{
    answers,
    caller::{LANGUAGE_COOKIE, cookie},
};
use axum::{
    body::Body,
    extract::Request,
    http::{HeaderMap, StatusCode, Uri, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use identity::{session::Realm, view::Me};
use kernel::{Language, TenantId};
use kit::{
    PageError,
    organisation::{FIELD, HEADER, OTHER},
    request::local_path,
};
use leptos::server_fn::error::FromServerFnError;
use platform::Cx;

/// The organisation that a form's page was drawn for, as the form says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said(String);

impl Said {
    /// Ids stand in the encoding of forms as they are.
    pub fn in_form(body: &[u8]) -> Option<Self> {
        let value = body.split(|byte| *byte == b'&').find_map(|part| part.strip_prefix(FIELD.as_bytes())?.strip_prefix(b"="))?;
        Some(Self(String::from_utf8_lossy(value).into_owned()))
    }
}

/// Before any server function runs. Forms that switch the organisation or sign in or out say nothing; nor does whoever has
/// no page.
pub async fn same_organisation(request: Request, next: Next) -> Response {
    let (headers, known) = (request.headers(), request.extensions());
    let by_form = known.get::<Said>().map(|said| said.0.as_str());
    let by_call = headers.get(HEADER).map(|value| value.to_str().unwrap_or_default());
    let moved = known
        .get::<Me>()
        .filter(|me| me.realm == Realm::Tenant)
        .is_some_and(|me| elsewhere([by_form, by_call], me.current.as_ref().map(|organisation| organisation.id)));
    if !moved {
        return next.run(request).await;
    }
    tracing::info!(path = request.uri().path(), "Refused what a page sent that was drawn for another organisation");
    refused(headers, known.get::<Cx>().map(Cx::language))
}

fn elsewhere(said: [Option<&str>; 2], present: Option<TenantId>) -> bool {
    let present = present.map(|id| id.to_string());
    said.into_iter().flatten().any(|said| Some(said) != present.as_deref())
}

fn refused(headers: &HeaderMap, language: Option<Language>) -> Response {
    let text = |name| headers.get(name).and_then(|value: &header::HeaderValue| value.to_str().ok()).unwrap_or_default();
    let plain = [(header::CACHE_CONTROL, "no-store")];
    if text(header::ACCEPT).contains("text/html") {
        let language = cookie(headers, LANGUAGE_COOKIE).and_then(|code| code.parse().ok()).or(language).unwrap_or_default();
        let page = [(header::CONTENT_TYPE, "text/html; charset=utf-8"), (header::CONTENT_SECURITY_POLICY, app::BROKEN_POLICY)];
        return (StatusCode::CONFLICT, plain, page, app::other_organisation_page(language, &back(text(header::REFERER)))).into_response();
    }
    let error = PageError::Refused { code: OTHER.to_owned(), message: "The page was drawn for another organisation. Load it again.".to_owned() };
    (StatusCode::CONFLICT, plain, [(header::CONTENT_TYPE, "application/json")], Body::from(error.ser())).into_response()
}

/// The path and query of the page that a form stood in, without what an earlier form of it was answered.
fn back(referer: &str) -> String {
    let page: Uri = referer.parse().unwrap_or_default();
    let (path, plain) = (page.path(), answers::unanswered(page.query().unwrap_or_default()));
    let way = if plain.is_empty() { path.to_owned() } else { format!("{path}?{plain}") };
    local_path(&way).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_form_says_for_which_organisation_its_page_was_drawn() {
        let said = |body: &str| Said::in_form(body.as_bytes()).map(|said| said.0);
        assert_eq!(said("form[name]=x&__organisation=org_1").as_deref(), Some("org_1"));
        assert_eq!(said("__organisation=").as_deref(), Some(""));
        assert_eq!(said("form[name]=__organisation=org_1&x__organisation=org_2"), None);
    }

    #[test]
    fn only_the_sessions_own_organisation_will_do() {
        let (ours, theirs) = (TenantId::from_uuid(Uuid::from_u128(1)), TenantId::from_uuid(Uuid::from_u128(2)).to_string());
        let own = ours.to_string();
        assert!(!elsewhere([None, None], Some(ours)) && !elsewhere([None, None], None));
        assert!(!elsewhere([Some(&own), Some(&own)], Some(ours)));
        for said in [[Some(theirs.as_str()), None], [None, Some(theirs.as_str())], [Some(own.as_str()), Some(theirs.as_str())], [Some(""), None]] {
            assert!(elsewhere(said, Some(ours)), "{said:?}");
        }
        assert!(elsewhere([Some(&own), None], None), "whoever has left works in none");
    }

    #[test]
    fn the_way_back_is_the_page_as_it_was_first_asked_for() {
        assert_eq!(back("http://hub.test/catalog/x?plan=dev&__path=/call/y&%5F_err=z"), "/catalog/x?plan=dev");
        assert_eq!(back("http://hub.test/team"), "/team");
        for evil in ["", "http://hub.test//evil.test", "not an address"] {
            assert_eq!(back(evil), "/", "{evil}");
        }
    }
}
