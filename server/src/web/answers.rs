//! What a form without scripting is refused with travels in the address of the page that it leads back to (`__err`, as
//! server functions have it). Nobody else writes there: an answer bears the installation's seal, and an address without
//! a good one loses what it claims, so that a link cannot put words into our pages.

use super::WebState;
use axum::{
    extract::{Request, State},
    http::{HeaderValue, Method, header},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use platform::secrets::Secrets;
use sha2::{Digest, Sha256};

const ANSWER: [&str; 2] = ["__path=", "__err="];
const SEAL: &str = "__seal=";
const CONTEXT: &str = "answer of a form";

pub async fn sealed(State(state): State<WebState>, request: Request, next: Next) -> Response {
    let secrets = &state.platform.secrets;
    if let (&Method::GET | &Method::HEAD, Some(query)) = (request.method(), request.uri().query())
        && claims(query)
        && !holds(secrets, query)
    {
        let plain = unanswered(query);
        let mark = if plain.is_empty() { "" } else { "?" };
        return Redirect::to(&format!("{}{mark}{plain}", request.uri().path())).into_response();
    }
    let mut response = next.run(request).await;
    let way = response.headers().get(header::LOCATION).and_then(|way| way.to_str().ok()).and_then(|way| leading(secrets, way));
    if let Some(way) = way.and_then(|way| HeaderValue::from_str(&way).ok()) {
        response.headers_mut().insert(header::LOCATION, way);
    }
    response
}

fn claims(query: &str) -> bool {
    query.split('&').any(|part| part.starts_with(ANSWER[1]))
}

/// What is sealed: the parts of the answer, in the order of `ANSWER`.
fn said(query: &str) -> [u8; 32] {
    let mut hash = Sha256::new();
    for name in ANSWER {
        hash.update(query.split('&').find(|part| part.starts_with(name)).unwrap_or_default());
        hash.update([0]);
    }
    hash.finalize().into()
}

fn holds(secrets: &Secrets, query: &str) -> bool {
    let seal = query.split('&').find_map(|part| part.strip_prefix(SEAL)).and_then(|seal| URL_SAFE_NO_PAD.decode(seal).ok());
    let answers = query.split('&').filter(|part| part.starts_with(ANSWER[1])).count();
    answers == 1 && seal.and_then(|seal| secrets.open(&seal, CONTEXT).ok()).is_some_and(|opened| opened == said(query))
}

fn without(query: &str, names: &[&str]) -> String {
    query.split('&').filter(|part| !names.iter().any(|name| part.starts_with(name))).collect::<Vec<_>>().join("&")
}

/// A page's query before a form of it was answered.
pub fn unanswered(query: &str) -> String {
    without(query, &[ANSWER[0], ANSWER[1], SEAL])
}

/// The address that a form leads to, with the seal of its answer, and without that of an earlier one; none where it may stay.
fn leading(secrets: &Secrets, way: &str) -> Option<String> {
    let (path, rest) = way.split_once('?')?;
    let (query, fragment) = rest.split_once('#').map_or((rest, None), |(query, fragment)| (query, Some(fragment)));
    let plain = without(query, &[SEAL]);
    let query = if claims(&plain) {
        format!("{plain}&{SEAL}{}", URL_SAFE_NO_PAD.encode(secrets.seal(&said(&plain), CONTEXT)))
    } else if plain.len() == query.len() {
        return None;
    } else {
        plain
    };
    let (mark, hash) = (if query.is_empty() { "" } else { "?" }, if fragment.is_some() { "#" } else { "" });
    Some(format!("{path}{mark}{query}{hash}{}", fragment.unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(way: &str) -> &str {
        way.split_once('?').expect("a query").1
    }

    #[test]
    fn an_answer_is_believed_as_it_was_given() {
        let secrets = Secrets::from_key([7; 32]);
        let way = leading(&secrets, "/team?page=2&__path=/call/x&__err=abc").expect("is sealed");
        assert!(way.starts_with("/team?page=2&__path=/call/x&__err=abc&__seal="), "{way}");
        assert!(holds(&secrets, query(&way)));
        for other in [way.replace("abc", "abd"), way.replace("/call/x", "/call/y"), way.replace("__seal=", "__seal=A"), format!("{way}&__err=more")] {
            assert!(!holds(&secrets, query(&other)), "{other}");
        }
        assert!(!holds(&Secrets::from_key([8; 32]), query(&way)));
        assert!(!holds(&secrets, "__path=/call/x&__err=abc"));
    }

    #[test]
    fn the_seal_of_an_earlier_answer_goes() {
        let secrets = Secrets::from_key([7; 32]);
        assert_eq!(leading(&secrets, "/team?page=2"), None);
        assert_eq!(leading(&secrets, "/team"), None);
        assert_eq!(leading(&secrets, "/team?__seal=old&page=2#a").as_deref(), Some("/team?page=2#a"));
        assert_eq!(leading(&secrets, "/team?__seal=old").as_deref(), Some("/team"));
        let again = leading(&secrets, "/team?__seal=old&__err=abc").expect("is sealed");
        assert_eq!(again.matches(SEAL).count(), 1);
        assert!(holds(&secrets, query(&again)));
    }
}
