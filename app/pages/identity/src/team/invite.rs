//! The form that invites a colleague.

use super::{INVITE, calls::InviteMember};
use crate::outcome::ShortForm;
use kernel::Role;
use crate::words::role_name;
use kit::prelude::*;
use leptos::prelude::*;

#[component]
pub fn Invite(action: ServerAction<InviteMember>) -> impl IntoView {
    view! {
        <Section title=tr!(identity.team.invite) says=tr!(identity.team.invite_help) id=INVITE>
            <Card>
                <ShortForm action=action class="form-inline">
                    <div class="grow basis-64"><TextField name="form[email]" label=tr!(common.email) kind="email" required=true autocomplete="off" max_length=254/></div>
                    <div class="grow basis-48"><SelectField name="form[role]" label=tr!(common.role) choices=roles() value=Role::Member.code() required=true/></div>
                    <SubmitButton icon=icons::LuUserPlus>{tr!(identity.team.send)}</SubmitButton>
                </ShortForm>
                <RoleGuide/>
            </Card>
        </Section>
    }
}

/// Roles to give, each with its name.
pub fn roles() -> Vec<Choice> {
    Role::TENANT.into_iter().rev().map(|role| Choice::new(role.code(), role_name(role))).collect()
}

/// What each role may do.
#[component]
fn RoleGuide() -> impl IntoView {
    let lines = [
        (Role::Owner, tr!(identity.roles.owner)),
        (Role::Admin, tr!(identity.roles.admin)),
        (Role::Technical, tr!(identity.roles.technical)),
        (Role::Billing, tr!(identity.roles.billing)),
        (Role::Member, tr!(identity.roles.member)),
    ];
    view! {
        <details class="mt-4">
            <summary class="muted text-[0.8125rem] underline underline-offset-4">{tr!(identity.roles.title)}</summary>
            <div class="mt-3">
                <KeyValues>{lines.map(|(role, says)| view! { <KeyValue name=role_name(role)>{says}</KeyValue> }).collect_view()}</KeyValues>
            </div>
        </details>
    }
}
