//! Words of the area that several of its pages say.

use i18n::tr;
use kernel::Role;

/// A role in the reader's language.
pub fn role_name(role: Role) -> &'static str {
    match role {
        Role::Owner => tr!(common.roles.owner),
        Role::Admin => tr!(common.roles.admin),
        Role::Technical => tr!(common.roles.technical),
        Role::Billing => tr!(common.roles.billing),
        Role::Member => tr!(common.roles.member),
        Role::Operator => tr!(common.roles.operator),
        Role::Finance => tr!(common.roles.finance),
        Role::Auditor => tr!(common.roles.auditor),
    }
}
