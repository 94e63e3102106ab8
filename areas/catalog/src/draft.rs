//! What is wrong with a draft's plans before they may be published, and what is merely worth a second look.

use crate::{Aggregation, Basis, ChargeModel, Interval, PlanTerms, Price, Tier};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Bytes of a configuration schema.
pub const SCHEMA_LIMIT: usize = 64 * 1024;
/// Plans of one version, components of one plan, tiers of one price.
const PLANS_LIMIT: usize = 20;
const COMPONENTS_LIMIT: usize = 50;
const TIERS_LIMIT: usize = 50;
/// No price or rate may be larger, and no tier's bound, so that quantities can be calculated with.
const LARGEST_PRICE: i64 = 1_000_000_000_000;
const LARGEST_BOUND: i64 = 1_000_000_000_000_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Publishing is refused.
    Error,
    Warning,
}

/// One finding, with a JSON pointer into the list of plans.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftFinding {
    pub severity: Severity,
    pub pointer: String,
    /// Stable code that pages translate.
    pub code: String,
    pub message: String,
}

struct Findings(Vec<DraftFinding>);

impl Findings {
    fn error(&mut self, pointer: &str, code: &str, message: impl Into<String>) {
        self.add(Severity::Error, pointer, code, message.into());
    }

    fn warn(&mut self, pointer: &str, code: &str, message: impl Into<String>) {
        self.add(Severity::Warning, pointer, code, message.into());
    }

    fn add(&mut self, severity: Severity, pointer: &str, code: &str, message: String) {
        self.0.push(DraftFinding { severity, pointer: pointer.to_owned(), code: code.to_owned(), message });
    }
}

/// Every finding about a draft's plans that needs no schema validator; the server adds those about schemas.
pub fn check_draft(plans: &[PlanTerms]) -> Vec<DraftFinding> {
    let mut findings = Findings(Vec::new());
    if plans.is_empty() {
        findings.error("", "no_plans", "An offering needs at least one plan.");
    }
    if plans.len() > PLANS_LIMIT {
        findings.error("", "too_many_plans", format!("At most {PLANS_LIMIT} plans."));
    }
    let mut codes = BTreeSet::new();
    for (index, plan) in plans.iter().enumerate() {
        let at = format!("/{index}");
        if !is_code(&plan.code) {
            findings.error(&format!("{at}/code"), "code", "Lower-case letters, digits and hyphens, beginning with a letter.");
        } else if !codes.insert(plan.code.clone()) {
            findings.error(&format!("{at}/code"), "taken", "Another plan has this code.");
        }
        if plan.name.is_empty() {
            findings.error(&format!("{at}/name"), "required", "The plan needs a name.");
        }
        check_components(plan, &at, &mut findings);
        check_schema_shape(plan, &at, &mut findings);
    }
    findings.0
}

/// What the plans of a service need besides: services are charged for by the month, whatever else they are sold for.
pub fn check_service(plans: &[PlanTerms]) -> Vec<DraftFinding> {
    let mut findings = Findings(Vec::new());
    for (index, plan) in plans.iter().enumerate() {
        let prices = || plan.components.iter().flat_map(|component| &component.prices);
        let currencies: BTreeSet<_> = prices().map(|price| price.currency).collect();
        for currency in currencies {
            if !prices().any(|price| (price.currency, price.interval) == (currency, Interval::Monthly)) {
                let says = format!("Services are charged for by the month, and in {currency} nothing has a monthly price.");
                findings.error(&format!("/{index}/components"), "monthly_missing", says);
            }
        }
    }
    findings.0
}

