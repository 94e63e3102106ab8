//! Carries out what dunning decided: announces states by mail, enters them, stops and brings back.

use super::{
    account,
    change::end,
    errors::BillingError,
    issue::{Cause, issue},
    letters,
    store::{
        accounts::{self, Account},
        invoices, settings, subscriptions,
    },
};
use crate::{
    dunning::{DunningPolicy, Happening, Standing, dunned_from},
    subscription::EndReason,
};
use kernel::{
    Date, MailId, Need,
    events::{Event, billing},
};
use platform::{Cx, TenantTx, mail::Mail};
use serde_json::json;

/// Does everything that is due for the cx's tenant by now. Idempotent: each day is dealt with once.
pub async fn dun(cx: &Cx) -> Result<Standing, BillingError> {
    let mut tx = cx.tenant_tx(Need::BILLING_WRITE).await?;
    let mut account = account::locked(&mut tx).await?;
    let policy = settings::load(&mut tx).await?.dunning;
    reassess(cx, &mut tx, &mut account, &policy).await?;
    let today = account.zone.date(cx.now());
    let before = account.standing;
    while let (Some(due), Some(done)) = (account.dunning_due, account.dunning_done) {
        let Some((day, happenings, put_off)) = policy.next(due.plus_days(account.dunning_lag), account.standing, done, today) else {
            set_done(&mut account, &policy, due, done.max(today));
            break;
        };
        account.dunning_lag += put_off;
        for happening in happenings {
            happen(cx, &mut tx, &mut account, due, day, happening).await?;
        }
        // A payment's way, where the end gave something back, may have changed what is due.
        if account.dunning_due == Some(due) {
            set_done(&mut account, &policy, due, if put_off > 0 { today } else { day });
        }
    }
    accounts::save(&mut tx, &account).await?;
    let tenant = tx.tenant();
    tx.audit("billing.dunning.run", tenant, json!({"from": before, "to": account.standing}));
    tx.commit().await?;
    Ok(account.standing)
}

async fn happen(cx: &Cx, tx: &mut TenantTx, account: &mut Account, due: Date, day: Date, happening: Happening) -> Result<(), BillingError> {
    let owed = account.money(invoices::open(tx).await?.iter().map(invoices::OpenInvoice::owed).sum());
    match happening {
        Happening::Announce { standing } => {
            let on = policy_day(tx, due.plus_days(account.dunning_lag), standing).await?;
            send(cx, tx, account, letters::announcement(&account.details, standing, on, owed, &cx.config().public_url)).await
        }
        Happening::Enter { standing } => {
            account.standing = standing;
            let at = account.zone.midnight(day);
            let tenant = tx.tenant();
            tracing::info!(tenant.id = %tenant, standing = standing.code(), "Organisation {tenant} is {}", standing.code());
            send(cx, tx, account, letters::entered(&account.details, standing, owed, &cx.config().public_url)).await?;
            match standing {
                Standing::Suspended => tx.announce(&Event::Billing(billing::Event::SuspensionDue { tenant, at })).await?,
                Standing::Ended => end_all(cx, tx, account).await?,
                Standing::Good | Standing::Overdue | Standing::Warned | Standing::Restricted => {}
            }
            Ok(())
        }
    }
}

async fn policy_day(tx: &mut TenantTx, due: Date, standing: Standing) -> Result<Date, BillingError> {
    let policy = settings::load(tx).await?.dunning;
    let day = policy.states().into_iter().find(|(_, known)| *known == standing).map_or(0, |(day, _)| day);
    Ok(due.plus_days(day))
}

/// Nothing is paid: all subscriptions end, and what was used until now is charged.
async fn end_all(cx: &Cx, tx: &mut TenantTx, account: &mut Account) -> Result<(), BillingError> {
    let at = cx.now();
    let mut pendings = Vec::new();
    for subscription in subscriptions::lock_running(tx).await? {
        let at = at.max(subscription.usage_from);
        pendings.extend(end(tx, account, &subscription, EndReason::Unpaid, at).await?);
    }
    let on = account.zone.date(at);
    let key = format!("unpaid/{at}");
    Box::pin(issue(cx, tx, account, pendings, Cause { key: &key, at, on })).await?;
    Ok(())
}

/// Brings the account's standing in step with its open invoices after one was issued or paid: milder at once, harder
/// only day by day in `dun`.
pub(super) async fn reassess(cx: &Cx, tx: &mut TenantTx, account: &mut Account, policy: &DunningPolicy) -> Result<(), BillingError> {
    let oldest = dunned_from(invoices::open(tx).await?.iter().map(|invoice| (invoice.due_on, invoice.owed())), account.currency());
    if oldest.is_some() && oldest == account.dunning_due {
        return Ok(());
    }
    let before = account.standing;
    match oldest {
        None => {
            account.standing = Standing::Good;
            (account.dunning_due, account.dunning_done, account.dunning_at, account.dunning_lag) = (None, None, None, 0);
        }
        Some(due) => {
            let standing = policy.standing(due, account.zone.date(cx.now())).min(before);
            account.standing = standing;
            let entered = policy.states().into_iter().find(|(_, known)| *known == standing).map_or(0, |(day, _)| day);
            account.dunning_lag = 0;
            set_done(account, policy, due, due.plus_days(entered));
        }
    }
    // What has ended is not brought back by a payment.
    if before == Standing::Suspended && account.standing < Standing::Suspended {
        let (tenant, at) = (tx.tenant(), cx.now());
        tx.announce(&Event::Billing(billing::Event::SuspensionLifted { tenant, at })).await?;
        send(cx, tx, account, letters::lifted(&account.details, &cx.config().public_url)).await?;
    }
    Ok(())
}

fn set_done(account: &mut Account, policy: &DunningPolicy, due: Date, done: Date) {
    account.dunning_due = Some(due);
    account.dunning_done = Some(done);
    account.dunning_at = policy.next_day(due.plus_days(account.dunning_lag), account.standing, done).map(|day| account.zone.midnight(day));
}

/// To everybody who looks after billing.
async fn send(cx: &Cx, tx: &mut TenantTx, account: &Account, mail: Mail) -> Result<(), BillingError> {
    for recipient in account::recipients(tx, &account.details.buyer.email).await? {
        tx.send_mail(MailId::from_uuid(cx.new_uuid()), &Mail { recipient, ..mail.clone() }).await?;
    }
    Ok(())
}
