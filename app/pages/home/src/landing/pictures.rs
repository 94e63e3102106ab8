//! The product in small, built of the kit's own components with example data; pictures to whoever looks, one sentence
//! to whoever listens.

use kernel::{Currency, Date, Money};
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

#[component]
pub fn Choosing() -> impl IntoView {
    let plan = |name: &'static str, cents: i64, chosen: bool| {
        view! {
            <div class="picture-plan" class:picture-chosen=chosen>
                <strong>{name}</strong>
                <span><Amount money=Money::new(cents, Currency::Usd)/><span class="muted">" "{tr!(common.per_month)}</span></span>
            </div>
        }
    };
    view! {
        <Picture says=tr!(home.how.two)>
            {plan(tr!(home.demo.choose_small), 900, false)}
            {plan(tr!(home.demo.choose_standard), 2900, true)}
            {plan(tr!(home.demo.choose_large), 9900, false)}
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

#[component]
pub fn Invoice() -> impl IntoView {
    let line = |label: &'static str, cents: i64| view! { <div class="picture-bar"><span class="grow">{label}</span><Amount money=Money::new(cents, Currency::Usd)/></div> };
    view! {
        <Picture says=tr!(home.how.four)>
            <div class="picture-bar"><strong class="grow">{tr!(home.demo.invoice)}</strong><StatusChip state="paid"/></div>
            {line(tr!(home.demo.line_fee), 2900)}
            {line(tr!(home.demo.line_storage), 2688)}
            {line(tr!(home.demo.line_free), -2000)}
            <p class="picture-note muted">{tr!(home.demo.replay)}</p>
            <div class="picture-bar picture-sum"><strong class="grow">{tr!(common.total)}</strong><strong><Amount money=Money::new(3588, Currency::Usd)/></strong></div>
        </Picture>
    }
}
