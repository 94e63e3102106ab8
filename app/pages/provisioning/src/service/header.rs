//! Name, state and actions of a service.

use super::acts::{Acts, DELETE, SUSPEND};
use crate::{state_chip::StateChip, words};
use kernel::Need;
use kit::{prelude::*, time::date_text};
use leptos::prelude::*;
use provisioning::view::{InstanceView, Planned};

#[component]
pub fn Header(shown: RwSignal<InstanceView>, acts: Acts) -> impl IntoView {
    let name = Memo::new(move |_| shown.with(|service| service.name.clone()));
    let standing = Memo::new(move |_| shown.with(|service| words::standing(&service.state)));
    let state = Memo::new(move |_| shown.with(|service| service.state.code().to_owned()));
    let actions = Memo::new(move |_| shown.with(|service| service.actions.clone()));
    let planned = Memo::new(move |_| shown.with(|service| service.planned.clone()));
    let id = shown.with_untracked(|service| service.id.to_string());
    let may_change = use_viewer().is_some_and(|viewer| viewer.may(Need::SERVICES_WRITE));
    move || {
        let (name, id) = (name.get(), id.clone());
        let buttons = move || may_change.then(|| view! { <Actions id=id.clone() name=name.clone() actions=actions.get() planned=planned.get() acts=acts/> });
        view! {
            <PageHeader
                title=shown.with_untracked(|service| service.name.clone())
                crumbs=vec![Crumb::new(tr!(provisioning.services.title), "/services")]
                lead=standing.get()
                aside=view! { <StateChip state=Signal::derive(move || state.get())/> }.into_any()
            >
                {buttons}
            </PageHeader>
        }
    }
}

#[component]
fn Actions(id: String, name: String, actions: Vec<String>, planned: Option<Planned>, acts: Acts) -> impl IntoView {
    let delete_says = [Some(tr!(provisioning.actions.delete_says).to_owned()), planned.map(dropped)].into_iter().flatten().collect::<Vec<_>>().join(" ");
    let offers = |action: &str| actions.iter().any(|offered| offered == action);
    let field = {
        let id = id.clone();
        move || view! { <input type="hidden" name="id" value=id.clone()/> }
    };
    let (for_suspend, for_resume, for_restore, for_delete) = (field.clone(), field.clone(), field.clone(), field);
    view! {
        {offers("change_plan").then(|| view! {
            <LinkButton href=format!("/services/{id}?tab=configuration")>{tr!(provisioning.actions.change_plan)}</LinkButton>
        })}
        {offers("suspend").then(|| view! {
            <Confirm id=SUSPEND label=tr!(provisioning.actions.suspend) icon=icons::LuPause
                title=tr!(provisioning.actions.suspend_title, name = name.clone()) says=tr!(provisioning.actions.suspend_says)>
                <Form action=acts.suspend quiet=true>{for_suspend()}<SubmitButton>{tr!(provisioning.actions.suspend)}</SubmitButton></Form>
            </Confirm>
        })}
        {offers("resume").then(|| view! {
            <Form action=acts.resume quiet=true>{for_resume()}<SubmitButton icon=icons::LuPlay>{tr!(provisioning.actions.resume)}</SubmitButton></Form>
        })}
        {offers("restore").then(|| view! {
            <Form action=acts.restore quiet=true>{for_restore()}<SubmitButton icon=icons::LuUndo2>{tr!(provisioning.actions.restore)}</SubmitButton></Form>
        })}
        {offers("delete").then(|| view! {
            <Confirm id=DELETE label=tr!(provisioning.actions.delete) kind=ButtonKind::Danger icon=icons::LuTrash2
                title=tr!(provisioning.actions.delete_title, name = name.clone()) says=delete_says>
                <Form action=acts.delete quiet=true>{for_delete()}<SubmitButton kind=ButtonKind::Danger>{tr!(provisioning.actions.delete)}</SubmitButton></Form>
            </Confirm>
        })}
    }
}

/// What of the next term goes with a service that is deleted: restoring it does not bring that back.
fn dropped(planned: Planned) -> String {
    match planned {
        Planned::Plan { plan_name, on, .. } => {
            tr!(provisioning.actions.delete_drops_plan, plan = plan_name.get(i18n::language()).to_owned(), date = date_text(on)).to_string()
        }
        Planned::End { on } => tr!(provisioning.actions.delete_drops_end, date = date_text(on)).to_string(),
    }
}
