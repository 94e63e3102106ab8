//! Invitations that still stand.

use super::Acts;
use identity::view::InvitationView;
use crate::words::role_name;
use kit::prelude::*;
use leptos::prelude::*;

#[component]
pub fn Invitations(invitations: Vec<InvitationView>, may: bool, acts: Acts) -> impl IntoView {
    if invitations.is_empty() {
        return ().into_any();
    }
    let mut columns = vec![
        Column::new("email", tr!(common.email)),
        Column::new("role", tr!(common.role)),
        Column::new("sent", tr!(identity.team.sent)),
        Column::new("until", tr!(identity.team.until)),
    ];
    if may {
        columns.push(Column::new("actions", tr!(common.actions)).right());
    }
    let rows = invitations.into_iter().map(|invitation| row(invitation, may, acts)).collect();
    view! {
        <Section title=tr!(identity.team.invitations) says=tr!(identity.team.invitations_help)>
            <Table caption=tr!(identity.team.invitations) columns=columns rows=rows/>
        </Section>
    }
    .into_any()
}

fn row(invitation: InvitationView, may: bool, acts: Acts) -> Row {
    let InvitationView { id, email, role, created_at, expires_at } = invitation;
    let again_to = tr!(identity.team.again_to, email = email.clone()).to_string();
    let to = email.clone();
    let again = may.then(|| view! {
        <Form action=acts.again quiet=true>
            <input type="hidden" name="form[email]" value=to/>
            <input type="hidden" name="form[role]" value=role.code()/>
            <ActionButton kind=ButtonKind::Quiet class="btn-sm" pending=acts.again.pending() says=again_to>{tr!(identity.team.again)}</ActionButton>
        </Form>
    });
    let title = tr!(identity.team.revoke_title, email = email.clone()).to_string();
    let revoke = may.then(|| view! {
        <Confirm id=format!("revoke-{id}") label=tr!(identity.team.revoke) title=title says=tr!(identity.team.revoke_says) kind=ButtonKind::Quiet>
            <Form action=acts.revoke quiet=true>
                <input type="hidden" name="invitation" value=id.to_string()/>
                <SubmitButton kind=ButtonKind::Danger>{tr!(identity.team.revoke)}</SubmitButton>
            </Form>
        </Confirm>
    });
    Row::new()
        .cell(email)
        .cell(role_name(role))
        .cell(view! { <DateTime at=created_at relative=true/> })
        .cell(view! { <DateTime at=expires_at/> })
        .cell(view! { <span class="cluster">{again}{revoke}</span> })
}
