//! Adds up the quotes of several plans.

use super::{
    Terms,
    calls::{Sum, Wanted},
};
use billing::{
    server::{BillingError, public_quote},
    view::{QuoteRequest, QuoteView},
};
use catalog::{Interval, PLATFORM};
use kernel::{Currency, Money, PlanId};
use kit::PageError;
use platform::Cx;
use std::collections::BTreeMap;

/// Plans that one question may name.
const PLANS_LIMIT: usize = 50;

pub async fn sum(cx: &Cx, wanted: Wanted) -> Result<Sum, PageError> {
    let Terms { currency, interval } = wanted.terms;
    let platform = catalog::server::public_offering(cx, PLATFORM).await?;
    let tier = platform.as_ref().and_then(|platform| platform.plan_or_first(wanted.tier.as_deref())).map(|card| (card.plan.id, 1));
    let (mut fees, mut tax) = (Money::zero(currency), Money::zero(currency));
    for (plan, count) in tier.into_iter().chain(wanted.plans).filter(|(_, count)| *count > 0).take(PLANS_LIMIT) {
        let (quote, terms) = quoted(cx, plan, currency, interval).await.map_err(|error| kit::page_error!(error))?;
        let times = |money: Money| money.minor.checked_mul(count * terms).map(|minor| Money::new(minor, money.currency));
        fees = times(quote.each_term.subtotal).and_then(|more| fees.checked_add(more).ok()).unwrap_or(fees);
        tax = times(quote.each_term.tax).and_then(|more| tax.checked_add(more).ok()).unwrap_or(tax);
    }
    Ok(Sum { fees, tax, total: fees.checked_add(tax).unwrap_or(fees) })
}

/// A plan that is not sold by the year is paid twelve times.
async fn quoted(cx: &Cx, plan: PlanId, currency: Currency, interval: Interval) -> Result<(QuoteView, i64), BillingError> {
    let ask = |interval| public_quote(cx, QuoteRequest { plan, interval, currency: Some(currency), usage: BTreeMap::new(), events: BTreeMap::new() });
    match ask(interval).await {
        Ok(quote) => Ok((quote, 1)),
        Err(_) if interval != Interval::Monthly => Ok((ask(Interval::Monthly).await?, i64::from(interval.months()))),
        Err(error) => Err(error),
    }
}
