//! The form of one plan of the draft, its priced parts, and the order form that its schema will draw.

use super::draft::{Edits, NEW};
use catalog::{ChangeTiming, PlanTerms, Proration};
use kit::prelude::*;
use leptos::prelude::*;
use serde_json::json;

#[component]
pub fn PlanEditor(offering: String, slug: String, plan: Option<PlanTerms>, edits: Edits) -> impl IntoView {
    let title = plan.as_ref().map_or_else(|| tr!(catalog.provider.new_plan).to_string(), |plan| plan.name.get(i18n::language()).to_owned());
    let close = view! { <LinkButton href=format!("/provider/catalog/{slug}#draft") icon=icons::LuX>{tr!(catalog.provider.close)}</LinkButton> };
    let (known, to_fill) = (plan.clone(), offering.clone());
    view! {
        <Section title=title actions=close.into_any()>
            <Card>
                <Form action=edits.save_plan>
                    <PlanFields offering=to_fill plan=plan/>
                    <SubmitButton>{tr!(catalog.provider.save_plan)}</SubmitButton>
                </Form>
            </Card>
            {known.map(|plan| view! {
                <Parts slug=slug.clone() plan=plan.clone()/>
                <Section title=tr!(catalog.provider.form_preview)>
                    <Card><SchemaForm schema=plan.config_schema.clone() name="preview"/></Card>
                </Section>
                <div>
                    <Confirm id="remove-plan" label=tr!(catalog.provider.remove_plan) kind=ButtonKind::Danger icon=icons::LuTrash2
                        title=tr!(catalog.provider.remove_plan) says=tr!(catalog.provider.remove_plan_says)>
                        <Form action=edits.remove_plan quiet=true>
                            <input type="hidden" name="offering" value=offering.clone()/>
                            <input type="hidden" name="plan" value=plan.code.clone()/>
                            <SubmitButton kind=ButtonKind::Danger>{tr!(catalog.provider.remove_plan)}</SubmitButton>
                        </Form>
                    </Confirm>
                </div>
            })}
        </Section>
    }
}

