//! Bodies and queries, read strictly: bad JSON is answered with its position, what does not fit with its pointer, and
//! unknown fields are refused instead of being overlooked.

use crate::problem::Problem;
use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Request},
    http::request::Parts,
};
use serde::de::DeserializeOwned;
use serde_json::{Number, Value, value::RawValue};
use serde_path_to_error::{Path, Segment};
use std::collections::BTreeMap;

/// A JSON body. Its size and media type were checked at the door.
pub struct Json<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let bytes = Bytes::from_request(request, state).await.map_err(|_| broke_off())?;
        read(&bytes).map(Self)
    }
}

/// The connection ended before the body did.
pub fn broke_off() -> Problem {
    Problem::new("body.not_json", "The body broke off.")
}

/// Reads a body: 400 where it is no JSON, 422 where it is not what was expected.
pub fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let value = parse(bytes)?;
    if !value.is_object() {
        // Readers would take an array as the fields in their order, which nobody who writes one means.
        return Err(misfit("", "wrong_type", "The body is a JSON object"));
    }
    if let Some(pointer) = find_nul(&value, String::new()) {
        return Err(misfit(&pointer, "invalid", "Texts hold no NUL characters"));
    }
    // From the bytes again: a field that stands there twice is still visible in them.
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let found = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let (code, tail) = sort_out(&error.inner().to_string());
        misfit(&pointer(error.path(), tail.as_deref()), code, plain(code, &without_position(&error.inner().to_string())))
    })?;
    match str::from_utf8(bytes).ok().and_then(|text| find_inexact(&value, text, String::new())) {
        Some(pointer) => Err(misfit(&pointer, "inexact", "JSON numbers keep 15 digits and this one has more: where a text is taken, write it as text")),
        None => Ok(found),
    }
}

/// Any JSON, or where reading stopped.
pub fn parse(bytes: &[u8]) -> Result<Value, Problem> {
    serde_json::from_slice(bytes).map_err(|error| {
        let words = if bytes.is_empty() { "The body is empty.".to_owned() } else { format!("{} at line {}, column {}.", without_position(&error.to_string()), error.line(), error.column()) };
        Problem::new("body.not_json", words).member("line", error.line()).member("column", error.column())
    })
}

fn misfit(pointer: &str, code: &str, words: impl Into<String>) -> Problem {
    Problem::new("body.invalid", "Some fields need another look.").pointer(pointer, code, words)
}

/// The stable code of what the reader complains of, and the field that its path does not name yet.
fn sort_out(words: &str) -> (&'static str, Option<String>) {
    let quoted = || words.split('`').nth(1).map(str::to_owned);
    if words.starts_with("missing field") {
        ("required", quoted())
    } else if words.starts_with("unknown field") {
        ("unknown_field", quoted())
    } else if words.starts_with("duplicate field") {
        ("duplicate_field", quoted())
    } else if words.starts_with("unknown variant") {
        ("not_one_of", None)
    } else if words.starts_with("invalid type") {
        ("wrong_type", None)
    } else {
        ("invalid", None)
    }
}

/// What is needed or may be chosen, instead of the reader's own complaint, which speaks to programmers of its language.
/// What our own types say is plain already.
fn plain(code: &str, words: &str) -> String {
    let expected = words.rsplit_once(", expected ").map_or("", |(_, expected)| expected);
    let choices: Vec<&str> = expected.split('`').skip(1).step_by(2).collect();
    let whole = |most: u64| format!("A whole number from 0 to {most}");
    match (code, expected) {
        ("required", _) => "This is needed".to_owned(),
        ("duplicate_field", _) => "This stands here twice".to_owned(),
        ("unknown_field", _) if choices.is_empty() => "There is no such field".to_owned(),
        ("unknown_field", _) => format!("There is no such field; there are {}", choices.join(", ")),
        ("not_one_of", _) => format!("One of {}", choices.join(", ")),
        (_, "u8") => whole(u64::from(u8::MAX)),
        (_, "u16") => whole(u64::from(u16::MAX)),
        (_, "u32") => whole(u64::from(u32::MAX)),
        (_, "u64") => whole(u64::MAX),
        (_, "i64") => "A whole number".to_owned(),
        (_, "a string") => "A text".to_owned(),
        (_, "a boolean") => "true or false".to_owned(),
        (_, "a map") => "An object".to_owned(),
        (_, "a sequence") => "An array".to_owned(),
        (_, "a Decimal type representing a fixed-point number") => "A number, or a decimal as text".to_owned(),
        (_, kind) if kind.starts_with("struct ") => "An object".to_owned(),
        _ => match words {
            "invalid digit found in string" | "cannot parse integer from empty string" => "A whole number".to_owned(),
            // Where one of several texts is to be chosen and something else stands.
            "expected value" => "A text".to_owned(),
            "number too large to fit in target type" => "A smaller number".to_owned(),
            "number too small to fit in target type" => "A larger number".to_owned(),
            words => words.to_owned(),
        },
    }
}

