//! The worked cases of upgrades, credits, commitments and late usage.

use super::*;
use crate::{
    invoice::assemble,
    periods::Anchor,
    proration::of_days,
    tax::{DiscountBase, TaxRegime},
};
use catalog::{Aggregation, ChangeTiming, ChargeModel, PlanTerms, Proration, Tier};
use kernel::{ComponentId, Date, OfferingId, PlanId, Timestamp, VersionId};
use proptest::prelude::*;
use uuid::Uuid;

fn dec(text: &str) -> Decimal {
    text.parse().expect("a decimal")
}

fn date(text: &str) -> Date {
    text.parse().expect("a date")
}

fn period(start: &str, end: &str) -> Period {
    Period::new(date(start), date(end))
}

fn component(basis: Basis, interval: Interval, charge: ChargeModel) -> Component {
    Component {
        id: ComponentId::from_uuid(Uuid::nil()),
        code: "part".into(),
        name: Text::same("Part"),
        unit: Text::same("unit"),
        basis,
        prices: vec![Price { currency: Currency::Usd, interval, charge, minimum: None, maximum: None }],
    }
}

fn plan(components: Vec<Component>) -> Plan {
    Plan {
        id: PlanId::from_uuid(Uuid::nil()),
        offering: OfferingId::from_uuid(Uuid::nil()),
        offering_slug: "test".into(),
        offering_name: Text::same("Test"),
        version: VersionId::from_uuid(Uuid::nil()),
        driver: None,
        terms: PlanTerms {
            code: "one".into(),
            name: Text::same("One"),
            tagline: Text::default(),
            features: vec![],
            limits: Default::default(),
            components,
            trial_days: 0,
            proration: Proration::Days,
            upgrade: ChangeTiming::Now,
            downgrade: ChangeTiming::EndOfTerm,
            config_schema: serde_json::json!({}),
        },
    }
}

fn flat(amount: &str, interval: Interval) -> Plan {
    plan(vec![component(Basis::Recurring, interval, ChargeModel::Flat { amount: dec(amount) })])
}

fn metered(charge: ChargeModel) -> Plan {
    let basis = Basis::Usage { meter: "m".into(), aggregation: Aggregation::Sum, included: Decimal::ZERO };
    plan(vec![component(basis, Interval::Monthly, charge)])
}

fn term(plan: &Plan, interval: Interval, used: Period, whole: Period) -> Term<'_> {
    let fraction = of_days(Proration::Days, used, whole, interval);
    Term { subscription: None, plan, currency: Currency::Usd, interval, period: used, fraction, seats: Decimal::ONE, tax: None }
}

fn charged(plan: &Plan, interval: Interval, used: Period, whole: Period) -> i64 {
    let lines = in_advance(&term(plan, interval, used, whole), Beginning::Later).expect("sold");
    lines.iter().for_each(follows);
    lines.iter().map(|line| line.amount.minor).sum()
}

fn credited(plan: &Plan, interval: Interval, left: Period, whole: Period, paid: i64) -> i64 {
    let line = unused(&term(plan, interval, left, whole), &plan.terms.components[0], Money::new(paid, Currency::Usd)).expect("sold");
    line.map_or(0, |line| {
        follows(&line);
        line.amount.minor
    })
}

/// Every line that a test makes can be replayed to the cent.
fn follows(line: &DraftLine) {
    assert_eq!(line.derivation.replay(), Ok(line.amount), "{:?}", line.derivation);
}

#[test]
fn g20_a_month_becomes_a_quarter_on_the_12th() {
    let (monthly, quarterly) = (flat("29.95", Interval::Monthly), flat("69.95", Interval::Quarterly));
    let at = date("2012-05-12");
    let month = period("2012-05-01", "2012-06-01");
    assert_eq!(credited(&monthly, Interval::Monthly, Period::new(at, month.end), month, 2_995), -1_932);
    let quarter = Anchor::from_day(1).expect("a day").schedule(at, Interval::Quarterly).containing(at);
    assert_eq!(quarter, period("2012-05-01", "2012-08-01"));
    assert_eq!(charged(&quarterly, Interval::Quarterly, Period::new(at, quarter.end), quarter), 6_159);
    let next = period("2012-08-01", "2012-11-01");
    assert_eq!(charged(&quarterly, Interval::Quarterly, next, next), 6_995);
}

