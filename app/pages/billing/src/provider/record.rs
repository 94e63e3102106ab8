//! One invoice in the provider's hands: what is open, and the transfer that pays it, checked before it is recorded.

use super::{
    calls::{CheckTransfer, ConfirmTransfer},
    sheets::{OddDay, Outcome, Review, TransferForm},
};
use crate::{
    invoice::{Lines, Payments, Totals},
    words,
};
use billing::view::InvoiceView;
use kernel::{Date, Need};
use kit::{prelude::*, time::date_text};
use leptos::prelude::*;

#[component]
pub fn Chosen(invoice: InvoiceView, review: Option<Review>, today: Date) -> impl IntoView {
    let may_record = use_viewer().is_some_and(|viewer| viewer.may(Need::FINANCE_WRITE));
    // What was reviewed while more was open may be recorded all the same: it came.
    let open = !invoice.row.open.is_zero() || review.as_ref().is_some_and(|review| review.before.is_some());
    let pdf = format!("/provider/invoices/{}/invoice.pdf", invoice.row.id);
    let state = invoice.row.state.code().to_owned();
    let says = tr!(billing.record.of, name = invoice.row.buyer_name.clone(), due = date_text(invoice.row.due_on)).to_string();
    let actions = view! {
        <StatusChip state=Signal::stored(state)/>
        <LinkButton href=pdf external=true icon=icons::LuFileText>"PDF"</LinkButton>
        <LinkButton href="/provider/invoices" kind=ButtonKind::Quiet>{tr!(common.close)}</LinkButton>
    };
    let form = (may_record && open).then(|| match review {
        Some(review) => view! { <Confirmation invoice=invoice.clone() review=review today=today/> }.into_any(),
        None => view! { <TransferFields invoice=invoice.clone() today=today/> }.into_any(),
    });
    let (title, lines, payments) = (words::document(&invoice.row), invoice.lines.clone(), invoice.payments.clone());
    view! {
        <Section id="invoice".to_owned() title=title says=says actions=actions.into_any()>
            <div class="grid gap-4 lg:grid-cols-2">
                {form}
                <Totals invoice=invoice/>
            </div>
            <Payments payments=payments/>
            <details class="mt-4">
                <summary class="cursor-pointer text-primary underline">{tr!(billing.line.title)}</summary>
                <Lines lines=lines/>
            </details>
        </Section>
    }
}

#[component]
fn TransferFields(invoice: InvoiceView, today: Date) -> impl IntoView {
    let action = ServerAction::<CheckTransfer>::new();
    let known = typed();
    let or = |typed: String, usual: String| if typed.is_empty() { usual } else { typed };
    let currency = invoice.row.open.currency;
    let step = if currency.minor_digits() == 0 { "1" } else { "0.01" };
    view! {
        <Card class="stack">
            <h3 class="section-title">{tr!(billing.record.title)}</h3>
            <Form action=action>
                <input type="hidden" name="form[invoice]" value=invoice.row.id.to_string()/>
                <NumberField name="form[amount]" label=tr!(billing.record.amount) help=tr!(billing.record.amount_help) required=true
                    step=step unit=currency.code() value=or(known.amount, invoice.row.open.amount())/>
                <TextField name="form[received_on]" label=tr!(billing.record.date) kind="date" required=true value=or(known.received_on, today.to_string())/>
                <TextField name="form[reference]" label=tr!(billing.record.reference) help=tr!(billing.record.reference_help) required=true
                    max_length=140 autocomplete="off" value=known.reference/>
                <SubmitButton>{tr!(billing.record.check)}</SubmitButton>
            </Form>
        </Card>
    }
}

/// What was typed before the reader went back to change it.
fn typed() -> TransferForm {
    let query = use_list_query().get_untracked();
    let text = |name: &str| query.filter(name).unwrap_or_default().to_owned();
    TransferForm { invoice: text("invoice"), amount: text("amount"), received_on: text("received_on"), reference: text("reference"), open: String::new() }
}

#[component]
fn Confirmation(invoice: InvoiceView, review: Review, today: Date) -> impl IntoView {
    let action = ServerAction::<ConfirmTransfer>::new();
    let Review { amount, received_on, reference, before, form } = review;
    let changed = before.map(|before| tr!(billing.record.changed, before = words::money(before), now = words::money(invoice.row.open)).to_string());
    let odd = OddDay::of(received_on, invoice.row.issued_on, today).map(|odd| match odd {
        OddDay::BeforeInvoice => tr!(billing.record.before_invoice, issued = date_text(invoice.row.issued_on)).to_string(),
        OddDay::LongAgo => tr!(billing.record.long_ago).to_owned(),
    });
    let (tone, outcome) = match Outcome::of(amount, invoice.row.open) {
        Outcome::Settles => (Tone::Good, tr!(billing.record.settles).to_owned()),
        Outcome::Leaves(rest) => (Tone::Warn, tr!(billing.record.leaves, rest = words::money(rest)).to_string()),
        Outcome::Exceeds(rest) => (Tone::Warn, tr!(billing.record.exceeds, rest = words::money(rest)).to_string()),
    };
    let pairs = [("invoice", &form.invoice), ("amount", &form.amount), ("received_on", &form.received_on), ("reference", &form.reference)];
    let back = ListQuery::from_pairs(pairs.map(|(name, value)| (name.to_owned(), value.clone()))).address("/provider/invoices");
    view! {
        <Card class="stack">
            <h3 class="section-title">{tr!(billing.record.confirm_title)}</h3>
            {changed.map(|says| view! { <Callout tone=Tone::Bad alert=true>{says}</Callout> })}
            <KeyValues>
                <KeyValue name=tr!(billing.record.amount)><strong><Amount money=amount/></strong></KeyValue>
                <KeyValue name=tr!(billing.record.date)><DateOnly date=received_on/></KeyValue>
                <KeyValue name=tr!(billing.record.reference)><span class="mono">{reference}</span></KeyValue>
                <KeyValue name=tr!(common.organisation)>{invoice.row.buyer_name}</KeyValue>
            </KeyValues>
            {odd.map(|says| view! { <Callout tone=Tone::Warn>{says}</Callout> })}
            <Callout tone=tone>{outcome}</Callout>
            <Form action=action>
                <input type="hidden" name="form[invoice]" value=form.invoice/>
                <input type="hidden" name="form[amount]" value=form.amount/>
                <input type="hidden" name="form[received_on]" value=form.received_on/>
                <input type="hidden" name="form[reference]" value=form.reference/>
                <input type="hidden" name="form[open]" value=invoice.row.open.amount()/>
                <p class="cluster">
                    <SubmitButton icon=icons::LuCheck>{tr!(billing.record.confirm)}</SubmitButton>
                    <LinkButton href=back kind=ButtonKind::Quiet>{tr!(billing.record.change)}</LinkButton>
                </p>
            </Form>
        </Card>
    }
}
