//! The organisation's billing account: opened with the organisation, kept in step with its profile.

use super::{
    charge::take_up_waiting,
    errors::BillingError,
    record_usage::AHEAD,
    store::{accounts::{self, Account}, invoices, settings, subscriptions},
};
use crate::{tax::TaxRegime, view::{AccountDetails, AccountView, BalanceEntry, Buyer}, zone::Zone};
use kernel::{Fault, Need, Timestamp};
use platform::{Cx, TenantTx};
use serde_json::json;

/// Opens the account of an organisation from its profile, or brings its details up to date.
pub async fn open_for_organisation(cx: &Cx) -> Result<(), BillingError> {
    let mut tx = cx.tenant_tx(Need::BILLING_WRITE).await?;
    follow_profile(&mut tx).await?;
    let tenant = tx.tenant();
    tx.audit("billing.account.opened", tenant, json!({}));
    Ok(tx.commit().await?)
}

/// Brings the account in step with a profile that changed. None before it is opened.
pub(super) async fn follow_organisation(cx: &Cx) -> Result<(), BillingError> {
    let mut tx = cx.tenant_tx(Need::BILLING_WRITE).await?;
    if accounts::find(&mut tx).await?.is_some() {
        locked(&mut tx).await?;
    }
    Ok(tx.commit_unaudited("what an organisation says of itself is in the entry of its change").await?)
}

/// The account as it stands, with what happens next if nothing is paid.
pub async fn account(cx: &Cx) -> Result<AccountView, BillingError> {
    let mut tx = cx.tenant_tx(Need::BILLING_READ).await?;
    let account = in_step(&mut tx).await?;
    let policy = settings::load(&mut tx).await?.dunning;
    let open = invoices::open(&mut tx).await?;
    let owed = account.money(open.iter().map(invoices::OpenInvoice::owed).sum());
    let due_on = open.first().map(|invoice| invoice.due_on);
    let today = account.zone.date(cx.now());
    // As `dun` counts: from the date that dunning runs for, later by what it was put off. A state whose day has passed is
    // entered with the next run.
    let next_standing = account.dunning_due.and_then(|due| policy.next_standing(due.plus_days(account.dunning_lag), account.standing));
    let next_standing = next_standing.map(|(day, standing)| (day.max(today), standing));
    Ok(AccountView {
        tenant: tx.tenant(),
        anchor_day: account.anchor.map(|anchor| anchor.day()),
        balance: account.money(account.balance),
        owed,
        standing: account.standing,
        due_on,
        next_standing,
        details: account.details,
    })
}

/// What moved the balance, newest first.
pub async fn balance_history(cx: &Cx) -> Result<Vec<BalanceEntry>, BillingError> {
    let mut tx = cx.tenant_tx(Need::BILLING_READ).await?;
    let account = accounts::find(&mut tx).await?.ok_or(BillingError::NoAccount)?;
    Ok(accounts::balance_entries(&mut tx, account.currency()).await?)
}

/// Whether the organisation may order anything new: not while unpaid invoices restrict it.
pub async fn may_order(tx: &mut TenantTx) -> Result<bool, Fault> {
    Ok(accounts::find(tx).await.map_err(platform::fault)?.is_none_or(|account| account.standing.may_order()))
}

/// The same for whoever may see the organisation.
pub async fn orders_are_held(cx: &Cx) -> Result<bool, BillingError> {
    let mut tx = cx.tenant_tx(Need::MEMBER).await?;
    Ok(!may_order(&mut tx).await?)
}

/// Locks the account, after its details were taken over from the organisation's profile.
pub(super) async fn locked(tx: &mut TenantTx) -> Result<Account, BillingError> {
    follow_profile(tx).await?;
    accounts::lock(tx).await?.ok_or(BillingError::NoAccount)
}

/// Reads the account with the profile's newest details, without a lock.
async fn in_step(tx: &mut TenantTx) -> Result<Account, BillingError> {
    match accounts::find(tx).await? {
        Some(account) => Ok(match profile(tx).await {
            Some(details) => Account { details: AccountDetails { currency: account.details.currency, ..details }, ..account },
            None => account,
        }),
        None => Err(BillingError::NoAccount),
    }
}

/// The account as the next charge will find it: with the profile as it is now. None before it is opened.
pub(super) async fn foreseen(tx: &mut TenantTx) -> Result<Option<Account>, BillingError> {
    let Some(account) = accounts::find(tx).await? else { return Ok(None) };
    Ok(Some(match profile(tx).await {
        // The profile's currency is fixed with the first subscription, so it can only differ before that.
        Some(details) => Account { details, ..account },
        None => account,
    }))
}

async fn follow_profile(tx: &mut TenantTx) -> Result<(), BillingError> {
    let Some(details) = profile(tx).await else { return Ok(()) };
    let before = accounts::find(tx).await?;
    accounts::save_details(tx, &details).await?;
    match before {
        Some(before) if before.details.time_zone != details.time_zone => turn_with(tx, &before.zone).await,
        Some(_) | None => Ok(()),
    }
}

/// What was due at midnights of the zone before is due at those of the account's zone now, on the same days: terms end where the
/// organisation's days do.
async fn turn_with(tx: &mut TenantTx, before: &Zone) -> Result<(), BillingError> {
    let Some(mut account) = accounts::lock(tx).await? else { return Ok(()) };
    let turned = |at: Timestamp| account.zone.midnight(before.date(at));
    let due: Vec<_> = subscriptions::dues(tx).await?.into_iter().map(|due| (due.id, due.term_end.map_or_else(|| turned(due.at), |end| account.zone.midnight(end)))).collect();
    subscriptions::move_dues(tx, &due).await?;
    for subscription in subscriptions::lock_running(tx).await? {
        let (ended, ends) = (before.midnight(subscription.term.end), account.zone.midnight(subscription.term.end));
        // What came after the end that was waits for the next term, but the running one goes on.
        if ended < ends && ended <= tx.now().plus(AHEAD) {
            take_up_waiting(tx, &subscription, (ended, ends)).await?;
        }
    }
    account.dunning_at = account.dunning_at.map(turned);
    Ok(accounts::save(tx, &account).await?)
}

/// What the organisation says of itself. An account without an organisation keeps what it was opened with.
async fn profile(tx: &mut TenantTx) -> Option<AccountDetails> {
    let organisation = identity::server::organisation(tx).await.ok()?;
    let contacts = identity::server::contacts(tx).await.ok()?;
    let contact = contacts.first();
    let language = organisation.language;
    Some(AccountDetails {
        currency: organisation.currency,
        time_zone: organisation.time_zone.clone(),
        buyer: Buyer {
            name: organisation.invoice_name().to_owned(),
            address: organisation.address_lines(language),
            tax_id: organisation.tax_id.clone(),
            email: contact.map(|contact| contact.email.clone()).unwrap_or_default(),
        },
        tax: organisation.country.as_deref().map_or_else(|| TaxRegime::for_currency(organisation.currency), TaxRegime::for_country),
        language,
    })
}

/// Addresses of everybody who looks after billing, for invoices and warnings; `known` where the organisation has nobody.
pub(super) async fn recipients(tx: &mut TenantTx, known: &str) -> Result<Vec<String>, Fault> {
    let mut addresses: Vec<String> = identity::server::contacts(tx).await?.into_iter().map(|contact| contact.email).collect();
    if addresses.is_empty() && !known.is_empty() {
        addresses.push(known.to_owned());
    }
    Ok(addresses)
}