#[test]
fn g21_a_year_is_paused_and_resumed() {
    let annual = flat("2399.95", Interval::Annual);
    let year = period("2012-05-01", "2013-05-01");
    assert_eq!(credited(&annual, Interval::Annual, period("2012-05-12", "2013-05-01"), year, 239_995), -232_762);
    let resumed = date("2012-06-04");
    let next = Anchor::from_day(1).expect("a day").schedule(resumed, Interval::Annual).containing(resumed);
    assert_eq!(charged(&annual, Interval::Annual, Period::new(resumed, next.end), next), 238_022);
}

#[test]
fn g23_a_credit_is_no_more_than_what_was_paid_net_of_adjustments() {
    let (old, new) = (flat("249.95", Interval::Monthly), flat("9.95", Interval::Monthly));
    let (month, left) = (period("2012-05-01", "2012-06-01"), period("2012-05-02", "2012-06-01"));
    assert_eq!(credited(&old, Interval::Monthly, left, month, 24_995), -24_189);
    let credit = credited(&old, Interval::Monthly, left, month, 24_995 - 1_000);
    let charge = charged(&new, Interval::Monthly, left, month);
    assert_eq!((credit, charge, credit + charge), (-23_995, 963, -23_032));
}

#[test]
fn g27_what_a_progressive_invoice_charged_is_taken_off_the_months_end() {
    let fee = flat("31.00", Interval::Monthly);
    let usage = metered(ChargeModel::PerUnit { unit_price: dec("0.0002") });
    let month = period("2024-12-01", "2025-01-01");
    let used = |quantity: &str| {
        let lines = in_arrears(&term(&usage, Interval::Monthly, month, month), &usage.terms.components[0], &Usage::of(dec(quantity)), Decimal::ZERO);
        lines.expect("sold")[0].amount.minor
    };
    let progressive = used("1000000");
    assert_eq!(progressive, 20_000);
    assert_eq!(charged(&fee, Interval::Monthly, month, month) + used("2000000"), 43_100);
    assert_eq!(43_100 - progressive, 23_100);
    // Half-open days: a change on 18 December leaves 17 days to the old plan, one that ends with that day 18.
    assert_eq!(charged(&fee, Interval::Monthly, period("2024-12-01", "2024-12-18"), month), 1_700);
    assert_eq!(charged(&fee, Interval::Monthly, period("2024-12-01", "2024-12-19"), month), 1_800);
}

#[test]
fn g28_an_add_on_paid_in_advance_is_replaced() {
    let (month, rest, before) = (period("2024-08-01", "2024-09-01"), period("2024-08-21", "2024-09-01"), period("2024-08-01", "2024-08-21"));
    let charge = charged(&flat("100.00", Interval::Monthly), Interval::Monthly, rest, month);
    let credit = credited(&flat("15.00", Interval::Monthly), Interval::Monthly, rest, month, 1_500);
    assert_eq!((charge, credit, charge + credit), (3_548, -532, 3_016));
    assert_eq!(charged(&flat("20.00", Interval::Monthly), Interval::Monthly, rest, month), 710);
    assert_eq!(charged(&flat("1.00", Interval::Monthly), Interval::Monthly, before, month), 65);
}

#[test]
fn g30_what_is_charged_once_is_never_prorated_and_seats_count() {
    let month = period("2025-01-01", "2025-01-31");
    let rest = period("2025-01-16", "2025-01-31");
    let once = plan(vec![component(Basis::OneTime, Interval::Monthly, ChargeModel::PerUnit { unit_price: dec("500") })]);
    let twice = Term { seats: Decimal::TWO, ..term(&once, Interval::Monthly, rest, month) };
    assert_eq!(in_advance(&twice, Beginning::First).expect("sold")[0].amount.minor, 100_000);
    assert!(in_advance(&twice, Beginning::Later).expect("sold").is_empty());
    let seats = plan(vec![component(Basis::Recurring, Interval::Monthly, ChargeModel::PerUnit { unit_price: dec("10") })]);
    let of = |count: i64| Term { seats: Decimal::from(count), ..term(&seats, Interval::Monthly, rest, month) };
    let credit = unused(&of(5), &seats.terms.components[0], Money::new(5_000, Currency::Usd)).expect("sold").expect("a credit");
    let charge = &in_advance(&of(10), Beginning::Later).expect("sold")[0];
    follows(&credit);
    follows(charge);
    assert_eq!((credit.amount.minor, charge.amount.minor), (-2_500, 5_000));
    // On the last day nothing is left to give back or to charge.
    let none = term(&seats, Interval::Monthly, period("2025-01-31", "2025-01-31"), month);
    assert!(in_advance(&none, Beginning::Later).expect("sold").is_empty());
}

