//! A service's name, settings and plan. Another plan is looked at by address (`&plan=..`), so that it works by reloading.

use super::{Acts, plans::Plans};
use crate::sheets::ConfigurationSheet;
use billing::view::ChangePreview;
use catalog::{PlanCard, Text};
use kernel::Need;
use kit::prelude::*;
use leptos::prelude::*;
use provisioning::{
    commands::NAME_LENGTH,
    view::{InstanceView, Planned},
};
use serde_json::Value;

#[component]
pub fn Configuration(sheet: ConfigurationSheet, shown: RwSignal<InstanceView>, acts: Acts) -> impl IntoView {
    let may = may_change();
    let open = Memo::new(move |_| may && shown.with(|service| service.actions.iter().any(|action| action == "update")));
    let id = shown.with_untracked(|service| service.id);
    let planned = Memo::new(move |_| {
        shown.with(|service| match &service.planned {
            Some(Planned::Plan { plan, plan_name, .. }) => Some((*plan, plan_name.clone())),
            Some(Planned::End { .. }) | None => None,
        })
    });
    let of_form = sheet.clone();
    // A plan that is planned meanwhile is not asked about any longer.
    let form = move || match (of_form.other.clone(), planned.get()) {
        (Some(card), planned) if planned.as_ref().is_none_or(|(plan, _)| *plan != card.plan.id) => {
            view! { <ChangeForm card=card sheet=of_form.clone() id=id acts=acts open=open/> }.into_any()
        }
        (_, planned) => view! { <SettingsForm sheet=of_form.clone() id=id acts=acts open=open planned=planned.map(|(_, name)| name)/> }.into_any(),
    };
    view! {
        {form}
        <Plans sheet=sheet shown=shown open=open/>
    }
}

#[component]
fn SettingsForm(
    sheet: ConfigurationSheet,
    id: kernel::InstanceId,
    acts: Acts,
    open: Memo<bool>,
    /// The plan that the next term brings, which the settings have to fit too.
    planned: Option<Text>,
) -> impl IntoView {
    let most = u32::try_from(NAME_LENGTH).unwrap_or(u32::MAX);
    view! {
        <Section title=tr!(provisioning.configuration.title) says=tr!(provisioning.configuration.says)>
            <Card class="stack">
                {planned.map(|plan| view! { <FormNote>{tr!(provisioning.configuration.fits_planned, plan = plan.get(i18n::language()).to_owned())}</FormNote> })}
                <Form action=acts.configure>
                    <input type="hidden" name="form[id]" value=id.to_string()/>
                    // Who may only look gets the settings as they are, not a form that leads nowhere.
                    <fieldset class="contents" disabled=!may_change()>
                        <TextField name="form[name]" label=tr!(provisioning.configuration.name) help=tr!(provisioning.configuration.name_help) value=sheet.name required=true max_length=most/>
                        <SchemaForm schema=sheet.current.terms.config_schema name="form[configuration]" values=sheet.configuration/>
                    </fieldset>
                    <Submit open=open label=tr!(provisioning.configuration.save)/>
                </Form>
            </Card>
        </Section>
    }
}

#[component]
fn ChangeForm(card: PlanCard, sheet: ConfigurationSheet, id: kernel::InstanceId, acts: Acts, open: Memo<bool>) -> impl IntoView {
    let plan = card.plan.terms.name.get(i18n::language()).to_owned();
    let values = fitting(&card.plan.terms.config_schema, sheet.configuration);
    view! {
        <Section title=tr!(provisioning.configuration.change_title, plan = plan.clone()) says=tr!(provisioning.configuration.change_says)>
            <Card>
                <Form action=acts.change_plan>
                    <input type="hidden" name="form[id]" value=id.to_string()/>
                    <input type="hidden" name="form[plan]" value=card.plan.id.to_string()/>
                    <SchemaForm schema=card.plan.terms.config_schema name="form[configuration]" values=values/>
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

/// The settings of now, with numbers that the other plan does not allow brought to its nearest bound.
fn fitting(schema: &Value, mut values: Value) -> Value {
    for (name, value) in values.as_object_mut().into_iter().flatten() {
        let bound = |which: &str| schema["properties"][name.as_str()][which].as_f64();
        let Some(number) = value.as_f64() else { continue };
        let fits = number.min(bound("maximum").unwrap_or(number)).max(bound("minimum").unwrap_or(number));
        if fits < number {
            *value = schema["properties"][name.as_str()]["maximum"].clone();
        } else if fits > number {
            *value = schema["properties"][name.as_str()]["minimum"].clone();
        }
    }
    values
}

/// What the change puts on an invoice, and when.
fn cost(change: ChangePreview) -> impl IntoView {
    let today = change.today.map(|draft| {
        let lines = draft.lines.into_iter().map(|line| {
            let name = format!("{} · {}", line.draft.title.get(i18n::language()), line.draft.part.get(i18n::language()));
            view! { <KeyValue name=name><Amount money=line.draft.amount/></KeyValue> }
        });
        let taxes = draft.taxes.into_iter().map(|tax| view! { <KeyValue name=tax.rule.name><Amount money=tax.amount/></KeyValue> });
        view! { <KeyValues>{lines.collect_view()}{taxes.collect_view()}<KeyValue name=tr!(provisioning.configuration.cost_total)><strong><Amount money=draft.total/></strong></KeyValue></KeyValues> }
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
    let may = may_change();
    move || {
        if open.get() {
            let label = label.clone();
            view! { <SubmitButton>{label}</SubmitButton> }.into_any()
        } else {
            let why = if may { tr!(provisioning.configuration.not_now) } else { tr!(provisioning.configuration.others) };
            view! { <p class="field-help">{why}</p> }.into_any()
        }
    }
}

fn may_change() -> bool {
    use_viewer().is_some_and(|viewer| viewer.may(Need::SERVICES_WRITE))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn settings_are_brought_within_the_other_plans_bounds() {
        let schema = json!({ "properties": { "connections": { "minimum": 2, "maximum": 5 }, "name": { "type": "string" } } });
        assert_eq!(fitting(&schema, json!({ "connections": 20, "name": "shop" })), json!({ "connections": 5, "name": "shop" }));
        assert_eq!(fitting(&schema, json!({ "connections": 1 })), json!({ "connections": 2 }));
        assert_eq!(fitting(&schema, json!({ "connections": 4, "other": 99 })), json!({ "connections": 4, "other": 99 }));
    }
}
