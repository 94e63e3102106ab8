//! The exact price of a plan with the use that the reader expects, by the calculator that writes invoices. It follows the
//! typing; without scripting the button loads the page with the numbers in its address.

use super::back::{NAME, way_back};
use crate::{
    calls::{Asked, EVENTS, quote},
};
use billing::{invoice::Draft, view::QuoteView};
use catalog::{Basis, Interval, PlanCard};
use kernel::Currency;
use kit::{prelude::*, time::date_text};
use leptos::prelude::*;
use leptos_router::hooks::{use_location, use_query_map};
use std::{collections::BTreeMap, time::Duration};

/// Typing that pauses for this long is priced.
const PAUSE: Duration = Duration::from_millis(200);

/// Begins the name of each field of expected use, in the form and so in the address.
const FIELD: &str = "use_";

/// What the page asks about the price, and the answer.
#[derive(Clone, Copy)]
pub struct Pricing {
    usage: RwSignal<BTreeMap<String, String>>,
    price: Resource<Result<QuoteView, PageError>>,
}

impl Pricing {
    /// Follows the plan in the address, and starts with the use that stands there.
    pub fn of(slug: Memo<String>) -> Self {
        let query = use_query_map();
        let typed = query.with_untracked(|query| query.clone().into_iter().filter_map(|(name, text)| Some((name.strip_prefix(FIELD)?.to_owned(), text.into_owned()))).collect());
        let usage = RwSignal::new(typed);
        let plan = Memo::new(move |_| query.with(|query| query.get("plan")));
        let price = Resource::new(move || Asked { slug: slug.get(), plan: plan.get(), usage: usage.get() }, quote);
        Self { usage, price }
    }
}

#[component]
pub fn Quote(card: PlanCard, pricing: Pricing) -> impl IntoView {
    let Pricing { usage, price } = pricing;
    let currency = use_viewer().and_then(|viewer| viewer.organisation).map_or(Currency::Usd, |organisation| organisation.currency);
    if card.plan.terms.intervals(currency).is_empty() {
        return view! { <Callout tone=Tone::Warn>{tr!(catalog.plans.not_sold, currency = currency)}</Callout> }.into_any();
    }
    view! {
        <Card class="stack">
            <div>
                <h3 class="section-title">{tr!(catalog.quote.title)}</h3>
                <p class="muted">{tr!(catalog.quote.says)}</p>
            </div>
            <Expected card=card usage=usage/>
            <div aria-live="polite"><Load resource=price view=|price| view! { <Price price=price/> }/></div>
        </Card>
    }
    .into_any()
}

/// A field for each meter that is charged for.
#[component]
fn Expected(card: PlanCard, usage: RwSignal<BTreeMap<String, String>>) -> impl IntoView {
    let parts: Vec<_> = card.plan.terms.components.into_iter().filter(|part| matches!(part.basis, Basis::Usage { .. })).collect();
    let path = use_location().pathname.get_untracked();
    let (language, typing) = (i18n::language(), Typing::new(usage));
    (!parts.is_empty()).then(|| view! {
        <form method="get" action=path class="form">
            <input type="hidden" name="plan" value=card.plan.terms.code/>
            {Some(way_back()).filter(|back| !back.is_empty()).map(|back| view! { <input type="hidden" name=NAME value=back/> })}
            <fieldset class="schema-group">
                <legend class="field-label">{tr!(catalog.quote.expect)}</legend>
                <p class="field-help">{tr!(catalog.quote.expect_says)}</p>
                {parts.into_iter().map(|part| {
                    let meter = part.meter().unwrap_or_default().to_owned();
                    let (name, unit) = (part.name.get(language).to_owned(), part.unit.get(language).to_owned());
                    let events = part.prices.iter().any(|price| price.charge.needs_each_event()).then(|| {
                        let label = tr!(catalog.quote.events, part = name.clone()).to_string();
                        view! { <Much key=format!("{meter}{EVENTS}") label=label unit=String::new() step="1" usage=usage typing=typing/> }
                    });
                    view! { <Much key=meter label=name unit=unit step="any" usage=usage typing=typing/> {events} }
                }).collect_view()}
                <button class="btn btn-plain btn-sm no-script-only">{tr!(catalog.quote.calculate)}</button>
            </fieldset>
        </form>
    })
}

