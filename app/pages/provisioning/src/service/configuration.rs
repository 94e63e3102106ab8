//! A service's name, settings and plan. Another plan is looked at by address (`&plan=..`), so that it works by reloading.

use super::{Acts, plans::Plans};
use crate::sheets::ConfigurationSheet;
use billing::view::ChangePreview;
use catalog::PlanCard;
use kernel::Need;
use kit::prelude::*;
use leptos::prelude::*;
use provisioning::{commands::NAME_LENGTH, view::InstanceView};

#[component]
pub fn Configuration(sheet: ConfigurationSheet, shown: RwSignal<InstanceView>, acts: Acts) -> impl IntoView {
    let may_change = use_viewer().is_some_and(|viewer| viewer.may(Need::SERVICES_WRITE));
    let open = Memo::new(move |_| may_change && shown.with(|service| service.actions.iter().any(|action| action == "update")));
    let id = shown.with_untracked(|service| service.id);
    let form = match sheet.other.clone() {
        Some(card) => view! { <ChangeForm card=card sheet=sheet.clone() id=id acts=acts open=open/> }.into_any(),
        None => view! { <SettingsForm sheet=sheet.clone() id=id acts=acts open=open/> }.into_any(),
    };
    view! {
        {form}
        <Plans sheet=sheet shown=shown open=open/>
    }
}

#[component]
fn SettingsForm(sheet: ConfigurationSheet, id: kernel::InstanceId, acts: Acts, open: Memo<bool>) -> impl IntoView {
    let most = u32::try_from(NAME_LENGTH).unwrap_or(u32::MAX);
    view! {
        <Section title=tr!(provisioning.configuration.title) says=tr!(provisioning.configuration.says)>
            <Card>
                <Form action=acts.configure>
                    <input type="hidden" name="form[id]" value=id.to_string()/>
                    <TextField name="form[name]" label=tr!(provisioning.configuration.name) help=tr!(provisioning.configuration.name_help) value=sheet.name required=true max_length=most/>
                    <SchemaForm schema=sheet.current.terms.config_schema name="form[configuration]" values=sheet.configuration/>
                    <Submit open=open label=tr!(provisioning.configuration.save)/>
                </Form>
            </Card>
        </Section>
    }
}

#[component]
fn ChangeForm(card: PlanCard, sheet: ConfigurationSheet, id: kernel::InstanceId, acts: Acts, open: Memo<bool>) -> impl IntoView {
    let plan = card.plan.terms.name.get(i18n::language()).to_owned();
    view! {
        <Section title=tr!(provisioning.configuration.change_title, plan = plan.clone()) says=tr!(provisioning.configuration.change_says)>
            <Card>
                <Form action=acts.change_plan>
                    <input type="hidden" name="form[id]" value=id.to_string()/>
                    <input type="hidden" name="form[plan]" value=card.plan.id.to_string()/>
                    <SchemaForm schema=card.plan.terms.config_schema name="form[configuration]" values=sheet.configuration/>
                    {sheet.change.map(cost)}
                    <div class="cluster">
                        <Submit open=open label=tr!(provisioning.configuration.change_to, plan = plan)/>
                        <LinkButton href=format!("/services/{id}?tab=configuration")>{tr!(provisioning.configuration.back)}</LinkButton>
                    </div>
                </Form>
            </Card>
        </Section>
    }
}

/// What the change puts on an invoice, and when.
fn cost(change: ChangePreview) -> impl IntoView {
    let today = change.today.map(|draft| {
        let lines = draft.lines.into_iter().map(|line| {
            let part = line.draft.part.get(i18n::language()).to_owned();
            view! { <KeyValue name=part><Amount money=line.draft.amount/></KeyValue> }
        });
        view! { <KeyValues>{lines.collect_view()}<KeyValue name=tr!(provisioning.configuration.cost_total)><strong><Amount money=draft.total/></strong></KeyValue></KeyValues> }
    });
    let when = if change.now {
        tr!(provisioning.configuration.cost_now).to_string()
    } else {
        tr!(provisioning.configuration.cost_later, date = kit::time::date_text(change.takes_effect_on)).to_string()
    };
    view! { <Callout tone=Tone::Info title=when>{today}</Callout> }
}

/// The button, or why there is none now.
#[component]
fn Submit(open: Memo<bool>, #[prop(into)] label: String) -> impl IntoView {
    move || {
        if open.get() {
            let label = label.clone();
            view! { <SubmitButton>{label}</SubmitButton> }.into_any()
        } else {
            view! { <p class="field-help">{tr!(provisioning.configuration.not_now)}</p> }.into_any()
        }
    }
}
