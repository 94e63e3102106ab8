//! Who may give which role to whom, and that an organisation never loses its last owner.

use kernel::Role;

/// Why a membership stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Kept {
    #[error("an organisation needs an owner: make somebody else one first")]
    LastOwner,
    #[error("only an owner makes or unmakes owners")]
    OnlyOwners,
    #[error("this role is not one that the organisation gives")]
    NotOurs,
}

/// Whether a role is in charge: a tenant's owner, the provider's operator.
pub const fn in_charge(role: Role) -> bool {
    match role {
        Role::Owner | Role::Operator => true,
        Role::Admin | Role::Technical | Role::Billing | Role::Member | Role::Finance | Role::Auditor => false,
    }
}

/// Whether somebody with `actor` may turn `from` into `to` (`None`: no membership), where `chiefs` counts those in
/// charge now.
pub fn change(actor: Role, from: Option<Role>, to: Option<Role>, chiefs: usize) -> Result<(), Kept> {
    if to.is_some_and(|role| role.is_staff() != actor.is_staff()) {
        return Err(Kept::NotOurs);
    }
    let (was, will_be) = (from.is_some_and(in_charge), to.is_some_and(in_charge));
    if was != will_be && !in_charge(actor) {
        return Err(Kept::OnlyOwners);
    }
    if was && !will_be && chiefs <= 1 {
        return Err(Kept::LastOwner);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn owners_are_made_by_owners_and_the_last_one_stays() {
        use Role::*;
        assert_eq!(change(Owner, Some(Owner), Some(Admin), 1), Err(Kept::LastOwner));
        assert_eq!(change(Owner, Some(Owner), None, 1), Err(Kept::LastOwner));
        assert_eq!(change(Owner, Some(Owner), None, 2), Ok(()));
        assert_eq!(change(Owner, Some(Owner), Some(Owner), 1), Ok(()));
        assert_eq!(change(Admin, Some(Owner), None, 2), Err(Kept::OnlyOwners));
        assert_eq!(change(Admin, None, Some(Owner), 1), Err(Kept::OnlyOwners));
        assert_eq!(change(Admin, Some(Member), Some(Admin), 1), Ok(()));
        assert_eq!(change(Admin, None, Some(Member), 1), Ok(()));
    }

    #[test]
    fn staff_roles_stay_with_the_provider() {
        for role in Role::STAFF {
            assert_eq!(change(Role::Owner, None, Some(role), 1), Err(Kept::NotOurs));
        }
        assert_eq!(change(Role::Operator, None, Some(Role::Member), 1), Err(Kept::NotOurs));
        assert_eq!(change(Role::Operator, Some(Role::Operator), None, 1), Err(Kept::LastOwner));
        assert_eq!(change(Role::Operator, Some(Role::Operator), Some(Role::Auditor), 2), Ok(()));
    }
}