fn with_bounds(mut plan: Plan, minimum: Option<&str>, maximum: Option<&str>) -> Plan {
    let price = &mut plan.terms.components[0].prices[0];
    (price.minimum, price.maximum) = (minimum.map(dec), maximum.map(dec));
    plan
}

#[test]
fn g62_a_maximum_caps_the_later_part_and_a_minimum_is_charged_at_the_end() {
    let tier = |up_to: Option<&str>, unit_price: &str, flat: &str| Tier { up_to: up_to.map(dec), unit_price: dec(unit_price), flat: dec(flat), block: None };
    let graduated = ChargeModel::Graduated { tiers: vec![tier(Some("5"), "0", "100"), tier(Some("10"), "0", "50"), tier(Some("15"), "5", "0"), tier(None, "1", "0")] };
    let month = period("2025-01-01", "2025-02-01");
    // 160 was charged for the first 12 units; the 10 that follow would cost 22, and 170 is the most.
    let capped = with_bounds(metered(ChargeModel::Flat { amount: dec("22") }), None, Some("170"));
    let lines = in_arrears(&term(&capped, Interval::Monthly, month, month), &capped.terms.components[0], &Usage::of(dec("10")), dec("160")).expect("sold");
    follows(&lines[0]);
    assert_eq!(lines[0].amount.minor, 1_000);
    let least = with_bounds(metered(graduated), Some("1000"), None);
    let lines = in_arrears(&term(&least, Interval::Monthly, month, month), &least.terms.components[0], &Usage::of(dec("5")), Decimal::ZERO).expect("sold");
    lines.iter().for_each(follows);
    assert_eq!(lines.iter().map(|line| line.amount.minor).collect::<Vec<_>>(), [10_000, 90_000]);
}

#[test]
fn g64_a_minimum_is_prorated_and_trued_up() {
    let vat = TaxRegime::Percentage { name: "VAT".into(), rate: dec("20"), discounts: DiscountBase::Reduced }.rule();
    let usage = with_bounds(metered(ChargeModel::PerUnit { unit_price: dec("1") }), Some("10.00"), None);
    // The day of termination belongs to the old plan: the end is the midnight after 25 February.
    let (lived, month) = (period("2025-02-01", "2025-02-26"), period("2025-02-01", "2025-03-01"));
    let ended = Term { tax: vat.clone(), ..term(&usage, Interval::Monthly, lived, month) };
    let lines = in_arrears(&ended, &usage.terms.components[0], &Usage::of(dec("8")), Decimal::ZERO).expect("sold");
    lines.iter().for_each(follows);
    let invoice = assemble(Currency::Usd, lines, &[], DiscountBase::Reduced).expect("small amounts");
    let amounts: Vec<(i64, i64)> = invoice.lines.iter().map(|line| (line.draft.amount.minor, line.tax_amount.minor)).collect();
    assert_eq!(amounts, [(800, 160), (93, 19)]);
    assert_eq!(invoice.total.minor, 1_072);
    let fee = flat("50.00", Interval::Monthly);
    let rest = Term { tax: vat, ..term(&fee, Interval::Monthly, period("2025-02-26", "2025-03-01"), month) };
    let credit = unused(&rest, &fee.terms.components[0], Money::new(5_000, Currency::Usd)).expect("sold").expect("a credit");
    let note = assemble(Currency::Usd, vec![credit], &[], DiscountBase::Reduced).expect("small amounts");
    assert_eq!((note.total.minor, invoice.total.minor + note.total.minor), (-643, 429));
}

