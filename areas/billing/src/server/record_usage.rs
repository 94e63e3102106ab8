//! Takes metered facts, each exactly once: the identity, the event and the running total are one transaction, so a
//! failed write leaves nothing behind and a repeat counts nothing.

use super::{
    carry::carry_on,
    charge::{longest, plan},
    errors::BillingError,
    store::{
        accounts, settings, subscriptions,
        subscriptions::Segment,
        totals::{self, Grown, TotalKey},
        usage::{self, EventRow, Gap, Known, Place},
    },
};
use crate::{
    charges::can_be_charged,
    metering::{Added, LARGEST_VALUE, Total},
    periods::Period,
    subscription::{State, Subject, Subscription},
    view::{REPORTED, RefusedBecause},
    zone::Zone,
};
use catalog::{Aggregation, Basis, Component, Plan};
use kernel::{Date, Fault, FieldError, InstanceId, Need, PlanId, SubscriptionId, Timestamp, live::Live};
use platform::{Cx, TenantTx};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet, btree_map::Entry},
    time::Duration,
};

/// Events of one call.
pub const BATCH_LIMIT: usize = 1_000;
/// How far an event's clock may run ahead of ours.
pub(super) const AHEAD: Duration = Duration::from_secs(3_600);
const NAME_LIMIT: usize = 200;
/// Digits after the point that a value keeps.
const SCALE_LIMIT: u32 = 12;

/// One metered fact. Identity is (tenant, source, id).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UsageEvent {
    pub source: String,
    pub id: String,
    pub instance: InstanceId,
    pub meter: String,
    pub value: Decimal,
    /// What unique counts tell apart; the value itself when it is not given.
    #[serde(default)]
    pub unique: Option<String>,
    pub at: Timestamp,
}

/// What became of one event of a batch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum UsageOutcome {
    Accepted,
    /// Known already with the same payload: counted once.
    Duplicate,
    /// The same identity with another payload: 409.
    Conflict,
    /// Kept and listed, but not charged.
    Refused { because: RefusedBecause },
    Invalid { errors: Vec<FieldError> },
}

/// Takes a batch; the answer is in the batch's order. One bad event does not hold up the others.
pub async fn record_usage(cx: &Cx, events: &[UsageEvent]) -> Result<Vec<UsageOutcome>, BillingError> {
    if events.len() > BATCH_LIMIT {
        return Err(BillingError::Fields(vec![FieldError::new("", "too_many", format!("At most {BATCH_LIMIT} events at once."))]));
    }
    let mut tx = cx.tenant_tx(Need::USAGE_WRITE).await?;
    let latest = cx.now().plus(AHEAD);
    let mut outcomes: Vec<Option<UsageOutcome>> = events.iter().map(|event| invalid(event, latest)).collect();
    let places = Places::load(&mut tx, events).await?;

    // Of two with one identity in one batch, the first is looked at.
    let mut first: HashMap<(&str, &str), usize> = HashMap::new();
    let mut rows = Vec::new();
    let mut order = Vec::new();
    for (index, event) in events.iter().enumerate() {
        if outcomes[index].is_some() {
            continue;
        }
        if let Some(earlier) = first.insert((&event.source, &event.id), index) {
            first.insert((&event.source, &event.id), earlier);
            continue;
        }
        rows.push(places.place(event));
        order.push(index);
    }
    let fresh = usage::insert(&mut tx, &rows).await?;
    let repeated: Vec<(String, String)> = rows.iter().zip(&fresh).filter(|(_, fresh)| !**fresh).map(|(row, _)| (row.source.clone(), row.id.clone())).collect();
    let known = if repeated.is_empty() { HashMap::new() } else { usage::known(&mut tx, &repeated).await? };
    for ((row, fresh), index) in rows.iter().zip(&fresh).zip(&order) {
        let before = known.get(&(row.source.clone(), row.id.clone()));
        outcomes[*index] = Some(if *fresh { first_outcome(row.place) } else { repeated_outcome(before, &row.hash) });
    }
    let counted: Vec<&EventRow> = rows.iter().zip(&fresh).filter(|(row, fresh)| **fresh && row.place.segment().is_some()).map(|(row, _)| row).collect();
    let Counted { beyond, late } = count(&mut tx, &places, &counted).await?;
    if !beyond.is_empty() {
        usage::refuse_too_large(&mut tx, &beyond).await?;
        let beyond: HashSet<(&str, &str)> = beyond.into_iter().collect();
        for (row, index) in rows.iter().zip(&order).filter(|(row, _)| beyond.contains(&(row.source.as_str(), row.id.as_str()))) {
            tracing::warn!(instance.id = %row.instance, meter = row.meter, "Refused usage of {} that is more than an invoice can bear", row.meter);
            outcomes[*index] = Some(UsageOutcome::Refused { because: RefusedBecause::TooLarge });
        }
    }
    for (instance, (subscription, from, meter)) in late {
        carry_on(&mut tx, (subscription, from), meter, &places.following(instance, subscription, from)).await?;
    }
    for (index, event) in events.iter().enumerate() {
        if outcomes[index].is_none() {
            let earlier = first[&(event.source.as_str(), event.id.as_str())];
            let refused = match &outcomes[earlier] {
                Some(UsageOutcome::Refused { because }) => Some(*because),
                _ => None,
            };
            let before = Known { hash: hash_of(&events[earlier]), refused };
            let before = known.get(&(event.source.clone(), event.id.clone())).unwrap_or(&before);
            outcomes[index] = Some(repeated_outcome(Some(before), &hash_of(event)));
        }
    }
    tx.commit_unaudited("usage events are their own record").await?;
    Ok(outcomes.into_iter().map(|outcome| outcome.unwrap_or(UsageOutcome::Duplicate)).collect())
}

