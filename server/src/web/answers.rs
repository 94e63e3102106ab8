//! What a form without scripting is refused with travels in the address of the page that it leads back to (`__err`, as
//! server functions have it). Nobody else writes there: the browser that sent the form keeps the installation's seal of its
//! answer in a cookie, for that page and some minutes, and an address without a good one loses what it claims, so that a
//! link cannot put words into our pages. Whose cookies are off loses the words too, and finds the page.

use super::{WebState, caller::cookie};
use axum::{
    extract::{Request, State},
    http::{HeaderValue, Method, header},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use kernel::Timestamp;
use kit::request::local_path;
use platform::secrets::Secrets;
use sha2::{Digest, Sha256};
use std::{borrow::Cow, time::Duration};
use url::{Url, form_urlencoded};

const ANSWER: [&str; 2] = ["__path", "__err"];
/// Bears the seal of the last answer; that of another form takes its place.
const COOKIE: &str = "hub_answer";
const CONTEXT: &str = "answer of a form";
/// Loading the page again shows the answer as long as this.
const KEPT: Duration = Duration::from_secs(10 * 60);

pub async fn sealed(State(state): State<WebState>, request: Request, next: Next) -> Response {
    let (secrets, clock) = (&state.platform.secrets, &state.platform.clock);
    let looks = matches!(*request.method(), Method::GET | Method::HEAD);
    if looks && let Some(query) = request.uri().query().filter(|query| claims(query)) {
        let (path, seal) = (request.uri().path(), cookie(request.headers(), COOKIE).unwrap_or_default());
        if !holds(secrets, seal, path, query, clock.now()) {
            let plain = unanswered(query);
            let mark = if plain.is_empty() { "" } else { "?" };
            return Redirect::to(local_path(&format!("{path}{mark}{plain}"))).into_response();
        }
    }
    let mut response = next.run(request).await;
    // What anybody's link can ask for is no answer to a form.
    let way = response.headers().get(header::LOCATION).filter(|_| !looks).and_then(|way| way.to_str().ok());
    let Some(Sealed { way, seal }) = way.and_then(|way| leading(secrets, way, clock.now())) else { return response };
    let secure = if state.platform.config.public_url.starts_with("https://") { "; Secure" } else { "" };
    let kept = format!("{COOKIE}={seal}; Path=/; Max-Age={}; HttpOnly; SameSite=Strict{secure}", KEPT.as_secs());
    if let (Ok(way), Ok(kept)) = (HeaderValue::from_str(&way), HeaderValue::from_str(&kept)) {
        response.headers_mut().insert(header::LOCATION, way);
        response.headers_mut().append(header::SET_COOKIE, kept);
    }
    response
}

/// Values of a name as the pages read them: names and values may be encoded.
fn values<'a>(query: &'a str, name: &str) -> impl Iterator<Item = Cow<'a, str>> {
    form_urlencoded::parse(query.as_bytes()).filter_map(move |(found, value)| (found == name).then_some(value))
}

fn claims(query: &str) -> bool {
    values(query, ANSWER[1]).next().is_some()
}

