//! Price previews over the catalog, signed in or not.

use super::{account, errors::BillingError};
use crate::{
    preview::{self, Asker},
    tax::TaxRegime,
    view::{QuoteRequest, QuoteView},
    zone::Zone,
};
use catalog::{Component, Plan};
use kernel::{Currency, FieldError, Need};
use platform::Cx;
use rust_decimal::Decimal;

/// Meters that one request may name, and how much of each.
const METERS_LIMIT: usize = 50;
const QUANTITY_LIMIT: i64 = 1_000_000_000_000;

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
    Ok(preview::quote(&plan, request.interval, &asker, &request.usage)?)
}

/// A meter that the plan does not price may be another one mistyped.
fn known_meters(plan: &Plan, request: &QuoteRequest) -> Result<(), BillingError> {
    let unknown = |meter: &&String| plan.terms.component_for_meter(meter).is_none();
    let meters: Vec<&str> = plan.terms.components.iter().filter_map(Component::meter).collect();
    let says = if meters.is_empty() { "This plan meters nothing.".to_owned() } else { format!("This plan meters {}.", meters.join(", ")) };
    let fields: Vec<FieldError> = request.usage.keys().filter(unknown).map(|meter| FieldError::new(format!("/usage/{meter}"), "unknown", says.clone())).collect();
    if fields.is_empty() { Ok(()) } else { Err(BillingError::Fields(fields)) }
}

/// The same for visitors: the tax follows the currency.
pub async fn public_quote(cx: &Cx, request: QuoteRequest) -> Result<QuoteView, BillingError> {
    check(&request)?;
    let plan = catalog::server::plan_on_sale(cx, request.plan).await?.ok_or(BillingError::PlanNotFound)?;
    let currency = request.currency.unwrap_or(Currency::Usd);
    let asker = Asker { currency, tax: TaxRegime::for_currency(currency), anchor: None, at: cx.now(), zone: Zone::utc() };
    known_meters(&plan, &request)?;
    Ok(preview::quote(&plan, request.interval, &asker, &request.usage)?)
}

fn check(request: &QuoteRequest) -> Result<(), BillingError> {
    let mut fields = Vec::new();
    if request.usage.len() > METERS_LIMIT {
        fields.push(FieldError::new("/usage", "too_many", format!("At most {METERS_LIMIT} meters.")));
    }
    for (meter, quantity) in &request.usage {
        if *quantity < Decimal::ZERO || *quantity > Decimal::from(QUANTITY_LIMIT) {
            fields.push(FieldError::new(format!("/usage/{meter}"), "range", format!("0 to {QUANTITY_LIMIT}.")));
        }
    }
    if fields.is_empty() { Ok(()) } else { Err(BillingError::Fields(fields)) }
}