fn first_outcome(place: Place) -> UsageOutcome {
    match place {
        Place::Counted(_) | Place::Late(_) | Place::Waiting => UsageOutcome::Accepted,
        Place::Refused(because) => UsageOutcome::Refused { because },
    }
}

/// What was refused is told so again: a sender that repeats would take anything else as charged.
fn repeated_outcome(before: Option<&Known>, hash: &[u8]) -> UsageOutcome {
    match before {
        Some(before) if before.hash != hash => UsageOutcome::Conflict,
        Some(Known { refused: Some(because), .. }) => UsageOutcome::Refused { because: *because },
        Some(Known { refused: None, .. }) | None => UsageOutcome::Duplicate,
    }
}

fn invalid(event: &UsageEvent, latest: Timestamp) -> Option<UsageOutcome> {
    let mut errors = Vec::new();
    for (field, text) in [("source", &event.source), ("id", &event.id), ("meter", &event.meter)] {
        if text.is_empty() || text.len() > NAME_LIMIT {
            errors.push(FieldError::new(field, "length", format!("1 to {NAME_LIMIT} characters.")));
        }
    }
    if event.unique.as_ref().is_some_and(|text| text.len() > NAME_LIMIT) {
        errors.push(FieldError::new("unique", "length", format!("At most {NAME_LIMIT} characters.")));
    }
    if event.value.is_sign_negative() && !event.value.is_zero() {
        errors.push(FieldError::new("value", "negative", "Zero or more."));
    }
    if event.value > Decimal::from(LARGEST_VALUE) || event.value.normalize().scale() > SCALE_LIMIT {
        errors.push(FieldError::new("value", "too_large", format!("At most {LARGEST_VALUE}, with at most {SCALE_LIMIT} digits after the point.")));
    }
    if event.at > latest {
        errors.push(FieldError::new("time", "future", "This time has not come yet."));
    }
    (!errors.is_empty()).then_some(UsageOutcome::Invalid { errors })
}

/// Tells a repeat from another event under the same identity.
fn hash_of(event: &UsageEvent) -> Vec<u8> {
    let mut hash = Sha256::new();
    let payload = (event.instance, &event.meter, event.value.normalize().to_string(), &event.unique, event.at);
    serde_json::to_writer(&mut hash, &payload).expect("texts and times serialise, and a hash takes every byte");
    hash.finalize().to_vec()
}

/// Where events belong: subscriptions of the batch's instances with their segments, held against being closed.
struct Places {
    by_instance: BTreeMap<InstanceId, Vec<(Subscription, Vec<Segment>)>>,
    /// Of all segments in which customers report usage.
    plans: BTreeMap<PlanId, Plan>,
    grace: usize,
    zone: Zone,
    today: Date,
}

impl Places {
    async fn load(tx: &mut TenantTx, events: &[UsageEvent]) -> Result<Self, BillingError> {
        accounts::share(tx).await?;
        let grace = usize::try_from(settings::load(tx).await?.grace_terms).unwrap_or_default();
        let zone = accounts::find(tx).await?.map_or_else(Zone::utc, |account| account.zone);
        let instances: BTreeSet<InstanceId> = events.iter().map(|event| event.instance).collect();
        let subscriptions = subscriptions::of_instances(tx, &Vec::from_iter(instances)).await?;
        let ids: Vec<SubscriptionId> = subscriptions.iter().map(|subscription| subscription.id).collect();
        let mut segments = subscriptions::segments(tx, &ids).await?;
        let mut by_instance: BTreeMap<InstanceId, Vec<(Subscription, Vec<Segment>)>> = BTreeMap::new();
        for subscription in subscriptions {
            if let Subject::Instance { instance } = subscription.subject {
                let segments = segments.remove(&subscription.id).unwrap_or_default();
                by_instance.entry(instance).or_default().push((subscription, segments));
            }
        }
        let mut plans = BTreeMap::new();
        if events.iter().any(|event| event.source.starts_with(REPORTED)) {
            for segment in by_instance.values().flatten().flat_map(|(_, segments)| segments) {
                if let Entry::Vacant(vacant) = plans.entry(segment.plan_id) {
                    vacant.insert(plan(tx, segment.plan_id).await?);
                }
            }
        }
        let today = zone.date(tx.now());
        Ok(Self { by_instance, plans, grace, zone, today })
    }

