//! Browsing: what is on sale, for members and for visitors of the public pages.

use super::store;
use crate::{Offering, OfferingCard, OfferingState, OfferingView, PLATFORM, Plan, PlanCard, VersionState};
use kernel::{Fault, Need, PlanId};
use platform::{Cx, Opened, TenantTx, fault};
use sqlx::PgConnection;

/// Characters of a search that are looked at.
const SEARCH_LIMIT: usize = 80;

/// Active offerings whose name, summary or category holds every word of `search`; the platform's own tiers are not
/// among them.
pub async fn list_offerings(cx: &Cx, search: &str, category: Option<&str>) -> Result<Vec<OfferingCard>, Opened> {
    let mut tx = cx.tenant_tx(Need::MEMBER).await?;
    let cards = on_sale(&mut tx).await.map_err(fault)?.into_iter().filter(|view| view.offering.slug != PLATFORM);
    Ok(cards.map(|view| view.card()).filter(|card| matches(card, search, category)).collect())
}

/// One active offering with its plans. `None` for one that is unknown or not sold.
pub async fn offering_by_slug(cx: &Cx, slug: &str) -> Result<Option<OfferingView>, Opened> {
    let mut tx = cx.tenant_tx(Need::MEMBER).await?;
    Ok(active_by_slug(&mut tx, slug).await.map_err(fault)?)
}

/// Everything on sale with plans and prices, the tiers first, for visitors who are not signed in.
pub async fn public_offerings(cx: &Cx) -> Result<Vec<OfferingView>, Fault> {
    let mut tx = cx.door_tx().await?;
    let mut views = on_sale(&mut tx).await.map_err(fault)?;
    views.sort_by_key(|view| view.offering.slug != PLATFORM);
    Ok(views)
}

/// One offering on sale, for visitors who are not signed in.
pub async fn public_offering(cx: &Cx, slug: &str) -> Result<Option<OfferingView>, Fault> {
    let mut tx = cx.door_tx().await?;
    active_by_slug(&mut tx, slug).await.map_err(fault)
}

/// The platform's tiers on sale, for onboarding and for the public price list alike.
pub async fn tier_plans(cx: &Cx) -> Result<Vec<PlanCard>, Fault> {
    Ok(public_offering(cx, PLATFORM).await?.map(|view| view.plans).unwrap_or_default())
}

/// The platform's tiers on sale, within a transaction of the organisation's own.
pub async fn tiers_on_sale(tx: &mut TenantTx) -> Result<Vec<Plan>, Fault> {
    let view = active_by_slug(tx, PLATFORM).await.map_err(fault)?;
    Ok(view.into_iter().flat_map(|view| view.plans).map(|card| card.plan).collect())
}

/// Any plan that was ever published: running instances and subscriptions keep the version that they began with.
pub async fn plan(tx: &mut TenantTx, id: PlanId) -> Result<Option<Plan>, Fault> {
    store::plan(tx, id).await.map_err(fault)
}

/// A plan that may be ordered today.
pub async fn plan_for_order(tx: &mut TenantTx, id: PlanId) -> Result<Option<Plan>, Fault> {
    store::plan_on_sale(tx, id).await.map_err(fault)
}

/// The same for visitors who are not signed in: price previews.
pub async fn plan_on_sale(cx: &Cx, id: PlanId) -> Result<Option<Plan>, Fault> {
    let mut tx = cx.door_tx().await?;
    store::plan_on_sale(&mut tx, id).await.map_err(fault)
}

async fn on_sale(tx: &mut PgConnection) -> Result<Vec<OfferingView>, sqlx::Error> {
    let mut views = Vec::new();
    for offering in store::offerings(tx).await? {
        if offering.state == OfferingState::Active {
            views.extend(view_of(tx, offering).await?);
        }
    }
    Ok(views)
}

async fn active_by_slug(tx: &mut PgConnection, slug: &str) -> Result<Option<OfferingView>, sqlx::Error> {
    match store::offering_by_slug(tx, slug).await? {
        Some(offering) if offering.state == OfferingState::Active => view_of(tx, offering).await,
        Some(_) | None => Ok(None),
    }
}

/// With the plans of its newest published version.
async fn view_of(tx: &mut PgConnection, offering: Offering) -> Result<Option<OfferingView>, sqlx::Error> {
    let newest = store::versions(tx, offering.id).await?.into_iter().find(|version| version.state == VersionState::Published);
    let Some(version) = newest else { return Ok(None) };
    let plans = store::plans_of(tx, version.id).await?.into_iter().map(PlanCard::new).collect();
    Ok(Some(OfferingView { offering, version: version.id, version_number: version.number, plans }))
}

fn matches(card: &OfferingCard, search: &str, category: Option<&str>) -> bool {
    let text = format!("{} {} {} {} {}", card.name.en, card.name.id, card.summary.en, card.summary.id, card.category).to_lowercase();
    let search: String = search.chars().take(SEARCH_LIMIT).collect();
    category.is_none_or(|wanted| wanted == card.category) && search.to_lowercase().split_whitespace().all(|word| text.contains(word))
}
