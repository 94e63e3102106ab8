//! The provider's settings of billing: who invoices, how long there is to pay, what happens when nobody does.

use super::{errors::BillingError, store::settings as store};
use crate::view::BillingSettings;
use kernel::{FieldError, Need, TenantId};
use platform::Cx;
use serde_json::json;

/// Readable by staff.
pub async fn billing_settings(cx: &Cx) -> Result<BillingSettings, BillingError> {
    let mut tx = cx.provider_tx(Need::PROVIDER_READ).await?;
    Ok(store::load(&mut tx).await?)
}

/// Changes them for invoices that are issued from now on; what is issued keeps what it says.
pub async fn update_billing_settings(cx: &Cx, settings: BillingSettings) -> Result<(), BillingError> {
    let mut fields = Vec::new();
    let entity = &settings.seller.entity;
    if entity.is_empty() || entity.len() > 8 || !entity.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit()) {
        fields.push(FieldError::new("entity", "code", "1 to 8 capital letters and digits; numbers begin with it."));
    }
    if settings.seller.name.trim().is_empty() {
        fields.push(FieldError::new("name", "required", "The legal name."));
    }
    if !(0..=120).contains(&settings.net_days) {
        fields.push(FieldError::new("net_days", "range", "0 to 120 days."));
    }
    if !(0..=12).contains(&settings.grace_terms) {
        fields.push(FieldError::new("grace_terms", "range", "0 to 12 terms."));
    }
    if let Err(bad) = settings.dunning.check() {
        fields.push(FieldError::new("dunning", "policy", bad.to_string()));
    }
    if !fields.is_empty() {
        return Err(BillingError::Fields(fields));
    }
    let mut tx = cx.provider_tx(Need::FINANCE_WRITE).await?;
    store::save(&mut tx, &settings).await?;
    let provider = cx.tenant().unwrap_or(TenantId::from_uuid(uuid::Uuid::nil()));
    let details = json!({"entity": settings.seller.entity, "net_days": settings.net_days, "dunning": settings.dunning});
    Ok(tx.commit_audited(provider, "billing.settings.changed", "billing", details).await?)
}

/// Takes name, address and tax id of who invoices over from the provider's own organisation. Numbering prefix, bank and
/// terms stay as they are; what is issued keeps what it says. Called at the start and whenever that profile changes.
pub async fn adopt_provider(cx: &Cx) -> Result<(), BillingError> {
    let provider = identity::server::provider(cx).await?;
    let mut tx = cx.provider_tx(Need::FINANCE_WRITE).await?;
    let mut settings = store::load(&mut tx).await?;
    let before = settings.seller.clone();
    settings.seller.name = provider.invoice_name().to_owned();
    settings.seller.address = provider.address_lines(provider.language);
    settings.seller.tax_id = provider.tax_id.clone();
    if settings.seller == before {
        return Ok(());
    }
    store::save(&mut tx, &settings).await?;
    let details = json!({"name": settings.seller.name});
    Ok(tx.commit_audited(provider.id, "billing.seller.changed", "billing", details).await?)
}