    fn place(&self, event: &UsageEvent) -> EventRow {
        EventRow {
            source: event.source.clone(),
            id: event.id.clone(),
            hash: hash_of(event),
            instance: event.instance,
            meter: event.meter.clone(),
            value: event.value,
            value_text: event.unique.clone(),
            at: event.at,
            place: self.find(event),
        }
    }

    /// Counted in the running segment, late in one that was closed within the grace window, waiting for one that is
    /// not open yet, refused otherwise.
    fn find(&self, event: &UsageEvent) -> Place {
        let found = self.by_instance.get(&event.instance).map(Vec::as_slice).unwrap_or_default();
        for (subscription, segments) in found {
            if let Some(segment) = segments.iter().find(|segment| segment.from_at <= event.at && segment.until_at.is_some_and(|until| event.at < until)) {
                return if !self.prices(segment, event) {
                    Place::Refused(RefusedBecause::UnknownMeter)
                } else if terms_closed_after(segment, segments).saturating_add(self.terms_since_end(subscription)) < self.grace {
                    Place::Late((subscription.id, segment.from_at))
                } else {
                    Place::Refused(RefusedBecause::TooLate)
                };
            }
            if let Some(open) = segments.iter().find(|segment| segment.until_at.is_none() && segment.from_at <= event.at) {
                // The term is over but not closed yet: the event belongs to the next.
                let over = event.at >= self.zone.midnight(subscription.term.end);
                return if !self.prices(open, event) {
                    Place::Refused(RefusedBecause::UnknownMeter)
                } else if over {
                    Place::Waiting
                } else {
                    Place::Counted((subscription.id, open.from_at))
                };
            }
        }
        // Nothing is known of the instance yet: its subscription may be on its way.
        if found.is_empty() { Place::Waiting } else { Place::Refused(RefusedBecause::NotSubscribed) }
    }

    /// No segment is closed after the end, so that the grace window goes on by the terms that would have followed.
    fn terms_since_end(&self, subscription: &Subscription) -> usize {
        match subscription.state {
            State::Ended { at, .. } => usize::try_from(subscription.terms_since_end(self.zone.date(at), self.today)).unwrap_or(usize::MAX),
            State::Trialing { .. } | State::Active { .. } | State::Cancelling { .. } => 0,
        }
    }

    fn segment(&self, instance: InstanceId, subscription: SubscriptionId, from: Timestamp) -> Option<(&Subscription, &Segment)> {
        let (known, segments) = self.by_instance.get(&instance)?.iter().find(|(known, _)| known.id == subscription)?;
        Some((known, segments.iter().find(|segment| segment.from_at == from)?))
    }

    /// The segments after one of them, in order of time.
    fn following(&self, instance: InstanceId, subscription: SubscriptionId, from: Timestamp) -> Vec<Segment> {
        let of = self.by_instance.get(&instance).into_iter().flatten().find(|(known, _)| known.id == subscription);
        let mut later: Vec<Segment> = of.into_iter().flat_map(|(_, segments)| segments).filter(|segment| segment.from_at > from).copied().collect();
        later.sort_by_key(|segment| segment.from_at);
        later
    }

    /// Whether what an event leads to can be charged. What the platform measures by itself is counted all the same.
    fn can_bear(&self, subscription: &Subscription, segment: &Segment, event: &EventRow, total: &Total) -> bool {
        let component: Option<&Component> = self.plans.get(&segment.plan_id).and_then(|plan| plan.terms.component_for_meter(&event.meter));
        let whole = longest(Period::new(segment.term_start, segment.term_end));
        !event.source.starts_with(REPORTED) || component.is_none_or(|component| can_be_charged(component, subscription.currency, segment.interval.0, total, whole))
    }

    /// Whether the segment's plan has the event's meter. What the platform measures by itself is counted all the same: it
    /// is measured for every plan, and nobody expects to be charged for it.
    fn prices(&self, segment: &Segment, event: &UsageEvent) -> bool {
        !event.source.starts_with(REPORTED) || self.plans.get(&segment.plan_id).is_none_or(|plan| plan.terms.component_for_meter(&event.meter).is_some())
    }
}

