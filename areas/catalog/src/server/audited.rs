//! Use cases that change something, as others call them: an attempt that the rules refuse leaves its entry in the audit
//! trail (`platform::Attempt`).

use super::edit::{self, CatalogError, OfferingCommand};
use crate::{EditorView, PlanTerms, Price};
use kernel::OfferingId;
use platform::{Attempt, Cx};

pub async fn create_offering(cx: &Cx, command: OfferingCommand) -> Result<EditorView, CatalogError> {
    Attempt::new("catalog.offering.created", "").with("slug", &command.slug).run(cx, edit::create_offering(cx, command)).await
}

pub async fn update_offering(cx: &Cx, id: OfferingId, command: OfferingCommand) -> Result<EditorView, CatalogError> {
    Attempt::new("catalog.offering.described", id).run(cx, edit::update_offering(cx, id, command)).await
}

pub async fn start_draft(cx: &Cx, id: OfferingId) -> Result<EditorView, CatalogError> {
    Attempt::new("catalog.version.drafted", id).run(cx, edit::start_draft(cx, id)).await
}

pub async fn save_draft(cx: &Cx, id: OfferingId, plans: Vec<PlanTerms>) -> Result<EditorView, CatalogError> {
    Attempt::new("catalog.version.edited", id).run(cx, edit::save_draft(cx, id, plans)).await
}

pub async fn set_prices(cx: &Cx, id: OfferingId, plan: &str, component: &str, prices: Vec<Price>) -> Result<EditorView, CatalogError> {
    let attempt = Attempt::new("catalog.version.edited", id).with("plan", plan).with("component", component);
    attempt.run(cx, edit::set_prices(cx, id, plan, component, prices)).await
}

pub async fn publish(cx: &Cx, id: OfferingId) -> Result<EditorView, CatalogError> {
    Attempt::new("catalog.version.published", id).run(cx, edit::publish(cx, id)).await
}

pub async fn pause(cx: &Cx, id: OfferingId) -> Result<EditorView, CatalogError> {
    Attempt::new("catalog.offering.paused", id).run(cx, edit::pause(cx, id)).await
}

pub async fn resume(cx: &Cx, id: OfferingId) -> Result<EditorView, CatalogError> {
    Attempt::new("catalog.offering.resumed", id).run(cx, edit::resume(cx, id)).await
}

pub async fn archive(cx: &Cx, id: OfferingId) -> Result<EditorView, CatalogError> {
    Attempt::new("catalog.offering.archived", id).run(cx, edit::archive(cx, id)).await
}
