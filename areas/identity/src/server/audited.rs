//! Use cases that change something, as others call them: an attempt that the rules refuse leaves its entry in the audit
//! trail (`platform::Attempt`).

use super::{
    me::{self, MeError},
    members::{self, TeamError},
    organisation::{self, OrganisationError},
    sessions::{self, SessionError},
    switch_organisation::SwitchError,
};
use crate::{
    ChangePassword, InviteMember, UpdateMe,
    organisation::ProfileForm,
    view::{Organisation, Renewed},
};
use kernel::{InvitationId, PersonId, SessionId, TenantId};
use platform::{Attempt, Cx};

pub async fn update_organisation(cx: &Cx, form: ProfileForm) -> Result<Organisation, OrganisationError> {
    let subject = cx.tenant().map(|id| id.to_string()).unwrap_or_default();
    Attempt::new("identity.organisation.updated", subject).run(cx, organisation::update_organisation(cx, form)).await
}

pub async fn update_provider(cx: &Cx, form: ProfileForm) -> Result<Organisation, OrganisationError> {
    let subject = cx.tenant().map(|id| id.to_string()).unwrap_or_default();
    Attempt::new("identity.organisation.updated", subject).run(cx, organisation::update_provider(cx, form)).await
}

pub async fn invite_member(cx: &Cx, cmd: InviteMember) -> Result<InvitationId, TeamError> {
    Attempt::new("identity.member.invited", "").with("role", &cmd.role).run(cx, super::invite_member::invite_member(cx, cmd)).await
}

pub async fn revoke_invitation(cx: &Cx, id: InvitationId) -> Result<(), TeamError> {
    Attempt::new("identity.invitation.revoked", id).run(cx, super::invite_member::revoke_invitation(cx, id)).await
}

pub async fn change_role(cx: &Cx, person: PersonId, role: &str) -> Result<(), TeamError> {
    Attempt::new("identity.member.role_changed", person).with("to", role).run(cx, members::change_role(cx, person, role)).await
}

pub async fn remove_member(cx: &Cx, person: PersonId) -> Result<(), TeamError> {
    Attempt::new("identity.member.removed", person).run(cx, members::remove_member(cx, person)).await
}

pub async fn update_me(cx: &Cx, cmd: UpdateMe) -> Result<(), MeError> {
    Attempt::new("identity.person.updated", cx.actor().id()).run(cx, me::update_me(cx, cmd)).await
}

pub async fn save_view(cx: &Cx, path: &str, name: &str, query: &str) -> Result<(), MeError> {
    Attempt::new("identity.person.updated", cx.actor().id()).with("list", path).run(cx, me::save_view(cx, path, name, query)).await
}

pub async fn forget_view(cx: &Cx, path: &str, name: &str) -> Result<(), MeError> {
    Attempt::new("identity.person.updated", cx.actor().id()).with("list", path).run(cx, me::forget_view(cx, path, name)).await
}

pub async fn change_password(cx: &Cx, cmd: ChangePassword) -> Result<Renewed, MeError> {
    Attempt::new("identity.password.changed", cx.actor().id()).run(cx, me::change_password(cx, cmd)).await
}

pub async fn end_session(cx: &Cx, session: SessionId) -> Result<(), SessionError> {
    Attempt::new("identity.session.ended", session).run(cx, sessions::end_session(cx, session)).await
}

pub async fn switch_organisation(cx: &Cx, to: TenantId) -> Result<Renewed, SwitchError> {
    Attempt::new("identity.session.entered", to).run(cx, super::switch_organisation::switch_organisation(cx, to)).await
}