#[test]
fn late_usage_is_charged_as_the_difference() {
    let usage = metered(ChargeModel::Package { size: dec("100"), price: dec("2.95") });
    let month = period("2025-01-01", "2025-02-01");
    let closed = term(&usage, Interval::Monthly, month, month);
    let billed = Money::new(590, Currency::Usd);
    let line = late(&closed, &usage.terms.components[0], &Usage::of(dec("350")), billed).expect("sold").expect("a difference");
    follows(&line);
    assert_eq!(line.amount.minor, 590);
    assert_eq!(late(&closed, &usage.terms.components[0], &Usage::of(dec("180")), billed).expect("sold"), None);
}

/// A metered plan whose fee covers a quantity of every whole term.
fn covering(included: &str, aggregation: Aggregation, unit_price: &str) -> Plan {
    let basis = Basis::Usage { meter: "m".into(), aggregation, included: dec(included) };
    plan(vec![component(basis, Interval::Monthly, ChargeModel::PerUnit { unit_price: dec(unit_price) })])
}

/// Cents for what was used in a part of a month, and the quantity that was charged for.
fn used_in(plan: &Plan, used: Period, whole: Period, quantity: &str) -> (i64, String) {
    let lines = in_arrears(&term(plan, Interval::Monthly, used, whole), &plan.terms.components[0], &Usage::of(dec(quantity)), Decimal::ZERO).expect("sold");
    lines.iter().for_each(follows);
    let billable = lines[0].derivation.0.iter().find_map(|step| match step {
        Step::Included { billable, .. } => Some(billable.round_dp(6).normalize().to_string()),
        _ => None,
    });
    (lines[0].amount.minor, billable.expect("something is included"))
}

#[test]
fn what_a_fee_covers_is_prorated_with_it_where_a_plan_changes_within_a_month() {
    // January has 31 days. The change on the 16th leaves 15 to the old plan and 16 to the new one.
    let (month, before, after) = (period("2025-01-01", "2025-02-01"), period("2025-01-01", "2025-01-16"), period("2025-01-16", "2025-02-01"));
    let (small, large) = (covering("3100", Aggregation::Sum, "0.01"), covering("6200", Aggregation::Sum, "0.02"));
    // 3,100 x 15/31 = 1,500: of 1,700 are 200 left, 200 x 0.01 = 2.00.
    assert_eq!(used_in(&small, before, month, "1700"), (200, "200".into()));
    // 6,200 x 16/31 = 3,200: 3,000 are within, and of 3,250 are 50 left, 50 x 0.02 = 1.00.
    assert_eq!(used_in(&large, after, month, "3000"), (0, "0".into()));
    assert_eq!(used_in(&large, after, month, "3250"), (100, "50".into()));
    // A whole month covers the whole: 3,150 - 3,100 = 50, 50 x 0.01 = 0.50.
    assert_eq!(used_in(&small, month, month, "3150"), (50, "50".into()));
    let line = &in_arrears(&term(&small, Interval::Monthly, month, month), &small.terms.components[0], &Usage::of(dec("3150")), Decimal::ZERO).expect("sold")[0];
    assert!(!line.derivation.0.iter().any(|step| matches!(step, Step::IncludedPart { .. })), "a whole term is no part: {:?}", line.derivation);
}

#[test]
fn quantities_that_are_prorated_are_not_rounded() {
    let (month, before) = (period("2026-02-28", "2026-03-31"), period("2026-02-28", "2026-03-15"));
    // 3,600 x 15/31 = 1,741.935483..; 3,700 less that is 1,958.064516.., and that x 0.0007 is 1.370645..
    assert_eq!(used_in(&covering("3600", Aggregation::Sum, "0.0007"), before, month, "3700"), (137, "1958.064516".into()));
    // One day of February covers 1/28 = 0.0357.. of one unit; rounded it would cover none, or all.
    let day = period("2026-02-01", "2026-02-02");
    assert_eq!(used_in(&covering("1", Aggregation::Sum, "100"), day, period("2026-02-01", "2026-03-01"), "1"), (9_643, "0.964286".into()));
}