/// Terms that were closed after that of a segment. A change of plan closes a segment and no term.
fn terms_closed_after(segment: &Segment, segments: &[Segment]) -> usize {
    let running = segments.iter().find(|segment| segment.until_at.is_none()).map(|segment| segment.term_start);
    let later = segments.iter().map(|segment| segment.term_start).filter(|start| *start > segment.term_start && Some(*start) != running);
    later.collect::<BTreeSet<_>>().len()
}

/// What came of adding events to their totals.
#[derive(Default)]
struct Counted<'a> {
    /// Source and id of those that are not counted, since no invoice could bear what they lead to.
    beyond: Vec<(&'a str, &'a str)>,
    /// Totals that grew after their segment was charged, in order of time.
    late: Vec<(InstanceId, TotalKey<'a>)>,
}

/// Adds new events to their running totals, in order of time.
async fn count<'a>(tx: &mut TenantTx, places: &Places, events: &[&'a EventRow]) -> Result<Counted<'a>, BillingError> {
    // Locked in one order by everybody.
    let mut groups: BTreeMap<TotalKey<'a>, Vec<&'a EventRow>> = BTreeMap::new();
    for event in events {
        if let Some((subscription, from)) = event.place.segment() {
            groups.entry((subscription, from, &event.meter)).or_default().push(event);
        }
    }
    if groups.is_empty() {
        return Ok(Counted::default());
    }
    let mut keys: BTreeSet<TotalKey> = groups.keys().copied().collect();
    for ((subscription, from, meter), group) in groups.iter().filter(|(_, group)| group.iter().any(|event| matches!(event.place, Place::Late(_)))) {
        // With those that their level is carried on to.
        keys.extend(places.following(group[0].instance, *subscription, *from).iter().map(|segment| (*subscription, segment.from_at, *meter)));
    }
    let keys = Vec::from_iter(keys);
    let mut totals: HashMap<TotalKey, Total> = keys.iter().copied().zip(totals::lock_totals(tx, &keys).await?).collect();
    let (mut grown, mut beyond, mut afterwards) = (Vec::with_capacity(groups.len()), Vec::new(), Vec::new());
    for (key, mut group) in groups {
        let ((subscription, from, meter), Some(mut total)) = (key, totals.remove(&key)) else { continue };
        // As the store orders them: of two at one instant the second counts as the latest.
        group.sort_by(|one, other| (one.at, &one.source, &one.id).cmp(&(other.at, &other.source, &other.id)));
        let (known, segment) = places.segment(group[0].instance, subscription, from).ok_or_else(|| Fault::new(format!("the segment of subscription {subscription} from {from} is not loaded")))?;
        let older = total.latest.map_or(0, |(latest, _)| group.partition_point(|event| event.at < latest));
        let gaps = if older > 0 && weighs(tx, places, segment, meter).await? { usage::gaps(tx, (subscription, from), meter, &group[..older]).await? } else { Vec::new() };
        let mut between = gaps.into_iter();
        let mut fitted: Option<(Timestamp, Decimal)> = None;
        let (mut counted, mut late) = (None, false);
        for event in group {
            let (mut next, gap) = (total.clone(), between.next());
            if next.add(event.at, event.value) == Added::OutOfOrder
                && let Some(Gap { before, until }) = gap
                && let Some(until) = until.or(total.latest.map(|(latest, _)| latest))
            {
                let before = fitted.filter(|(at, _)| before.is_none_or(|(earlier, _)| earlier <= *at)).or(before);
                let level = before.map_or(total.carried.unwrap_or_default(), |(_, value)| value);
                next.fit_in(level, (event.at, event.value), until);
            }
            if !places.can_bear(known, segment, event, &next) {
                beyond.push((event.source.as_str(), event.id.as_str()));
                continue;
            }
            if gap.is_some() {
                fitted = Some((event.at, event.value));
            }
            total = next;
            counted = Some(event.instance);
            late |= matches!(event.place, Place::Late(_));
        }
        let Some(instance) = counted else { continue };
        if !late {
            tx.show(Live::Usage { instance, meter: meter.to_owned(), value: total.sum.normalize().to_string() });
        }
        if late {
            afterwards.push((instance, key));
        }
        grown.push(Grown { subscription, meter, total, late });
    }
    totals::save_totals(tx, &grown).await?;
    Ok(Counted { beyond, late: afterwards })
}

/// Whether a meter is weighted by time in this segment: only then does the order of events matter.
async fn weighs(tx: &mut TenantTx, places: &Places, segment: &Segment, meter: &str) -> Result<bool, BillingError> {
    let component = match places.plans.get(&segment.plan_id) {
        Some(plan) => plan.terms.component_for_meter(meter).cloned(),
        None => plan(tx, segment.plan_id).await?.terms.component_for_meter(meter).cloned(),
    };
    Ok(component.is_some_and(|component| matches!(component.basis, Basis::Usage { aggregation: Aggregation::TimeWeightedSum, .. })))
}