fn without_position(words: &str) -> String {
    words.split(" at line ").next().unwrap_or(words).to_owned()
}

/// RFC 6901. `tail` is added unless the path ends with it already.
fn pointer(path: &Path, tail: Option<&str>) -> String {
    let mut parts: Vec<String> = path
        .iter()
        .filter_map(|segment| match segment {
            Segment::Seq { index } => Some(index.to_string()),
            Segment::Map { key } => Some(key.clone()),
            Segment::Enum { .. } | Segment::Unknown => None,
        })
        .collect();
    if let Some(tail) = tail
        && parts.last().is_none_or(|last| last != tail)
    {
        parts.push(tail.to_owned());
    }
    parts.iter().map(|part| format!("/{}", escape(part))).collect()
}

/// A name within a JSON pointer.
pub fn escape(part: &str) -> String {
    part.replace('~', "~0").replace('/', "~1")
}

/// The pointer of the first text or key with a NUL, which the database cannot keep.
fn find_nul(value: &Value, at: String) -> Option<String> {
    match value {
        Value::String(text) => text.contains('\0').then_some(at),
        Value::Array(items) => items.iter().enumerate().find_map(|(index, item)| find_nul(item, format!("{at}/{index}"))),
        Value::Object(fields) => fields.iter().find_map(|(key, item)| {
            if key.contains('\0') { Some(at.clone()) } else { find_nul(item, format!("{at}/{}", escape(key))) }
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}

/// Decimal digits that a double keeps whatever they are (IEEE 754).
const EXACT_DIGITS: usize = 15;

/// Whether a number was read as another than was written: `text` has more digits than the double that stands for it keeps.
/// Integers that are no doubles are kept as they are.
pub fn inexact(number: &Number, text: &str) -> bool {
    let mantissa = text.split(['e', 'E']).next().unwrap_or_default();
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    let digits = digits.trim_matches('0');
    // What is too small for a double is read as nothing at all.
    let vanished = number.as_f64() == Some(0.0) && !digits.is_empty();
    number.is_f64() && (digits.len() > EXACT_DIGITS || vanished)
}

/// What stands behind these names in an object, as it was written.
pub fn written<'a>(object: &'a str, names: &[&str]) -> Option<&'a str> {
    names.iter().try_fold(object, |object, name| Some(fields(object)?.get(*name)?.get()))
}

/// The items of an array, as they were written.
pub fn items(array: &str) -> Option<Vec<&RawValue>> {
    serde_json::from_str(array).ok()
}

fn fields(object: &str) -> Option<BTreeMap<String, &RawValue>> {
    serde_json::from_str(object).ok()
}

/// The pointer of the first number that was not read as it stands in `text`, which `value` was read from.
fn find_inexact(value: &Value, text: &str, at: String) -> Option<String> {
    match value {
        Value::Number(number) => inexact(number, text).then_some(at),
        Value::Array(_) | Value::Object(_) if !has_doubles(value) => None,
        Value::Array(values) => {
            let texts = items(text)?;
            values.iter().zip(texts).enumerate().find_map(|(index, (value, text))| find_inexact(value, text.get(), format!("{at}/{index}")))
        }
        Value::Object(values) => {
            let texts = fields(text)?;
            values.iter().find_map(|(key, value)| find_inexact(value, texts.get(key)?.get(), format!("{at}/{}", escape(key))))
        }
        Value::Null | Value::Bool(_) | Value::String(_) => None,
    }
}

/// Nearly no body has any, and only for those is the text read a second time.
fn has_doubles(value: &Value) -> bool {
    match value {
        Value::Number(number) => number.is_f64(),
        Value::Array(items) => items.iter().any(has_doubles),
        Value::Object(fields) => fields.values().any(has_doubles),
        Value::Null | Value::Bool(_) | Value::String(_) => false,
    }
}

/// Query parameters; unknown, repeated and ill-formed ones are answered 400 by name.
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let query = parts.uri.query().unwrap_or_default();
        let reader = serde_urlencoded::Deserializer::new(form_urlencoded::parse(query.as_bytes()));
        let found = serde_path_to_error::deserialize(reader).map_err(|error| {
            let words = error.inner().to_string();
            let (code, tail) = sort_out(&words);
            let name = tail.unwrap_or_else(|| error.path().to_string());
            Problem::new("query.invalid", "The query needs another look.").parameter(&name, code, plain(code, &words))
        })?;
        match form_urlencoded::parse(query.as_bytes()).find(|(_, value)| value.contains('\0')) {
            Some((name, _)) => Err(Problem::new("query.invalid", "The query needs another look.").parameter(&name, "invalid", "Texts hold no NUL characters")),
            None => Ok(Self(found)),
        }
    }
}

