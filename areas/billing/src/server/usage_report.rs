//! What was used so far and what it comes to, by the functions that will charge it.

use super::{
    charge::{plan, segment_term, used},
    errors::BillingError,
    store::{
        accounts::{self, Account},
        aside,
        subscriptions::{self, Which},
        totals, usage,
    },
    subscriptions::after as after_subscription,
};
use crate::{
    charges::{CannotCharge, free_in, in_arrears, title},
    invoice::LineKind,
    subscription::{State, Subject, Subscription},
    view::{MeterUsage, RefusedUsage, SetAside, UsageView},
};
use catalog::Basis;
use kernel::{InstanceId, Money, Need, Page, PageSize, Timestamp};
use platform::{Cx, TenantTx};
use rust_decimal::Decimal;

/// Usage of the running terms, of all instances or of one.
pub async fn usage_report(cx: &Cx, instance: Option<InstanceId>) -> Result<Vec<UsageView>, BillingError> {
    let mut tx = cx.tenant_tx(Need::USAGE_READ).await?;
    let Some(account) = accounts::find(&mut tx).await? else { return Ok(Vec::new()) };
    let mut views = Vec::new();
    for subscription in subscriptions::list(&mut tx).await? {
        let Subject::Instance { instance: of } = subscription.subject else { continue };
        if matches!(subscription.state, State::Ended { .. }) || instance.is_some_and(|wanted| wanted != of) {
            continue;
        }
        views.extend(usage_of(&mut tx, &account, &subscription, of).await?);
    }
    Ok(views)
}

/// The same page by page, newest subscription first. A cursor of another list is taken as none.
pub async fn usage_page(cx: &Cx, after: Option<&str>, size: PageSize) -> Result<Page<UsageView>, BillingError> {
    let mut tx = cx.tenant_tx(Need::USAGE_READ).await?;
    let Some(account) = accounts::find(&mut tx).await? else { return Ok(Page { rows: Vec::new(), next: None }) };
    let found = subscriptions::page(&mut tx, Which::RunningInstances, after.and_then(after_subscription), size.rows() + 1).await?;
    let Page { rows: found, next } = super::subscriptions::page_of(found, size);
    let mut rows = Vec::new();
    for subscription in &found {
        if let Subject::Instance { instance } = subscription.subject {
            rows.extend(usage_of(&mut tx, &account, subscription, instance).await?);
        }
    }
    Ok(Page { rows, next })
}

/// Of one subscription's running term; none before its first segment is open.
async fn usage_of(tx: &mut TenantTx, account: &Account, subscription: &Subscription, instance: InstanceId) -> Result<Option<UsageView>, BillingError> {
    let Some(segment) = subscriptions::segment(tx, subscription.id, subscription.usage_from).await? else { return Ok(None) };
    let plan = plan(tx, segment.plan_id).await?;
    let totals = totals::totals(tx, subscription.id, segment.from_at).await?;
    let term = segment_term(account, &plan, subscription.id, &segment);
    let mut meters = Vec::new();
    for component in &plan.terms.components {
        let Basis::Usage { meter, .. } = &component.basis else { continue };
        let Some(used) = used(tx, subscription.id, &segment, &totals, component, account.currency()).await? else { continue };
        let lines = match in_arrears(&term, component, &used, Decimal::ZERO) {
            // It is set aside for staff when the term is closed.
            Err(CannotCharge::TooLarge(_)) => continue,
            lines => lines?,
        };
        // With what is missing to a minimum, as the invoice would have it.
        let cost = Money::sum(account.currency(), lines.iter().map(|line| line.amount))?;
        let Some(line) = lines.into_iter().find(|line| line.kind == LineKind::Usage) else { continue };
        meters.push(MeterUsage {
            meter: meter.clone(),
            name: component.name.clone(),
            unit: component.unit.clone(),
            quantity: used.quantity,
            included: free_in(&term, component)?,
            events: used.events,
            cost: if segment.free { account.money(0) } else { cost },
            derivation: line.derivation,
        });
    }
    let cost = Money::sum(account.currency(), meters.iter().map(|meter| meter.cost))?;
    Ok(Some(UsageView { subscription: subscription.id, instance, title: title(&plan), term: subscription.term, from: segment.from_at, meters, cost }))
}

/// What no invoice could bear, of every organisation, newest first: for staff to settle.
pub async fn usage_set_aside(cx: &Cx) -> Result<SetAside, BillingError> {
    let mut tx = cx.provider_tx(Need::PROVIDER_READ).await?;
    Ok(aside::list(&mut tx).await?)
}

/// Usage that is kept and not charged, newest first. A cursor of another list is taken as none.
pub async fn refused_usage(cx: &Cx, after: Option<&str>, size: PageSize) -> Result<Page<RefusedUsage>, BillingError> {
    let mut tx = cx.tenant_tx(Need::USAGE_READ).await?;
    let after: Option<(Timestamp, String, String)> = after.and_then(|text| serde_json::from_str(text).ok());
    // No source and no id has a NUL, and the database takes none to compare with.
    let after = after.filter(|(_, source, id)| !source.contains('\0') && !id.contains('\0'));
    let mut rows = usage::refused(&mut tx, after.as_ref(), size.rows() + 1).await?;
    let most = usize::try_from(size.rows()).unwrap_or_default();
    let more = rows.len() > most;
    rows.truncate(most);
    let next = rows.last().filter(|_| more).map(|row| serde_json::to_string(&(row.received_at, &row.source, &row.id)).expect("times and texts serialise"));
    Ok(Page { rows, next })
}
