//! From the effects of a subscription's change to the lines of the next invoice: usage of what ended, credit of what is
//! left, the fee of what begins. Keeps the segments that usage is collected in.

use super::{
    errors::BillingError,
    store::{
        accounts::Account,
        aside, invoices, settings,
        subscriptions::{self, Segment},
        totals::{self, Grown, TotalKey},
        usage,
    },
};
use crate::{
    charges::{self, Beginning, CannotCharge, Term, can_be_charged, in_advance, in_arrears, unused},
    invoice::DraftLine,
    metering::{Added, Total},
    periods::Period,
    preview::worth_showing,
    proration::{Fraction, of_days, of_seconds},
    rating::Usage,
    subscription::{Effect, State, Subject, Subscription},
    view::REPORTED,
};
use catalog::{Aggregation, Basis, Component, Interval, Plan, Proration};
use kernel::{Date, Fault, LineId, Money, PlanId, SubscriptionId, Timestamp};
use platform::TenantTx;
use rust_decimal::Decimal;
use std::time::Duration;

/// A line on its way to an invoice.
#[derive(Debug, Clone)]
pub(super) struct Pending {
    pub line: DraftLine,
    pub segment: Option<Timestamp>,
    pub credits: Option<LineId>,
}

/// A change of one subscription as the state machine decided it.
pub(super) struct Change<'a> {
    /// None where the subscription begins.
    pub before: Option<&'a Subscription>,
    /// Whether the service that it is for was there before, and charged for.
    pub returns: bool,
    pub after: &'a Subscription,
    pub effects: &'a [Effect],
    /// When it takes hold, and on which day in the account's zone.
    pub at: Timestamp,
    pub on: Date,
}

/// Carries the effects out up to the lines, and keeps the subscription. Announcements are the caller's.
pub(super) async fn carry_out(tx: &mut TenantTx, account: &Account, change: Change<'_>) -> Result<Vec<Pending>, BillingError> {
    let mut pendings = Vec::new();
    let Change { before, returns, after, effects, at, on } = change;
    let ended = matches!(after.state, State::Ended { .. });
    let turned = before.filter(|before| ended || before.usage_from != after.usage_from);
    if let Some(before) = turned {
        release_ahead(tx, before, at).await?;
        subscriptions::close_segment(tx, before.id, at, on).await?;
    }
    for effect in effects {
        match (effect, before) {
            // Where its segment goes on under another plan, what was used since it began is charged with that.
            (Effect::BillUsage, _) => {
                if let Some(before) = turned {
                    pendings.extend(bill_usage(tx, account, before).await?);
                }
            }
            (Effect::CreditUnused { from }, Some(before)) => pendings.extend(credit_unused(tx, account, before, *from, at).await?),
            (Effect::ChargeTerm, _) => {
                let first = !returns && before.is_none_or(|before| matches!(before.state, State::Trialing { .. }));
                // A term that begins at its own midnight is charged by days even where parts go by seconds.
                let from = (before.is_none() || effects.iter().any(|effect| matches!(effect, Effect::CreditUnused { .. }))).then_some(at);
                pendings.extend(charge_term(tx, account, after, if first { Beginning::First } else { Beginning::Later }, from).await?);
            }
            (Effect::CreditUnused { .. } | Effect::PlanChanged { .. } | Effect::Ended, _) => {}
        }
    }
    let next_at = match after.state {
        State::Ended { .. } => look_back(tx, account, after, on).await?,
        State::Trialing { .. } | State::Active { .. } | State::Cancelling { .. } => Some(account.zone.midnight(after.term.end)),
    };
    subscriptions::save(tx, after, next_at).await?;
    if let Subject::Instance { instance } = after.subject {
        // What waited for a term that does not begin, or was used before the first did.
        match before {
            Some(_) if ended => usage::refuse_waiting(tx, instance, None).await?,
            None => usage::refuse_waiting(tx, instance, Some(after.usage_from)).await?,
            Some(_) => {}
        }
    }
    if !ended {
        let free = matches!(after.state, State::Trialing { .. } | State::Cancelling { trial: Some(_) });
        subscriptions::open_segment(tx, after, after.whole_term(), free).await?;
        if let Some(before) = turned {
            totals::carry_levels(tx, after.id, before.usage_from, after.usage_from).await?;
        }
        if (before.is_none() || turned.is_some())
            && let Some(until) = next_at
        {
            take_up_waiting(tx, after, (after.usage_from, until)).await?;
        }
    }
    Ok(pendings)
}

