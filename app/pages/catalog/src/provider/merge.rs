//! From the editor's forms to the plans of a draft: what was typed is parsed, the rest of the draft stays.

use super::{
    forms::{DescriptionForm, PartForm, PlanForm},
    notation, reading,
};
use catalog::{
    Aggregation, Basis, ChangeTiming, Component, EditorView, Interval, PlanTerms, Price, Proration, Text,
    server::OfferingCommand,
};
use i18n::tr;
use kernel::{ComponentId, Currency, FieldError};
use rust_decimal::Decimal;
use serde_json::Value;
use std::collections::BTreeMap;

/// Complaints of one form.
#[derive(Default)]
struct Complaints(Vec<FieldError>);

impl Complaints {
    fn add(&mut self, field: &str, code: &str, words: impl Into<String>) {
        self.0.push(FieldError::new(format!("/form/{field}"), code, words));
    }

    fn or<T>(self, value: T) -> Result<T, Vec<FieldError>> {
        if self.0.is_empty() { Ok(value) } else { Err(self.0) }
    }
}

pub fn description(form: &DescriptionForm) -> OfferingCommand {
    OfferingCommand {
        slug: form.slug.trim().to_owned(),
        name: text(&form.name_en, &form.name_id),
        category: form.category.trim().to_owned(),
        summary: text(&form.summary_en, &form.summary_id),
        description: text(&form.description_en, &form.description_id),
        driver: Some(form.driver.trim().to_owned()).filter(|driver| !driver.is_empty()),
    }
}

/// The draft's plans as they are.
pub fn plans(view: &EditorView) -> Vec<PlanTerms> {
    view.draft.iter().flat_map(|draft| draft.plans.iter().map(|plan| plan.terms.clone())).collect()
}

/// The plans with the one of the form changed or added.
pub fn plan(mut plans: Vec<PlanTerms>, form: &PlanForm) -> Result<Vec<PlanTerms>, Vec<FieldError>> {
    let mut wrong = Complaints::default();
    let code = form.code.trim().to_owned();
    check_code(&code, plans.iter().any(|plan| plan.code == code && plan.code != form.was), &mut wrong);
    let limits = limits(&form.limits, &mut wrong);
    let trial_days = parsed(&form.trial_days, 0_u16, "trial_days", &mut wrong);
    let config_schema = schema(&form.schema, &mut wrong);
    let known = plans.iter().position(|plan| plan.code == form.was && !form.was.is_empty());
    let terms = PlanTerms {
        code,
        name: text(&form.name_en, &form.name_id),
        tagline: text(&form.tagline_en, &form.tagline_id),
        features: features(&form.features),
        limits,
        components: known.map(|index| plans[index].components.clone()).unwrap_or_default(),
        trial_days,
        proration: match form.proration.as_str() {
            "fixed30" => Proration::Fixed30,
            "seconds" => Proration::Seconds,
            _ => Proration::Days,
        },
        upgrade: timing(&form.upgrade),
        downgrade: timing(&form.downgrade),
        config_schema,
    };
    match known {
        Some(index) => plans[index] = terms,
        None => plans.push(terms),
    }
    wrong.or(plans)
}

pub fn without_plan(mut plans: Vec<PlanTerms>, code: &str) -> Vec<PlanTerms> {
    plans.retain(|plan| plan.code != code);
    plans
}

/// The plans with the priced part of the form changed or added. A plan that the draft lost meanwhile changes nothing.
pub fn part(mut plans: Vec<PlanTerms>, form: &PartForm) -> Result<Vec<PlanTerms>, Vec<FieldError>> {
    let mut wrong = Complaints::default();
    let code = form.code.trim().to_owned();
    let basis = basis(form, &mut wrong);
    let prices = prices(form, &mut wrong);
    if let Some(plan) = plans.iter_mut().find(|plan| plan.code == form.plan) {
        check_code(&code, plan.components.iter().any(|part| part.code == code && part.code != form.was), &mut wrong);
        let known = plan.components.iter().position(|part| part.code == form.was && !form.was.is_empty());
        // A new part's id is given when the draft is saved.
        let id = known.map_or_else(|| ComponentId::from_uuid(Default::default()), |index| plan.components[index].id);
        let part = Component { id, code, name: text(&form.name_en, &form.name_id), unit: text(&form.unit_en, &form.unit_id), basis, prices };
        match known {
            Some(index) => plan.components[index] = part,
            None => plan.components.push(part),
        }
    }
    wrong.or(plans)
}

pub fn without_part(mut plans: Vec<PlanTerms>, plan: &str, code: &str) -> Vec<PlanTerms> {
    for terms in plans.iter_mut().filter(|terms| terms.code == plan) {
        terms.components.retain(|part| part.code != code);
    }
    plans
}

fn text(en: &str, id: &str) -> Text {
    Text::new(en.trim(), id.trim())
}

fn check_code(code: &str, taken: bool, wrong: &mut Complaints) {
    let fits = code.len() <= 40
        && code.starts_with(|first: char| first.is_ascii_lowercase())
        && code.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_');
    if !fits {
        wrong.add("code", "code", tr!(catalog.wrong.code));
    } else if taken {
        wrong.add("code", "code_taken", tr!(catalog.wrong.taken));
    }
}

/// `English | Indonesian`, one a line.
fn features(typed: &str) -> Vec<Text> {
    let lines = typed.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.map(|line| line.split_once('|').map_or_else(|| Text::same(line), |(en, id)| text(en, id))).collect()
}

