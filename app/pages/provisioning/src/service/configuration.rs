//! A service's name, settings and plan. Another plan is looked at by address (`&plan=..`), so that it works by reloading.

use super::{Acts, plans::Plans};
use crate::{
    plan_fields::{Fitted, differing, fitting},
    sheets::{ConfigurationSheet, PlanCost},
    words,
};
use bills::Preview;
use catalog::{PlanCard, Text};
use kernel::Need;
use kit::{form::schema::properties, prelude::*, time::{date_text, number_text}};
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
    let schema = sheet.current.terms.config_schema;
    let (fields, effects): (Vec<_>, Vec<_>) = asked_back(&schema, &sheet.configuration).into_iter().unzip();
    let effects = effects.join(" ");
    view! {
        <Section title=tr!(provisioning.configuration.title) says=tr!(provisioning.configuration.says)>
            <Card class="stack">
                {planned.map(|plan| view! { <FormNote>{tr!(provisioning.configuration.fits_planned, plan = plan.get(i18n::language()).to_owned())}</FormNote> })}
                <AskBeforeChange id="settings" fields=fields title=tr!(provisioning.configuration.ask_title) says=effects confirm=tr!(provisioning.configuration.save)>
                    <Form action=acts.configure>
                        <input type="hidden" name="form[id]" value=id.to_string()/>
                        // Who may only look gets the settings as they are, not a form that leads nowhere.
                        <fieldset class="contents" disabled=!may_change()>
                            <TextField name="form[name]" label=tr!(provisioning.configuration.name) help=tr!(provisioning.configuration.name_help) value=sheet.name required=true max_length=most/>
                            <SchemaForm schema=schema name="form[configuration]" values=sheet.configuration/>
                        </fieldset>
                        <Submit open=open label=tr!(provisioning.configuration.save)/>
                    </Form>
                </AskBeforeChange>
            </Card>
        </Section>
    }
}

#[component]
fn ChangeForm(card: PlanCard, sheet: ConfigurationSheet, id: kernel::InstanceId, acts: Acts, open: Memo<bool>) -> impl IntoView {
    let plan = card.plan.terms.name.get(i18n::language()).to_owned();
    let schema = differing(&sheet.current.terms.config_schema, &card.plan.terms.config_schema);
    let (values, fitted) = fitting(&schema, sheet.configuration);
    let fitted = adapted(&schema, &fitted);
    let limits = card.plan.terms.limits.iter().map(|(limit, value)| words::limit(limit, *value)).map(|(label, value)| view! { <li>{format!("{label}: {value}")}</li> }).collect_view();
    let label = match sheet.change.as_ref().map(|cost| &cost.preview).filter(|preview| !preview.now) {
        Some(later) => tr!(provisioning.configuration.change_on, plan = plan.clone(), date = date_text(later.takes_effect_on)).to_string(),
        None => tr!(provisioning.configuration.change_to, plan = plan.clone()).to_string(),
    };
    view! {
        <Section id="change".to_owned() title=tr!(provisioning.configuration.change_title, plan = plan) says=tr!(provisioning.configuration.change_says)>
            <Card>
                <Form action=acts.change_plan>
                    <input type="hidden" name="form[id]" value=id.to_string()/>
                    <input type="hidden" name="form[plan]" value=card.plan.id.to_string()/>
                    <SchemaForm schema=schema name="form[configuration]" values=values/>
                    {fitted.into_iter().map(|says| view! { <FormNote>{says}</FormNote> }).collect_view()}
                    {sheet.change.map(|PlanCost { preview, fee }| view! { <Callout tone=Tone::Info><Preview preview=preview fee=fee/></Callout> })}
                    <ul class="muted">{limits}</ul>
                    <div class="cluster">
                        <Submit open=open label=label/>
                        <LinkButton href=format!("/services/{id}?tab=configuration")>{tr!(provisioning.configuration.back)}</LinkButton>
                    </div>
                </Form>
            </Card>
        </Section>
    }
}

/// Names and values of the fields whose change is felt at once by whoever uses the service, each with what it does: a
/// property's `x-change` (`{"en": .., "id": ..}`).
fn asked_back(schema: &Value, now: &Value) -> Vec<((String, String), String)> {
    let effect = |property: &Value| property["x-change"][i18n::language().code()].as_str().map(str::to_owned);
    let held = |name: &str| match &now[name] {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    };
    let field = |name: &str| (format!("form[configuration][{name}]"), held(name));
    properties(schema).into_iter().filter_map(|(name, property)| Some((field(name), effect(property)?))).collect()
}

/// What was brought within the other plan's bounds, in a sentence each.
fn adapted(schema: &Value, fitted: &[Fitted]) -> Vec<String> {
    let label = |name: &str| schema["properties"][name]["x-title"][i18n::language().code()].as_str().unwrap_or(name).to_owned();
    let number = |value: f64| number_text(value, 2);
    fitted.iter().map(|fit| tr!(provisioning.configuration.fitted, field = label(&fit.property), from = number(fit.from), to = number(fit.to)).to_string()).collect()
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
    fn a_change_that_others_feel_is_asked_back_about() {
        let schema = json!({ "properties": {
            "database_name": { "x-change": { "en": "The address changes.", "id": "Alamat berubah." } },
            "connections": { "x-title": { "en": "Connection limit" } },
        } });
        let field = ("form[configuration][database_name]".to_owned(), "app".to_owned());
        assert_eq!(asked_back(&schema, &json!({ "database_name": "app", "connections": 5 })), [(field, "The address changes.".to_owned())]);
        let fitted = Fitted { property: "connections".to_owned(), from: 20.0, to: 5.0 };
        assert_eq!(adapted(&schema, &[fitted]), ["Connection limit: 20 becomes 5, as this plan allows."]);
    }
}