/// Usage that is dated after a segment's end waits for the next one, whose plan it is charged by: senders' clocks run ahead, and
/// an organisation that moves east has its days end earlier.
async fn release_ahead(tx: &mut TenantTx, before: &Subscription, at: Timestamp) -> Result<(), BillingError> {
    if !totals::any_since(tx, before.id, before.usage_from, at).await? {
        return Ok(());
    }
    let meters = usage::release(tx, before.id, before.usage_from, at).await?;
    let keys: Vec<TotalKey> = meters.iter().map(|meter| (before.id, before.usage_from, meter.as_str())).collect();
    let mut grown = Vec::with_capacity(keys.len());
    for (key, total) in keys.iter().zip(totals::lock_totals(tx, &keys).await?) {
        let total = Total::of(before.usage_from, total.carried, &usage::events(tx, before.id, before.usage_from, key.2).await?);
        grown.push(Grown { subscription: before.id, meter: key.2, total, late: false });
    }
    Ok(totals::save_totals(tx, &grown).await?)
}

/// When late usage of a subscription that ended is looked for next, after this day; none once the grace window is over.
pub(super) async fn look_back(tx: &mut TenantTx, account: &Account, subscription: &Subscription, after: Date) -> Result<Option<Timestamp>, BillingError> {
    let State::Ended { at, .. } = subscription.state else { return Ok(None) };
    let grace = u32::try_from(settings::load(tx).await?.grace_terms).unwrap_or_default();
    let day = subscription.looks_back_after(account.zone.date(at), after, grace);
    Ok(day.map(|day| account.zone.midnight(day)))
}

/// Any plan that a subscription ran; published plans are never lost.
pub(super) async fn plan(tx: &mut TenantTx, id: PlanId) -> Result<Plan, BillingError> {
    catalog::server::plan(tx, id).await?.ok_or_else(|| Fault::new(format!("plan {id} of a subscription is not in the catalog")).into())
}

fn term<'a>(account: &Account, plan: &'a Plan, subscription: SubscriptionId, interval: Interval, period: Period, fraction: Fraction) -> Term<'a> {
    let tax = account.details.tax.rule();
    Term { subscription: Some(subscription), plan, currency: account.currency(), interval, period, fraction, seats: Decimal::ONE, tax }
}

/// The part of a whole term; by seconds it begins at `from` and is over at `until`, where these are no midnights.
fn part(account: &Account, proration: Proration, used: Period, whole: Period, interval: Interval, (from, until): (Option<Timestamp>, Option<Timestamp>)) -> Fraction {
    match proration {
        Proration::Days | Proration::Fixed30 => of_days(proration, used, whole, interval),
        Proration::Seconds => {
            let midnight = |date| account.zone.midnight(date);
            let start = from.unwrap_or_else(|| midnight(used.start));
            let end = until.unwrap_or_else(|| midnight(used.end));
            of_seconds((start, end), (midnight(whole.start), midnight(whole.end)))
        }
    }
}

async fn charge_term(tx: &mut TenantTx, account: &Account, after: &Subscription, beginning: Beginning, from: Option<Timestamp>) -> Result<Vec<Pending>, BillingError> {
    let plan = plan(tx, after.choice.plan).await?;
    let fraction = part(account, plan.terms.proration, after.term, after.whole_term(), after.choice.interval, (from, None));
    let lines = in_advance(&term(account, &plan, after.id, after.choice.interval, after.term, fraction), beginning)?;
    Ok(lines.into_iter().map(|line| Pending { line, segment: None, credits: None }).collect())
}

