//! What a key may do, in words.

use i18n::tr;
use integrations::api_key::grantable;
use kernel::Need;
use kit::Viewer;

/// What the viewer can give to a key: never more than they may do themselves. Belonging comes with every key.
pub fn to_give(viewer: &Viewer) -> Vec<Need> {
    Need::ALL.iter().copied().filter(|need| *need != Need::MEMBER && grantable().allow(*need) && viewer.may(*need)).collect()
}

/// A scope in the reader's language; one that is not known yet is shown as it is.
pub fn words(scope: &str) -> String {
    let known = match scope {
        "services:read" => tr!(identity.scopes.services_read),
        "services:write" => tr!(identity.scopes.services_write),
        "services:credentials" => tr!(identity.scopes.services_credentials),
        "monitoring:write" => tr!(identity.scopes.monitoring_write),
        "billing:read" => tr!(identity.scopes.billing_read),
        "billing:write" => tr!(identity.scopes.billing_write),
        "team:read" => tr!(identity.scopes.team_read),
        "team:write" => tr!(identity.scopes.team_write),
        "settings:write" => tr!(identity.scopes.settings_write),
        "api_keys:write" => tr!(identity.scopes.api_keys_write),
        "audit:read" => tr!(identity.scopes.audit_read),
        "usage:write" => tr!(identity.scopes.usage_write),
        "usage:read" => tr!(identity.scopes.usage_read),
        other => other,
    };
    known.to_owned()
}
