//! The form of one priced part: what it charges for, and its price in every currency and term.

use super::{
    draft::Edits,
    notation::{MODELS, Written, write},
};
use catalog::{Aggregation, Basis, Component, Interval};
use kernel::Currency;
use kit::prelude::*;
use leptos::prelude::*;

#[component]
pub fn PartEditor(offering: String, slug: String, plan: String, part: Option<Component>, edits: Edits) -> impl IntoView {
    let title = part.as_ref().map_or_else(|| tr!(catalog.provider.new_part).to_string(), |part| part.name.get(i18n::language()).to_owned());
    let close = view! { <LinkButton href=format!("/provider/catalog/{slug}?plan={plan}#editor") icon=icons::LuX>{tr!(catalog.provider.close)}</LinkButton> };
    let code = part.as_ref().map(|part| part.code.clone());
    let (for_removal, plan_of_removal) = (offering.clone(), plan.clone());
    view! {
        <Section title=title actions=close.into_any()>
            <Card>
                <Form action=edits.save_part>
                    <input type="hidden" name="form[offering]" value=offering/>
                    <input type="hidden" name="form[plan]" value=plan/>
                    <PartFields part=part/>
                    <SubmitButton>{tr!(catalog.provider.save_part)}</SubmitButton>
                </Form>
            </Card>
            {code.map(|code| view! {
                <div>
                    <Confirm id="remove-part" label=tr!(catalog.provider.remove_part) kind=ButtonKind::Danger icon=icons::LuTrash2
                        title=tr!(catalog.provider.remove_part) says=tr!(catalog.provider.remove_part_says)>
                        <Form action=edits.remove_part quiet=true>
                            <input type="hidden" name="offering" value=for_removal.clone()/>
                            <input type="hidden" name="plan" value=plan_of_removal.clone()/>
                            <input type="hidden" name="part" value=code.clone()/>
                            <SubmitButton kind=ButtonKind::Danger>{tr!(catalog.provider.remove_part)}</SubmitButton>
                        </Form>
                    </Confirm>
                </div>
            })}
        </Section>
    }
}

#[component]
fn PartFields(part: Option<Component>) -> impl IntoView {
    let of = |read: fn(&Component) -> String| part.as_ref().map(read).unwrap_or_default();
    let bases = vec![
        Choice::new("recurring", tr!(catalog.provider.bases.recurring)),
        Choice::new("one_time", tr!(catalog.provider.bases.one_time)),
        Choice::new("usage", tr!(catalog.provider.bases.usage)),
    ];
    let aggregations = [Aggregation::Sum, Aggregation::Count, Aggregation::UniqueCount, Aggregation::Max, Aggregation::Latest, Aggregation::TimeWeightedSum];
    let aggregations = aggregations.map(|aggregation| Choice::new(aggregation.code(), aggregation_name(aggregation))).to_vec();
    let models = MODELS.map(|model| Choice::new(model, model_name(model))).to_vec();
    let (meter, aggregation, included) = match part.as_ref().map(|part| &part.basis) {
        Some(Basis::Usage { meter, aggregation, included }) => (meter.clone(), aggregation.code(), included.to_string()),
        Some(Basis::Recurring | Basis::OneTime) | None => (String::new(), "sum", String::new()),
    };
    let basis = part.as_ref().map_or("recurring", |part| match part.basis {
        Basis::Recurring => "recurring",
        Basis::OneTime => "one_time",
        Basis::Usage { .. } => "usage",
    });
    let model = part.as_ref().and_then(|part| part.prices.first()).map_or("flat", |price| price.charge.code());
    view! {
        <input type="hidden" name="form[was]" value=of(|part| part.code.clone())/>
        <div class="grid gap-4 md:grid-cols-2">
            <TextField name="form[code]" label=tr!(catalog.provider.code) value=of(|part| part.code.clone()) required=true max_length=40/>
            <SelectField name="form[basis]" label=tr!(catalog.provider.basis) choices=bases value=basis required=true/>
            <TextField name="form[name_en]" label=tr!(catalog.provider.name_en) value=of(|part| part.name.en.clone()) required=true max_length=80/>
            <TextField name="form[name_id]" label=tr!(catalog.provider.name_id) value=of(|part| part.name.id.clone()) max_length=80/>
            <TextField name="form[unit_en]" label=tr!(catalog.provider.unit_en) value=of(|part| part.unit.en.clone()) max_length=40/>
            <TextField name="form[unit_id]" label=tr!(catalog.provider.unit_id) value=of(|part| part.unit.id.clone()) max_length=40/>
            <TextField name="form[meter]" label=tr!(catalog.provider.meter) help=tr!(catalog.provider.meter_help) value=meter max_length=60/>
            <SelectField name="form[aggregation]" label=tr!(catalog.provider.aggregation) choices=aggregations value=aggregation required=true/>
            <NumberField name="form[included]" label=tr!(catalog.provider.included) help=tr!(catalog.provider.included_help) value=included min="0" step="any"/>
            <SelectField name="form[model]" label=tr!(catalog.provider.model) choices=models value=model required=true/>
        </div>
        <fieldset class="schema-group">
            <legend class="field-label">{tr!(catalog.provider.prices)}</legend>
            <p class="field-help">{tr!(catalog.provider.prices_help)}</p>
            <div class="grid gap-4 md:grid-cols-3">{price_fields(part.as_ref())}</div>
        </fieldset>
    }
}

