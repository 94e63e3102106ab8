//! Opaque cursors, bound to the tenant, the filter and the order of the list that they belong to.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};

/// Longest cursor that is looked at.
const LONGEST: usize = 1_000;

/// `scope` says which list it is: tenant, filter, order.
pub fn encode(scope: &impl Serialize, key: &impl Serialize) -> String {
    let text = serde_json::to_vec(&(fingerprint(scope), key)).expect("cursors serialise");
    URL_SAFE_NO_PAD.encode(text)
}

/// `None` when it is not a cursor of this list.
pub fn decode<K: DeserializeOwned>(scope: &impl Serialize, cursor: &str) -> Option<K> {
    if cursor.len() > LONGEST {
        return None;
    }
    let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
    let (found, key): (u32, K) = serde_json::from_slice(&bytes).ok()?;
    (found == fingerprint(scope)).then_some(key)
}

fn fingerprint(scope: &impl Serialize) -> u32 {
    let hash = Sha256::digest(serde_json::to_vec(scope).expect("scopes serialise"));
    u32::from_be_bytes([hash[0], hash[1], hash[2], hash[3]])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn belongs_to_its_list_only() {
        let cursor = encode(&("org_1", "running"), &("2026-01-15T09:00:00Z", 7));
        assert_eq!(decode(&("org_1", "running"), &cursor), Some(("2026-01-15T09:00:00Z".to_owned(), 7)));
        assert_eq!(decode::<(String, i32)>(&("org_2", "running"), &cursor), None);
        assert_eq!(decode::<(String, i32)>(&("org_1", "running"), "nonsense"), None);
    }
}