/// `name = number`, one a line.
fn limits(typed: &str, wrong: &mut Complaints) -> BTreeMap<String, i64> {
    let mut limits = BTreeMap::new();
    for line in typed.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let read = line.split_once('=').and_then(|(name, number)| Some((name.trim().to_owned(), number.trim().replace('−', "-").parse().ok()?)));
        match read.filter(|(name, _)| !name.is_empty()) {
            Some((name, number)) => drop(limits.insert(name, number)),
            None => wrong.add("limits", "limit", tr!(catalog.wrong.limit, text = line).to_string()),
        }
    }
    limits
}

fn schema(typed: &str, wrong: &mut Complaints) -> Value {
    let empty = || serde_json::json!({"type": "object", "additionalProperties": false});
    if typed.trim().is_empty() {
        return empty();
    }
    serde_json::from_str(typed).unwrap_or_else(|error| {
        wrong.add("schema", "json", tr!(catalog.wrong.json, why = error).to_string());
        empty()
    })
}

fn parsed<T: std::str::FromStr>(typed: &str, empty: T, field: &str, wrong: &mut Complaints) -> T {
    let typed = typed.trim();
    if typed.is_empty() {
        return empty;
    }
    typed.parse().unwrap_or_else(|_| {
        wrong.add(field, "number", tr!(catalog.wrong.number));
        empty
    })
}

fn timing(code: &str) -> ChangeTiming {
    if code == "now" { ChangeTiming::Now } else { ChangeTiming::EndOfTerm }
}

fn basis(form: &PartForm, wrong: &mut Complaints) -> Basis {
    match form.basis.as_str() {
        "one_time" => Basis::OneTime,
        "usage" => {
            let meter = form.meter.trim().to_owned();
            if meter.is_empty() {
                wrong.add("meter", "meter", tr!(catalog.wrong.meter));
            }
            let aggregation = match form.aggregation.as_str() {
                "count" => Aggregation::Count,
                "unique_count" => Aggregation::UniqueCount,
                "max" => Aggregation::Max,
                "latest" => Aggregation::Latest,
                "time_weighted_sum" => Aggregation::TimeWeightedSum,
                _ => Aggregation::Sum,
            };
            Basis::Usage { meter, aggregation, included: parsed(&form.included, Decimal::ZERO, "included", wrong) }
        }
        _ => Basis::Recurring,
    }
}

/// Where each field of a price stands in the form.
pub fn price_key(currency: Currency, interval: Interval) -> String {
    format!("{currency}_{interval}")
}

fn prices(form: &PartForm, wrong: &mut Complaints) -> Vec<Price> {
    if !notation::MODELS.contains(&form.model.as_str()) {
        wrong.add("model", "model", tr!(catalog.wrong.choice));
        return Vec::new();
    }
    let mut prices = Vec::new();
    for currency in Currency::ALL {
        for interval in Interval::ALL {
            let key = price_key(currency, interval);
            let typed = form.prices.get(&key).map(|text| text.trim()).unwrap_or_default();
            if typed.is_empty() {
                continue;
            }
            match reading::read(&form.model, typed) {
                Some(written) => prices.push(Price { currency, interval, charge: written.charge, minimum: written.minimum, maximum: written.maximum }),
                None => wrong.add(&format!("prices/{key}"), "price", tr!(catalog.wrong.price, text = typed).to_string()),
            }
        }
    }
    prices
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan_form() -> PlanForm {
        PlanForm { code: "standard".into(), name_en: "Standard".into(), limits: "storage_gb = 20\nconnections=−1".into(), features: "Fast | Cepat\nSame".into(), ..Default::default() }
    }

    #[test]
    fn a_plan_is_added_then_changed_under_its_code() {
        let added = plan(Vec::new(), &plan_form()).expect("it fits");
        assert_eq!(added[0].limits, BTreeMap::from([("storage_gb".into(), 20), ("connections".into(), -1)]));
        assert_eq!(added[0].features, [Text::new("Fast", "Cepat"), Text::same("Same")]);
        let part_form = PartForm {
            plan: "standard".into(),
            code: "fee".into(),
            model: "flat".into(),
            prices: BTreeMap::from([("USD_monthly".into(), "24.00".into()), ("IDR_monthly".into(), String::new())]),
            ..Default::default()
        };
        let priced = part(added, &part_form).expect("it fits");
        assert_eq!(priced[0].components[0].prices.len(), 1);
        let renamed = plan(priced, &PlanForm { was: "standard".into(), code: "plus".into(), ..plan_form() }).expect("it fits");
        assert_eq!((renamed.len(), renamed[0].code.as_str(), renamed[0].components.len()), (1, "plus", 1));
        assert!(without_plan(renamed, "plus").is_empty());
    }

    #[test]
    fn complaints_stand_beside_their_fields() {
        let fields = |complaints: Vec<FieldError>| complaints.into_iter().map(|complaint| complaint.field).collect::<Vec<_>>();
        let wrong = PlanForm { code: "Bad code".into(), limits: "nonsense".into(), schema: "{".into(), trial_days: "x".into(), ..Default::default() };
        assert_eq!(fields(plan(Vec::new(), &wrong).expect_err("four")), ["/form/code", "/form/limits", "/form/trial_days", "/form/schema"]);
        let plans = plan(Vec::new(), &plan_form()).expect("it fits");
        let wrong = PartForm { plan: "standard".into(), code: "fee".into(), basis: "usage".into(), model: "flat".into(), prices: BTreeMap::from([("EUR_annual".into(), "much".into())]), ..Default::default() };
        assert_eq!(fields(part(plans, &wrong).expect_err("two")), ["/form/meter", "/form/prices/EUR_annual"]);
    }
}
