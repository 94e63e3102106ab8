//! Editing by operators: drafts are free, published versions never change, what runs keeps the version it began with.

use super::{configuration::schema_findings, store};
use crate::{DraftFinding, EditorView, Offering, OfferingState, PlanTerms, Price, Severity, StaffOffering, Text, Version, VersionState, check_draft, check_service};
use kernel::{ComponentId, Denied, Fault, FieldError, Need, OfferingId, PlanId, TenantId, VersionId};
use platform::{Cx, Opened, ProviderTx, fault};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Why a change of the catalog is refused.
#[derive(Debug, thiserror::Error)]
pub enum CatalogError {
    #[error("there is no such offering")]
    NotFound,
    #[error("another offering has this address")]
    SlugTaken,
    #[error("there is no draft; start one first")]
    NoDraft,
    #[error("the draft has errors")]
    Findings(Vec<DraftFinding>),
    #[error("some fields are not right")]
    Fields(Vec<FieldError>),
    #[error("an archived offering stays archived")]
    Archived,
    #[error("publish a version first")]
    NothingPublished,
    #[error(transparent)]
    Denied(Denied),
    #[error(transparent)]
    Fault(Fault),
}

platform::refusals!(CatalogError);

impl CatalogError {
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "catalog.offering_not_found",
            Self::SlugTaken => "catalog.slug_taken",
            Self::NoDraft => "catalog.no_draft",
            Self::Findings(_) => "catalog.draft_has_errors",
            Self::Fields(_) => "catalog.fields",
            Self::Archived => "catalog.archived",
            Self::NothingPublished => "catalog.nothing_published",
            Self::Denied(Denied::SignedOut) => "access.signed_out",
            Self::Denied(Denied::TooLittle) => "access.denied",
            Self::Denied(Denied::NoTenant) => "access.no_tenant",
            Self::Fault(_) => "fault",
        }
    }

    pub fn fields(&self) -> Vec<FieldError> {
        match self {
            Self::Fields(fields) => fields.clone(),
            Self::Findings(findings) => findings
                .iter()
                .filter(|finding| finding.severity == Severity::Error)
                .map(|finding| FieldError::new(&finding.pointer, &finding.code, &finding.message))
                .collect(),
            Self::SlugTaken => vec![FieldError::new("slug", "taken", "Another offering has this address.")],
            Self::NotFound | Self::NoDraft | Self::Archived | Self::NothingPublished | Self::Denied(_) | Self::Fault(_) => Vec::new(),
        }
    }
}

/// What an operator says of an offering.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OfferingCommand {
    pub slug: String,
    pub name: Text,
    pub category: String,
    pub summary: Text,
    pub description: Text,
    pub driver: Option<String>,
}

impl OfferingCommand {
    fn check(&self) -> Result<(), CatalogError> {
        let mut fields = Vec::new();
        let slug_fits = (2..=40).contains(&self.slug.len())
            && self.slug.starts_with(|first: char| first.is_ascii_lowercase())
            && self.slug.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
        if !slug_fits {
            fields.push(FieldError::new("slug", "slug", "2 to 40 lower-case letters, digits and hyphens, beginning with a letter."));
        }
        for (field, text, limit) in [("name", &self.name, 80), ("summary", &self.summary, 300), ("description", &self.description, 4_000)] {
            if text.is_empty() && field != "description" {
                fields.push(FieldError::new(field, "required", "This is needed."));
            }
            if text.en.chars().count().max(text.id.chars().count()) > limit {
                fields.push(FieldError::new(field, "too_long", format!("At most {limit} characters.")));
            }
        }
        if self.category.trim().is_empty() || self.category.len() > 40 {
            fields.push(FieldError::new("category", "required", "One word of at most 40 characters."));
        }
        if fields.is_empty() { Ok(()) } else { Err(CatalogError::Fields(fields)) }
    }
}

