//! One operation in the reference: what it takes, what it answers, and how to try it.

use super::{
    html::{Html, escape, markdown},
    schema,
};
use serde_json::Value;

/// An operation where it stands in the document.
pub struct Found<'a> {
    pub id: &'a str,
    pub path: &'a str,
    pub method: &'a str,
    pub operation: &'a Value,
}

impl Found<'_> {
    /// Without what all have in common.
    pub fn short_path(&self) -> &str {
        self.path.strip_prefix("/api/v1").unwrap_or(self.path)
    }
}

/// Reading before writing, as one meets them.
const METHODS: [&str; 5] = ["get", "post", "patch", "put", "delete"];

pub fn of_tag<'a>(document: &'a Value, tag: &str) -> Vec<Found<'a>> {
    let paths = document["paths"].as_object().into_iter().flatten();
    paths
        .flat_map(|(path, methods)| METHODS.iter().filter_map(move |method| Some((path, *method, methods.get(*method)?))))
        .filter(|(_, _, operation)| operation["tags"].as_array().into_iter().flatten().any(|one| one == tag))
        .map(|(path, method, operation)| Found { id: operation["operationId"].as_str().unwrap_or_default(), path, method, operation })
        .collect()
}

pub fn write(page: &mut Html, document: &Value, found: &Found) {
    let operation = found.operation;
    page.push(&format!(
        "<article id=\"{}\"><h3>{}</h3><p class=\"route\"><b class=\"verb {2}\">{2}</b> <code>{3}</code></p><div class=\"columns\"><div><p>{4}</p>",
        escape(found.id),
        escape(operation["summary"].as_str().unwrap_or(found.id)),
        found.method,
        escape(found.path),
        markdown(operation["description"].as_str().unwrap_or_default()),
    ));
    parameters(page, operation);
    if let Some((kind, media)) = operation["requestBody"]["content"].as_object().and_then(|content| content.iter().next()) {
        page.push(&format!("<h4>Body <small>{}</small></h4>", escape(kind)));
        schema::write(page, document, &media["schema"]);
    }
    answers(page, document, operation);
    page.push("</div><div class=\"try\"><pre tabindex=\"0\"><code>");
    page.push(&escape(&curl(document, found)));
    page.push("</code></pre>");
    if let Some(example) = success(operation).map(|(_, answer)| schema::example(document, &json_of(answer)["schema"])).filter(|example| !example.is_null()) {
        page.push(&format!("<pre tabindex=\"0\"><code>{}</code></pre>", escape(&serde_json::to_string_pretty(&example).expect("JSON serialises"))));
    }
    page.push("</div></div></article>");
}

fn parameters(page: &mut Html, operation: &Value) {
    let parameters = operation["parameters"].as_array().map(Vec::as_slice).unwrap_or_default();
    if parameters.is_empty() {
        return;
    }
    page.push("<h4>Parameters</h4><dl>");
    for parameter in parameters {
        let required = if parameter["required"] == true { " <em>required</em>" } else { "" };
        page.push(&format!(
            "<dt><code>{}</code> <small>{}{}</small>{required}</dt><dd>{}</dd>",
            escape(parameter["name"].as_str().unwrap_or_default()),
            escape(parameter["in"].as_str().unwrap_or_default()),
            escape(&schema::bounds(&parameter["schema"])),
            markdown(parameter["description"].as_str().unwrap_or_default()),
        ));
    }
    page.push("</dl>");
}

fn answers(page: &mut Html, document: &Value, operation: &Value) {
    page.push("<h4>Answers</h4>");
    for (status, answer) in operation["responses"].as_object().into_iter().flatten() {
        if !status.starts_with('2') {
            continue;
        }
        page.push(&format!("<details><summary><b>{status}</b> {}</summary>", markdown(answer["description"].as_str().unwrap_or_default())));
        let headers = answer["headers"].as_object().into_iter().flatten().filter(|(_, header)| header.get("$ref").is_none());
        for (name, header) in headers {
            page.push(&format!("<p><code>{}</code> {}</p>", escape(name), markdown(header["description"].as_str().unwrap_or_default())));
        }
        schema::write(page, document, &json_of(answer)["schema"]);
        page.push("</details>");
    }
    let refusals: Vec<String> =
        operation["responses"].as_object().into_iter().flatten().map(|(status, _)| status).filter(|status| !status.starts_with('2')).map(|status| format!("<code>{status}</code>")).collect();
    page.push(&format!("<p class=\"refusals\">Or a <a href=\"#problems\">problem</a>: {}</p>", refusals.join(" ")));
}

fn success(operation: &Value) -> Option<(&String, &Value)> {
    operation["responses"].as_object()?.iter().find(|(status, _)| status.starts_with('2'))
}

fn json_of(answer: &Value) -> &Value {
    &answer["content"]["application/json"]
}

fn curl(document: &Value, found: &Found) -> String {
    let server = document["servers"][0]["url"].as_str().unwrap_or_default();
    let mut path = found.path.to_owned();
    for parameter in found.operation["parameters"].as_array().into_iter().flatten().filter(|parameter| parameter["in"] == "path") {
        let name = parameter["name"].as_str().unwrap_or_default();
        path = path.replace(&format!("{{{name}}}"), parameter["example"].as_str().unwrap_or(name));
    }
    let method = match found.method {
        "get" => String::new(),
        other => format!("-X {} ", other.to_ascii_uppercase()),
    };
    let mut lines = vec![format!("curl {method}{server}{path}"), "  -H \"Authorization: Bearer $HUB_KEY\"".to_owned()];
    if found.method == "post" {
        lines.push("  -H \"Idempotency-Key: $(uuidgen)\"".to_owned());
    }
    if let Some((kind, media)) = found.operation["requestBody"]["content"].as_object().and_then(|content| content.iter().next()) {
        let body = serde_json::to_string(&schema::example(document, &media["schema"])).expect("JSON serialises");
        lines.push(format!("  -H \"Content-Type: {kind}\""));
        lines.push(format!("  -d '{}'", body.replace('\'', "'\\''")));
    }
    lines.join(" \\\n")
}