#[test]
fn a_level_is_covered_as_it_is_and_what_adds_up_in_parts() {
    let (month, half) = (period("2025-04-01", "2025-05-01"), period("2025-04-01", "2025-04-16"));
    for (aggregation, charged) in [
        // 23 - 20 = 3 connections at 5.00 a month: 15.00 x 15/30.
        (Aggregation::Max, (750, "3".to_owned())),
        (Aggregation::Latest, (750, "3".to_owned())),
        // 20 x 15/30 = 10 are covered: 13 are left.
        (Aggregation::Sum, (6_500, "13".to_owned())),
        (Aggregation::Count, (6_500, "13".to_owned())),
        (Aggregation::UniqueCount, (6_500, "13".to_owned())),
        (Aggregation::TimeWeightedSum, (6_500, "13".to_owned())),
    ] {
        assert_eq!(used_in(&covering("20", aggregation, "5"), half, month, "23"), charged, "{aggregation:?}");
    }
}

fn level(aggregation: Aggregation, unit_price: &str) -> Plan {
    let basis = Basis::Usage { meter: "m".into(), aggregation, included: Decimal::ZERO };
    plan(vec![component(basis, Interval::Monthly, ChargeModel::PerUnit { unit_price: dec(unit_price) })])
}

#[test]
fn a_level_costs_by_the_days_of_each_part_of_a_term_and_no_more_than_once_in_all() {
    // From 31 January to 28 February are 28 days; the plan changes after 10 of them to one of the same price.
    let (month, before, after) = (period("2026-01-31", "2026-02-28"), period("2026-01-31", "2026-02-10"), period("2026-02-10", "2026-02-28"));
    let plan = level(Aggregation::Latest, "2");
    let charged = |plan: &Plan, used: Period, whole: Period, quantity: &str| {
        let lines = in_arrears(&term(plan, Interval::Monthly, used, whole), &plan.terms.components[0], &Usage::of(dec(quantity)), Decimal::ZERO).expect("sold");
        lines.iter().for_each(follows);
        lines.iter().map(|line| line.amount.minor).sum::<i64>()
    };
    // 7 x 2.00: 14.00 x 10/28 and 14.00 x 18/28.
    assert_eq!([before, after, month].map(|used| charged(&plan, used, month, "7")), [500, 900, 1_400]);
    // A peak of 30 at 0.10 for 3 of 31 days, and of 90 at 0.10 for the 28 that follow.
    let (plan, march) = (level(Aggregation::Max, "0.10"), period("2026-03-01", "2026-04-01"));
    let peaks = [(period("2026-03-01", "2026-03-04"), "30"), (period("2026-03-04", "2026-04-01"), "90")];
    assert_eq!(peaks.map(|(used, peak)| charged(&plan, used, march, peak)), [29, 813]);
}

#[test]
fn what_the_fee_covers_is_taken_off_a_percentage() {
    let basis = Basis::Usage { meter: "m".into(), aggregation: Aggregation::Sum, included: dec("100") };
    let ten = ChargeModel::Percentage { rate: dec("10"), fixed: Decimal::ZERO, free_events: 0, free_amount: Decimal::ZERO };
    let plan = plan(vec![component(basis, Interval::Monthly, ten)]);
    let (month, half) = (period("2025-04-01", "2025-05-01"), period("2025-04-01", "2025-04-16"));
    let charged = |used, amounts: &[i64]| {
        let amounts: Vec<Decimal> = amounts.iter().map(|amount| Decimal::from(*amount)).collect();
        let usage = Usage { quantity: amounts.iter().sum(), events: amounts.len() as u64, amounts };
        let line = in_arrears(&term(&plan, Interval::Monthly, used, month), &plan.terms.components[0], &usage, Decimal::ZERO).expect("sold").remove(0);
        follows(&line);
        line
    };
    // 10 % of 150 - 100.
    assert_eq!(charged(month, &[150]).amount.minor, 500);
    assert_eq!(charged(month, &[60, 60, 30]).amount.minor, 500);
    assert_eq!(charged(month, &[99]).amount.minor, 0);
    // Half a month covers 50.
    assert_eq!(charged(half, &[150]).amount.minor, 1_000);
    let mut line = charged(month, &[150]);
    for step in &mut line.derivation.0 {
        match step {
            Step::Percentage { base, amount, .. } => (*base, *amount) = (dec("150"), dec("15")),
            Step::Rounded { exact, rounded } => (*exact, *rounded) = (dec("15"), Money::new(1_500, Currency::Usd)),
            _ => {}
        }
    }
    assert!(line.derivation.replay().is_err(), "a percentage of what the fee covers does not follow");
}