/// Every offering with its versions, whatever its state.
pub async fn staff_offerings(cx: &Cx) -> Result<Vec<StaffOffering>, Opened> {
    let mut tx = cx.provider_tx(Need::PROVIDER_READ).await?;
    let mut rows = Vec::new();
    for offering in store::offerings(&mut tx).await.map_err(fault)? {
        let versions = store::versions(&mut tx, offering.id).await.map_err(fault)?;
        rows.push(StaffOffering { offering, versions });
    }
    Ok(rows)
}

/// One offering as the editor shows it.
pub async fn editor(cx: &Cx, id: OfferingId) -> Result<EditorView, CatalogError> {
    let mut tx = cx.provider_tx(Need::PROVIDER_READ).await?;
    let offering = store::offering(&mut tx, id).await?.ok_or(CatalogError::NotFound)?;
    editor_view(&mut tx, offering).await
}

/// A new offering, not sold yet, with an empty draft.
pub async fn create_offering(cx: &Cx, command: OfferingCommand) -> Result<EditorView, CatalogError> {
    command.check()?;
    let mut tx = cx.provider_tx(Need::CATALOG_WRITE).await?;
    let OfferingCommand { slug, name, category, summary, description, driver } = command;
    let id = OfferingId::from_uuid(cx.new_uuid());
    let offering = Offering { id, slug, name, category, summary, description, driver, state: OfferingState::Draft };
    if !store::insert_offering(&mut tx, &offering, 100, cx.now()).await? {
        return Err(CatalogError::SlugTaken);
    }
    store::insert_version(&mut tx, VersionId::from_uuid(cx.new_uuid()), id, 1, cx.now()).await?;
    let view = editor_view(&mut tx, offering).await?;
    done(tx, cx, "catalog.offering.created", id, json!({"slug": view.offering.slug})).await?;
    Ok(view)
}

/// Names and texts; they are not part of a version, so they change for everybody at once. The address stays.
pub async fn update_offering(cx: &Cx, id: OfferingId, command: OfferingCommand) -> Result<EditorView, CatalogError> {
    command.check()?;
    let mut tx = cx.provider_tx(Need::CATALOG_WRITE).await?;
    let before = store::lock_offering(&mut tx, id).await?.ok_or(CatalogError::NotFound)?;
    let OfferingCommand { name, category, summary, description, driver, slug: _ } = command;
    let offering = Offering { name, category, summary, description, driver, ..before };
    store::save_texts(&mut tx, &offering, cx.now()).await?;
    let view = editor_view(&mut tx, offering).await?;
    done(tx, cx, "catalog.offering.described", id, json!({"name": view.offering.name})).await?;
    Ok(view)
}

/// A draft that begins as a copy of the newest published version. With a draft there already, that one.
pub async fn start_draft(cx: &Cx, id: OfferingId) -> Result<EditorView, CatalogError> {
    let mut tx = cx.provider_tx(Need::CATALOG_WRITE).await?;
    let offering = store::lock_offering(&mut tx, id).await?.ok_or(CatalogError::NotFound)?;
    if store::lock_draft(&mut tx, id).await?.is_some() {
        return editor_view(&mut tx, offering).await;
    }
    let versions = store::versions(&mut tx, id).await?;
    let version = VersionId::from_uuid(cx.new_uuid());
    let number = versions.first().map_or(1, |newest| newest.number + 1);
    store::insert_version(&mut tx, version, id, number, cx.now()).await?;
    if let Some(published) = versions.first() {
        let plans: Vec<PlanTerms> = store::plans_of(&mut tx, published.id).await?.into_iter().map(|plan| plan.terms).collect();
        store::replace_plans(&mut tx, version, &identified(cx, plans, &BTreeMap::new())).await?;
    }
    let view = editor_view(&mut tx, offering).await?;
    done(tx, cx, "catalog.version.drafted", version, json!({"offering": id, "number": number})).await?;
    Ok(view)
}

