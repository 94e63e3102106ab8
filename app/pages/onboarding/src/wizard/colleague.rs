//! The first colleague: somebody who can stand in, see the services or pay the invoices.

use crate::calls::InviteColleague;
use i18n::tr;
use identity::view::Team;
use kernel::{Need, Role};
use kit::prelude::*;
use leptos::prelude::*;

#[component]
pub fn ColleagueStep(team: Option<Team>, action: ServerAction<InviteColleague>) -> impl IntoView {
    let may = use_viewer().is_some_and(|viewer| viewer.may(Need::TEAM_WRITE));
    view! {
        {if may {
            view! { <InviteForm action=action/> }.into_any()
        } else {
            view! { <Callout tone=Tone::Info>{tr!(onboarding.colleague.others)}</Callout> }.into_any()
        }}
        {team.map(|team| view! { <People team=team/> })}
    }
}

#[component]
fn InviteForm(action: ServerAction<InviteColleague>) -> impl IntoView {
    let choices = roles().map(|(role, name, _)| Choice::new(role.code(), name)).to_vec();
    view! {
        <Card>
            <Form action=action>
                <div class="form-row">
                    <TextField name="form[email]" label=tr!(common.email) kind="email" required=true autocomplete="off" max_length=254/>
                    <SelectField name="form[role]" label=tr!(common.role) choices=choices value=Role::Technical.code() required=true help=tr!(onboarding.colleague.role_help)/>
                </div>
                <div class="form-actions"><SubmitButton icon=icons::LuUserPlus>{tr!(identity.team.send)}</SubmitButton></div>
            </Form>
            <RoleGuide/>
        </Card>
    }
}

/// Roles to give, each with its name and what it may do.
fn roles() -> [(Role, &'static str, &'static str); 5] {
    [
        (Role::Member, tr!(common.roles.member), tr!(identity.roles.member)),
        (Role::Billing, tr!(common.roles.billing), tr!(identity.roles.billing)),
        (Role::Technical, tr!(common.roles.technical), tr!(identity.roles.technical)),
        (Role::Admin, tr!(common.roles.admin), tr!(identity.roles.admin)),
        (Role::Owner, tr!(common.roles.owner), tr!(identity.roles.owner)),
    ]
}

#[component]
fn RoleGuide() -> impl IntoView {
    view! {
        <details class="mt-4">
            <summary class="muted cursor-pointer text-[0.8125rem] underline underline-offset-4">{tr!(identity.roles.title)}</summary>
            <div class="mt-3"><KeyValues>{roles().map(|(_, name, says)| view! { <KeyValue name=name>{says}</KeyValue> }).collect_view()}</KeyValues></div>
        </details>
    }
}

/// Who is there and who is invited.
#[component]
fn People(team: Team) -> impl IntoView {
    let invited = team.invitations.into_iter().map(|invitation| (invitation.email, "invited"));
    let members = team.members.into_iter().map(|member| (format!("{} ({})", member.name, member.email), "active"));
    view! {
        <Card>
            <h3 class="font-semibold">{tr!(onboarding.colleague.people)}</h3>
            <ul class="mt-2 flex flex-col gap-2">
                {members.chain(invited).map(|(name, state)| view! {
                    <li class="flex flex-wrap items-center justify-between gap-2"><span class="min-w-0 break-words">{name}</span><StatusChip state=state.to_owned()/></li>
                }).collect_view()}
            </ul>
        </Card>
    }
}
