//! POST /quotes: what it would cost.

use super::bill_shape;
use crate::{caller::Caller, json::Json, problem::Problem, v1::shape::quantities_schema};
use billing::{server::BillingError, view::QuoteRequest};
use kernel::{Currency, PlanId};
use rust_decimal::Decimal;
use serde::Deserialize;
use std::collections::BTreeMap;
use utoipa::{
    ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, Type},
};

/// What is to be priced.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WantedQuote {
    /// From the offerings; the plans of `platform` are the tiers.
    #[schema(value_type = String, pattern = "^pln_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = "pln_01h455vb4pex5vsknk084sn02q")]
    plan: PlanId,
    #[serde(default)]
    #[schema(inline, value_type = Interval)]
    interval: Option<Interval>,
    /// `IDR`, `USD` or `EUR`; the organisation's own without it.
    #[schema(value_type = Option<String>, pattern = "^(IDR|USD|EUR)$", example = "USD")]
    #[serde(default)]
    currency: Option<Currency>,
    /// Expected quantity of each meter in a whole term, as decimals.
    #[schema(schema_with = quantities_schema)]
    #[serde(default)]
    usage: BTreeMap<String, Decimal>,
    /// In how many events of one size that is expected, where each of them is charged for; in one without it.
    #[schema(schema_with = events_schema)]
    #[serde(default)]
    events: BTreeMap<String, u64>,
}

/// How many by the meter's name.
fn events_schema() -> RefOr<Schema> {
    let count = ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(1)).maximum(Some(100_000));
    Schema::Object(ObjectBuilder::new().schema_type(Type::Object).additional_properties(Some(Schema::Object(count.build()))).build()).into()
}

/// How long one term lasts; `monthly` without it.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Interval {
    #[default]
    Monthly,
    Quarterly,
    Annual,
}

/// Prices a plan with the usage that you expect
///
/// By the calculator that charges: the same lines, the same rounding, with how each amount came to be. Nothing is
/// ordered.
#[utoipa::path(
    post,
    path = "/api/v1/quotes",
    operation_id = "quote",
    tag = "Catalog",
    request_body = WantedQuote,
    responses((status = 200, description = "The price", body = bill_shape::Quote)),
    security(("key" = [])),
)]
pub async fn quote(Caller(cx): Caller, Json(wanted): Json<WantedQuote>) -> Result<axum::Json<bill_shape::Quote>, Problem> {
    let (interval, currency) = (wanted.interval, wanted.currency);
    let request = QuoteRequest {
        plan: wanted.plan,
        interval: match interval.unwrap_or_default() {
            Interval::Monthly => catalog::Interval::Monthly,
            Interval::Quarterly => catalog::Interval::Quarterly,
            Interval::Annual => catalog::Interval::Annual,
        },
        currency,
        usage: wanted.usage,
        events: wanted.events,
    };
    let quoted = billing::server::quote(&cx, request).await.map_err(|refusal| refused(refusal, interval, currency))?;
    Ok(axum::Json(quoted.into()))
}

/// Beside what was asked for: a plan that is not sold so, beside the term and the currency that were named.
fn refused(refusal: BillingError, interval: Option<Interval>, currency: Option<Currency>) -> Problem {
    match refusal {
        BillingError::PlanNotFound => Problem::from(refusal).pointer("/plan", "unknown", "There is no such plan for sale"),
        BillingError::NotSold => {
            let asked = [("/interval", interval.is_some()), ("/currency", currency.is_some())];
            let named: Vec<&str> = asked.into_iter().filter(|(_, named)| *named).map(|(pointer, _)| pointer).collect();
            let named = if named.is_empty() { vec!["/plan"] } else { named };
            named.into_iter().fold(Problem::from(refusal), |problem, pointer| problem.pointer(pointer, "not_sold", "The plan is not sold for this term in this currency"))
        }
        refusal => refusal.into(),
    }
}
