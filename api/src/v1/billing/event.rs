//! CloudEvents 1.0 as usage events: the three ways in which HTTP carries them, and what their attributes mean here.
//!
//! Source: CloudEvents 1.0.2, its JSON format and its HTTP protocol binding. `type` names the meter, `subject` the
//! instance, `time` when it was used, `data` has the value. Extension attributes are allowed; nothing but their names is
//! looked at.

use crate::{json, problem::Problem};
use axum::{
    body::Bytes,
    http::{HeaderMap, header},
};
use billing::server::UsageEvent;
use kernel::{FieldError, InstanceId, Timestamp};
use rust_decimal::Decimal;
use serde_json::{Map, Value};
use std::str::FromStr;

pub const STRUCTURED: &str = "application/cloudevents+json";
pub const BATCH: &str = "application/cloudevents-batch+json";
pub const BINARY: &str = "application/json";
/// Goes in front of the source of what comes in here, so that no key can take the identity of what the platform itself
/// measures.
pub const SOURCE_PREFIX: &str = billing::view::REPORTED;
/// Begins the headers of the binary mode.
const ATTRIBUTE: &str = "ce-";
/// How much of an identity an answer names, in characters.
const LONGEST_NAMED: usize = 200;
/// Longest source, in bytes.
const LONGEST_SOURCE: usize = 190;

/// What a request carries.
pub enum Sent {
    One(Event),
    Batch(Vec<Event>),
}

/// One event before it is looked into.
pub struct Event {
    content: Value,
    /// Whether its value was read as another number than was written.
    inexact: bool,
}

impl Event {
    /// `text` is where the value stands in the request, found where it is needed.
    fn new<'a>(content: Value, text: impl FnOnce() -> Option<&'a str>) -> Self {
        let inexact = match &content["data"]["value"] {
            Value::Number(number) if number.is_f64() => text().is_none_or(|text| json::inexact(number, text)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => false,
        };
        Self { content, inexact }
    }
}

/// Where the JSON format has data that is no JSON.
const DATA_BASE64: &str = "data_base64";
/// Where the value stands in an event.
const VALUE: [&str; 2] = ["data", "value"];

/// Takes the request apart, by its content type. Plain JSON without `ce-` headers is taken as what it shows itself to be:
/// many programs send events so.
pub fn sent(headers: &HeaderMap, body: &Bytes) -> Result<Sent, Problem> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let (found, text) = (json::parse(body)?, str::from_utf8(body).unwrap_or_default());
    let plain = essence == BINARY && !headers.keys().any(|name| name.as_str().starts_with(ATTRIBUTE));
    let kind = match &found {
        Value::Array(_) if plain => BATCH,
        Value::Object(event) if plain && event.contains_key("specversion") => STRUCTURED,
        _ => essence.as_str(),
    };
    match (kind, found) {
        (BATCH, Value::Array(events)) => {
            let texts = json::items(text).unwrap_or_default();
            let one = |(index, content): (usize, Value)| Event::new(content, || json::written(texts.get(index)?.get(), &VALUE));
            Ok(Sent::Batch(events.into_iter().enumerate().map(one).collect()))
        }
        (BATCH, _) => Err(misfit("", "wrong_type", "A batch is a JSON array of events")),
        (STRUCTURED, Value::Object(event)) => Ok(Sent::One(Event::new(Value::Object(event), || json::written(text, &VALUE)))),
        (STRUCTURED, _) => Err(misfit("", "wrong_type", "An event is a JSON object")),
        (_, data) => Ok(Sent::One(Event::new(Value::Object(binary(headers, data)?), || json::written(text, &VALUE[1..])))),
    }
}

fn misfit(pointer: &str, code: &str, words: &str) -> Problem {
    Problem::new("body.invalid", "The body does not hold events.").pointer(pointer, code, words)
}

