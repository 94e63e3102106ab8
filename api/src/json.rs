//! Bodies and queries, read strictly: bad JSON is answered with its position, what does not fit with its pointer, and
//! unknown fields are refused instead of being overlooked.

use crate::problem::Problem;
use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Request},
    http::request::Parts,
};
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_path_to_error::{Path, Segment};

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
    serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let (code, tail) = sort_out(&error.inner().to_string());
        let words = without_position(&error.inner().to_string());
        misfit(&pointer(error.path(), tail.as_deref()), code, words)
    })
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

fn escape(part: &str) -> String {
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
            Problem::new("query.invalid", "The query needs another look.").parameter(&name, code, words)
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
