//! What an API key may be: its name, its scopes, its form.

use kernel::{FieldError, Need, Permissions, Role, Timestamp};
use serde::{Deserialize, Serialize};

/// What every secret begins with, so that scanners and people know one when they see it.
pub const FORM: &str = "hub_live_";
/// Characters of the secret after [`FORM`]: 256 bits in base64url.
pub const SECRET: usize = 43;
/// Characters of the secret that are shown to tell keys apart.
pub const SHOWN: usize = 6;
/// Characters of a name.
const MAX_NAME: usize = 80;

/// A key as its maker wishes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreateApiKey {
    pub name: String,
    /// Names of permissions: `services:read`.
    pub scopes: Vec<String>,
    pub expires_at: Option<Timestamp>,
}

/// The same with its texts checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    pub name: String,
    pub scopes: Vec<&'static str>,
    pub expires_at: Option<Timestamp>,
}

/// Scopes that a key can have at most: what an administrator may do. Giving the organisation away stays with people.
pub const fn grantable() -> Permissions {
    Role::Admin.permissions()
}

impl CreateApiKey {
    /// Against what its maker may do themselves.
    pub fn check(&self, maker: Permissions, now: Timestamp) -> Result<Checked, Vec<FieldError>> {
        let mut errors = Vec::new();
        let name = self.name.split_whitespace().collect::<Vec<_>>().join(" ");
        match name.chars().count() {
            0 => errors.push(FieldError::new("name", "required", "Say what the key is for.")),
            length if length > MAX_NAME => errors.push(FieldError::new("name", "too_long", "Use at most 80 characters.")),
            _ => {}
        }
        let allowed = maker.and(grantable());
        let mut scopes = Vec::new();
        for scope in &self.scopes {
            match Need::from_name(scope) {
                Some(need) if allowed.allow(need) => scopes.push(need.name()),
                Some(need) => errors.push(FieldError::new("scopes", "beyond", format!("You cannot give {}: you do not have it yourself.", need.name()))),
                None => {
                    let scope: String = scope.chars().take(40).collect();
                    errors.push(FieldError::new("scopes", "unknown", format!("There is no scope {scope}. Choose from {}.", allowed.names().join(", "))));
                }
            }
        }
        scopes.sort_unstable();
        scopes.dedup();
        if scopes.is_empty() && errors.is_empty() {
            errors.push(FieldError::new("scopes", "required", "Choose what the key may do."));
        }
        if self.expires_at.is_some_and(|at| at <= now) {
            errors.push(FieldError::new("expires_at", "past", "Choose a time in the future."));
        }
        if errors.is_empty() { Ok(Checked { name, scopes, expires_at: self.expires_at }) } else { Err(errors) }
    }
}

/// What a key with these scopes may do. Belonging to the organisation comes with every key.
pub fn permissions<'a>(scopes: impl IntoIterator<Item = &'a str>) -> Permissions {
    let needs: Vec<Need> = scopes.into_iter().filter_map(Need::from_name).chain([Need::MEMBER]).collect();
    Permissions::of(&needs).and(grantable())
}

/// Whether a text can be a secret at all; spares the database what cannot.
pub fn is_shaped(token: &str) -> bool {
    token.strip_prefix(FORM).is_some_and(|rest| rest.len() == SECRET && rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wish(scopes: &[&str]) -> CreateApiKey {
        CreateApiKey { name: " CI  pipeline ".into(), scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(), expires_at: None }
    }

    #[test]
    fn a_key_never_reaches_further_than_its_maker_or_an_administrator() {
        let now = Timestamp::from_seconds(0);
        let codes = |scopes: &[&str], role: Role| wish(scopes).check(role.permissions(), now).map_err(|errors| errors.into_iter().map(|error| error.code).collect::<Vec<_>>());
        assert_eq!(codes(&["services:read", "services:read"], Role::Technical).expect("fits").scopes, ["services:read"]);
        assert_eq!(codes(&["billing:write"], Role::Technical), Err(vec!["beyond".into()]));
        assert_eq!(codes(&["owner"], Role::Owner), Err(vec!["beyond".into()]));
        assert_eq!(codes(&["provider:admin"], Role::Operator), Err(vec!["beyond".into()]));
        assert_eq!(codes(&["everything"], Role::Owner), Err(vec!["unknown".into()]));
        assert_eq!(codes(&[], Role::Owner), Err(vec!["required".into()]));
        let past = CreateApiKey { expires_at: Some(now), ..wish(&["services:read"]) };
        assert_eq!(past.check(Role::Owner.permissions(), now).expect_err("is past")[0].code, "past");
    }

    #[test]
    fn what_is_kept_is_no_more_than_an_administrators() {
        assert!(permissions(["owner", "provider:admin", "services:read"]).names() == ["member", "services:read"]);
    }

    #[test]
    fn knows_the_shape_of_a_secret() {
        assert!(is_shaped(&format!("hub_live_{}", "a-_Z0".repeat(9).get(..43).expect("45 characters"))));
        for token in ["", "hub_live_", "hub_live_short", &format!("hub_test_{}", "a".repeat(43)), &format!("hub_live_{}", "ä".repeat(21))] {
            assert!(!is_shaped(token), "{token}");
        }
    }
}
