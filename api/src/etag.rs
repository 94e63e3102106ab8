//! Versions of things as entity tags: `ETag` on reading, `If-Match` on changing (RFC 9110, sections 8.8.3 and 13.1.1).

use crate::problem::Problem;
use axum::http::{HeaderMap, HeaderValue, header};

pub fn of_version(version: i64) -> HeaderValue {
    HeaderValue::try_from(format!("\"{version}\"")).expect("digits are visible ASCII")
}

/// The version that the caller insists on. Several tags are allowed by HTTP; the change is made when one of them is
/// present, so `now` is asked for. `None`: no condition.
pub fn if_match(headers: &HeaderMap, now: i64) -> Result<Option<i64>, Problem> {
    let Some(value) = headers.get(header::IF_MATCH) else { return Ok(None) };
    let text = value.to_str().map_err(|_| bad())?.trim();
    if text == "*" {
        return Ok(None);
    }
    let mut matched = false;
    for tag in text.split(',') {
        // Weak tags never match here, by the strong comparison that If-Match asks for.
        let tag = tag.trim();
        let strong = tag.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        if strong.is_none() && !tag.starts_with("W/\"") {
            return Err(bad());
        }
        matched |= strong.is_some_and(|tag| tag == now.to_string());
    }
    if matched { Ok(Some(now)) } else { Err(changed(now)) }
}

pub fn changed(now: i64) -> Problem {
    Problem::new("etag.changed", "The version named in If-Match is not the present one.").header(header::ETAG, format!("\"{now}\""))
}

fn bad() -> Problem {
    Problem::new("header.invalid", "If-Match holds entity tags in quotes, as ETag gave them, or *.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(value: &'static str) -> Result<Option<i64>, u16> {
        let headers = HeaderMap::from_iter([(header::IF_MATCH, HeaderValue::from_static(value))]);
        if_match(&headers, 7).map_err(|problem| problem.status().as_u16())
    }

    #[test]
    fn matches_strongly() {
        assert_eq!(asked("\"7\""), Ok(Some(7)));
        assert_eq!(asked("\"3\", \"7\""), Ok(Some(7)));
        assert_eq!(asked("*"), Ok(None));
        assert_eq!(asked("\"6\""), Err(412));
        assert_eq!(asked("W/\"7\""), Err(412));
        assert_eq!(asked("7"), Err(400));
        assert_eq!(if_match(&HeaderMap::new(), 7).ok(), Some(None));
    }
}