/// How much of one thing is expected.
#[component]
fn Much(key: String, label: String, unit: String, step: &'static str, usage: RwSignal<BTreeMap<String, String>>, typing: Typing) -> impl IntoView {
    let typed = usage.with_untracked(|usage| usage.get(&key).cloned().unwrap_or_default());
    let name = format!("{FIELD}{key}");
    let follow = Callback::new(move |text: String| typing.takes(key.clone(), text));
    view! { <NumberField name=name label=label unit=unit value=typed min="0" step=step on_input=follow/> }
}

/// What was typed, priced once the typing pauses.
#[derive(Clone, Copy)]
struct Typing {
    usage: RwSignal<BTreeMap<String, String>>,
    typed: StoredValue<BTreeMap<String, String>>,
    turn: StoredValue<u32>,
}

impl Typing {
    fn new(usage: RwSignal<BTreeMap<String, String>>) -> Self {
        Self { usage, typed: StoredValue::new(usage.get_untracked()), turn: StoredValue::new(0) }
    }

    fn takes(self, meter: String, text: String) {
        self.typed.update_value(|typed| drop(typed.insert(meter, text)));
        let turn = self.turn.get_value().wrapping_add(1);
        self.turn.set_value(turn);
        set_timeout(
            move || {
                // Something else was typed since, or the page was left.
                if self.turn.try_get_value() == Some(turn) {
                    self.usage.try_set(self.typed.get_value());
                }
            },
            PAUSE,
        );
    }
}

#[component]
fn Price(price: QuoteView) -> impl IntoView {
    let each = match price.interval {
        Interval::Monthly => tr!(catalog.quote.each_month),
        Interval::Quarterly => tr!(catalog.quote.each_quarter),
        Interval::Annual => tr!(catalog.quote.each_year),
    };
    let first = price.today_period.start;
    let last = price.today_period.end.plus_days(-1).max(first);
    let period = tr!(catalog.quote.today_says, from = date_text(first), to = date_text(last)).to_string();
    view! {
        <div class="stack" data-quote>
            {(price.trial_days > 0).then(|| view! { <p><Chip tone=Tone::Info>{tr!(catalog.quote.trial, days = price.trial_days)}</Chip></p> })}
            <Bill title=each note=String::new() draft=price.each_term name="each"/>
            <Bill title=tr!(catalog.quote.today) note=period draft=price.today name="today"/>
        </div>
    }
}

/// The lines of a would-be invoice.
#[component]
fn Bill(#[prop(into)] title: String, note: String, draft: Draft, name: &'static str) -> impl IntoView {
    let language = i18n::language();
    let lines = draft.lines.into_iter().map(|line| {
        let part = line.draft.part.get(language).to_owned();
        let counted = line.draft.quantity.map(|quantity| format!(" · {} {}", prices::quantity(quantity), line.draft.unit.get(language))).unwrap_or_default();
        view! { <tr><td>{part}<span class="muted">{counted}</span></td><td class="right tabular"><Amount money=line.draft.amount/></td></tr> }
    });
    let discount = (draft.discount.minor != 0).then_some(draft.discount);
    view! {
        <table class="bill w-full" data-bill=name>
            <caption class="text-start">
                <span class="font-medium">{title}</span>
                {(!note.is_empty()).then(|| view! { <span class="muted">{format!(" · {note}")}</span> })}
            </caption>
            <tbody>
                {lines.collect_view()}
                {discount.map(|discount| view! { <tr><td>{tr!(catalog.quote.discount)}</td><td class="right tabular"><Amount money=kernel::Money::new(-discount.minor, discount.currency)/></td></tr> })}
                {draft.taxes.into_iter().map(|tax| view! { <tr class="muted"><td>{tax.rule.name}</td><td class="right tabular"><Amount money=tax.amount/></td></tr> }).collect_view()}
            </tbody>
            <tfoot><tr><th scope="row" class="text-start">{tr!(catalog.quote.total)}</th><td class="right tabular"><strong data-total><Amount money=draft.total/></strong></td></tr></tfoot>
        </table>
    }
}
