//! The first page: what this is, for whom, and how it works.

mod pictures;

use kit::{door::inside, prelude::*};
use leptos::prelude::*;
use leptos_meta::{Meta, Title};
use pictures::{Choosing, Hero, Invoice, Running, SigningUp};

#[derive(Clone)]
pub struct LandingPage;

impl PageRoute for LandingPage {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        view! {
            <Title text=tr!(common.product)/>
            <Meta name="description" content=tr!(home.hero.lead)/>
            <Opening/>
            <How/>
            <Who/>
            <Behind/>
            <Ending/>
        }
        .into_any()
    }
}

#[component]
fn Opening() -> impl IntoView {
    view! {
        <section class="hero">
            <div class="hero-words">
                <h1 class="hero-title">{tr!(home.hero.title)}</h1>
                <p class="hero-lead">{tr!(home.hero.lead)}</p>
                <div class="cluster">
                    <Begin/>
                    <LinkButton href="/pricing" class="btn-lg">{tr!(home.hero.prices)}</LinkButton>
                </div>
            </div>
            <Hero/>
        </section>
    }
}

#[component]
fn How() -> impl IntoView {
    let step = |number: &'static str, title: &'static str, says: &'static str, picture: AnyView| {
        view! {
            <li class="how-step">
                <div class="how-words"><h3 class="how-title"><span class="how-number">{number}</span>{title}</h3><p class="muted">{says}</p></div>
                {picture}
            </li>
        }
    };
    view! {
        <section class="band" id="how">
            <h2 class="band-title">{tr!(home.how.title)}</h2>
            <ol class="how-grid">
                {step("1", tr!(home.how.one_title), tr!(home.how.one), view! { <SigningUp/> }.into_any())}
                {step("2", tr!(home.how.two_title), tr!(home.how.two), view! { <Choosing/> }.into_any())}
                {step("3", tr!(home.how.three_title), tr!(home.how.three), view! { <Running/> }.into_any())}
                {step("4", tr!(home.how.four_title), tr!(home.how.four), view! { <Invoice/> }.into_any())}
            </ol>
        </section>
    }
}

#[component]
fn Who() -> impl IntoView {
    view! {
        <section class="band">
            <h2 class="band-title">{tr!(home.who.title)}</h2>
            <div class="columns-three">
                {words(tr!(home.who.small_title), tr!(home.who.small))}
                {words(tr!(home.who.team_title), tr!(home.who.team))}
                {words(tr!(home.who.provider_title), tr!(home.who.provider))}
            </div>
        </section>
    }
}

#[component]
fn Behind() -> impl IntoView {
    view! {
        <section class="band">
            <h2 class="band-title">{tr!(home.behind.title)}</h2>
            <div class="columns-two">
                {words(tr!(home.behind.isolation_title), tr!(home.behind.isolation))}
                {words(tr!(home.behind.real_title), tr!(home.behind.real))}
                {words(tr!(home.behind.audit_title), tr!(home.behind.audit))}
                {words(tr!(home.behind.open_title), tr!(home.behind.open))}
            </div>
        </section>
    }
}

#[component]
fn Ending() -> impl IntoView {
    view! {
        <section class="ending">
            <div><h2 class="band-title">{tr!(home.end.title)}</h2><p class="muted">{tr!(home.end.text)}</p></div>
            <Begin/>
        </section>
    }
}

/// Signing up, or going on for those who have.
#[component]
fn Begin() -> impl IntoView {
    let (href, says) = inside().map_or(("/sign-up", tr!(home.hero.start)), |inside| (inside.start(), inside.go_there()));
    view! { <LinkButton href=href kind=ButtonKind::Primary class="btn-lg">{says}</LinkButton> }
}

fn words(title: &'static str, says: &'static str) -> impl IntoView {
    view! { <div class="fact"><h3>{title}</h3><p class="muted">{says}</p></div> }
}
