//! The staff's accounts: who they are, what they may do, and when they were last here.

use super::settings::Acts;
use crate::words::role_name;
use identity::{membership, view::StaffView};
use kernel::{PersonId, Role};
use kit::prelude::*;
use leptos::{form::ActionForm, prelude::*};

/// Whoever looks, and what they could change at all.
#[derive(Clone, Copy)]
struct Looker {
    me: Option<PersonId>,
    role: Role,
    operators: usize,
    may: bool,
}

impl Looker {
    /// Whether the account can be given another role, or be closed: the same rule that the use case keeps.
    fn could(&self, one: &StaffView, to: Option<Role>) -> bool {
        self.may && membership::change(self.role, Some(one.role), to, self.operators).is_ok()
    }
}

#[component]
pub fn Staff(staff: Vec<StaffView>, me: Option<PersonId>, may: bool, acts: Acts) -> impl IntoView {
    let role = staff.iter().find(|one| Some(one.person) == me).map_or(Role::Auditor, |one| one.role);
    let operators = staff.iter().filter(|one| membership::in_charge(one.role)).count();
    let looker = Looker { me, role, operators, may };
    let mut columns = vec![
        Column::new("person", tr!(common.name)),
        Column::new("email", tr!(common.email)),
        Column::new("role", tr!(common.role)),
        Column::new("signed_in", tr!(identity.provider_settings.signed_in)),
    ];
    if staff.iter().any(|one| looker.could(one, None)) {
        columns.push(Column::new("actions", tr!(common.actions)).right());
    }
    let rows = staff.into_iter().map(|one| row(one, looker, acts)).collect();
    view! {
        <Section title=tr!(identity.provider_settings.staff) says=tr!(identity.provider_settings.staff_help) id="staff">
            <Table caption=tr!(identity.provider_settings.staff) columns=columns rows=rows/>
        </Section>
    }
}

fn row(one: StaffView, looker: Looker, acts: Acts) -> Row {
    let is_me = looker.me == Some(one.person);
    let signed_in = one.signed_in_at.map_or_else(|| view! { <span class="muted">{tr!(identity.provider_settings.long_ago)}</span> }.into_any(), |at| view! { <DateTime at=at/> }.into_any());
    let row = Row::new()
        .cell(view! { <span class="cluster"><strong class="font-medium">{one.name.clone()}</strong>{is_me.then(|| view! { <Chip tone=Tone::Info>{tr!(identity.team.you)}</Chip> })}</span> })
        .cell(one.email.clone())
        .cell(role_cell(&one, looker, acts))
        .cell(signed_in);
    row.cell(if looker.could(&one, None) { view! { <Close one=one acts=acts/> }.into_any() } else { ().into_any() })
}

/// A form where the role can be changed, else the role.
fn role_cell(one: &StaffView, looker: Looker, acts: Acts) -> AnyView {
    let given: Vec<Role> = Role::STAFF.into_iter().filter(|to| *to == one.role || looker.could(one, Some(*to))).collect();
    if given.len() < 2 {
        return role_name(one.role).into_any();
    }
    let (person, now) = (one.person.to_string(), one.role);
    let label = tr!(identity.team.role_of, name = one.name.clone()).to_string();
    view! {
        <ActionForm action=acts.change attr:class="flex items-center gap-2">
            <input type="hidden" name="person" value=person/>
            <select class="input select input-sm w-auto" name="role" aria-label=label>
                {given.into_iter().map(|role| view! { <option value=role.code() selected=role == now>{role_name(role)}</option> }).collect_view()}
            </select>
            <button class="btn btn-ghost btn-sm">{tr!(common.save)}</button>
        </ActionForm>
    }
    .into_any()
}

/// Asks before somebody loses their way in.
#[component]
fn Close(one: StaffView, acts: Acts) -> impl IntoView {
    let title = tr!(identity.provider_settings.close_title, name = one.name.clone()).to_string();
    view! {
        <Confirm id=format!("close-{}", one.person) label=tr!(identity.provider_settings.close) title=title says=tr!(identity.provider_settings.close_says) kind=ButtonKind::Quiet>
            <Form action=acts.close quiet=true>
                <input type="hidden" name="person" value=one.person.to_string()/>
                <SubmitButton kind=ButtonKind::Danger>{tr!(identity.provider_settings.close)}</SubmitButton>
            </Form>
        </Confirm>
    }
}