/// Replaces the draft's plans. Errors in them are kept and shown: only publishing is refused for them.
pub async fn save_draft(cx: &Cx, id: OfferingId, plans: Vec<PlanTerms>) -> Result<EditorView, CatalogError> {
    edit_draft(cx, id, |_| Ok(plans)).await
}

/// Sets the prices of one part of one plan of the draft.
pub async fn set_prices(cx: &Cx, id: OfferingId, plan: &str, component: &str, prices: Vec<Price>) -> Result<EditorView, CatalogError> {
    edit_draft(cx, id, |mut plans| {
        let target = plans.iter_mut().find(|terms| terms.code == plan).and_then(|terms| terms.components.iter_mut().find(|part| part.code == component));
        target.ok_or(CatalogError::NotFound)?.prices = prices;
        Ok(plans)
    })
    .await
}

/// Makes the draft's plans others, from those that are there under the lock: what somebody else saved meanwhile is not lost.
async fn edit_draft(cx: &Cx, id: OfferingId, edit: impl FnOnce(Vec<PlanTerms>) -> Result<Vec<PlanTerms>, CatalogError>) -> Result<EditorView, CatalogError> {
    let mut tx = cx.provider_tx(Need::CATALOG_WRITE).await?;
    let offering = store::offering(&mut tx, id).await?.ok_or(CatalogError::NotFound)?;
    let version = store::lock_draft(&mut tx, id).await?.ok_or(CatalogError::NoDraft)?;
    let before = store::plans_of(&mut tx, version).await?;
    let known: BTreeMap<String, PlanId> = before.iter().map(|plan| (plan.terms.code.clone(), plan.id)).collect();
    let plans = edit(before.into_iter().map(|plan| plan.terms).collect())?;
    // Two plans of one code cannot be told apart, not even in a draft.
    let doubles: Vec<DraftFinding> = check_draft(&plans).into_iter().filter(|finding| finding.code == "taken" && finding.pointer.matches('/').count() == 2).collect();
    if !doubles.is_empty() {
        return Err(CatalogError::Findings(doubles));
    }
    store::replace_plans(&mut tx, version, &identified(cx, plans, &known)).await?;
    let view = editor_view(&mut tx, offering).await?;
    let codes: Vec<String> = view.draft.iter().flat_map(|draft| draft.plans.iter().map(|plan| plan.terms.code.clone())).collect();
    done(tx, cx, "catalog.version.edited", version, json!({"offering": id, "plans": codes})).await?;
    Ok(view)
}

/// Publishes the draft and puts the offering on sale. Refused while it has errors.
pub async fn publish(cx: &Cx, id: OfferingId) -> Result<EditorView, CatalogError> {
    let mut tx = cx.provider_tx(Need::CATALOG_WRITE).await?;
    let offering = store::lock_offering(&mut tx, id).await?.ok_or(CatalogError::NotFound)?;
    if offering.state == OfferingState::Archived {
        return Err(CatalogError::Archived);
    }
    let version = store::lock_draft(&mut tx, id).await?.ok_or(CatalogError::NoDraft)?;
    let plans: Vec<PlanTerms> = store::plans_of(&mut tx, version).await?.into_iter().map(|plan| plan.terms).collect();
    let findings = findings_of(&offering, &plans);
    if findings.iter().any(|finding| finding.severity == Severity::Error) {
        return Err(CatalogError::Findings(findings));
    }
    store::mark_published(&mut tx, version, cx.now()).await?;
    let offering = Offering { state: OfferingState::Active, ..offering };
    store::save_state(&mut tx, id, offering.state, cx.now()).await?;
    let view = editor_view(&mut tx, offering).await?;
    done(tx, cx, "catalog.version.published", version, json!({"offering": id})).await?;
    Ok(view)
}

/// Not sold any more, for now; what runs goes on.
pub async fn pause(cx: &Cx, id: OfferingId) -> Result<EditorView, CatalogError> {
    set_state(cx, id, OfferingState::Paused, "catalog.offering.paused").await
}