#[test]
fn a_recurring_part_has_a_least_and_a_most() {
    let (month, left) = (period("2025-04-01", "2025-05-01"), period("2025-04-16", "2025-05-01"));
    let least = with_bounds(flat("31.00", Interval::Monthly), Some("50"), None);
    assert_eq!(charged(&least, Interval::Monthly, month, month), 5_000);
    assert_eq!(charged(&least, Interval::Monthly, left, month), 2_500);
    assert_eq!(credited(&least, Interval::Monthly, left, month, 5_000), -2_500);
    let most = with_bounds(flat("31.00", Interval::Monthly), None, Some("20"));
    assert_eq!([month, left].map(|used| charged(&most, Interval::Monthly, used, month)), [2_000, 1_000]);
    assert_eq!(credited(&most, Interval::Monthly, left, month, 2_000), -1_000);
    assert_eq!(charged(&with_bounds(flat("31.00", Interval::Monthly), Some("10"), Some("50")), Interval::Monthly, month, month), 3_100);
    // Catalog and lists show the same.
    assert_eq!([&least, &most].map(|plan| plan.terms.fee(Currency::Usd, Interval::Monthly)), [Some(dec("50")), Some(dec("20"))]);
}

#[test]
fn a_flat_price_of_a_meter_is_charged_with_usage_only() {
    let plan = metered(ChargeModel::Flat { amount: dec("5.00") });
    let month = period("2026-01-31", "2026-02-28");
    let charged = |quantity: &str| {
        let line = in_arrears(&term(&plan, Interval::Monthly, month, month), &plan.terms.components[0], &Usage::of(dec(quantity)), Decimal::ZERO).expect("sold").remove(0);
        follows(&line);
        line.amount.minor
    };
    assert_eq!(["0", "1", "100"].map(charged), [0, 500, 500]);
}

#[test]
fn late_usage_of_a_part_of_a_month_is_compared_with_that_part() {
    let (month, before) = (period("2025-01-01", "2025-02-01"), period("2025-01-01", "2025-01-16"));
    let plan = covering("3100", Aggregation::Sum, "0.01");
    // 1,700 were charged with 2.00; 1,900 are 400 above the 1,500 that 15 of 31 days cover: 4.00, so 2.00 are missing.
    let line = late(&term(&plan, Interval::Monthly, before, month), &plan.terms.components[0], &Usage::of(dec("1900")), Money::new(200, Currency::Usd)).expect("sold").expect("a difference");
    follows(&line);
    assert_eq!(line.amount.minor, 200);
}

#[test]
fn late_usage_counts_against_a_minimum_that_was_charged() {
    let mut plan = metered(ChargeModel::PerUnit { unit_price: dec("0.01") });
    plan.terms.components[0].prices[0].minimum = Some(dec("5"));
    let month = period("2025-01-01", "2025-02-01");
    let term = term(&plan, Interval::Monthly, month, month);
    let (component, billed) = (&plan.terms.components[0], Money::new(500, Currency::Usd));
    let late = |used: &str| late(&term, component, &Usage::of(dec(used)), billed).expect("sold");
    assert_eq!(late("91"), None, "still within the minimum");
    let line = late("501").expect("a cent above it");
    follows(&line);
    assert_eq!(line.amount.minor, 1);
    // Of a part of the term the minimum is a part, which can be replayed.
    let half = super::tests::term(&plan, Interval::Monthly, period("2025-01-01", "2025-01-16"), month);
    let lines = in_arrears(&half, component, &Usage::of(Decimal::ZERO), Decimal::ZERO).expect("sold");
    lines.iter().for_each(follows);
    assert_eq!(lines[1].amount.minor, 242);
    assert!(matches!(lines[1].derivation.0[0], Step::MinimumPart { .. }));
}

