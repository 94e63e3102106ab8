//! Who may do what: permissions, the roles that carry them, and the need that a use case states.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// A set of permissions, one bit each.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Permissions(u32);

/// What a use case asks of its caller: one permission, by its stable name.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Need {
    bit: u32,
    name: &'static str,
    writes: bool,
}

macro_rules! needs {
    ($($(#[$doc:meta])* $name:ident = $bit:literal, $text:literal, $writes:literal;)*) => {
        impl Need {
            $($(#[$doc])* pub const $name: Self = Self { bit: 1 << $bit, name: $text, writes: $writes };)*

            /// Every permission, in bit order.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];
        }
    };
}

needs! {
    /// Belonging to the organisation at all: its name, one's own membership.
    MEMBER = 0, "member", false;
    SERVICES_READ = 1, "services:read", false;
    SERVICES_WRITE = 2, "services:write", true;
    /// To see and rotate the credentials of an instance.
    CREDENTIALS = 3, "services:credentials", true;
    MONITORING_WRITE = 4, "monitoring:write", true;
    BILLING_READ = 5, "billing:read", false;
    BILLING_WRITE = 6, "billing:write", true;
    TEAM_READ = 7, "team:read", false;
    TEAM_WRITE = 8, "team:write", true;
    SETTINGS_WRITE = 9, "settings:write", true;
    API_KEYS_WRITE = 10, "api_keys:write", true;
    AUDIT_READ = 11, "audit:read", false;
    /// To report metered facts.
    USAGE_WRITE = 12, "usage:write", true;
    USAGE_READ = 13, "usage:read", false;
    /// To give the organisation away or close it.
    OWNER = 14, "owner", true;
    PROVIDER_READ = 16, "provider:read", false;
    /// To retry, repair and end other organisations' operations.
    PROVIDER_OPERATE = 17, "provider:operate", true;
    CATALOG_WRITE = 18, "provider:catalog", true;
    /// To record payments and correct invoices.
    FINANCE_WRITE = 19, "provider:finance", true;
    /// To make staff accounts and settle the platform's own settings.
    PROVIDER_ADMIN = 20, "provider:admin", true;
}

impl Need {
    /// Stable name, as scopes of API keys and refusals carry it.
    pub const fn name(self) -> &'static str {
        self.name
    }

    /// Whether use cases with this need change something, so that they owe an audit entry.
    pub const fn writes(self) -> bool {
        self.writes
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|need| need.name == name)
    }
}

impl fmt::Debug for Need {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl Permissions {
    pub const NONE: Self = Self(0);

    pub const fn of(needs: &[Need]) -> Self {
        let mut bits = 0;
        let mut index = 0;
        while index < needs.len() {
            bits |= needs[index].bit;
            index += 1;
        }
        Self(bits)
    }

    pub const fn allow(self, need: Need) -> bool {
        self.0 & need.bit != 0
    }

    /// Those in both: what a key may do is never more than what its maker might.
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// What the provider's staff with these permissions may do inside one organisation that they look after for `need`:
    /// read, and change what that need is about.
    pub fn inside_tenant(self, need: Need) -> Self {
        let reads = Need::ALL.iter().filter(|known| !known.writes).fold(self.0, |bits, known| bits | known.bit);
        let changes = match need {
            Need::PROVIDER_OPERATE => Self::of(&[Need::SERVICES_WRITE, Need::MONITORING_WRITE]),
            Need::FINANCE_WRITE => Self::of(&[Need::BILLING_WRITE]),
            Need::PROVIDER_ADMIN => Self::of(&[Need::TEAM_WRITE, Need::SETTINGS_WRITE, Need::API_KEYS_WRITE]),
            _ => Self::NONE,
        };
        Self(reads | changes.0)
    }

    pub fn names(self) -> Vec<&'static str> {
        Need::ALL.iter().filter(|need| self.allow(**need)).map(|need| need.name).collect()
    }
}

impl fmt::Debug for Permissions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.names()).finish()
    }
}

/// A person's role in one organisation. The first five are a tenant's, the rest the provider's staff.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Owner,
    Admin,
    Technical,
    Billing,
    Member,
    Operator,
    Finance,
    Auditor,
}

impl Role {
    /// Roles that a tenant may give.
    pub const TENANT: [Self; 5] = [Self::Owner, Self::Admin, Self::Technical, Self::Billing, Self::Member];
    pub const STAFF: [Self; 3] = [Self::Operator, Self::Finance, Self::Auditor];

