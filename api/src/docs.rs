//! The OpenAPI document and its readable reference: one page without scripts, made from the document at the start.

mod html;
mod operation;
mod schema;

use crate::{Api, problem::KNOWN};
use axum::{
    Router,
    extract::State,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
    routing::get,
};
use html::{Html, escape, markdown};
use serde_json::Value;

/// Both are the same for everybody until the next version is installed.
const CACHING: HeaderValue = HeaderValue::from_static("public, max-age=300");

pub fn routes() -> Router<Api> {
    Router::new().route("/api/v1/openapi.json", get(document)).route("/api/docs", get(page))
}

async fn document(State(api): State<Api>) -> Response {
    ([(header::CONTENT_TYPE, HeaderValue::from_static("application/json")), (header::CACHE_CONTROL, CACHING)], api.document.clone()).into_response()
}

async fn page(State(api): State<Api>) -> Response {
    // Nothing but its own styles: the page loads nothing and runs nothing.
    const POLICY: HeaderValue = HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'");
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (header::CACHE_CONTROL, CACHING),
        (header::CONTENT_SECURITY_POLICY, POLICY),
    ];
    (headers, api.reference.clone()).into_response()
}

/// The whole page.
pub fn reference(document: &Value) -> String {
    let mut page = Html::default();
    let title = escape(document["info"]["title"].as_str().unwrap_or_default());
    page.push(&format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"color-scheme\" content=\"light dark\"><title>{title} REST reference</title><style>{}</style></head><body>",
        include_str!("docs/reference.css")
    ));
    page.push("<a class=\"skip\" href=\"#main\">Skip to the reference</a>");
    contents(&mut page, document);
    page.push("<main id=\"main\">");
    introduction(&mut page, document, &title);
    for tag in document["tags"].as_array().into_iter().flatten() {
        group(&mut page, document, tag);
    }
    troubles(&mut page);
    page.push("</main></body></html>");
    page.done()
}

fn contents(page: &mut Html, document: &Value) {
    page.push("<nav aria-label=\"Contents\"><a class=\"home\" href=\"/\">Service Hub</a><ul><li><a href=\"#start\">First steps</a></li></ul>");
    for tag in document["tags"].as_array().into_iter().flatten() {
        let name = tag["name"].as_str().unwrap_or_default();
        page.push(&format!("<h2>{}</h2><ul>", escape(name)));
        for found in operation::of_tag(document, name) {
            page.push(&format!("<li><a href=\"#{}\"><b class=\"verb {2}\">{2}</b> {}</a></li>", escape(found.id), escape(found.short_path()), found.method));
        }
        page.push("</ul>");
    }
    page.push("<h2>Trouble</h2><ul><li><a href=\"#problems\">Problem codes</a></li></ul></nav>");
}

fn introduction(page: &mut Html, document: &Value, title: &str) {
    let server = escape(document["servers"][0]["url"].as_str().unwrap_or_default());
    page.push(&format!("<header><p class=\"eyebrow\">REST, version 1</p><h1>{title}</h1><p class=\"lead\">{}</p>", markdown(document["info"]["description"].as_str().unwrap_or_default())));
    page.push("<p><a href=\"/api/v1/openapi.json\">OpenAPI 3.1 document</a></p></header><section id=\"start\"><h2>First steps</h2>");
    page.push("<p>Make a key in the organisation’s settings; it is shown once. Then see whose it is:</p>");
    page.push(&format!("<pre tabindex=\"0\"><code>export HUB_KEY=hub_live_…\ncurl {server}/api/v1/me -H \"Authorization: Bearer $HUB_KEY\"</code></pre>"));
    page.push("<p>Look at what is on sale, order it, and follow the operation until it says <code>succeeded</code>:</p>");
    page.push(&format!(
        "<pre tabindex=\"0\"><code>curl {server}/api/v1/offerings -H \"Authorization: Bearer $HUB_KEY\"\n\n\
         curl -i {server}/api/v1/instances -H \"Authorization: Bearer $HUB_KEY\" \\\n  -H \"Idempotency-Key: shop-database-1\" -H \"Content-Type: application/json\" \\\n  \
         -d '{{\"plan\": \"pln_…\", \"name\": \"Shop database\", \"configuration\": {{}}}}'\n\n\
         curl {server}/api/v1/operations/op_… -H \"Authorization: Bearer $HUB_KEY\"</code></pre></section>"
    ));
}

fn group(page: &mut Html, document: &Value, tag: &Value) {
    let name = tag["name"].as_str().unwrap_or_default();
    page.push(&format!("<section><h2>{}</h2><p>{}</p>", escape(name), markdown(tag["description"].as_str().unwrap_or_default())));
    for found in operation::of_tag(document, name) {
        operation::write(page, document, &found);
    }
    page.push("</section>");
}

fn troubles(page: &mut Html) {
    page.push("<section id=\"problems\"><h2>Problem codes</h2><p>A problem’s <code>type</code> leads here; programs look at its <code>code</code>.</p>");
    page.push("<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"Problem codes\"><table><thead><tr><th>Code</th><th>Status</th><th>What it means</th><th>What to do</th></tr></thead><tbody>");
    for known in KNOWN {
        page.push(&format!(
            "<tr id=\"problem-{0}\"><td><code>{0}</code></td><td>{1}</td><td>{2}</td><td>{3}</td></tr>",
            escape(known.code),
            known.status,
            escape(known.title),
            markdown(known.help)
        ));
    }
    page.push("</tbody></table></div></section>");
}
