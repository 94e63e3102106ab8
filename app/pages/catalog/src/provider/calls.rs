//! What the editor asks the server. The module's name in these addresses makes the staff's session count.

use super::forms::{Deed, DescriptionForm, PartForm, PlanForm};
use catalog::{EditorView, StaffOffering};
use kit::PageError;
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use super::merge;
#[cfg(feature = "ssr")]
use crate::refused;
#[cfg(feature = "ssr")]
use catalog::server::{self as editing, CatalogError};
#[cfg(feature = "ssr")]
use kernel::OfferingId;

#[server]
pub async fn every_offering() -> Result<Vec<StaffOffering>, PageError> {
    let cx = kit::request::cx().await?;
    Ok(editing::staff_offerings(&cx).await?)
}

#[server]
pub async fn editor(slug: String) -> Result<EditorView, PageError> {
    let cx = kit::request::cx().await?;
    let found = editing::staff_offerings(&cx).await?.into_iter().find(|row| row.offering.slug == slug);
    let id = found.ok_or_else(refused::unknown_offering)?.offering.id;
    editing::editor(&cx, id).await.map_err(refused::editing)
}

#[server]
pub async fn create_offering(form: DescriptionForm) -> Result<(), PageError> {
    let cx = kit::request::cx().await?;
    let created = editing::create_offering(&cx, merge::description(&form)).await;
    let view = created.map_err(|refusal| of_texts(refused::editing(refusal)).keeping(&Kept { form: &form }))?;
    leptos_axum::redirect(&format!("/provider/catalog/{}", view.offering.slug));
    Ok(())
}

#[server]
pub async fn describe(form: DescriptionForm) -> Result<EditorView, PageError> {
    let cx = kit::request::cx().await?;
    let id = id_of(&form.id)?;
    let described = editing::update_offering(&cx, id, merge::description(&form)).await;
    described.map_err(|refusal| of_texts(refused::editing(refusal)).keeping(&Kept { form: &form }))
}

/// Starts a draft, publishes it, or changes whether the offering is sold.
#[server]
pub async fn change_offering(id: String, deed: Deed) -> Result<EditorView, PageError> {
    let cx = kit::request::cx().await?;
    let id = id_of(&id)?;
    let done = match deed {
        Deed::StartDraft => editing::start_draft(&cx, id).await,
        Deed::Publish => editing::publish(&cx, id).await,
        Deed::Pause => editing::pause(&cx, id).await,
        Deed::Resume => editing::resume(&cx, id).await,
        Deed::Archive => editing::archive(&cx, id).await,
    };
    done.map_err(refused::editing)
}

#[server]
pub async fn save_plan(form: PlanForm) -> Result<(), PageError> {
    let cx = kit::request::cx().await?;
    let (id, view) = draft(&cx, &form.offering).await?;
    refused::speak();
    let plans = merge::plan(merge::plans(&view), &form).map_err(|fields| invalid(fields).keeping(&Kept { form: &form }))?;
    let saved = editing::save_draft(&cx, id, plans).await.map_err(|refusal| refused::editing(refusal).keeping(&Kept { form: &form }))?;
    leptos_axum::redirect(&format!("/provider/catalog/{}?plan={}#draft", saved.offering.slug, form.code.trim()));
    Ok(())
}

#[server]
pub async fn remove_plan(offering: String, plan: String) -> Result<(), PageError> {
    let cx = kit::request::cx().await?;
    let (id, view) = draft(&cx, &offering).await?;
    let saved = editing::save_draft(&cx, id, merge::without_plan(merge::plans(&view), &plan)).await.map_err(refused::editing)?;
    leptos_axum::redirect(&format!("/provider/catalog/{}#draft", saved.offering.slug));
    Ok(())
}

#[server]
pub async fn save_part(form: PartForm) -> Result<(), PageError> {
    let cx = kit::request::cx().await?;
    let (id, view) = draft(&cx, &form.offering).await?;
    refused::speak();
    let plans = merge::part(merge::plans(&view), &form).map_err(|fields| invalid(fields).keeping(&Kept { form: &form }))?;
    let saved = editing::save_draft(&cx, id, plans).await.map_err(|refusal| refused::editing(refusal).keeping(&Kept { form: &form }))?;
    leptos_axum::redirect(&format!("/provider/catalog/{}?plan={}#draft", saved.offering.slug, form.plan));
    Ok(())
}

#[server]
pub async fn remove_part(offering: String, plan: String, part: String) -> Result<(), PageError> {
    let cx = kit::request::cx().await?;
    let (id, view) = draft(&cx, &offering).await?;
    let saved = editing::save_draft(&cx, id, merge::without_part(merge::plans(&view), &plan, &part)).await.map_err(refused::editing)?;
    leptos_axum::redirect(&format!("/provider/catalog/{}?plan={plan}#draft", saved.offering.slug));
    Ok(())
}

/// Gives what was typed the names that the fields have.
#[cfg(feature = "ssr")]
#[derive(serde::Serialize)]
struct Kept<'a, T> {
    form: &'a T,
}

#[cfg(feature = "ssr")]
fn id_of(text: &str) -> Result<OfferingId, PageError> {
    text.parse().map_err(|_| refused::unknown_offering())
}

#[cfg(feature = "ssr")]
async fn draft(cx: &platform::Cx, offering: &str) -> Result<(OfferingId, EditorView), PageError> {
    let id = id_of(offering)?;
    let view = editing::editor(cx, id).await.map_err(refused::editing)?;
    if view.draft.is_none() {
        return Err(refused::editing(CatalogError::NoDraft));
    }
    Ok((id, view))
}

#[cfg(feature = "ssr")]
fn invalid(fields: Vec<kernel::FieldError>) -> PageError {
    kit::request::refusal("catalog.fields", String::new(), fields)
}

/// A text's complaint stands beside its English field.
#[cfg(feature = "ssr")]
fn of_texts(error: PageError) -> PageError {
    match error {
        PageError::Invalid { mut fields, typed } => {
            for complaint in &mut fields {
                let language = if matches!(complaint.field.as_str(), "name" | "summary" | "description") { "_en" } else { "" };
                complaint.field = format!("/form/{}{language}", complaint.field);
            }
            PageError::Invalid { fields, typed }
        }
        other => other,
    }
}
