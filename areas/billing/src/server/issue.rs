//! Issues an invoice: puts its lines together, gives it the next number, takes from the balance, tells everybody. Part
//! of the transaction that charges; the mail with the PDF follows as a job.

use super::{
    charge::Pending,
    dun,
    errors::BillingError,
    jobs::MailInvoice,
    store::{
        accounts::{self, Account, Movement},
        invoices::{self, NewInvoice, OpenInvoice, StoredLine},
        service_names, settings,
    },
};
use catalog::Text;
use crate::{books::InvoiceBooks, invoice::{Draft, assemble}, view::DocumentKind};
use kernel::{
    Date, InvoiceId, Language, LineId, Money, Timestamp,
    events::{Event, billing},
    live::Live,
};
use platform::{Cx, TenantTx};
use std::time::Duration;

/// Why and as of when an invoice is issued.
pub(super) struct Cause<'a> {
    /// Stable: the same cause is invoiced once.
    pub key: &'a str,
    pub at: Timestamp,
    pub on: Date,
}

/// Issues what the lines come to: an invoice, or a credit note whose amount goes to the balance. Nothing for no lines.
pub(super) async fn issue(cx: &Cx, tx: &mut TenantTx, account: &mut Account, mut pendings: Vec<Pending>, cause: Cause<'_>) -> Result<Option<InvoiceId>, BillingError> {
    if pendings.is_empty() {
        return Ok(None);
    }
    if let Some(known) = invoices::by_cause(tx, cause.key).await? {
        return Ok(Some(known));
    }
    name_services(tx, &mut pendings).await?;
    let draft = draft_of(account, &pendings)?;
    let settings = settings::load(tx).await?;
    let id = InvoiceId::from_uuid(cx.new_uuid());
    let kind = if draft.total.minor < 0 { DocumentKind::CreditNote } else { DocumentKind::Invoice };
    // Who learns of an invoice late has as long to pay as anybody.
    let due_on = cause.on.max(account.zone.date(cx.now())).plus_days(settings.net_days);

    let mut books = InvoiceBooks::new(draft.total);
    match kind {
        DocumentKind::CreditNote => books.to_balance = draft.total.checked_neg()?,
        DocumentKind::Invoice => books = books.draw(account.money(account.balance))?,
    }
    let settled = books.balance()?.is_zero();
    let number = invoices::next_number(tx, &settings.seller.entity, kind, cause.on.year()).await?;
    let mark = match kind {
        DocumentKind::Invoice => "",
        DocumentKind::CreditNote => "CN-",
    };
    let number = format!("{}-{mark}{}-{number:06}", settings.seller.entity, cause.on.year());
    let invoice = NewInvoice {
        id,
        kind,
        number: &number,
        cause: cause.key,
        issued_on: cause.on,
        issued_at: cause.at,
        due_on,
        language: account.details.language,
        seller: &settings.seller,
        buyer: &account.details.buyer.clone(),
        draft: &draft,
        from_balance: books.from_balance.minor,
        to_balance: books.to_balance.minor,
        paid_at: settled.then(|| cx.now()),
    };
    invoices::insert(tx, &invoice, &stored(cx, &pendings, &draft)).await?;

    for (kind, amount) in [("used", -books.from_balance.minor), ("credit_note", books.to_balance.minor)] {
        if amount != 0 {
            let movement = Movement { id: cx.new_uuid(), kind, amount, invoice: Some(id), payment: None, reason: &number };
            accounts::move_balance(tx, account, movement).await?;
        }
    }
    if kind == DocumentKind::CreditNote {
        draw_open(cx, tx, account).await?;
    }
    dun::reassess(cx, tx, account, &settings.dunning).await?;
    accounts::save(tx, account).await?;
    tell(cx, tx, id, settled).await?;
    Ok(Some(id))
}

