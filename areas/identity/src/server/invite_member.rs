//! Inviting a colleague by mail, and taking an invitation back.

use crate::{
    EmailAddress, InviteMember,
    attempts::{INVITATION_ACCOUNT, INVITATION_ORGANISATION},
    membership,
    organisation::Kind,
    server::{
        links, mails,
        members::{TeamError, role_of, unknown_role},
        organisation::organisation,
        store::{self, invitations::{Invitation, MOST}},
        throttle,
    },
    session::INVITATION_FOR,
};
use kernel::{Denied, FieldError, InvitationId, MailId, Need, Role};
use platform::Cx;
use serde_json::json;

/// A second invitation of the same address is sent again and replaces the first, whose link stops working.
pub async fn invite_member(cx: &Cx, cmd: InviteMember) -> Result<InvitationId, TeamError> {
    count(cx, &cmd).await?;
    let mut tx = cx.tenant_tx(Need::TEAM_WRITE).await?;
    let (email, role) = check(&cmd)?;
    // Before anything is read: who accepts at the same moment is a member by then, or finds the link replaced.
    let tenant = tx.tenant();
    let seats = store::organisations::lock_seats(&mut tx, tenant).await?;
    let members = store::memberships::list(&mut tx).await?;
    let roles: Vec<_> = members.iter().map(|member| (member.person, member.role)).collect();
    let actor = role_of(cx, &roles);
    membership::change(actor, None, Some(role), 1)?;
    if members.iter().any(|member| member.email == email.as_str()) {
        return Err(TeamError::Invalid(vec![FieldError::new("email", "member", "This person is a member already.")]));
    }
    let organisation = organisation(&mut tx).await?;
    // Staff accounts are made, not invited: an invitation leads through the tenants' door.
    if organisation.kind == Kind::Provider {
        return Err(Denied::TooLittle.into());
    }
    let taken = store::memberships::seats_taken(&mut tx, email.as_str()).await?;
    if let Some(seats) = seats.filter(|seats| taken >= *seats) {
        return Err(TeamError::NoSeat { seats });
    }
    store::invitations::revoke_for(&mut tx, &email).await?;
    if store::invitations::list(&mut tx).await?.len() as i64 >= MOST {
        return Err(TeamError::TooManyOpen);
    }
    let inviter = cx.person().ok().and_then(|person| members.iter().find(|member| member.person == person)).map_or_else(|| organisation.name.clone(), |member| member.name.clone());
    let id = InvitationId::from_uuid(cx.new_uuid());
    let expires_at = tx.now().plus(INVITATION_FOR);
    let invitation = Invitation { id, email, role, invited_by: cx.actor().id(), expires_at };
    store::invitations::insert(&mut tx, &invitation).await?;
    let link = links::for_invitation(cx, &mut tx, id, expires_at).await?;
    let kind = mails::Kind::Invitation { inviter: &inviter, organisation: &organisation.name, role };
    let mail = mails::write(kind, organisation.language, invitation.email.as_str(), &link);
    tx.send_mail(MailId::from_uuid(cx.new_uuid()), &mail).await?;
    tx.audit("identity.member.invited", id, json!({ "role": role }));
    tx.commit().await?;
    Ok(id)
}

/// Invitations are mails in our name to people who did not ask for them. What is refused anyway is not counted.
async fn count(cx: &Cx, cmd: &InviteMember) -> Result<(), TeamError> {
    let (Ok(()), Ok(tenant), Ok((email, _))) = (cx.allow(Need::TEAM_WRITE), cx.tenant(), check(cmd)) else { return Ok(()) };
    let tenant = tenant.to_string();
    let limits = [(INVITATION_ACCOUNT, email.as_str()), (INVITATION_ORGANISATION, tenant.as_str())];
    throttle::count(cx, &limits).await?.map_err(|wait| TeamError::TooMany { seconds: throttle::seconds(wait) })
}

fn check(cmd: &InviteMember) -> Result<(EmailAddress, Role), TeamError> {
    match (EmailAddress::parse(&cmd.email), cmd.role.parse::<Role>()) {
        (Ok(email), Ok(role)) => Ok((email, role)),
        (email, role) => Err(TeamError::Invalid(
            email.err().map(|wrong| wrong.on("email")).into_iter().chain(role.err().map(|_| unknown_role())).collect(),
        )),
    }
}

pub async fn revoke_invitation(cx: &Cx, id: InvitationId) -> Result<(), TeamError> {
    let mut tx = cx.tenant_tx(Need::TEAM_WRITE).await?;
    store::invitations::revoke(&mut tx, id).await?.ok_or(TeamError::NotFound)?;
    tx.audit("identity.invitation.revoked", id, json!({}));
    tx.commit().await?;
    Ok(())
}
