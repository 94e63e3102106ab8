//! How the account stands, since when, and what happens next if nothing is paid.

use crate::{estimate::Estimate, sheets::OldestOpen, words};
use billing::{dunning, view::AccountView};
use kit::{prelude::*, time::date_text};
use leptos::prelude::*;

/// One sentence about the account with the one thing to do about it.
#[component]
pub fn Standing(account: AccountView, ever_billed: bool, oldest_open: Option<OldestOpen>) -> impl IntoView {
    let owed = words::money(account.owed);
    let due = account.due_on.map(date_text).unwrap_or_default();
    let (tone, title, says) = match account.standing {
        dunning::Standing::Good if account.owed.is_zero() && !ever_billed => {
            (Tone::Neutral, tr!(billing.standing.none).to_owned(), tr!(billing.standing.none_says).to_owned())
        }
        dunning::Standing::Good if account.owed.is_zero() => (Tone::Good, tr!(billing.standing.paid).to_owned(), tr!(billing.standing.paid_says).to_owned()),
        dunning::Standing::Good => (Tone::Info, tr!(billing.standing.due, owed = owed, date = due).to_string(), tr!(billing.standing.due_says).to_owned()),
        dunning::Standing::Overdue | dunning::Standing::Warned => {
            (Tone::Warn, tr!(billing.standing.overdue, owed = owed).to_string(), tr!(billing.standing.since, date = due).to_string())
        }
        dunning::Standing::Restricted => {
            (Tone::Warn, tr!(billing.standing.restricted, owed = owed).to_string(), format!("{} {}", tr!(billing.standing.restricted_says), tr!(billing.standing.since, date = due)))
        }
        dunning::Standing::Suspended => {
            (Tone::Bad, tr!(billing.standing.suspended, owed = owed).to_string(), format!("{} {}", tr!(billing.standing.suspended_says), tr!(billing.standing.since, date = due)))
        }
        dunning::Standing::Ended => {
            (Tone::Bad, tr!(billing.standing.ended, owed = owed).to_string(), format!("{} {}", tr!(billing.standing.ended_says), tr!(billing.standing.since, date = due)))
        }
    };
    let owes = !account.owed.is_zero();
    let next = account.next_standing.filter(|_| owes).map(|(date, standing)| {
        tr!(billing.standing.next, date = date_text(date), what = words::next_standing(standing)).to_string()
    });
    view! {
        <div data-standing=account.standing.code()>
            <Callout tone=tone title=title>
                <p>{says}</p>
                {next.map(|next| view! { <p>{next}</p> })}
                {oldest_open.filter(|_| owes).map(|OldestOpen { id, payable }| {
                    let label = if payable { tr!(billing.standing.pay) } else { tr!(billing.standing.open_invoice) };
                    view! { <p class="mt-2"><LinkButton href=format!("/billing/invoices/{id}") kind=ButtonKind::Primary>{label}</LinkButton></p> }
                })}
            </Callout>
        </div>
    }
}

#[component]
pub fn Tiles(account: AccountView, estimate: Option<Estimate>) -> impl IntoView {
    let owed_note = account.due_on.filter(|_| !account.owed.is_zero()).map(|due| tr!(billing.tiles.due_on, date = date_text(due)).to_string()).unwrap_or_default();
    let text = |text: String| Signal::stored(text);
    let estimate = estimate.map(|estimate| {
        let at = kit::time::date_time_text(estimate.at);
        let note = tr!(
            billing.tiles.estimate_note,
            date = at,
            fees = words::money(estimate.fees),
            usage = words::money(estimate.usage),
            tax = words::money(estimate.tax)
        );
        view! { <StatTile label=tr!(billing.tiles.estimate) value=text(words::money(estimate.total)) note=note.to_string()/> }
    });
    view! {
        <StatTiles>
            <StatTile label=tr!(billing.tiles.owed) value=text(words::money(account.owed)) note=owed_note/>
            <StatTile label=tr!(billing.tiles.balance) value=text(words::money(account.balance)) note=tr!(billing.tiles.balance_note)/>
            {estimate}
        </StatTiles>
    }
}
