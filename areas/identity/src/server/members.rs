//! The people of an organisation: seen, given other roles, and seen off.

use crate::{
    membership::{self, Kept},
    server::{organisation::organisation, store},
    view::{StaffView, Team},
};
use kernel::{Denied, Fault, FieldError, Need, PersonId, Role, SessionId};
use platform::{Actor, Cx, TenantTx, live::notify_session_ended};
use serde_json::json;

#[derive(Debug, thiserror::Error)]
pub enum TeamError {
    #[error("something is missing or mistyped")]
    Invalid(Vec<FieldError>),
    /// No such member or invitation here.
    #[error("there is no such member or invitation")]
    NotFound,
    #[error("{}", Kept::LastOwner)]
    LastOwner,
    #[error("{}", Kept::OnlyOwners)]
    OnlyOwners,
    #[error("too many invitations are open: take some back first")]
    TooManyOpen,
    /// Mails to one address, or of one organisation, within a while.
    #[error("too many invitations were sent: try again in {seconds} s")]
    TooMany { seconds: u64 },
    /// Members and open invitations are as many as the tier allows.
    #[error("all {seats} seats of the tier are taken: remove somebody, take an invitation back, or choose a higher tier")]
    NoSeat { seats: i64 },
    #[error(transparent)]
    Denied(Denied),
    #[error(transparent)]
    Fault(Fault),
}

platform::refusals!(TeamError);

impl TeamError {
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Invalid(_) => "identity.invalid",
            Self::NotFound => "identity.member_not_found",
            Self::LastOwner => "identity.last_owner",
            Self::OnlyOwners => "identity.only_owners",
            Self::TooManyOpen => "identity.too_many_invitations",
            Self::TooMany { .. } => "identity.too_many_attempts",
            Self::NoSeat { .. } => "identity.no_free_seat",
            Self::Denied(denied) => super::codes::denied(*denied),
            Self::Fault(_) => "fault",
        }
    }

    pub fn fields(&self) -> &[FieldError] {
        match self {
            Self::Invalid(fields) => fields,
            Self::NotFound | Self::LastOwner | Self::OnlyOwners | Self::TooManyOpen | Self::TooMany { .. } | Self::NoSeat { .. } | Self::Denied(_) | Self::Fault(_) => &[],
        }
    }
}

impl From<Kept> for TeamError {
    fn from(kept: Kept) -> Self {
        match kept {
            Kept::LastOwner => Self::LastOwner,
            Kept::OnlyOwners => Self::OnlyOwners,
            Kept::NotOurs => Self::Invalid(vec![unknown_role()]),
        }
    }
}

pub(crate) fn unknown_role() -> FieldError {
    FieldError::new("role", "choose", "Choose a role from the list.")
}

pub async fn team(cx: &Cx) -> Result<Team, TeamError> {
    let need = if cx.permissions().allow(Need::PROVIDER_READ) { Need::PROVIDER_READ } else { Need::TEAM_READ };
    let mut tx = cx.tenant_tx(need).await?;
    let (members, invitations) = (store::memberships::list(&mut tx).await?, store::invitations::list(&mut tx).await?);
    Ok(Team { members, invitations, seats: organisation(&mut tx).await?.seats() })
}

/// The provider's own people, for the staff.
pub async fn staff(cx: &Cx) -> Result<Vec<StaffView>, TeamError> {
    cx.demand(Need::PROVIDER_READ).await?;
    let mut tx = cx.door_tx().await?;
    let staff = store::memberships::staff(&mut tx).await?;
    tx.commit().await?;
    Ok(staff)
}

/// What the caller's own role is here. A key and the platform itself act as an administrator would.
pub(crate) fn role_of(cx: &Cx, members: &[(PersonId, Role)]) -> Role {
    match cx.actor() {
        Actor::Person { id, .. } => members.iter().find(|(person, _)| person == id).map_or(Role::Member, |(_, role)| *role),
        // At home in the provider's organisation; a guest with an administrator's rights elsewhere.
        Actor::Staff { id, .. } => members.iter().find(|(person, _)| person == id).map_or(Role::Admin, |(_, role)| *role),
        Actor::System { .. } | Actor::Key { .. } | Actor::Nobody => Role::Admin,
    }
}

/// What changing a team asks for: the provider's own is its administrators' to change.
fn need(cx: &Cx) -> Need {
    if cx.permissions().allow(Need::PROVIDER_ADMIN) { Need::PROVIDER_ADMIN } else { Need::TEAM_WRITE }
}

struct Standing {
    actor: Role,
    from: Role,
    chiefs: usize,
}

async fn standing(cx: &Cx, tx: &mut TenantTx, person: PersonId) -> Result<Standing, TeamError> {
    let members = store::memberships::lock_all(tx).await?;
    let from = members.iter().find(|(member, _)| *member == person).map(|(_, role)| *role).ok_or(TeamError::NotFound)?;
    let chiefs = members.iter().filter(|(_, role)| membership::in_charge(*role)).count();
    Ok(Standing { actor: role_of(cx, &members), from, chiefs })
}

pub async fn change_role(cx: &Cx, person: PersonId, role: &str) -> Result<(), TeamError> {
    let mut tx = cx.tenant_tx(need(cx)).await?;
    let role: Role = role.parse().map_err(|_| TeamError::Invalid(vec![unknown_role()]))?;
    let Standing { actor, from, chiefs } = standing(cx, &mut tx, person).await?;
    membership::change(actor, Some(from), Some(role), chiefs)?;
    store::memberships::save_role(&mut tx, person, role).await?;
    tx.audit("identity.member.role_changed", person, json!({ "from": from, "to": role }));
    tx.commit().await?;
    Ok(())
}

/// Ends a membership, also one's own, and the sessions that stand in this organisation by it.
pub async fn remove_member(cx: &Cx, person: PersonId) -> Result<(), TeamError> {
    // Leaving needs no permission over others.
    let need = if cx.person() == Ok(person) { Need::MEMBER } else { need(cx) };
    let mut tx = cx.tenant_tx(need).await?;
    let Standing { actor, from, chiefs } = standing(cx, &mut tx, person).await?;
    membership::change(actor, Some(from), None, chiefs)?;
    store::memberships::end(&mut tx, person).await?;
    for session in store::memberships::end_sessions(&mut tx, person).await? {
        notify_session_ended(&mut tx, SessionId::from_uuid(session)).await?;
    }
    tx.audit("identity.member.removed", person, json!({ "role": from }));
    tx.commit().await?;
    Ok(())
}
