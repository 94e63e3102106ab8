//! The product in small, built of the kit's own components with example data; pictures to whoever looks, one sentence
//! to whoever listens.

use kernel::{Currency, Date, Language, Money};
use kit::prelude::*;
use leptos::prelude::*;

/// One picture: nothing in it can be pressed or reached by keyboard.
#[component]
fn Picture(#[prop(into)] says: String, #[prop(optional, into)] class: String, children: Children) -> impl IntoView {
    view! {
        <figure class=format!("picture {class}") role="img" aria-label=says>
            <div class="picture-in" inert aria-hidden="true">{children()}</div>
        </figure>
    }
}

#[component]
pub fn Hero() -> impl IntoView {
    view! {
        <Picture says=tr!(home.hero.figure) class="hero-picture">
            <div class="picture-bar"><strong>{tr!(home.demo.service)}</strong><span class="muted">{tr!(home.demo.plan)}</span><StatusChip state="creating"/></div>
            <Progress label=tr!(home.demo.op) percent=75_u8 message="" steps=steps()/>
            <hr class="picture-rule"/>
            <div class="picture-bar"><strong>{tr!(home.demo.check)}</strong><span class="muted">{tr!(home.demo.check_note)}</span><StatusChip state="up"/></div>
            <UptimeBar title=tr!(home.demo.uptime) days=ninety_days() compact=true/>
            <p class="picture-note muted">{tr!(home.demo.uptime)}</p>
        </Picture>
    }
}

fn steps() -> Vec<Step> {
    vec![
        Step::new(tr!(home.demo.step_account), StepState::Done),
        Step::new(tr!(home.demo.step_limits), StepState::Done),
        Step::new(tr!(home.demo.step_check), StepState::Running),
        Step::new(tr!(home.demo.step_keys), StepState::Waiting),
    ]
}

/// An invented check: two bad days and a week before it was set up.
fn ninety_days() -> Vec<UptimeDay> {
    let first = Date::try_new(2025, 12, 1).expect("a day of the calendar");
    let percent = |day: i64| match day {
        0..=6 => None,
        41 => Some(98.2),
        66 => Some(99.6),
        _ => Some(100.0),
    };
    (0..90).map(|day| UptimeDay { date: first.plus_days(day), percent: percent(day), watched: None }).collect()
}

#[component]
pub fn SigningUp() -> impl IntoView {
    let field = |label: &'static str, value: &'static str| view! { <div class="picture-field"><span class="field-label">{label}</span><span class="input">{value}</span></div> };
    view! {
        <Picture says=tr!(home.how.one)>
            {field(tr!(home.demo.signup_org), tr!(home.demo.signup_org_value))}
            {field(tr!(home.demo.signup_email), tr!(home.demo.signup_email_value))}
            <span class="btn btn-primary">{tr!(home.hero.start)}</span>
        </Picture>
    }
}

/// In the currency that the price list begins with in the reader's language; whole rupiah, or cents.
fn price(rupiah: i64, cents: i64) -> Money {
    match i18n::language() {
        Language::Id => Money::new(rupiah, Currency::Idr),
        Language::En => Money::new(cents, Currency::Usd),
    }
}

/// The plans of Managed PostgreSQL as they ship.
#[component]
pub fn Choosing() -> impl IntoView {
    let plan = |name: &'static str, price: Money, chosen: bool| {
        view! {
            <div class="picture-plan" class:picture-chosen=chosen>
                <strong>{name}</strong>
                <span><Amount money=price/><span class="muted">" "{tr!(common.per_month)}</span></span>
            </div>
        }
    };
    view! {
        <Picture says=tr!(home.how.two)>
            {plan(tr!(home.demo.choose_dev), price(50_000, 350), false)}
            {plan(tr!(home.demo.choose_standard), price(350_000, 2_400), true)}
            {plan(tr!(home.demo.choose_business), price(1_250_000, 8_500), false)}
        </Picture>
    }
}

#[component]
pub fn Running() -> impl IntoView {
    let row = |name: &'static str, state: &'static str| view! { <div class="picture-bar"><span class="grow">{name}</span><StatusChip state=state/></div> };
    view! {
        <Picture says=tr!(home.how.three)>
            {row(tr!(home.demo.service), "running")}
            {row(tr!(home.demo.check), "up")}
            {row("reports-db", "updating")}
            <UptimeBar title=tr!(home.demo.uptime) days=ninety_days() compact=true/>
        </Picture>
    }
}

/// A February on the plan chosen above, with ten gigabytes stored: 672 hours each.
#[component]
pub fn Invoice() -> impl IntoView {
    let line = |label: &'static str, amount: Money| view! { <div class="picture-bar"><span class="grow">{label}</span><Amount money=amount/></div> };
    view! {
        <Picture says=tr!(home.how.four)>
            <div class="picture-bar"><strong class="grow">{tr!(home.demo.invoice)}</strong><StatusChip state="paid"/></div>
            {line(tr!(home.demo.line_fee), price(350_000, 2_400))}
            {line(tr!(home.demo.line_storage), price(67_200, 470))}
            {line(tr!(home.demo.line_free), price(-36_000, -252))}
            <p class="picture-note muted">{tr!(home.demo.replay)}</p>
            <div class="picture-bar picture-sum"><strong class="grow">{tr!(common.total)}</strong><strong><Amount money=price(381_200, 2_618)/></strong></div>
        </Picture>
    }
}