async fn credit_unused(tx: &mut TenantTx, account: &Account, before: &Subscription, from: Date, at: Timestamp) -> Result<Vec<Pending>, BillingError> {
    let plan = plan(tx, before.choice.plan).await?;
    let left = Period::new(from, before.term.end);
    let fraction = part(account, plan.terms.proration, left, before.whole_term(), before.choice.interval, (Some(at), None));
    let mut pendings = Vec::new();
    for component in plan.terms.components.iter().filter(|component| component.basis == Basis::Recurring) {
        let day = if from < before.term.end { from } else { from.plus_days(-1) };
        let Some(fee) = invoices::fee_line(tx, before.id, component.id, day).await? else { continue };
        // With the tax that was paid on it, whatever the customer is taxed by today.
        let term = Term { tax: fee.tax, ..term(account, &plan, before.id, before.choice.interval, left, fraction) };
        let credit = unused(&term, component, account.money(fee.rest))?;
        pendings.extend(credit.filter(|line| !line.amount.is_zero()).map(|line| Pending { line, segment: None, credits: Some(fee.id) }));
    }
    Ok(pendings)
}

/// What was used in the segment that just ended.
async fn bill_usage(tx: &mut TenantTx, account: &Account, before: &Subscription) -> Result<Vec<Pending>, BillingError> {
    let Some(segment) = subscriptions::segment(tx, before.id, before.usage_from).await? else { return Ok(Vec::new()) };
    if segment.free {
        return Ok(Vec::new());
    }
    let plan = plan(tx, segment.plan_id).await?;
    let totals = totals::totals(tx, before.id, segment.from_at).await?;
    let mut pendings = Vec::new();
    for component in &plan.terms.components {
        let Some(used) = used(tx, before.id, &segment, &totals, component, account.currency()).await? else { continue };
        let lines = in_arrears(&segment_term(account, &plan, before.id, &segment), component, &used, Decimal::ZERO);
        let Some(lines) = or_set_aside(tx, before.id, &segment, component, &used, lines).await? else { continue };
        pendings.extend(lines.into_iter().filter(worth_showing).map(|line| Pending { line, segment: Some(segment.from_at), credits: None }));
    }
    Ok(pendings)
}

/// What no line can bear is set aside for staff: it holds up nothing else that is charged. Whoever reports usage is told before
/// it comes to that (`record_usage`).
async fn or_set_aside<T>(
    tx: &mut TenantTx,
    subscription: SubscriptionId,
    segment: &Segment,
    component: &Component,
    used: &Usage,
    lines: Result<T, CannotCharge>,
) -> Result<Option<T>, BillingError> {
    let Err(CannotCharge::TooLarge(_)) = lines else { return Ok(Some(lines?)) };
    let meter = component.meter().unwrap_or_default();
    if aside::note(tx, subscription, segment.from_at, meter, used.quantity).await? {
        let tenant = tx.tenant();
        tracing::error!(tenant.id = %tenant, subscription.id = %subscription, meter, quantity = %used.quantity, "Set {} of {meter} of organisation {tenant} aside: no invoice can bear it", used.quantity);
    }
    Ok(None)
}

/// The segment as a term to charge for.
pub(super) fn segment_term<'a>(account: &Account, plan: &'a Plan, subscription: SubscriptionId, segment: &Segment) -> Term<'a> {
    let period = Period::new(segment.period_start, segment.period_end);
    let whole = Period::new(segment.term_start, segment.term_end);
    let fraction = part(account, plan.terms.proration, period, whole, segment.interval.0, (Some(segment.from_at), segment.until_at));
    term(account, plan, subscription, segment.interval.0, period, fraction)
}

/// What a component's meter counted in a segment; none for components without a meter.
pub(super) async fn used(
    tx: &mut TenantTx,
    subscription: SubscriptionId,
    segment: &Segment,
    totals: &[(String, Total)],
    component: &Component,
    currency: kernel::Currency,
) -> Result<Option<Usage>, BillingError> {
    let Basis::Usage { meter, aggregation, .. } = &component.basis else { return Ok(None) };
    let fresh = Total::opened(segment.from_at, None);
    let total = totals.iter().find(|(name, _)| name == meter).map_or(&fresh, |(_, total)| total);
    let until = segment.until_at.unwrap_or_else(|| tx.now());
    let unique = match aggregation {
        Aggregation::UniqueCount => usage::unique(tx, subscription, segment.from_at, meter).await?,
        Aggregation::Sum | Aggregation::Count | Aggregation::Max | Aggregation::Latest | Aggregation::TimeWeightedSum => 0,
    };
    let each = component.price(currency, segment.interval.0).is_some_and(|price| price.charge.needs_each_event());
    let amounts = if each {
        usage::events(tx, subscription, segment.from_at, meter).await?.into_iter().map(|(_, value)| value).collect()
    } else {
        Vec::new()
    };
    Ok(Some(Usage { quantity: total.quantity(*aggregation, until, unique).normalize(), events: total.events, amounts }))
}