fn price_fields(part: Option<&Component>) -> impl IntoView {
    let mut fields = Vec::new();
    for currency in Currency::ALL {
        for interval in Interval::ALL {
            let price = part.and_then(|part| part.price(currency, interval));
            let value = price.map(|price| write(&Written { charge: price.charge.clone(), minimum: price.minimum, maximum: price.maximum })).unwrap_or_default();
            let name = format!("form[prices][{currency}_{interval}]");
            fields.push(view! { <TextField name=name label=format!("{currency}, {}", interval_name(interval)) value=value autocomplete="off"/> });
        }
    }
    fields.collect_view()
}

fn interval_name(interval: Interval) -> &'static str {
    match interval {
        Interval::Monthly => tr!(catalog.provider.intervals.monthly),
        Interval::Quarterly => tr!(catalog.provider.intervals.quarterly),
        Interval::Annual => tr!(catalog.provider.intervals.annual),
    }
}

pub fn basis_name(basis: &Basis) -> &'static str {
    match basis {
        Basis::Recurring => tr!(catalog.provider.bases.recurring),
        Basis::OneTime => tr!(catalog.provider.bases.one_time),
        Basis::Usage { .. } => tr!(catalog.provider.bases.usage),
    }
}

fn aggregation_name(aggregation: Aggregation) -> &'static str {
    match aggregation {
        Aggregation::Sum => tr!(catalog.provider.aggregations.sum),
        Aggregation::Count => tr!(catalog.provider.aggregations.count),
        Aggregation::UniqueCount => tr!(catalog.provider.aggregations.unique_count),
        Aggregation::Max => tr!(catalog.provider.aggregations.max),
        Aggregation::Latest => tr!(catalog.provider.aggregations.latest),
        Aggregation::TimeWeightedSum => tr!(catalog.provider.aggregations.time_weighted_sum),
    }
}

/// A charge model's name by its code.
pub fn model_name(code: &str) -> &'static str {
    match code {
        "per_unit" => tr!(catalog.provider.models.per_unit),
        "graduated" => tr!(catalog.provider.models.graduated),
        "volume" => tr!(catalog.provider.models.volume),
        "package" => tr!(catalog.provider.models.package),
        "percentage" => tr!(catalog.provider.models.percentage),
        "graduated_percentage" => tr!(catalog.provider.models.graduated_percentage),
        _ => tr!(catalog.provider.models.flat),
    }
}