/// Refuses a text parameter that is longer than what can be looked for.
pub fn short(name: &str, text: Option<&String>, most: usize) -> Result<(), Problem> {
    match text.filter(|text| text.chars().count() > most) {
        Some(_) => Err(Problem::new("query.invalid", "The query needs another look.").parameter(name, "too_long", format!("At most {most} characters"))),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;
    use serde_json::json;

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Order {
        name: String,
        #[serde(default)]
        parts: Vec<Part>,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Part {
        count: u8,
    }

    fn answer(body: &str) -> Value {
        let problem = read::<Order>(body.as_bytes()).expect_err("refused");
        serde_json::from_slice(&problem.render("")).expect("JSON")
    }

    #[test]
    fn says_where_reading_stopped() {
        let found = answer("{\"name\":\n  oops}");
        assert_eq!((&found["status"], &found["line"], &found["column"]), (&json!(400), &json!(2), &json!(3)));
        assert_eq!(answer("")["detail"], "The body is empty.");
        assert_eq!(answer(&format!("{}{}", "[".repeat(300), "]".repeat(300)))["status"], 400);
        assert_eq!(answer("{\"name\":\"x\"} more")["status"], 400);
    }

    #[test]
    fn points_at_numbers_that_reading_would_change() {
        #[derive(Debug, Deserialize)]
        struct Any {
            #[expect(dead_code, reason = "anything fits")]
            a: Value,
        }
        let pointer = |number: &str, body: &str| read::<Any>(body.replace("N", number).as_bytes()).err().map(|problem| {
            let found: Value = serde_json::from_slice(&problem.render("")).expect("JSON");
            assert_eq!((&found["status"], &found["errors"][0]["code"]), (&json!(422), &json!("inexact")), "{number}");
            found["errors"][0]["pointer"].as_str().expect("a pointer").to_owned()
        });
        for exact in ["0", "-0.0", "1.25", "1e3", "0.100000000000000000000000", "123456789.012345", "9007199254740993", "18446744073709551615", "-9223372036854775808", "100000000000000000000", "1.5E+300"] {
            assert_eq!(pointer(exact, r#"{"a":N}"#), None, "{exact}");
        }
        // The third and the fourth are read as 0.1 and 1e20, which have a single digit.
        for changed in ["0.1234567890123456", "1234567890.1234567", "0.1000000000000000055", "100000000000000000001", "18446744073709551616", "-1.000000000000000001e5", "1e-400"] {
            assert_eq!(pointer(changed, r#"{"a":N}"#).as_deref(), Some("/a"), "{changed}");
            assert_eq!(pointer(changed, r#"{"a": {"x": [1.5, "N", {"b/c" : N}], "y": 2}}"#).as_deref(), Some("/a/x/2/b~1c"), "{changed}");
        }
        assert_eq!(pointer("0.1234567890123456", r#"{"a":"N"}"#), None, "texts are kept");
    }

    #[test]
    fn says_in_plain_words_what_may_stand_there() {
        #[derive(Debug, Deserialize)]
        #[serde(deny_unknown_fields, rename_all = "snake_case")]
        struct All {
            #[expect(dead_code, reason = "it is read only")]
            kind: Option<Kind>,
            #[expect(dead_code, reason = "it is read only")]
            text: Option<String>,
            #[expect(dead_code, reason = "it is read only")]
            flag: Option<bool>,
            #[expect(dead_code, reason = "it is read only")]
            size: Option<u16>,
            #[expect(dead_code, reason = "it is read only")]
            list: Option<Vec<u64>>,
            #[expect(dead_code, reason = "it is read only")]
            map: Option<BTreeMap<String, rust_decimal::Decimal>>,
            #[expect(dead_code, reason = "it is read only")]
            part: Option<Part>,
        }
        #[derive(Debug, Deserialize)]
        #[serde(rename_all = "snake_case")]
        enum Kind {
            Monthly,
            Annual,
        }
        for (body, words) in [
            (r#"{"kind":"weekly"}"#, "One of monthly, annual"),
            (r#"{"kind":7}"#, "A text"),
            (r#"{"text":7}"#, "A text"),
            (r#"{"flag":"yes"}"#, "true or false"),
            (r#"{"size":70000}"#, "A whole number from 0 to 65535"),
            (r#"{"size":"7"}"#, "A whole number from 0 to 65535"),
            (r#"{"size":-1}"#, "A whole number from 0 to 65535"),
            (r#"{"list":{}}"#, "An array"),
            (r#"{"map":[]}"#, "An object"),
            (r#"{"map":{"a":"many"}}"#, "A number, or a decimal as text"),
            (r#"{"map":{"a":true}}"#, "A number, or a decimal as text"),
            (r#"{"part":[]}"#, "An object"),
            (r#"{"part":7}"#, "An object"),
            (r#"{"part":{}}"#, "This is needed"),
            (r#"{"part":{"count":1,"count":2}}"#, "This stands here twice"),
            (r#"{"sort":7}"#, "There is no such field; there are kind, text, flag, size, list, map, part"),
        ] {
            let problem = read::<All>(body.as_bytes()).expect_err(body);
            let found: Value = serde_json::from_slice(&problem.render("")).expect("JSON");
            assert_eq!(found["errors"][0]["detail"], words, "{body}");
        }
    }

    #[test]
    fn points_at_what_does_not_fit() {
        for (body, pointer, code) in [
            (r#"{}"#, "/name", "required"),
            (r#"{"name":"x","nmae":1}"#, "/nmae", "unknown_field"),
            (r#"{"name":"x","name":"y"}"#, "/name", "duplicate_field"),
            (r#"{"name":7}"#, "/name", "wrong_type"),
            (r#"{"name":"x","parts":[{"count":1},{"count":"a"}]}"#, "/parts/1/count", "wrong_type"),
            (r#"{"name":"x","parts":[{"count":1,"a/b":2}]}"#, "/parts/0/a~1b", "unknown_field"),
            (r#"{"name":"x","parts":[{"count":999}]}"#, "/parts/0/count", "invalid"),
            (r#"{"name":"a\u0000b"}"#, "/name", "invalid"),
            (r#"[]"#, "", "wrong_type"),
            (r#"["x",[]]"#, "", "wrong_type"),
            (r#"null"#, "", "wrong_type"),
        ] {
            let found = answer(body);
            assert_eq!(found["status"], 422, "{body}");
            assert_eq!((&found["errors"][0]["pointer"], &found["errors"][0]["code"]), (&json!(pointer), &json!(code)), "{body}");
        }
    }
}
