//! Hands revealed credentials to the page that follows a form sent without scripting, which is the only answer such a
//! reader sees. They travel sealed in a cookie that only that page gets and that is gone with it.

use kernel::InstanceId;
use leptos::prelude::use_context;
use platform::Cx;
use provisioning::view::Credentials;

const COOKIE: &str = "hub_once";
/// Seconds that the browser may take to follow to the page.
const LASTS: u32 = 60;

/// Does nothing where scripting asked: it has the answer already.
pub fn hand_to_next_page(cx: &Cx, id: InstanceId, credentials: &Credentials) {
    if !header("accept").contains("text/html") {
        return;
    }
    let plain = serde_json::to_vec(credentials).expect("credentials are plain data");
    let sealed: String = cx.platform().secrets.seal(&plain, &context(id)).iter().map(|byte| format!("{byte:02x}")).collect();
    set(cx, id, &sealed, LASTS);
}

/// What the form before revealed, if it did.
pub fn take(cx: &Cx, id: InstanceId) -> Option<Credentials> {
    let cookies = header("cookie");
    let value = cookies.split(';').find_map(|pair| pair.trim().strip_prefix(COOKIE)?.strip_prefix('='))?;
    set(cx, id, "", 0);
    let sealed: Vec<u8> = (0..value.len() / 2).map_while(|index| u8::from_str_radix(value.get(index * 2..index * 2 + 2)?, 16).ok()).collect();
    let plain = cx.platform().secrets.open(&sealed, &context(id)).ok()?;
    serde_json::from_slice(&plain).ok()
}

fn set(cx: &Cx, id: InstanceId, value: &str, seconds: u32) {
    let secure = if cx.config().public_url.starts_with("https:") { "; Secure" } else { "" };
    kit::request::set_cookie(&format!("{COOKIE}={value}; Path=/services/{id}; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}"));
}

/// What is sealed for one service does not open as another's.
fn context(id: InstanceId) -> String {
    format!("provisioning/once/{id}")
}

fn header(name: &str) -> String {
    let parts = use_context::<http::request::Parts>();
    parts.and_then(|parts| parts.headers.get(name)?.to_str().ok().map(str::to_owned)).unwrap_or_default()
}
