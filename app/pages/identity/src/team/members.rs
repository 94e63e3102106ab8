//! Members with their roles.

use super::{Acts, calls::TeamFile, invite::roles};
use identity::{
    membership,
    view::{MemberView, Team},
};
use kernel::{PersonId, Role};
use crate::words::role_name;
use kit::{organisation::DrawnFor, prelude::*};
use leptos::{form::ActionForm, prelude::*};

/// Whoever looks, and what they could change at all.
#[derive(Clone, Copy)]
struct Looker {
    me: Option<PersonId>,
    role: Role,
    owners: usize,
    may: bool,
}

impl Looker {
    /// Whether the member can be given another role, or be taken out: the same rule that the use case keeps.
    fn could(&self, member: &MemberView, to: Option<Role>) -> bool {
        self.may && membership::change(self.role, Some(member.role), to, self.owners).is_ok()
    }

    fn is(&self, member: &MemberView) -> bool {
        self.me == Some(member.person)
    }

    /// Everybody may leave, as long as an owner stays.
    fn could_remove(&self, member: &MemberView) -> bool {
        let leaves = self.is(member) && membership::change(self.role, Some(member.role), None, self.owners).is_ok();
        leaves || (!self.is(member) && self.could(member, None))
    }
}

#[component]
pub fn Members(file: TeamFile, may: bool, acts: Acts) -> impl IntoView {
    let owners = file.team.members.iter().filter(|member| member.role == Role::Owner).count();
    let looker = Looker { me: file.me, role: file.my_role().unwrap_or(Role::Member), owners, may };
    let mut columns = vec![
        Column::new("person", tr!(common.name)),
        Column::new("email", tr!(common.email)),
        Column::new("role", tr!(common.role)),
        Column::new("since", tr!(identity.team.since)),
    ];
    if file.team.members.iter().any(|member| looker.could_remove(member)) {
        columns.push(Column::new("actions", tr!(common.actions)).right());
    }
    let seats = seats_words(&file.team);
    let rows = file.team.members.into_iter().map(|member| row(member, looker, acts)).collect();
    view! { <Section title=tr!(identity.team.members) says=seats><Table caption=tr!(identity.team.members) columns=columns rows=rows/></Section> }
}

/// How much room the tier leaves; nothing where it sets no limit.
fn seats_words(team: &Team) -> String {
    let taken = team.members.len() + team.invitations.len();
    team.seats.map(|seats| tr!(identity.team.seats, taken = taken, seats = seats).to_string()).unwrap_or_default()
}

fn row(member: MemberView, looker: Looker, acts: Acts) -> Row {
    let (is_me, removable) = (looker.is(&member), looker.could_remove(&member));
    let (name, email, since) = (member.name.clone(), member.email.clone(), member.since.date_utc());
    let unconfirmed = member.email_verified_at.is_none();
    Row::new()
        .cell(view! { <span class="cluster"><strong class="font-medium">{name}</strong>{is_me.then(|| view! { <Chip tone=Tone::Info>{tr!(identity.team.you)}</Chip> })}</span> })
        .cell(view! { <span class="cluster">{email}{unconfirmed.then(|| view! { <Chip tone=Tone::Warn>{tr!(identity.not_confirmed)}</Chip> })}</span> })
        .cell(role_cell(&member, looker, acts))
        .cell(view! { <DateOnly date=since/> })
        .cell(if removable { view! { <Remove member=member is_me=is_me acts=acts/> }.into_any() } else { ().into_any() })
}

/// A form where the role can be changed, else the role.
fn role_cell(member: &MemberView, looker: Looker, acts: Acts) -> AnyView {
    let given: Vec<Role> = Role::TENANT.into_iter().filter(|to| *to == member.role || looker.could(member, Some(*to))).collect();
    if given.len() < 2 {
        return role_name(member.role).into_any();
    }
    let (person, now) = (member.person.to_string(), member.role);
    let label = tr!(identity.team.role_of, name = member.name.clone()).to_string();
    let choices: Vec<Choice> = roles().into_iter().filter(|choice| given.iter().any(|role| role.code() == choice.value)).collect();
    view! {
        <ActionForm action=acts.change attr:class="flex items-center gap-2">
            <DrawnFor/>
            <input type="hidden" name="person" value=person/>
            <select class="input select input-sm w-auto" name="role" aria-label=label>
                {choices.into_iter().map(|choice| { let chosen = choice.value == now.code(); view! { <option value=choice.value selected=chosen>{choice.label}</option> } }).collect_view()}
            </select>
            <button class="btn btn-ghost btn-sm">{tr!(common.save)}</button>
        </ActionForm>
    }
    .into_any()
}

/// Asks before somebody loses their way in.
#[component]
fn Remove(member: MemberView, is_me: bool, acts: Acts) -> impl IntoView {
    let id = format!("remove-{}", member.person);
    let (label, title, says) = if is_me {
        (tr!(identity.team.leave).to_owned(), tr!(identity.team.leave_title).to_owned(), tr!(identity.team.leave_says).to_owned())
    } else {
        let title = tr!(identity.team.remove_title, name = member.name.clone()).to_string();
        (tr!(common.remove).to_owned(), title, tr!(identity.team.remove_says).to_owned())
    };
    view! {
        <Confirm id=id label=label.clone() title=title says=says kind=ButtonKind::Quiet>
            <Form action=acts.remove quiet=true>
                <input type="hidden" name="person" value=member.person.to_string()/>
                <SubmitButton kind=ButtonKind::Danger>{label}</SubmitButton>
            </Form>
        </Confirm>
    }
}