    pub const fn code(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Admin => "admin",
            Self::Technical => "technical",
            Self::Billing => "billing",
            Self::Member => "member",
            Self::Operator => "operator",
            Self::Finance => "finance",
            Self::Auditor => "auditor",
        }
    }

    pub const fn is_staff(self) -> bool {
        match self {
            Self::Operator | Self::Finance | Self::Auditor => true,
            Self::Owner | Self::Admin | Self::Technical | Self::Billing | Self::Member => false,
        }
    }

    pub const fn permissions(self) -> Permissions {
        use Need as N;
        match self {
            Self::Owner => Permissions::of(&[
                N::MEMBER, N::SERVICES_READ, N::SERVICES_WRITE, N::CREDENTIALS, N::MONITORING_WRITE, N::BILLING_READ,
                N::BILLING_WRITE, N::TEAM_READ, N::TEAM_WRITE, N::SETTINGS_WRITE, N::API_KEYS_WRITE, N::AUDIT_READ,
                N::USAGE_READ, N::USAGE_WRITE, N::OWNER,
            ]),
            Self::Admin => Permissions::of(&[
                N::MEMBER, N::SERVICES_READ, N::SERVICES_WRITE, N::CREDENTIALS, N::MONITORING_WRITE, N::BILLING_READ,
                N::BILLING_WRITE, N::TEAM_READ, N::TEAM_WRITE, N::SETTINGS_WRITE, N::API_KEYS_WRITE, N::AUDIT_READ,
                N::USAGE_READ, N::USAGE_WRITE,
            ]),
            Self::Technical => Permissions::of(&[
                N::MEMBER, N::SERVICES_READ, N::SERVICES_WRITE, N::CREDENTIALS, N::MONITORING_WRITE, N::TEAM_READ,
                N::USAGE_READ, N::USAGE_WRITE,
            ]),
            Self::Billing => Permissions::of(&[
                N::MEMBER, N::SERVICES_READ, N::BILLING_READ, N::BILLING_WRITE, N::TEAM_READ, N::USAGE_READ,
            ]),
            Self::Member => Permissions::of(&[N::MEMBER, N::SERVICES_READ, N::TEAM_READ]),
            Self::Operator => Permissions::of(&[
                N::MEMBER, N::PROVIDER_READ, N::PROVIDER_OPERATE, N::CATALOG_WRITE, N::FINANCE_WRITE, N::PROVIDER_ADMIN,
            ]),
            Self::Finance => Permissions::of(&[N::MEMBER, N::PROVIDER_READ, N::FINANCE_WRITE]),
            Self::Auditor => Permissions::of(&[N::MEMBER, N::PROVIDER_READ]),
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// The text names no role.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a role")]
pub struct UnknownRole(pub String);

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(text: &str) -> Result<Self, UnknownRole> {
        Self::TENANT
            .into_iter()
            .chain(Self::STAFF)
            .find(|role| role.code() == text)
            .ok_or_else(|| UnknownRole(text.chars().take(32).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_tenant_role_reaches_the_provider_and_no_staff_role_a_tenant() {
        for need in Need::ALL {
            let provider = need.name().starts_with("provider:");
            for role in Role::TENANT {
                assert!(!(provider && role.permissions().allow(*need)), "{role} has {need:?}");
            }
            for role in Role::STAFF {
                assert!(provider || *need == Need::MEMBER || !role.permissions().allow(*need), "{role} has {need:?}");
            }
        }
    }

    /// The whole matrix: who changes a role sees here what that means.
    #[test]
    fn what_each_role_may_do() {
        let roles: Vec<Role> = Role::TENANT.into_iter().chain(Role::STAFF).collect();
        let mut table = String::new();
        for need in Need::ALL {
            let may: Vec<&str> = roles.iter().filter(|role| role.permissions().allow(*need)).map(|role| role.code()).collect();
            table.push_str(&format!("{}: {}\n", need.name(), may.join(" ")));
        }
        assert_eq!(
            table,
            "member: owner admin technical billing member operator finance auditor\n\
             services:read: owner admin technical billing member\n\
             services:write: owner admin technical\n\
             services:credentials: owner admin technical\n\
             monitoring:write: owner admin technical\n\
             billing:read: owner admin billing\n\
             billing:write: owner admin billing\n\
             team:read: owner admin technical billing member\n\
             team:write: owner admin\n\
             settings:write: owner admin\n\
             api_keys:write: owner admin\n\
             audit:read: owner admin\n\
             usage:write: owner admin technical\n\
             usage:read: owner admin technical billing\n\
             owner: owner\n\
             provider:read: operator finance auditor\n\
             provider:operate: operator\n\
             provider:catalog: operator\n\
             provider:finance: operator finance\n\
             provider:admin: operator\n"
        );
    }

    #[test]
    fn bits_and_names_are_unique() {
        for (index, one) in Need::ALL.iter().enumerate() {
            for other in &Need::ALL[index + 1..] {
                assert_ne!(one.bit, other.bit);
                assert_ne!(one.name, other.name);
            }
        }
    }

    #[test]
    fn an_auditor_inside_an_organisation_changes_nothing() {
        let inside = Role::Auditor.permissions().inside_tenant(Need::PROVIDER_READ);
        assert!(inside.allow(Need::BILLING_READ) && inside.allow(Need::AUDIT_READ));
        assert!(Need::ALL.iter().all(|need| !need.writes() || !inside.allow(*need)));
        let operating = Role::Operator.permissions().inside_tenant(Need::PROVIDER_OPERATE);
        assert!(operating.allow(Need::SERVICES_WRITE) && !operating.allow(Need::OWNER) && !operating.allow(Need::CREDENTIALS));
    }

    #[test]
    fn only_reads_are_left_to_an_auditor() {
        assert!(Need::ALL.iter().all(|need| !need.writes() || !Role::Auditor.permissions().allow(*need)));
    }
}