#[test]
fn free_events_make_no_room_for_more_than_a_line_bears() {
    let month = period("2025-01-01", "2025-02-01");
    let one_percent = |free_events, free_amount: &str| metered(ChargeModel::Percentage { rate: Decimal::ONE, fixed: Decimal::ZERO, free_events, free_amount: dec(free_amount) });
    let largest = Decimal::from(crate::metering::LARGEST_VALUE);
    let whole = Duration::from_secs(31 * 86_400);
    // 1 % of ten of them is the largest line.
    for (plan, most) in [(one_percent(0, "0"), 10), (one_percent(3, "0"), 10), (one_percent(0, "1000000000000"), 11)] {
        let fits = |events: u64| {
            let from = Timestamp::from_seconds(0);
            let total = Total::of(from, None, &vec![(from, largest); events as usize]);
            can_be_charged(&plan.terms.components[0], Currency::Usd, Interval::Monthly, &total, whole)
        };
        assert_eq!((fits(most), fits(most + 1)), (true, false));
    }
    // What is accepted can be charged.
    let plan = one_percent(3, "0");
    let usage = Usage { quantity: largest * Decimal::TEN, events: 10, amounts: vec![largest; 10] };
    let line = in_arrears(&term(&plan, Interval::Monthly, month, month), &plan.terms.components[0], &usage, Decimal::ZERO).expect("borne").remove(0);
    assert_eq!(line.amount.minor, LARGEST_LINE / 10 * 7);
}

#[test]
fn a_first_step_that_is_free_is_told_with_what_the_fee_covers() {
    let month = period("2025-01-01", "2025-02-01");
    let step = |up_to: Option<&str>, price: &str| Tier { up_to: up_to.map(dec), unit_price: dec(price), flat: Decimal::ZERO, block: None };
    let free = |plan: &Plan| free_in(&term(plan, Interval::Monthly, month, month), &plan.terms.components[0]).expect("sold");
    assert_eq!(free(&metered(ChargeModel::Graduated { tiers: vec![step(Some("720"), "0"), step(None, "0.01")] })), dec("720"));
    assert_eq!(free(&metered(ChargeModel::Graduated { tiers: vec![step(Some("720"), "0.02"), step(None, "0.01")] })), Decimal::ZERO);
    // Above the first step all of it costs the second one's price: nothing is given away.
    assert_eq!(free(&metered(ChargeModel::Volume { tiers: vec![step(Some("720"), "0"), step(None, "0.01")] })), Decimal::ZERO);
    assert_eq!(free(&covering("20", Aggregation::Sum, "5")), dec("20"));
}

proptest! {
    #[test]
    fn the_parts_of_a_term_cover_together_what_the_whole_does(included in 0_i64..1_000_000, day in 0_i64..=31) {
        let plan = covering(&included.to_string(), Aggregation::Sum, "1");
        let month = period("2025-01-01", "2025-02-01");
        let at = month.start.plus_days(day);
        let part = |used| included_in(term(&plan, Interval::Monthly, used, month).fraction, &plan.terms.components[0]).expect("small");
        let sum = part(Period::new(month.start, at)) + part(Period::new(at, month.end));
        prop_assert_eq!(sum.round_dp(9), Decimal::from(included).round_dp(9));
    }

    #[test]
    fn an_upgrade_and_back_on_one_day_costs_nothing(cents in 1_i64..1_000_000, day in 0_i64..31) {
        let amount = Decimal::new(cents, 2).to_string();
        let plan = flat(&amount, Interval::Monthly);
        let month = period("2025-01-01", "2025-02-01");
        let left = Period::new(month.start.plus_days(day), month.end);
        let charge = charged(&plan, Interval::Monthly, left, month);
        prop_assert_eq!(credited(&plan, Interval::Monthly, left, month, cents), -charge);
    }

    #[test]
    fn a_tampered_derivation_does_not_follow(quantity in 1_i64..10_000, cheat in 1_i64..100) {
        let usage = metered(ChargeModel::PerUnit { unit_price: dec("0.37") });
        let month = period("2025-01-01", "2025-02-01");
        let mut line = in_arrears(&term(&usage, Interval::Monthly, month, month), &usage.terms.components[0], &Usage::of(Decimal::from(quantity)), Decimal::ZERO).expect("sold").remove(0);
        prop_assert_eq!(line.derivation.replay(), Ok(line.amount));
        for step in &mut line.derivation.0 {
            if let Step::Units { amount, .. } = step {
                *amount += Decimal::new(cheat, 2);
            }
        }
        prop_assert!(line.derivation.replay().is_err());
    }
}