fn check_components(plan: &PlanTerms, at: &str, findings: &mut Findings) {
    if plan.components.is_empty() {
        findings.error(&format!("{at}/components"), "required", "The plan needs at least one price.");
    }
    if plan.components.len() > COMPONENTS_LIMIT {
        findings.error(&format!("{at}/components"), "too_many", format!("At most {COMPONENTS_LIMIT} priced parts."));
    }
    let (mut codes, mut meters) = (BTreeSet::new(), BTreeSet::new());
    let sold: BTreeSet<_> = plan.components.iter().flat_map(|c| c.prices.iter().map(|p| (p.currency, p.interval))).collect();
    for (index, component) in plan.components.iter().enumerate() {
        let at = format!("{at}/components/{index}");
        if !codes.insert(component.code.clone()) {
            findings.error(&format!("{at}/code"), "taken", "Another part of this plan has this code.");
        }
        if let Basis::Usage { meter, included, aggregation } = &component.basis {
            if !meters.insert(meter.clone()) {
                findings.error(&format!("{at}/meter"), "taken", "Another part of this plan charges for this meter.");
            }
            let of_events = component.prices.iter().any(|price| price.charge.needs_each_event());
            if of_events && !included.is_zero() && *aggregation != Aggregation::Sum {
                findings.error(&format!("{at}/included"), "included_of_sums", "What a percentage includes is an amount: its meter adds amounts up.");
            }
            if included.is_sign_negative() && !included.is_zero() {
                findings.error(&format!("{at}/included"), "negative", "An included quantity is zero or more.");
            }
        }
        let mut seen = BTreeSet::new();
        for (number, price) in component.prices.iter().enumerate() {
            let at = format!("{at}/prices/{number}");
            if !seen.insert((price.currency, price.interval)) {
                findings.error(&at, "taken", "There is already a price for this currency and term.");
            }
            check_price(price, &at, findings);
        }
        for (currency, interval) in sold.difference(&seen) {
            findings.error(
                &format!("{at}/prices"),
                "price_missing",
                format!("No price in {currency} for {interval} terms, though other parts of the plan have one."),
            );
        }
    }
}

fn check_price(price: &Price, at: &str, findings: &mut Findings) {
    let mut amounts: Vec<(&str, Decimal)> = Vec::new();
    amounts.extend(price.minimum.map(|amount| ("minimum", amount)));
    amounts.extend(price.maximum.map(|amount| ("maximum", amount)));
    match &price.charge {
        ChargeModel::Flat { amount } => amounts.push(("charge/amount", *amount)),
        ChargeModel::PerUnit { unit_price } => amounts.push(("charge/unit_price", *unit_price)),
        ChargeModel::Package { size, price } => {
            amounts.push(("charge/price", *price));
            if *size <= Decimal::ZERO {
                findings.error(&format!("{at}/charge/size"), "not_positive", "A package holds more than nothing.");
            }
        }
        ChargeModel::Percentage { rate, fixed, free_amount, .. } => {
            amounts.extend([("charge/rate", *rate), ("charge/fixed", *fixed), ("charge/free_amount", *free_amount)]);
        }
        ChargeModel::Graduated { tiers } | ChargeModel::Volume { tiers } => {
            check_tiers(tiers.iter().map(|tier| tier.up_to), at, findings);
            for tier in tiers {
                amounts.extend([("charge/tiers", tier.unit_price), ("charge/tiers", tier.flat)]);
                if tier.block.is_some_and(|block| block <= Decimal::ZERO) {
                    findings.error(&format!("{at}/charge/tiers"), "not_positive", "A block holds more than nothing.");
                }
            }
        }
        ChargeModel::GraduatedPercentage { tiers } => {
            check_tiers(tiers.iter().map(|tier| tier.up_to), at, findings);
            for tier in tiers {
                amounts.extend([("charge/tiers", tier.rate), ("charge/tiers", tier.flat)]);
            }
        }
    }
    for (field, amount) in amounts {
        if amount < Decimal::ZERO {
            findings.error(&format!("{at}/{field}"), "negative", "Prices are zero or more.");
        }
        if amount > Decimal::from(LARGEST_PRICE) {
            findings.error(&format!("{at}/{field}"), "price_too_large", format!("Prices are at most {LARGEST_PRICE}."));
        }
    }
    if let (Some(minimum), Some(maximum)) = (price.minimum, price.maximum)
        && minimum > maximum
    {
        findings.error(&format!("{at}/minimum"), "above_maximum", "The least is more than the most.");
    }
    if let ChargeModel::Volume { tiers } = &price.charge
        && let Some(bound) = where_volume_falls(tiers)
    {
        findings.warn(
            &format!("{at}/charge/tiers"),
            "volume_falls",
            format!("Just above {bound} units the whole costs less than at {bound}: customers pay less for using more."),
        );
    }
}

/// Bounds rise and only the last tier is open.
fn check_tiers(bounds: impl ExactSizeIterator<Item = Option<Decimal>>, at: &str, findings: &mut Findings) {
    let at = format!("{at}/charge/tiers");
    let count = bounds.len();
    if count == 0 || count > TIERS_LIMIT {
        findings.error(&at, "tier_count", format!("One to {TIERS_LIMIT} tiers."));
    }
    let mut previous = Decimal::ZERO;
    for (index, bound) in bounds.enumerate() {
        match bound {
            Some(bound) if bound <= previous => findings.error(&at, "tiers_not_rising", "Each tier ends above the one before it."),
            Some(bound) => {
                previous = bound;
                if bound > Decimal::from(LARGEST_BOUND) {
                    findings.error(&at, "price_too_large", format!("A tier ends at {LARGEST_BOUND} at most."));
                }
                if index + 1 == count {
                    findings.error(&at, "no_last_tier", "The last tier is open: it has no upper bound.");
                }
            }
            None if index + 1 < count => findings.error(&at, "open_tier_inside", "Only the last tier is open."),
            None => {}
        }
    }
}

