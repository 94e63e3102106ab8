//! Closes terms that are over: charges what was used and the terms that begin, everything of one instant on one
//! invoice. After a jump of the clock it catches up term by term, each invoice dated at its own term's end. A subscription
//! that ended is due a few times more, at the ends of the terms that it would have had: what came late of it is charged
//! then, also where the organisation subscribes to nothing else.

use super::{
    account,
    change::pass_on,
    charge::{Change, carry_out, late_lines, look_back},
    errors::BillingError,
    issue::{Cause, issue},
    store::{
        accounts::{self, Account},
        subscriptions,
    },
};
use crate::subscription::State;
use kernel::{InvoiceId, Need, Timestamp};
use platform::{Cx, TenantTx};
use serde_json::json;

/// Instants that one call closes: ten years of months and then some; the rest is due again at once.
const MOST_INSTANTS: usize = 200;

/// Closes everything of the cx's tenant that is due. Idempotent: what is closed is not due any more, and an instant is
/// invoiced once. Answers the invoices that were issued.
pub async fn close_terms(cx: &Cx) -> Result<Vec<InvoiceId>, BillingError> {
    let mut issued = Vec::new();
    for _ in 0..MOST_INSTANTS {
        match close_next(cx).await? {
            Closed::Nothing => break,
            Closed::Invoiced(invoice) => issued.extend(invoice),
        }
    }
    Ok(issued)
}

enum Closed {
    Nothing,
    Invoiced(Option<InvoiceId>),
}

/// One instant, one transaction, one invoice.
async fn close_next(cx: &Cx) -> Result<Closed, BillingError> {
    let mut tx = cx.tenant_tx(Need::BILLING_WRITE).await?;
    if subscriptions::earliest_due(&mut tx, cx.now()).await?.is_none() {
        return Ok(Closed::Nothing);
    }
    let mut account = account::locked(&mut tx).await?;
    // Another copy of this job may have closed it while we waited for the account.
    let Some(at) = subscriptions::earliest_due(&mut tx, cx.now()).await? else {
        // Or the organisation moved to another time zone, where its term is not over.
        tx.commit_unaudited("what an organisation says of itself is in the entry of its change").await?;
        return Ok(Closed::Nothing);
    };
    let (invoice, count) = close_at(cx, &mut tx, &mut account, at).await?;
    tx.audit("billing.terms.closed", invoice.map(|id| id.to_string()).unwrap_or_default(), json!({"at": at, "subscriptions": count}));
    tx.commit().await?;
    Ok(Closed::Invoiced(invoice))
}

/// Closes everything of a locked account that was due by a moment at which something else takes hold, in the transaction of
/// that, which audits it: what was used since a term's end belongs to the term that began there, whoever comes first.
pub(super) async fn close_before(cx: &Cx, tx: &mut TenantTx, account: &mut Account, moment: Timestamp) -> Result<(), BillingError> {
    for _ in 0..MOST_INSTANTS {
        let Some(at) = subscriptions::earliest_due(tx, moment).await? else { break };
        close_at(cx, tx, account, at).await?;
    }
    Ok(())
}

/// Everything of one instant. Answers the invoice, and of how many subscriptions a term was closed.
async fn close_at(cx: &Cx, tx: &mut TenantTx, account: &mut Account, at: Timestamp) -> Result<(Option<InvoiceId>, usize), BillingError> {
    let due = subscriptions::lock_due_at(tx, at).await?;
    let (ended, due): (Vec<_>, Vec<_>) = due.into_iter().partition(|subscription| matches!(subscription.state, State::Ended { .. }));
    // Terms end at a midnight: the invoice is dated on the day that begins there.
    let on = due.iter().map(|subscription| subscription.term.end).max().unwrap_or_else(|| account.zone.date(at));

    let mut pendings = Vec::new();
    for subscription in &ended {
        // It has no term any more: its late usage is among the late lines below.
        let next_at = look_back(tx, account, subscription, on).await?;
        subscriptions::save(tx, subscription, next_at).await?;
    }
    for before in &due {
        let (after, effects) = before.roll(before.term.end, at)?;
        let change = Change { before: Some(before), returns: false, after: &after, effects: &effects, at, on: before.term.end };
        pendings.extend(carry_out(tx, account, change).await?);
        pass_on(tx, before, &after, &effects, at).await?;
    }
    pendings.extend(late_lines(tx, account).await?);
    // A term of one subscription ends once, so the first of them makes the instant's cause its own.
    let key = format!("terms/{at}/{}", due.first().or(ended.first()).map(|first| first.id.to_string()).unwrap_or_default());
    let invoice = issue(cx, tx, account, pendings, Cause { key: &key, at, on }).await?;
    if invoice.is_none() {
        accounts::save(tx, account).await?;
    }
    Ok((invoice, due.len()))
}