/// Attributes from `ce-` headers, percent-decoded; the body is the data.
fn binary(headers: &HeaderMap, data: Value) -> Result<Map<String, Value>, Problem> {
    let mut event = Map::new();
    for (name, value) in headers {
        let Some(attribute) = name.as_str().strip_prefix(ATTRIBUTE) else { continue };
        let text = value.to_str().map_err(|_| Problem::new("header.invalid", format!("The header {name} is not visible ASCII; percent-encode it.")))?;
        event.insert(attribute.to_owned(), Value::String(percent_decoded(text)));
    }
    if !event.contains_key("specversion") {
        return Err(Problem::new("header.invalid", format!("Send {STRUCTURED}, {BATCH}, or the attributes in ce- headers: ce-specversion is missing.")));
    }
    event.insert("data".to_owned(), data);
    Ok(event)
}

fn percent_decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut index = 0;
    while index < bytes.len() {
        let hex = text.get(index + 1..index + 3).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match (bytes[index], hex) {
            (b'%', Some(byte)) => {
                decoded.push(byte);
                index += 3;
            }
            (byte, _) => {
                decoded.push(byte);
                index += 1;
            }
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

/// The identity that the sender gave, as far as it can be read, for the answer to name.
pub fn identity(event: &Event) -> (String, String) {
    let text = |name: &str| {
        let text = event.content[name].as_str().unwrap_or_default();
        text.char_indices().nth(LONGEST_NAMED).map_or(text, |(end, _)| &text[..end]).to_owned()
    };
    (text("source"), text("id"))
}

/// The usage event, or what is wrong with it by JSON pointer.
pub fn usage(event: &Event) -> Result<UsageEvent, Vec<FieldError>> {
    let Event { content: Value::Object(content), inexact } = event else { return Err(vec![FieldError::new("", "wrong_type", "An event is a JSON object")]) };
    let (event, mut errors) = (content, Vec::new());
    if *inexact {
        errors.push(FieldError::new("/data/value", "inexact", "JSON numbers keep 15 digits and this one has more: write it as text"));
    }
    if let Some(version) = text(event, "specversion", &mut errors)
        && version != "1.0"
    {
        errors.push(FieldError::new("/specversion", "not_one_of", "Only 1.0 is spoken here"));
    }
    names(event, &mut errors);
    let id = text(event, "id", &mut errors);
    let source = text(event, "source", &mut errors).filter(|source| {
        let fits = source.len() <= LONGEST_SOURCE;
        if !fits {
            errors.push(FieldError::new("/source", "too_long", format!("At most {LONGEST_SOURCE} bytes")));
        }
        fits
    });
    let meter = text(event, "type", &mut errors);
    let instance = parsed::<InstanceId>(event, "subject", "The id of an instance", &mut errors);
    let at = parsed::<Timestamp>(event, "time", "An RFC 3339 time", &mut errors);
    let (value, unique) = data(event, &mut errors);
    match (id, source, meter, instance, at, value) {
        (Some(id), Some(source), Some(meter), Some(instance), Some(at), Some(value)) if errors.is_empty() => {
            Ok(UsageEvent { source: format!("{SOURCE_PREFIX}{source}"), id, instance, meter, value, unique, at })
        }
        _ => Err(errors),
    }
}

/// Attributes are named by lower-case letters and digits (CloudEvents 1.0.2, "Attribute naming"); the JSON format adds two
/// members for the data.
fn names(event: &Map<String, Value>, errors: &mut Vec<FieldError>) {
    let good = |name: &str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    for name in event.keys().filter(|name| *name != DATA_BASE64 && !good(name)) {
        errors.push(FieldError::new(format!("/{}", json::escape(name)), "invalid", "Attributes are named by lower-case letters and digits"));
    }
}

/// Whether a media type is JSON's.
fn is_json(kind: &str) -> bool {
    let essence = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence.split_once('/').is_some_and(|(_, subtype)| subtype == "json" || subtype.ends_with("+json"))
}

fn text(event: &Map<String, Value>, name: &str, errors: &mut Vec<FieldError>) -> Option<String> {
    match event.get(name) {
        Some(Value::String(text)) if text.contains('\0') => errors.push(FieldError::new(format!("/{name}"), "invalid", "Texts hold no NUL characters")),
        Some(Value::String(text)) if !text.is_empty() => return Some(text.clone()),
        None | Some(Value::Null | Value::String(_)) => errors.push(FieldError::new(format!("/{name}"), "required", "This is needed")),
        Some(_) => errors.push(FieldError::new(format!("/{name}"), "wrong_type", "A text")),
    }
    None
}

fn parsed<T: FromStr>(event: &Map<String, Value>, name: &str, expected: &str, errors: &mut Vec<FieldError>) -> Option<T> {
    let text = text(event, name, errors)?;
    let value = text.parse().ok();
    if value.is_none() {
        errors.push(FieldError::new(format!("/{name}"), "invalid", expected));
    }
    value
}

/// The value, as a number or a decimal in text, and what unique counts tell apart.
fn data(event: &Map<String, Value>, errors: &mut Vec<FieldError>) -> (Option<Decimal>, Option<String>) {
    match event.get("datacontenttype") {
        None | Some(Value::Null) => {}
        Some(Value::String(kind)) if is_json(kind) => {}
        Some(Value::String(_)) => errors.push(FieldError::new("/datacontenttype", "not_one_of", "The data is JSON: application/json, or nothing")),
        Some(_) => errors.push(FieldError::new("/datacontenttype", "wrong_type", "A text")),
    }
    if event.get(DATA_BASE64).is_some_and(|data| !data.is_null()) {
        errors.push(FieldError::new(format!("/{DATA_BASE64}"), "not_taken", "The data is taken as JSON, in `data`"));
        return (None, None);
    }
    let Some(Value::Object(data)) = event.get("data") else {
        errors.push(FieldError::new("/data", "required", "An object with `value`"));
        return (None, None);
    };
    if let Some(unknown) = data.keys().find(|name| !["value", "unique"].contains(&name.as_str())) {
        errors.push(FieldError::new(format!("/data/{}", json::escape(unknown)), "unknown_field", "Only `value` and `unique`"));
    }
    let value = match data.get("value") {
        None | Some(Value::Null) => {
            errors.push(FieldError::new("/data/value", "required", "This is needed"));
            None
        }
        Some(Value::Number(number)) => decimal(&number.to_string(), errors),
        Some(Value::String(text)) => decimal(text, errors),
        Some(Value::Bool(_) | Value::Array(_) | Value::Object(_)) => {
            errors.push(FieldError::new("/data/value", "wrong_type", "A number, or a decimal as text"));
            None
        }
    };
    let unique = match data.get("unique") {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) if !text.contains('\0') => Some(text.clone()),
        Some(_) => {
            errors.push(FieldError::new("/data/unique", "wrong_type", "A text"));
            None
        }
    };
    (value, unique)
}

fn decimal(text: &str, errors: &mut Vec<FieldError>) -> Option<Decimal> {
    // The parser lets digits be grouped by `_`, which no sender means.
    let value = Decimal::from_str_exact(text).or_else(|_| Decimal::from_scientific(text)).ok().filter(|_| !text.contains('_'));
    if value.is_none() {
        errors.push(FieldError::new("/data/value", "invalid", "A number, or a decimal as text, of at most 28 digits"));
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn event() -> Value {
        json!({
            "specversion": "1.0", "id": "1", "source": "/probe", "type": "checks_run", "subject": "ins_01h455vb4pex5vsknk084sn02q",
            "time": "2026-01-15T09:00:00Z", "data": { "value": 1.25 }, "extension": 7,
        })
    }

    fn read(value: &Value) -> Result<UsageEvent, Vec<String>> {
        let text = value.to_string();
        usage(&Event::new(value.clone(), || json::written(&text, &VALUE))).map_err(|errors| errors.into_iter().map(|error| format!("{} {}", error.field, error.code)).collect())
    }

    #[test]
    fn reads_what_the_attributes_mean() {
        let found = read(&event()).expect("good");
        assert_eq!((found.source.as_str(), found.meter.as_str(), found.value.to_string().as_str()), ("api:/probe", "checks_run", "1.25"));
        let mut exact = event();
        exact["data"]["value"] = json!("0.1000000000000000055");
        assert_eq!(read(&exact).expect("good").value.to_string(), "0.1000000000000000055");
        exact["data"]["value"] = json!("1_000");
        assert_eq!(read(&exact).expect_err("a slip of the hand"), ["/data/value invalid"]);
        exact["data"]["value"] = json!(1e3);
        assert_eq!(read(&exact).expect("good").value, Decimal::from(1000));
    }

    #[test]
    fn names_everything_that_is_wrong_at_once() {
        let bad = json!({ "specversion": "0.3", "id": "", "source": 7, "subject": "x", "time": "now", "data": { "value": "many", "vlaue": 1 } });
        assert_eq!(
            read(&bad).expect_err("bad"),
            [
                "/specversion not_one_of", "/id required", "/source wrong_type", "/type required", "/subject invalid", "/time invalid",
                "/data/vlaue unknown_field", "/data/value invalid",
            ]
        );
    }

    #[test]
    fn what_is_no_event_of_version_one_is_refused_by_name() {
        let refused = |name: &str, value: Value| {
            let mut event = event();
            event[name] = value;
            read(&event).expect_err(name)
        };
        assert_eq!(refused("Bad-Attr", json!("x")), ["/Bad-Attr invalid"]);
        assert_eq!(refused("bad_attr", json!("x")), ["/bad_attr invalid"]);
        assert_eq!(refused("a/b", json!("x")), ["/a~1b invalid"]);
        assert_eq!(refused("", json!("x")), ["/ invalid"]);
        assert_eq!(refused("datacontenttype", json!("text/plain")), ["/datacontenttype not_one_of"]);
        assert_eq!(refused("datacontenttype", json!(7)), ["/datacontenttype wrong_type"]);
        assert_eq!(refused("data_base64", json!("eyJ2YWx1ZSI6MX0=")), ["/data_base64 not_taken"]);
        for (name, value) in [("traceparent1", json!("x")), ("datacontenttype", json!("Application/JSON; charset=utf-8")), ("datacontenttype", json!("application/vnd.usage+json")), ("datacontenttype", json!(null))] {
            let mut event = event();
            event[name] = value;
            read(&event).expect(name);
        }
    }

    #[test]
    fn plain_json_is_taken_as_what_it_shows_itself_to_be() {
        let plain = |more: &'static [(&str, &str)], body: &Value| {
            let all = [("content-type", "application/json; charset=utf-8")].iter().chain(more);
            let headers = all.map(|(name, value)| (header::HeaderName::from_static(name), header::HeaderValue::from_static(value))).collect();
            sent(&headers, &Bytes::from(body.to_string()))
        };
        let Ok(Sent::One(one)) = plain(&[], &event()) else { panic!("one event") };
        assert_eq!(one.content, event());
        let Ok(Sent::Batch(batch)) = plain(&[], &json!([event(), 7])) else { panic!("a batch") };
        assert_eq!(batch.iter().map(|event| &event.content).collect::<Vec<_>>(), [&event(), &json!(7)]);
        // With attributes in headers the body is their data, whatever it holds.
        let Ok(Sent::One(binary)) = plain(&[("ce-specversion", "1.0")], &event()) else { panic!("one event") };
        assert_eq!(binary.content["data"], event());
        assert!(plain(&[], &json!({ "value": 1 })).is_err_and(|problem| problem.code() == "header.invalid"));
    }

    #[test]
    fn headers_carry_attributes_percent_encoded() {
        let headers: HeaderMap = [("ce-specversion", "1.0"), ("ce-id", "a%20b%E2%82%AC%"), ("content-type", "application/json")]
            .into_iter()
            .map(|(name, value)| (header::HeaderName::from_static(name), header::HeaderValue::from_static(value)))
            .collect();
        let Ok(Sent::One(found)) = sent(&headers, &Bytes::from_static(b"{\"value\":1}")) else { panic!("one event") };
        assert_eq!((&found.content["id"], &found.content["data"]), (&json!("a b€%"), &json!({ "value": 1 })));
    }
}
