//! The provider's settings of billing: who invoices, how long there is to pay, what happens when nobody does.

use super::{
    errors::BillingError,
    store::{accounts, settings as store},
};
use crate::view::{BankAccount, BillingSettings, PaymentTerms, Seller};
use kernel::{Need, TenantId};
use platform::Cx;
use serde_json::json;

/// Readable by staff.
pub async fn billing_settings(cx: &Cx) -> Result<BillingSettings, BillingError> {
    let mut tx = cx.provider_tx(Need::PROVIDER_READ).await?;
    Ok(store::load(&mut tx).await?)
}

/// How the provider numbers, how long there is to pay, and what happens when nobody does, for invoices that are issued from now
/// on; what is issued keeps its number and due date. Its harder states come by the new days, none before it was announced; the
/// one that holds already is not taken back. Who invoices stays as it is.
pub async fn save_payment_terms(cx: &Cx, terms: PaymentTerms) -> Result<(), BillingError> {
    let fields = terms.check();
    if !fields.is_empty() {
        return Err(BillingError::Fields(fields));
    }
    let mut tx = cx.provider_tx(Need::FINANCE_WRITE).await?;
    let before = store::lock(&mut tx).await?;
    let PaymentTerms { entity, net_days, grace_terms, dunning } = terms;
    let settings = BillingSettings { seller: Seller { entity, ..before.seller }, net_days, grace_terms, dunning };
    store::save(&mut tx, &settings).await?;
    if settings.dunning != before.dunning {
        accounts::dun_anew(&mut tx).await?;
    }
    let provider = cx.tenant().unwrap_or(TenantId::from_uuid(uuid::Uuid::nil()));
    let details = json!({"entity": settings.seller.entity, "net_days": net_days, "grace_terms": grace_terms, "dunning": settings.dunning});
    Ok(tx.commit_audited(provider, "billing.settings.changed", "billing", details).await?)
}

/// Where customers transfer to and whom they ask, for invoices that are issued from now on. Everything else stays as it is.
pub async fn save_bank_accounts(cx: &Cx, email: String, bank: Vec<BankAccount>) -> Result<(), BillingError> {
    let mut tx = cx.provider_tx(Need::FINANCE_WRITE).await?;
    let seller = Seller { email, bank, ..store::lock(&mut tx).await?.seller };
    store::save_seller(&mut tx, &seller).await?;
    let provider = cx.tenant().unwrap_or(TenantId::from_uuid(uuid::Uuid::nil()));
    let details = json!({"email": seller.email, "bank": seller.bank});
    Ok(tx.commit_audited(provider, "billing.settings.changed", "billing", details).await?)
}

/// Takes name, address and tax id of who invoices over from the provider's own organisation. Numbering prefix, bank and
/// terms stay as they are; what is issued keeps what it says. Called at the start, and by the listener to changes of that
/// profile.
pub async fn adopt_provider(cx: &Cx) -> Result<(), BillingError> {
    let mut tx = cx.provider_tx(Need::FINANCE_WRITE).await?;
    let before = store::lock(&mut tx).await?.seller;
    // Read under the lock: of two that come at once the second knows no less than the first.
    let provider = identity::server::provider_by_now(&mut tx).await?;
    let seller = Seller {
        name: provider.invoice_name().to_owned(),
        address: provider.address_lines(provider.language),
        tax_id: provider.tax_id.clone(),
        ..before.clone()
    };
    if seller == before {
        return Ok(());
    }
    store::save_seller(&mut tx, &seller).await?;
    let details = json!({"name": seller.name, "address": seller.address, "tax_id": seller.tax_id});
    Ok(tx.commit_audited(provider.id, "billing.seller.changed", "billing", details).await?)
}