/// The first tier bound after which one unit more makes the whole cheaper; none where the numbers are beyond calculating with,
/// which is a finding of its own.
pub fn where_volume_falls(tiers: &[Tier]) -> Option<Decimal> {
    tiers.windows(2).find_map(|pair| {
        let bound = pair[0].up_to?;
        let total = |tier: &Tier| {
            let units = match tier.block {
                Some(block) if block > Decimal::ZERO => bound.checked_div(block)?.ceil(),
                Some(_) | None => bound,
            };
            units.checked_mul(tier.unit_price)?.checked_add(tier.flat)
        };
        (total(&pair[1])? < total(&pair[0])?).then_some(bound)
    })
}

fn check_schema_shape(plan: &PlanTerms, at: &str, findings: &mut Findings) {
    let at = format!("{at}/config_schema");
    let text = plan.config_schema.to_string();
    if text.len() > SCHEMA_LIMIT {
        findings.error(&at, "too_large", format!("A schema has at most {} kB.", SCHEMA_LIMIT / 1024));
    }
    if !plan.config_schema.is_object() {
        findings.error(&at, "not_an_object", "A schema is a JSON object.");
    }
    if has_external_reference(&plan.config_schema) {
        findings.error(&at, "external_reference", "A schema refers to nothing outside itself: `$ref` begins with `#`.");
    }
}

fn has_external_reference(value: &serde_json::Value) -> bool {
    match value {
        serde_json::Value::Object(fields) => fields.iter().any(|(name, inner)| {
            let refers = matches!(name.as_str(), "$ref" | "$dynamicRef") && inner.as_str().is_some_and(|target| !target.starts_with('#'));
            refers || has_external_reference(inner)
        }),
        serde_json::Value::Array(items) => items.iter().any(has_external_reference),
        serde_json::Value::Null | serde_json::Value::Bool(_) | serde_json::Value::Number(_) | serde_json::Value::String(_) => false,
    }
}

