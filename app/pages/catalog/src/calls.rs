//! What the catalog's pages ask the server.

use catalog::{OfferingCard, OfferingView};
use kit::{PageError, form::schema::Typed, table::ListQuery};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[cfg(feature = "ssr")]
use crate::refused;
#[cfg(feature = "ssr")]
use billing::server::BillingError;
#[cfg(feature = "ssr")]
use catalog::Interval;
#[cfg(feature = "ssr")]
use kernel::{InstanceId, PlanId};
#[cfg(feature = "ssr")]
use provisioning::{commands::OrderInstance, server::OrderError};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CatalogSheet {
    /// What was sought.
    pub cards: Vec<OfferingCard>,
    /// Of everything that is sold.
    pub categories: Vec<String>,
}

#[server]
pub async fn offerings(query: ListQuery) -> Result<CatalogSheet, PageError> {
    let cx = kit::request::cx().await?;
    let all = catalog::server::list_offerings(&cx, "", None).await?;
    let mut categories: Vec<String> = all.into_iter().map(|card| card.category).collect();
    categories.sort();
    categories.dedup();
    let cards = catalog::server::list_offerings(&cx, &query.q, query.filter("category")).await?;
    Ok(CatalogSheet { cards, categories })
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OfferingSheet {
    pub view: OfferingView,
    /// The id that an order from this page will have: the same form sent twice is the same order.
    pub instance: String,
    /// Unpaid invoices keep the organisation from ordering.
    pub held: bool,
}

#[server]
pub async fn offering(slug: String) -> Result<OfferingSheet, PageError> {
    let cx = kit::request::cx().await?;
    let view = catalog::server::offering_by_slug(&cx, &slug).await?.ok_or_else(refused::unknown_offering)?;
    let instance = InstanceId::from_uuid(cx.new_uuid()).to_string();
    let held = held(billing::server::orders_are_held(&cx).await)?;
    Ok(OfferingSheet { view, instance, held })
}

/// Who has no organisation to order for is told so elsewhere.
#[cfg(feature = "ssr")]
fn held(answer: Result<bool, BillingError>) -> Result<bool, PageError> {
    match answer {
        Err(BillingError::Denied(_)) => Ok(false),
        answer => answer.map_err(refused::quote),
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OrderForm {
    pub instance: String,
    pub plan: String,
    #[serde(default)]
    pub name: String,
    #[serde(default)]
    pub configuration: Typed,
    /// A path of ours to go back to, for who was sent to the catalog from there; else the service itself.
    #[serde(default)]
    pub back: String,
}

#[server]
pub async fn order(form: OrderForm) -> Result<(), PageError> {
    #[derive(Serialize)]
    struct Kept<'a> {
        form: &'a OrderForm,
    }
    let cx = kit::request::cx().await?;
    let unknown = || refused::order(OrderError::NoSuchPlan);
    let plan: PlanId = form.plan.parse().map_err(|_| unknown())?;
    let schema = catalog::server::plan_on_sale(&cx, plan).await?.ok_or_else(unknown)?.terms.config_schema;
    let configuration = form.configuration.to_json(&schema);
    let order = OrderInstance { id: form.instance.parse().ok(), plan, name: form.name.clone(), configuration };
    let accepted = provisioning::server::order_instance(&cx, order).await.map_err(|refusal| refused::order(refusal).keeping(&Kept { form: &form }))?;
    let there = format!("/services/{}", accepted.instance.id);
    leptos_axum::redirect(if form.back.is_empty() { &there } else { kit::request::local_path(&form.back) });
    Ok(())
}

/// Ends the name of a meter where not its quantity is expected but in how many events that comes.
pub const EVENTS: &str = "~events";

/// What is to be priced: a plan of an offering by its code, the first where none is named, and expected quantities as they
/// were typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    pub slug: String,
    pub plan: Option<String>,
    #[serde(default)]
    pub usage: BTreeMap<String, String>,
}

/// In the organisation's currency, for the shortest term that the plan is sold for.
#[server]
pub async fn quote(asked: Asked) -> Result<billing::view::QuoteView, PageError> {
    let cx = kit::request::cx().await?;
    let unknown = || refused::quote(BillingError::PlanNotFound);
    let offering = catalog::server::offering_by_slug(&cx, &asked.slug).await?.ok_or_else(unknown)?;
    let plan = offering.plan_or_first(asked.plan.as_deref()).ok_or_else(unknown)?.plan.id;
    let (usage, events) = refused::expected(&asked.usage)?;
    for interval in Interval::ALL {
        let request = billing::view::QuoteRequest { plan, interval, currency: None, usage: usage.clone(), events: events.clone() };
        match billing::server::quote(&cx, request).await {
            Err(BillingError::NotSold) => {}
            answer => return answer.map_err(refused::quote),
        }
    }
    Err(refused::quote(BillingError::NotSold))
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use kernel::{Denied, Fault};

    #[test]
    fn a_fault_is_not_taken_for_leave_to_order() {
        Owner::new().with(|| {
            assert_eq!(held(Ok(true)), Ok(true));
            assert_eq!(held(Err(BillingError::Denied(Denied::NoTenant))), Ok(false));
            assert!(matches!(held(Err(BillingError::Fault(Fault::new("the pool is closed")))), Err(PageError::Trouble { .. })));
        });
    }
}