/// What is sealed: the page, and the parts of the answer in the order of `ANSWER`.
fn said(path: &str, query: &str) -> [u8; 32] {
    let mut hash = Sha256::new();
    let parts = ANSWER.map(|name| values(query, name).next().unwrap_or_default());
    for part in [Cow::from(path)].into_iter().chain(parts) {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    hash.finalize().into()
}

fn seal(secrets: &Secrets, path: &str, query: &str, now: Timestamp) -> String {
    let until = now.plus(KEPT).micros().to_be_bytes();
    URL_SAFE_NO_PAD.encode(secrets.seal(&[said(path, query).as_slice(), &until].concat(), CONTEXT))
}

/// Of two answers in one address a page may read the other.
fn holds(secrets: &Secrets, seal: &str, path: &str, query: &str, now: Timestamp) -> bool {
    let opened = URL_SAFE_NO_PAD.decode(seal).ok().and_then(|seal| secrets.open(&seal, CONTEXT).ok());
    let Some((answer, until)) = opened.as_deref().and_then(|opened| opened.split_last_chunk()) else { return false };
    let once = ANSWER.iter().all(|name| values(query, name).count() <= 1);
    once && now.micros() < i64::from_be_bytes(*until) && answer == said(path, query)
}

fn names(part: &str, name: &str) -> bool {
    values(part, name).next().is_some()
}

/// A page's query before a form of it was answered.
pub fn unanswered(query: &str) -> String {
    query.split('&').filter(|part| !ANSWER.iter().any(|name| names(part, name))).collect::<Vec<_>>().join("&")
}

/// The address that a form leads to, with one answer, and the seal of it.
struct Sealed {
    way: String,
    seal: String,
}

/// None where no answer goes along. The page may have shown an earlier one, which stands in its address before the new one.
fn leading(secrets: &Secrets, way: &str, now: Timestamp) -> Option<Sealed> {
    let (page, rest) = way.split_once('?')?;
    let (query, fragment) = rest.split_once('#').map_or((rest, None), |(query, fragment)| (query, Some(fragment)));
    if !claims(query) {
        return None;
    }
    let plain = unanswered(query);
    let last = ANSWER.iter().filter_map(|name| query.split('&').rfind(|part| names(part, name)));
    let query = [plain.as_str()].into_iter().filter(|plain| !plain.is_empty()).chain(last).collect::<Vec<_>>().join("&");
    let path = Url::parse("http://of.ours").and_then(|base| base.join(page)).ok()?.path().to_owned();
    let hash = fragment.map(|fragment| format!("#{fragment}")).unwrap_or_default();
    Some(Sealed { way: format!("{page}?{query}{hash}"), seal: seal(secrets, &path, &query, now) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2026-01-15T09:00:00Z".parse().expect("a time")
    }

    fn query(way: &str) -> &str {
        way.split_once('?').expect("a query").1
    }

    #[test]
    fn an_answer_is_believed_as_it_was_given() {
        let secrets = Secrets::from_key([7; 32]);
        let Sealed { way, seal } = leading(&secrets, "http://hub.test/team?page=2&__path=/call/x&__err=abc#a", now()).expect("is sealed");
        assert_eq!(way, "http://hub.test/team?page=2&__path=/call/x&__err=abc#a");
        let good = "page=2&__path=/call/x&__err=abc";
        let held = |query: &str| holds(&secrets, &seal, "/team", query, now());
        for same in [good, "page=3&__err=abc&__path=%2Fcall%2Fx", "__path=/call/x&%5F_err=%61bc"] {
            assert!(held(same), "{same}");
        }
        for other in ["__path=/call/x&__err=abd", "__path=/call/y&__err=abc", "__err=abc", "__err=abc&__path="] {
            assert!(!held(other), "{other}");
        }
        for second in ["__err=abd", "%5F_err=abd", "__path=/call/y", "%5f%5fpath=/call/y"] {
            assert!(!held(&format!("{good}&{second}")) && !held(&format!("{second}&{good}")), "{second}");
        }
        assert!(!holds(&Secrets::from_key([8; 32]), &seal, "/team", good, now()));
        for bad in ["", "A", &seal[1..], &URL_SAFE_NO_PAD.encode(secrets.seal(b"short", CONTEXT))] {
            assert!(!holds(&secrets, bad, "/team", good, now()), "{bad}");
        }
    }

    #[test]
    fn an_answer_belongs_to_its_page_and_to_some_minutes() {
        let secrets = Secrets::from_key([7; 32]);
        let Sealed { way, seal } = leading(&secrets, "/team?__path=/call/x&__err=abc", now()).expect("is sealed");
        let held = |path: &str, later: u64| holds(&secrets, &seal, path, query(&way), now().plus(Duration::from_secs(later)));
        assert!(held("/team", 0) && held("/team", 599));
        assert!(!held("/team", 600));
        assert!(!held("/sign-in", 0) && !held("/team/", 0));
    }

    #[test]
    fn names_are_read_as_pages_read_them() {
        for query in ["__err=a", "%5F_err=a", "x=1&%5f%5F%65rr=a", "__err", "_%5Ferr="] {
            assert!(claims(query), "{query}");
            assert_eq!(unanswered(&format!("{query}&y=%262&%5F_path=z")), if query.starts_with('x') { "x=1&y=%262" } else { "y=%262" });
        }
        for query in ["", "__path=a", "x=__err=a", "__errx=a", "__ERR=a", "%255F_err=a"] {
            assert!(!claims(query), "{query}");
        }
    }

    #[test]
    fn of_several_answers_the_last_goes_along() {
        let secrets = Secrets::from_key([7; 32]);
        for plain in ["/team", "/team?page=2", "http://hub.test/team?page=2#a", "/team?__path=/call/x"] {
            assert!(leading(&secrets, plain, now()).is_none(), "{plain}");
        }
        let Sealed { way, seal } = leading(&secrets, "/team?__path=/call/x&__err=old&page=2&__path=/call/y&__err=new", now()).expect("is sealed");
        assert_eq!(way, "/team?page=2&__path=/call/y&__err=new");
        assert!(holds(&secrets, &seal, "/team", query(&way), now()));
        let Sealed { way, .. } = leading(&secrets, "/team?__path=/call/x&__err=old&__path=/call/y&__err=new", now()).expect("is sealed");
        assert_eq!(way, "/team?__path=/call/y&__err=new");
    }
}