fn is_code(text: &str) -> bool {
    let mut characters = text.chars();
    text.len() <= 40
        && characters.next().is_some_and(|first| first.is_ascii_lowercase())
        && characters.all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ChangeTiming, Component, Interval, Text};
    use kernel::{ComponentId, Currency};

    fn dec(text: &str) -> Decimal {
        text.parse().expect("a decimal")
    }

    fn tier(up_to: Option<&str>, unit_price: &str, flat: &str) -> Tier {
        Tier { up_to: up_to.map(dec), unit_price: dec(unit_price), flat: dec(flat), block: None }
    }

    fn plan(charge: ChargeModel) -> PlanTerms {
        PlanTerms {
            code: "standard".into(),
            name: Text::same("Standard"),
            tagline: Text::default(),
            features: vec![],
            limits: Default::default(),
            components: vec![Component {
                id: ComponentId::from_uuid(uuid::Uuid::nil()),
                code: "fee".into(),
                name: Text::same("Fee"),
                unit: Text::same("month"),
                basis: Basis::Recurring,
                prices: vec![Price { currency: Currency::Usd, interval: Interval::Monthly, charge, minimum: None, maximum: None }],
            }],
            trial_days: 0,
            proration: Default::default(),
            upgrade: ChangeTiming::Now,
            downgrade: ChangeTiming::EndOfTerm,
            config_schema: serde_json::json!({"type": "object"}),
        }
    }

    fn codes(plans: &[PlanTerms]) -> Vec<String> {
        check_draft(plans).into_iter().map(|finding| finding.code).collect()
    }

    #[test]
    fn g57_warns_of_a_volume_price_that_falls() {
        let tiers = vec![tier(Some("100"), "2", "10"), tier(Some("200"), "1", "0"), tier(None, "0.5", "50")];
        let findings = check_draft(&[plan(ChargeModel::Volume { tiers })]);
        assert_eq!(findings.len(), 1, "{findings:?}");
        assert_eq!((findings[0].severity, findings[0].code.as_str()), (Severity::Warning, "volume_falls"));
        let rising = vec![tier(Some("100"), "1", "0"), tier(None, "1", "10")];
        assert!(codes(&[plan(ChargeModel::Volume { tiers: rising })]).is_empty());
    }

    #[test]
    fn numbers_beyond_calculating_with_are_a_finding() {
        let largest = Decimal::MAX.to_string();
        let of = |tiers: Vec<Tier>| {
            let mut found = codes(&[plan(ChargeModel::Volume { tiers })]);
            found.dedup();
            found
        };
        let blocks = |price: &str, block: &str| Tier { block: Some(dec(block)), ..tier(Some(&largest), price, "0") };
        for tiers in [
            vec![tier(Some(&largest), &largest, &largest), tier(None, "1", "0")],
            vec![tier(Some(&largest), "1", "0"), tier(None, &largest, "0")],
            vec![tier(Some(&largest), "2", "0"), tier(None, "2", &largest)],
            vec![blocks("1", "0.0000000001"), tier(None, "1", "0")],
        ] {
            assert_eq!(of(tiers.clone()), ["price_too_large"], "{tiers:?}");
        }
        // The largest that are allowed can still be told apart.
        let (price, bound) = (LARGEST_PRICE.to_string(), LARGEST_BOUND.to_string());
        assert_eq!(of(vec![tier(Some(&bound), &price, &price), tier(None, &price, "0")]), ["volume_falls"]);
        assert_eq!(codes(&[plan(ChargeModel::Flat { amount: Decimal::MAX })]), ["price_too_large"]);
    }

    #[test]
    fn a_percentage_includes_an_amount_and_no_number_of_events() {
        let found = |aggregation, included: &str| {
            let mut terms = plan(ChargeModel::Percentage { rate: dec("10"), fixed: dec("0"), free_events: 0, free_amount: dec("0") });
            terms.components[0].basis = Basis::Usage { meter: "sales".into(), aggregation, included: dec(included) };
            codes(&[terms])
        };
        assert!(found(Aggregation::Sum, "100").is_empty());
        assert!(found(Aggregation::Count, "0").is_empty());
        assert_eq!(found(Aggregation::Count, "100"), ["included_of_sums"]);
        assert_eq!(found(Aggregation::Max, "100"), ["included_of_sums"]);
    }

    #[test]
    fn refuses_negative_money_disorder_and_doubles() {
        assert_eq!(codes(&[plan(ChargeModel::Flat { amount: dec("-1") })]), ["negative"]);
        assert_eq!(codes(&[plan(ChargeModel::Package { size: dec("0"), price: dec("1") })]), ["not_positive"]);
        assert_eq!(codes(&[plan(ChargeModel::Graduated { tiers: vec![tier(Some("5"), "1", "0"), tier(Some("5"), "1", "0")] })]), ["tiers_not_rising"]);
        assert_eq!(codes(&[plan(ChargeModel::Graduated { tiers: vec![tier(Some("5"), "1", "0")] })]), ["no_last_tier"]);
        let one = plan(ChargeModel::Flat { amount: dec("1") });
        assert_eq!(codes(&[one.clone(), one]), ["taken"]);
        assert_eq!(codes(&[]), ["no_plans"]);
    }

    #[test]
    fn a_service_is_sold_by_the_month_in_each_of_its_currencies() {
        let mut terms = plan(ChargeModel::Flat { amount: dec("1") });
        let price = terms.components[0].prices[0].clone();
        assert_eq!(check_service(std::slice::from_ref(&terms)), []);
        terms.components[0].prices.push(Price { currency: Currency::Idr, interval: Interval::Annual, ..price.clone() });
        let findings = check_service(&[plan(ChargeModel::Flat { amount: dec("1") }), terms.clone()]);
        assert_eq!(findings.iter().map(|finding| (finding.severity, finding.pointer.as_str(), finding.code.as_str())).collect::<Vec<_>>(), [(Severity::Error, "/1/components", "monthly_missing")]);
        assert!(findings[0].message.contains("IDR"), "{findings:?}");
        terms.components[0].prices.push(Price { currency: Currency::Idr, ..price });
        assert_eq!(check_service(&[terms]), []);
    }

    #[test]
    fn refuses_a_schema_that_refers_outside_or_is_too_large() {
        let mut outside = plan(ChargeModel::Flat { amount: dec("1") });
        outside.config_schema = serde_json::json!({"type": "object", "properties": {"a": {"$ref": "https://example.com/a.json"}}});
        assert_eq!(codes(&[outside]), ["external_reference"]);
        let mut large = plan(ChargeModel::Flat { amount: dec("1") });
        large.config_schema = serde_json::json!({"type": "object", "description": "x".repeat(SCHEMA_LIMIT)});
        assert_eq!(codes(&[large]), ["too_large"]);
    }
}
