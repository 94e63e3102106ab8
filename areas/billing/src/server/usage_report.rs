//! What was used so far and what it comes to, by the functions that will charge it.

use super::{
    charge::{plan, segment_term, used},
    errors::BillingError,
    store::{accounts, subscriptions, usage},
};
use crate::{
    charges::{in_arrears, title},
    invoice::LineKind,
    subscription::{State, Subject},
    view::{MeterUsage, RefusedUsage, UsageView},
};
use catalog::Basis;
use kernel::{InstanceId, Money, Need};
use platform::Cx;
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
        let Some(segment) = subscriptions::segment(&mut tx, subscription.id, subscription.usage_from).await? else { continue };
        let plan = plan(&mut tx, segment.plan_id).await?;
        let totals = usage::totals(&mut tx, subscription.id, segment.from_at).await?;
        let term = segment_term(&account, &plan, subscription.id, &segment);
        let mut meters = Vec::new();
        for component in &plan.terms.components {
            let Basis::Usage { meter, included, .. } = &component.basis else { continue };
            let Some(used) = used(&mut tx, subscription.id, &segment, &totals, component, account.currency()).await? else { continue };
            let line = in_arrears(&term, component, &used, Decimal::ZERO)?.into_iter().find(|line| line.kind == LineKind::Usage);
            let Some(line) = line else { continue };
            meters.push(MeterUsage {
                meter: meter.clone(),
                name: component.name.clone(),
                unit: component.unit.clone(),
                quantity: used.quantity,
                included: *included,
                events: used.events,
                cost: if segment.free { account.money(0) } else { line.amount },
                derivation: line.derivation,
            });
        }
        let cost = Money::sum(account.currency(), meters.iter().map(|meter| meter.cost))?;
        views.push(UsageView { subscription: subscription.id, instance: of, title: title(&plan), term: subscription.term, from: segment.from_at, meters, cost });
    }
    Ok(views)
}

/// Usage that came too late to be charged, newest first.
pub async fn refused_usage(cx: &Cx) -> Result<Vec<RefusedUsage>, BillingError> {
    let mut tx = cx.tenant_tx(Need::USAGE_READ).await?;
    Ok(usage::refused(&mut tx).await?)
}
