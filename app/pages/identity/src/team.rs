//! The organisation's people: who they are, what they may do, and whom to invite.

pub mod calls;
mod invitations;
mod invite;
mod members;

use crate::outcome::{ActionTrouble, DoneNote, close_dialogs_after, error_of, on_success, settle_on_success};
use calls::{ChangeRole, InviteMember, RemoveMember, RevokeInvitation, TeamFile, read_team};
use invitations::Invitations;
use invite::Invite;
use kernel::Need;
use kit::prelude::*;
use leptos::prelude::*;
use members::Members;

/// Where the invitation's form is; the command palette leads here.
const INVITE: &str = "invite";

#[derive(Clone)]
pub struct TeamPage {
    team: Resource<Result<TeamFile, PageError>>,
    acts: Acts,
}

/// What can be done on the page.
#[derive(Clone, Copy)]
struct Acts {
    invite: ServerAction<InviteMember>,
    /// The same for somebody who is invited already.
    again: ServerAction<InviteMember>,
    revoke: ServerAction<RevokeInvitation>,
    change: ServerAction<ChangeRole>,
    remove: ServerAction<RemoveMember>,
}

impl PageRoute for TeamPage {
    fn data() -> Self {
        let acts = Acts { invite: ServerAction::new(), again: ServerAction::new(), revoke: ServerAction::new(), change: ServerAction::new(), remove: ServerAction::new() };
        Self { team: Resource::new(|| (), |()| read_team()), acts }
    }

    fn view(this: Self) -> AnyView {
        let TeamPage { team, acts } = this;
        settle_on_success(acts.invite, team, tr!(identity.done.invited), Some(INVITE));
        settle_on_success(acts.again, team, tr!(identity.done.invited), None);
        settle_on_success(acts.revoke, team, tr!(identity.done.revoked), None);
        settle_on_success(acts.change, team, tr!(identity.done.role_changed), None);
        settle_on_success(acts.remove, team, tr!(identity.done.removed), None);
        on_success(acts.remove, |left| {
            if left {
                // The session that stood here has ended: the whole page is another one now.
                let _ = window().location().set_href("/services");
            }
        });
        close_dialogs_after(acts.remove);
        close_dialogs_after(acts.revoke);
        let may = use_viewer().is_some_and(|viewer| viewer.may(Need::TEAM_WRITE));
        view! {
            <PageHeader title=tr!(kit.nav.team) lead=tr!(identity.team.lead)/>
            <DoneNote words=done/>
            <ActionTrouble error=error_of(acts.change)/>
            <ActionTrouble error=error_of(acts.remove)/>
            <ActionTrouble error=error_of(acts.revoke)/>
            <ActionTrouble error=error_of(acts.again)/>
            {may.then(|| view! { <Invite action=acts.invite/> })}
            <Load resource=team skeleton=SkeletonKind::Table view=move |file| view! { <Members file=file.clone() may=may acts=acts/> <Invitations invitations=file.team.invitations may=may acts=acts/> }/>
        }
        .into_any()
    }
}

fn done(what: &str) -> Option<&'static str> {
    match what {
        "invited" => Some(tr!(identity.done.invited)),
        "revoked" => Some(tr!(identity.done.revoked)),
        "role_changed" => Some(tr!(identity.done.role_changed)),
        "removed" => Some(tr!(identity.done.removed)),
        _ => None,
    }
}
