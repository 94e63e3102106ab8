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

/// Whether somebody with `actor` may turn `from` into `to` (`None`: no membership), where `owners` count the owners
/// there are now.
pub fn change(actor: Role, from: Option<Role>, to: Option<Role>, owners: usize) -> Result<(), Kept> {
    if to.is_some_and(|role| role.is_staff() != actor.is_staff()) {
        return Err(Kept::NotOurs);
    }
    let touches_owners = from == Some(Role::Owner) || to == Some(Role::Owner);
    if touches_owners && from != to && actor != Role::Owner {
        return Err(Kept::OnlyOwners);
    }
    if from == Some(Role::Owner) && to != Some(Role::Owner) && owners <= 1 {
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
    }
}
