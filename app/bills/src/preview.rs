//! What a change of plan puts on an invoice, before it is confirmed.

use crate::words;
use billing::view::ChangePreview;
use catalog::Interval;
use kernel::Money;
use kit::{prelude::*, time::date_text};
use leptos::prelude::*;

#[component]
pub fn Preview(
    preview: ChangePreview,
    /// What each term costs afterwards, before use and tax.
    fee: Option<(Money, Interval)>,
) -> impl IntoView {
    let language = i18n::language();
    let when = date_text(preview.takes_effect_on);
    let title = if preview.now { tr!(billing.change.now).to_owned() } else { tr!(billing.change.at_end, date = when).to_string() };
    let afterwards = fee.map(|(fee, interval)| tr!(billing.change.afterwards, fee = words::money(fee), per = words::per(interval)).to_string());
    // What comes to nothing is no line to read.
    let today = preview.today.map(|mut draft| {
        draft.lines.retain(|line| !line.draft.amount.is_zero());
        draft
    });
    let today = today.filter(|draft| !draft.lines.is_empty());
    view! {
        <div class="stack">
            <h3 class="section-title">{title}</h3>
            {today.is_none().then(|| view! { <p>{tr!(billing.change.nothing_today)}</p> })}
            {today.map(|draft| view! {
                <div class="sums"><KeyValues>
                    {draft.lines.into_iter().map(|line| {
                        let draft = line.draft;
                        let part = draft.part.get(language).to_owned();
                        let kind = words::line_kind(draft.kind).map(|kind| format!(" ({kind})")).unwrap_or_default();
                        let name = format!("{} · {part}{kind}, {}", draft.title.get(language), words::days(draft.period));
                        view! { <KeyValue name=name><Amount money=draft.amount/></KeyValue> }
                    }).collect_view()}
                    {draft.taxes.into_iter().map(|tax| view! { <KeyValue name=words::tax_name(&tax.rule)><Amount money=tax.amount/></KeyValue> }).collect_view()}
                    <KeyValue name=tr!(billing.change.today_total)><strong><Amount money=draft.total/></strong></KeyValue>
                </KeyValues></div>
                {(draft.total.minor < 0).then(|| view! { <p class="muted">{tr!(billing.change.credit)}</p> })}
            })}
            {afterwards.map(|text| view! { <p class="muted">{text}</p> })}
        </div>
    }
}
