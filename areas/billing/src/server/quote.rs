//! Price previews over the catalog, signed in or not.

use super::{account, errors::BillingError};
use crate::{
    preview::{self, Asker},
    tax::TaxRegime,
    view::{QuoteRequest, QuoteView},
};
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
    let today = account::today(&known, cx);
    let currency = known.currency();
    let asker = match request.currency {
        Some(other) if other != currency => Asker { currency: other, tax: TaxRegime::for_currency(other), anchor: None, today },
        Some(_) | None => Asker { currency, tax: known.details.tax.clone(), anchor: known.anchor, today },
    };
    Ok(preview::quote(&plan, request.interval, &asker, &request.usage)?)
}

/// The same for visitors: the tax follows the currency.
pub async fn public_quote(cx: &Cx, request: QuoteRequest) -> Result<QuoteView, BillingError> {
    check(&request)?;
    let plan = catalog::server::plan_on_sale(cx, request.plan).await?.ok_or(BillingError::PlanNotFound)?;
    let currency = request.currency.unwrap_or(Currency::Usd);
    let asker = Asker { currency, tax: TaxRegime::for_currency(currency), anchor: None, today: cx.now().date_utc() };
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