/// Sold again.
pub async fn resume(cx: &Cx, id: OfferingId) -> Result<EditorView, CatalogError> {
    set_state(cx, id, OfferingState::Active, "catalog.offering.resumed").await
}

/// Withdrawn for good; what runs goes on until its customers leave.
pub async fn archive(cx: &Cx, id: OfferingId) -> Result<EditorView, CatalogError> {
    set_state(cx, id, OfferingState::Archived, "catalog.offering.archived").await
}

async fn set_state(cx: &Cx, id: OfferingId, to: OfferingState, action: &'static str) -> Result<EditorView, CatalogError> {
    let mut tx = cx.provider_tx(Need::CATALOG_WRITE).await?;
    let offering = store::lock_offering(&mut tx, id).await?.ok_or(CatalogError::NotFound)?;
    if offering.state == to {
        return editor_view(&mut tx, offering).await;
    }
    if offering.state == OfferingState::Archived {
        return Err(CatalogError::Archived);
    }
    let published = store::versions(&mut tx, id).await?.iter().any(|version| version.state == VersionState::Published);
    if !published && to != OfferingState::Archived {
        return Err(CatalogError::NothingPublished);
    }
    let offering = Offering { state: to, ..offering };
    store::save_state(&mut tx, id, to, cx.now()).await?;
    let view = editor_view(&mut tx, offering).await?;
    done(tx, cx, action, id, json!({})).await?;
    Ok(view)
}

/// Every finding about plans, those that need a schema validator included.
pub(super) fn findings_of(offering: &Offering, plans: &[PlanTerms]) -> Vec<DraftFinding> {
    let mut findings = check_draft(plans);
    if offering.driver.is_some() {
        findings.extend(check_service(plans));
    }
    findings.extend(schema_findings(plans));
    findings
}

/// Plans with their ids: those that the draft knows keep theirs. Components of new plans get fresh ids.
pub(super) fn identified(cx: &Cx, plans: Vec<PlanTerms>, known: &BTreeMap<String, PlanId>) -> Vec<(PlanId, PlanTerms)> {
    plans
        .into_iter()
        .map(|mut terms| {
            let id = known.get(&terms.code).copied();
            for component in &mut terms.components {
                if id.is_none() || component.id.uuid().is_nil() {
                    component.id = ComponentId::from_uuid(cx.new_uuid());
                }
            }
            (id.unwrap_or_else(|| PlanId::from_uuid(cx.new_uuid())), terms)
        })
        .collect()
}

async fn editor_view(tx: &mut ProviderTx, offering: Offering) -> Result<EditorView, CatalogError> {
    let versions = store::versions(tx, offering.id).await?;
    let mut newest = [None, None];
    for (slot, state) in [VersionState::Published, VersionState::Draft].into_iter().enumerate() {
        if let Some(version) = versions.iter().find(|version| version.state == state) {
            let plans = store::plans_of(tx, version.id).await?;
            newest[slot] = Some(Version { id: version.id, number: version.number, state, published_at: version.published_at, plans });
        }
    }
    let [published, draft] = newest;
    let plans: Vec<PlanTerms> = draft.iter().flat_map(|draft| draft.plans.iter().map(|plan| plan.terms.clone())).collect();
    let findings = if draft.is_some() { findings_of(&offering, &plans) } else { Vec::new() };
    Ok(EditorView { offering, versions, published, draft, findings })
}

/// The catalog is the provider's: its changes stand in the chain of the organisation that the operator works for.
async fn done(tx: ProviderTx, cx: &Cx, action: &'static str, subject: impl ToString, details: Value) -> Result<(), Fault> {
    let provider = cx.tenant().unwrap_or(TenantId::from_uuid(Uuid::nil()));
    tx.commit_audited(provider, action, subject, details).await
}
