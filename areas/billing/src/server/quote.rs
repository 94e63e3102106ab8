//! Price previews over the catalog, signed in or not.

use super::{account, errors::BillingError};
use crate::{
    metering::LARGEST_VALUE,
    preview::{self, Asker, Expected},
    tax::TaxRegime,
    view::{QuoteRequest, QuoteView},
    zone::Zone,
};
use catalog::{Component, Plan};
use kernel::{Currency, FieldError, Need};
use platform::Cx;
use rust_decimal::Decimal;

/// Meters that one request may name.
const METERS_LIMIT: usize = 50;
/// Events of one meter that are calculated one by one.
const EVENTS_LIMIT: u64 = 100_000;

/// The exact price for the organisation: its currency, tax and anchor day.
pub async fn quote(cx: &Cx, request: QuoteRequest) -> Result<QuoteView, BillingError> {
    check(&request)?;
    let mut tx = cx.tenant_tx(Need::MEMBER).await?;
    let Some(known) = account::foreseen(&mut tx).await? else {
        drop(tx);
        return public_quote(cx, request).await;
    };
    let plan = catalog::server::plan_for_order(&mut tx, request.plan).await?.ok_or(BillingError::PlanNotFound)?;
    let (at, zone) = (cx.now(), known.zone.clone());
    let currency = known.currency();
    let asker = match request.currency {
        Some(other) if other != currency => Asker { currency: other, tax: TaxRegime::for_currency(other), anchor: None, at, zone },
        Some(_) | None => Asker { currency, tax: known.details.tax.clone(), anchor: known.anchor, at, zone },
    };
    known_meters(&plan, &request)?;
    Ok(preview::quote(&plan, request.interval, &asker, Expected { usage: &request.usage, events: &request.events })?)
}

/// A meter that the plan does not price may be another one mistyped.
fn known_meters(plan: &Plan, request: &QuoteRequest) -> Result<(), BillingError> {
    let unknown = |meter: &&String| plan.terms.component_for_meter(meter).is_none();
    let meters: Vec<&str> = plan.terms.components.iter().filter_map(Component::meter).collect();
    let says = if meters.is_empty() { "This plan meters nothing.".to_owned() } else { format!("This plan meters {}.", meters.join(", ")) };
    let fields_of = |part: &str, meters: Vec<&String>| -> Vec<FieldError> { meters.into_iter().filter(unknown).map(|meter| FieldError::new(format!("/{part}/{meter}"), "unknown", says.clone())).collect() };
    let mut fields = fields_of("usage", request.usage.keys().collect());
    fields.extend(fields_of("events", request.events.keys().collect()));
    if fields.is_empty() { Ok(()) } else { Err(BillingError::Fields(fields)) }
}

/// The same for visitors: the tax follows the currency.
pub async fn public_quote(cx: &Cx, request: QuoteRequest) -> Result<QuoteView, BillingError> {
    check(&request)?;
    let plan = catalog::server::plan_on_sale(cx, request.plan).await?.ok_or(BillingError::PlanNotFound)?;
    let currency = request.currency.unwrap_or(Currency::Usd);
    let asker = Asker { currency, tax: TaxRegime::for_currency(currency), anchor: None, at: cx.now(), zone: Zone::utc() };
    known_meters(&plan, &request)?;
    Ok(preview::quote(&plan, request.interval, &asker, Expected { usage: &request.usage, events: &request.events })?)
}

fn check(request: &QuoteRequest) -> Result<(), BillingError> {
    let mut fields = Vec::new();
    for (part, meters) in [("/usage", request.usage.len()), ("/events", request.events.len())] {
        if meters > METERS_LIMIT {
            fields.push(FieldError::new(part, "too_many", format!("At most {METERS_LIMIT} meters.")));
        }
    }
    for (meter, quantity) in &request.usage {
        if *quantity < Decimal::ZERO || *quantity > Decimal::from(LARGEST_VALUE) {
            fields.push(FieldError::new(format!("/usage/{meter}"), "range", format!("0 to {LARGEST_VALUE}.")));
        }
    }
    for (meter, events) in &request.events {
        if !(1..=EVENTS_LIMIT).contains(events) {
            fields.push(FieldError::new(format!("/events/{meter}"), "range", format!("1 to {EVENTS_LIMIT}.")));
        }
    }
    if fields.is_empty() { Ok(()) } else { Err(BillingError::Fields(fields)) }
}