#[component]
fn PlanFields(offering: String, plan: Option<PlanTerms>) -> impl IntoView {
    let of = |read: fn(&PlanTerms) -> String| plan.as_ref().map(read).unwrap_or_default();
    let timings = || vec![Choice::new("now", tr!(catalog.provider.timings.now)), Choice::new("end_of_term", tr!(catalog.provider.timings.end_of_term))];
    let prorations = vec![
        Choice::new("days", tr!(catalog.provider.prorations.days)),
        Choice::new("fixed30", tr!(catalog.provider.prorations.fixed30)),
        Choice::new("seconds", tr!(catalog.provider.prorations.seconds)),
    ];
    let (upgrade, downgrade) = plan.as_ref().map_or(("now", "end_of_term"), |plan| (timing(plan.upgrade), timing(plan.downgrade)));
    let proration = plan.as_ref().map_or("days", |plan| match plan.proration {
        Proration::Days => "days",
        Proration::Fixed30 => "fixed30",
        Proration::Seconds => "seconds",
    });
    let schema = plan.as_ref().map_or_else(|| json!({"type": "object", "additionalProperties": false, "properties": {}}), |plan| plan.config_schema.clone());
    // A value of plain JSON always prints.
    let schema = serde_json::to_string_pretty(&schema).unwrap_or_default();
    view! {
        <input type="hidden" name="form[offering]" value=offering/>
        <input type="hidden" name="form[was]" value=of(|plan| plan.code.clone())/>
        <TextField name="form[code]" label=tr!(catalog.provider.code) help=tr!(catalog.provider.code_help) value=of(|plan| plan.code.clone()) required=true max_length=40/>
        <div class="grid gap-4 md:grid-cols-2">
            <TextField name="form[name_en]" label=tr!(catalog.provider.name_en) value=of(|plan| plan.name.en.clone()) required=true max_length=80/>
            <TextField name="form[name_id]" label=tr!(catalog.provider.name_id) value=of(|plan| plan.name.id.clone()) max_length=80/>
            <TextField name="form[tagline_en]" label=tr!(catalog.provider.tagline_en) value=of(|plan| plan.tagline.en.clone()) max_length=200/>
            <TextField name="form[tagline_id]" label=tr!(catalog.provider.tagline_id) value=of(|plan| plan.tagline.id.clone()) max_length=200/>
        </div>
        <TextArea name="form[features]" label=tr!(catalog.provider.features) help=tr!(catalog.provider.features_help) rows=5 max_length=4000
            value=of(|plan| plan.features.iter().map(|text| if text.en == text.id { text.en.clone() } else { format!("{} | {}", text.en, text.id) }).collect::<Vec<_>>().join("\n"))/>
        <TextArea name="form[limits]" label=tr!(catalog.provider.limits) help=tr!(catalog.provider.limits_help) rows=4 max_length=2000 mono=true
            value=of(|plan| plan.limits.iter().map(|(name, limit)| format!("{name} = {limit}")).collect::<Vec<_>>().join("\n"))/>
        <div class="grid gap-4 md:grid-cols-2">
            <NumberField name="form[trial_days]" label=tr!(catalog.provider.trial_days) unit=tr!(catalog.provider.days) min="0" max="365" value=of(|plan| plan.trial_days.to_string())/>
            <SelectField name="form[proration]" label=tr!(catalog.provider.proration) choices=prorations value=proration required=true/>
            <SelectField name="form[upgrade]" label=tr!(catalog.provider.upgrade) choices=timings() value=upgrade required=true/>
            <SelectField name="form[downgrade]" label=tr!(catalog.provider.downgrade) choices=timings() value=downgrade required=true/>
        </div>
        <TextArea name="form[schema]" label=tr!(catalog.provider.schema) help=tr!(catalog.provider.schema_help) value=schema rows=14 max_length=65536 mono=true/>
    }
}

const fn timing(timing: ChangeTiming) -> &'static str {
    match timing {
        ChangeTiming::Now => "now",
        ChangeTiming::EndOfTerm => "end_of_term",
    }
}

/// The plan's priced parts, each a link to its form.
#[component]
fn Parts(slug: String, plan: PlanTerms) -> impl IntoView {
    let language = i18n::language();
    let address = |part: &str| format!("/provider/catalog/{slug}?plan={}&part={part}#editor", plan.code);
    let add = view! { <LinkButton href=address(NEW) icon=icons::LuPlus>{tr!(catalog.provider.add_part)}</LinkButton> };
    let rows = plan
        .components
        .iter()
        .map(|part| {
            let models: std::collections::BTreeSet<&str> = part.prices.iter().map(|price| price.charge.code()).collect();
            let sold: std::collections::BTreeSet<&str> = part.prices.iter().map(|price| price.currency.code()).collect();
            Row::link(address(&part.code))
                .cell(part.name.get(language).to_owned())
                .cell(super::part_form::basis_name(&part.basis))
                .cell(models.into_iter().map(super::part_form::model_name).collect::<Vec<_>>().join(", "))
                .cell(sold.into_iter().collect::<Vec<_>>().join(", "))
        })
        .collect();
    let empty = view! { <EmptyState icon=icons::LuTags title=tr!(catalog.provider.parts) says=tr!(catalog.finding.required)/> };
    view! {
        <Section title=tr!(catalog.provider.parts) actions=add.into_any()>
            <Table
                caption=tr!(catalog.provider.parts)
                columns=vec![
                    Column::new("part", tr!(catalog.provider.part)),
                    Column::new("basis", tr!(catalog.provider.basis)),
                    Column::new("model", tr!(catalog.provider.model)),
                    Column::new("prices", tr!(catalog.provider.prices)),
                ]
                rows=rows
                empty=empty.into_any()
            />
        </Section>
    }
}
