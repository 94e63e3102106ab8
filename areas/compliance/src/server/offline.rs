//! Going through a chain that was exported to a file: no installation, no database, no key.
//!
//! That a chain holds says that nothing in it was changed, left out or cut off. That it was not made anew as a whole says
//! only somebody who kept an earlier head: it must be found on the way.

use super::verify::Chain;
use crate::view::Verified;
use serde::Deserialize;
use serde_json::Value;
use std::io::BufRead;

/// Of the file.
pub const FORMAT: i64 = 1;

#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    #[error("the file cannot be read: {0}")]
    Io(#[from] std::io::Error),
    #[error("line {line} is not one of an exported chain: {why}")]
    Line { line: usize, why: String },
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Line {
    Chain {
        #[serde(rename = "chain")]
        _chain: String,
        format: i64,
    },
    Entry { entry: Value, hash: String },
    Head { head: Head },
}

#[derive(Deserialize)]
struct Head {
    seq: i64,
    hash: String,
}

/// `known` is a head that somebody kept, in hexadecimal. The outcome is broken at the first entry that does not follow,
/// and after the last where the end or the known head is missing.
pub fn verify_file(file: impl BufRead, known: Option<&str>) -> Result<Verified, Unreadable> {
    let mut chain = Chain::default();
    let (mut ended, mut found) = (false, known.is_none());
    for (index, text) in file.lines().enumerate() {
        let wrong = |why: String| Unreadable::Line { line: index + 1, why };
        match serde_json::from_str(&text?).map_err(|error| wrong(error.to_string()))? {
            Line::Chain { format, .. } if format == FORMAT && index == 0 => {}
            Line::Chain { format, .. } => return Err(wrong(format!("a chain of format {format} does not begin here"))),
            Line::Entry { entry, hash } => {
                let seq = entry.get("seq").and_then(Value::as_i64).unwrap_or_default();
                if ended || !chain.follows(seq, |previous| platform::audit::hash(previous, &entry), &hex::decode(&hash).unwrap_or_default()) {
                    return Ok(chain.broken());
                }
                found |= known.is_some_and(|known| known.eq_ignore_ascii_case(&hash));
            }
            Line::Head { head } => ended = chain.ends_at(head.seq, &hex::decode(&head.hash).unwrap_or_default()),
        }
    }
    Ok(if ended && found { chain.whole() } else { chain.broken() })
}
