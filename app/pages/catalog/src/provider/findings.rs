//! What stands in the way of publishing, and what is worth a second look.

use catalog::{DraftFinding, PlanTerms, Severity};
use kernel::Language;
use kit::prelude::*;
use leptos::prelude::*;

#[component]
pub fn Findings(findings: Vec<DraftFinding>, plans: Vec<PlanTerms>) -> impl IntoView {
    if findings.is_empty() {
        return view! { <Callout tone=Tone::Good>{tr!(catalog.provider.no_findings)}</Callout> }.into_any();
    }
    let (errors, warnings): (Vec<_>, Vec<_>) = findings.into_iter().partition(|finding| finding.severity == Severity::Error);
    let plans = StoredValue::new(plans);
    let list = move |tone: Tone, title: &'static str, findings: Vec<DraftFinding>| {
        (!findings.is_empty()).then(|| view! {
            <Callout tone=tone title=title>
                <ul class="complaints">
                    {findings.iter().map(|finding| {
                        let place = plans.with_value(|plans| place(&finding.pointer, plans));
                        view! { <li data-finding=finding.code.clone()>{tr!(catalog.finding.at, place = place, what = what(finding))}</li> }
                    }).collect_view()}
                </ul>
            </Callout>
        })
    };
    view! {
        {list(Tone::Bad, tr!(catalog.provider.errors_title), errors)}
        {list(Tone::Warn, tr!(catalog.provider.warnings_title), warnings)}
    }
    .into_any()
}

/// `/0/components/1/prices` as `Standard › Storage`.
fn place(pointer: &str, plans: &[PlanTerms]) -> String {
    let language = i18n::language();
    let mut parts = pointer.split('/').skip(1);
    let plan = parts.next().and_then(|index| plans.get(index.parse::<usize>().ok()?));
    let Some(plan) = plan else { return tr!(catalog.finding.whole).to_string() };
    let name = if plan.name.is_empty() { plan.code.clone() } else { plan.name.get(language).to_owned() };
    let part = match parts.next() {
        Some("components") => parts.next().and_then(|index| plan.components.get(index.parse::<usize>().ok()?)).map(|part| part.name.get(language).to_owned()),
        Some("config_schema") => Some(tr!(catalog.provider.schema).to_string()),
        Some(_) | None => None,
    };
    match part {
        Some(part) => format!("{name} › {part}"),
        None => name,
    }
}

/// English findings say more than their code alone; other readers get their own words.
fn what(finding: &DraftFinding) -> String {
    if i18n::language() == Language::En {
        return finding.message.clone();
    }
    let words = match finding.code.as_str() {
        "no_plans" => tr!(catalog.finding.no_plans),
        "too_many_plans" => tr!(catalog.finding.too_many_plans),
        "code" => tr!(catalog.finding.code),
        "taken" => tr!(catalog.finding.taken),
        "required" => tr!(catalog.finding.required),
        "too_many" => tr!(catalog.finding.too_many),
        "negative" => tr!(catalog.finding.negative),
        "monthly_missing" => tr!(catalog.finding.monthly_missing),
        "price_missing" => tr!(catalog.finding.price_missing),
        "not_positive" => tr!(catalog.finding.not_positive),
        "above_maximum" => tr!(catalog.finding.above_maximum),
        "volume_falls" => tr!(catalog.finding.volume_falls),
        "tier_count" => tr!(catalog.finding.tier_count),
        "tiers_not_rising" => tr!(catalog.finding.tiers_not_rising),
        "no_last_tier" => tr!(catalog.finding.no_last_tier),
        "open_tier_inside" => tr!(catalog.finding.open_tier_inside),
        "too_large" => tr!(catalog.finding.too_large),
        "included_of_sums" => tr!(catalog.finding.included_of_sums),
        "price_too_large" => tr!(catalog.finding.price_too_large),
        "not_an_object" => tr!(catalog.finding.not_an_object),
        "external_reference" => tr!(catalog.finding.external_reference),
        "schema" => tr!(catalog.finding.schema),
        _ => return finding.message.clone(),
    };
    words.to_string()
}