/// Says behind the plan which service a line is about.
async fn name_services(tx: &mut TenantTx, pendings: &mut [Pending]) -> Result<(), BillingError> {
    let subscriptions: Vec<_> = pendings.iter().filter_map(|pending| pending.line.subscription).collect();
    let names = service_names::of(tx, &subscriptions).await?;
    for pending in pendings {
        let Some(name) = pending.line.subscription.and_then(|id| names.get(&id)) else { continue };
        let title = &pending.line.title;
        pending.line.title = Text::new(format!("{} · {name}", title.get(Language::En)), format!("{} · {name}", title.get(Language::Id)));
    }
    Ok(())
}

/// The invoice that lines would make.
pub(super) fn draft_of(account: &Account, pendings: &[Pending]) -> Result<Draft, BillingError> {
    let lines = pendings.iter().map(|pending| pending.line.clone()).collect();
    Ok(assemble(account.currency(), lines, &[], account.details.tax.discounts())?)
}

fn stored(cx: &Cx, pendings: &[Pending], draft: &Draft) -> Vec<StoredLine> {
    pendings
        .iter()
        .zip(&draft.lines)
        .map(|(pending, line)| StoredLine {
            id: LineId::from_uuid(cx.new_uuid()),
            line: line.clone(),
            segment_from: pending.segment,
            credits_line: pending.credits,
        })
        .collect()
}

async fn tell(cx: &Cx, tx: &mut TenantTx, invoice: InvoiceId, settled: bool) -> Result<(), BillingError> {
    let (tenant, at) = (tx.tenant(), cx.now());
    tx.show(Live::Invoice { id: invoice, state: if settled { "paid" } else { "open" }.into() });
    tx.announce(&Event::Billing(billing::Event::InvoiceIssued { tenant, invoice, at })).await?;
    if settled {
        tx.announce(&Event::Billing(billing::Event::InvoicePaid { tenant, invoice, at })).await?;
    }
    let key = format!("mail_invoice/{invoice}");
    tx.enqueue(&MailInvoice { tenant, invoice }, Some(&key), Duration::ZERO).await?;
    tracing::info!(invoice.id = %invoice, tenant.id = %tenant, "Issued invoice {invoice}");
    Ok(())
}

/// Pays open invoices from the balance, oldest first.
pub(super) async fn draw_open(cx: &Cx, tx: &mut TenantTx, account: &mut Account) -> Result<(), BillingError> {
    for open in invoices::open(tx).await? {
        if account.balance == 0 {
            break;
        }
        let before = books_of(&open);
        let books = before.draw(account.money(account.balance))?;
        let used = books.from_balance.minor - before.from_balance.minor;
        if used == 0 {
            continue;
        }
        let movement = Movement { id: cx.new_uuid(), kind: "used", amount: -used, invoice: Some(open.id), payment: None, reason: "" };
        accounts::move_balance(tx, account, movement).await?;
        keep_books(cx, tx, &open, books).await?;
    }
    Ok(())
}

pub(super) fn books_of(invoice: &OpenInvoice) -> InvoiceBooks {
    let money = |minor| Money::new(minor, invoice.currency);
    InvoiceBooks { charged: money(invoice.total), paid: money(invoice.paid), from_balance: money(invoice.from_balance), to_balance: money(invoice.to_balance) }
}

/// Keeps what changed on an invoice and tells when it is paid, once: what comes for it then goes to the balance.
pub(super) async fn keep_books(cx: &Cx, tx: &mut TenantTx, invoice: &OpenInvoice, books: InvoiceBooks) -> Result<(), BillingError> {
    let (was_settled, settled) = (books_of(invoice).balance()?.is_zero(), books.balance()?.is_zero());
    let changed = OpenInvoice { paid: books.paid.minor, from_balance: books.from_balance.minor, to_balance: books.to_balance.minor, ..*invoice };
    invoices::save_paid(tx, &changed, settled.then(|| cx.now())).await?;
    if settled {
        let (tenant, at) = (tx.tenant(), cx.now());
        tx.show(Live::Invoice { id: invoice.id, state: "paid".into() });
        if !was_settled {
            tx.announce(&Event::Billing(billing::Event::InvoicePaid { tenant, invoice: invoice.id, at })).await?;
        }
    }
    Ok(())
}