/// Lines for usage that became known after its segment was charged.
pub(super) async fn late_lines(tx: &mut TenantTx, account: &Account) -> Result<Vec<Pending>, BillingError> {
    let mut pendings = Vec::new();
    for (subscription, from, meter) in usage::take_late(tx).await? {
        let Some(segment) = subscriptions::segment(tx, subscription, from).await? else { continue };
        let plan = plan(tx, segment.plan_id).await?;
        let Some(component) = plan.terms.component_for_meter(&meter).filter(|_| !segment.free) else { continue };
        let totals = totals::totals(tx, subscription, from).await?;
        let Some(used) = used(tx, subscription, &segment, &totals, component, account.currency()).await? else { continue };
        let billed = invoices::billed_usage(tx, subscription, component.id, from).await?;
        let term = segment_term(account, &plan, subscription, &segment);
        let line = charges::late(&term, component, &used, Money::new(billed, account.currency()));
        let Some(line) = or_set_aside(tx, subscription, &segment, component, &used, line).await? else { continue };
        pendings.extend(line.map(|line| Pending { line, segment: Some(from), credits: None }));
    }
    Ok(pendings)
}

/// As long as a term can be, in any zone and where a day is an hour longer.
pub(super) fn longest(term: Period) -> Duration {
    Duration::from_secs(u64::try_from(term.days() + 1).unwrap_or_default() * 86_400)
}

/// Events of a stretch of time that came before the subscription's running segment had it are counted in that.
pub(super) async fn take_up_waiting(tx: &mut TenantTx, after: &Subscription, (from, until): (Timestamp, Timestamp)) -> Result<(), BillingError> {
    let Subject::Instance { instance } = after.subject else { return Ok(()) };
    let plan = plan(tx, after.choice.plan).await?;
    let meters: Vec<&str> = plan.terms.components.iter().filter_map(Component::meter).collect();
    usage::refuse_unknown(tx, instance, (from, until), REPORTED, &meters).await?;
    let waiting = usage::take_waiting(tx, instance, (after.id, after.usage_from), (from, until)).await?;
    if waiting.is_empty() {
        return Ok(());
    }
    let groups: Vec<_> = waiting.chunk_by(|one, other| one.meter == other.meter).collect();
    let keys: Vec<TotalKey> = groups.iter().map(|group| (after.id, after.usage_from, group[0].meter.as_str())).collect();
    let totals = totals::lock_totals(tx, &keys).await?;
    let (whole, mut beyond, mut unordered) = (longest(after.whole_term()), Vec::new(), Vec::new());
    let grown = keys.iter().zip(&groups).zip(totals).map(|(((subscription, _, meter), group), mut total)| {
        let component = plan.terms.component_for_meter(meter);
        for event in *group {
            // In order of time and nearly always after all of their segment, so weights stand.
            let mut next = total.clone();
            if next.add(event.at, event.value) == Added::OutOfOrder {
                unordered.push(*meter);
            }
            let fits = component.is_none_or(|component| can_be_charged(component, after.currency, after.choice.interval, &next, whole));
            if fits || !event.source.starts_with(REPORTED) {
                total = next;
            } else {
                beyond.push((event.source.as_str(), event.id.as_str()));
            }
        }
        Grown { subscription: *subscription, meter, total, late: false }
    });
    let mut grown = Vec::from_iter(grown);
    if !beyond.is_empty() {
        usage::refuse_too_large(tx, &beyond).await?;
    }
    for Grown { meter, total, .. } in grown.iter_mut().filter(|grown| unordered.contains(&grown.meter)) {
        *total = Total::of(after.usage_from, total.carried, &usage::events(tx, after.id, after.usage_from, meter).await?);
    }
    Ok(totals::save_totals(tx, &grown).await?)
}
