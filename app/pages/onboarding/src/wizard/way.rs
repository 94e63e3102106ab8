//! The way: every step with its state and what is still missing, each a link.

use i18n::tr;
use kit::prelude::*;
use leptos::prelude::*;
use onboarding::{Journey, State, Step, StepView};

#[component]
pub fn Way(journey: Journey, here: Option<Step>) -> impl IntoView {
    let (steps, open) = (journey.steps.len(), journey.open());
    let settled = steps - open;
    let says = if open == 0 { tr!(onboarding.way.nothing_open).to_owned() } else { tr!(onboarding.way.settled, settled = settled, steps = steps).to_string() };
    view! {
        <nav class="box stack" aria-label=tr!(onboarding.way.label)>
            <div class="progress-block">
                <p class="muted text-[0.8125rem]" id="way-says">{says}</p>
                <progress class="bar" max=steps.to_string() value=settled.to_string() aria-labelledby="way-says"></progress>
            </div>
            <ol class="flex flex-col gap-1">
                {journey.steps.into_iter().map(|view| view! { <Stage view=view.clone() here=here == Some(view.step)/> }).collect_view()}
            </ol>
        </nav>
    }
}

#[component]
fn Stage(view: StepView, here: bool) -> impl IntoView {
    let (icon, colour, state) = match view.state {
        State::Done => (icons::LuCircleCheck, "tone-good", tr!(onboarding.way.done).to_owned()),
        State::Skipped => (icons::LuCircleMinus, "tone-neutral", tr!(onboarding.way.skipped).to_owned()),
        State::Open => (icons::LuCircleDashed, "tone-info", still_open(&view)),
    };
    let frame = if here { "nav-item items-start! h-auto! py-2 bg-base-200" } else { "nav-item items-start! h-auto! py-2" };
    view! {
        <li data-step=view.step.code() data-state=state_code(view.state)>
            <a class=frame href=address(view.step) aria-current=here.then_some("step")>
                <span class=format!("{colour} mt-0.5 bg-transparent!")><Icon icon=icon/></span>
                <span class="flex min-w-0 flex-col whitespace-normal">
                    <span>{step_name(view.step)}</span>
                    <small class="muted">{state}</small>
                </span>
            </a>
        </li>
    }
}

fn still_open(view: &StepView) -> String {
    let missing: Vec<String> = view.missing.iter().filter_map(|field| field_name(field)).map(|name| name.to_lowercase()).collect();
    if missing.is_empty() { tr!(onboarding.way.open).to_owned() } else { tr!(onboarding.way.missing, fields = missing.join(", ")).to_string() }
}

fn field_name(field: &str) -> Option<&'static str> {
    match field {
        "country" => Some(tr!(identity.profile.country)),
        "street" => Some(tr!(identity.profile.street)),
        "city" => Some(tr!(identity.profile.city)),
        _ => None,
    }
}

pub fn address(step: Step) -> String {
    format!("/onboarding?step={step}")
}

pub fn step_name(step: Step) -> &'static str {
    match step {
        Step::Profile => tr!(onboarding.steps.profile),
        Step::Tier => tr!(onboarding.steps.tier),
        Step::Service => tr!(onboarding.steps.service),
        Step::Colleague => tr!(onboarding.steps.colleague),
    }
}

const fn state_code(state: State) -> &'static str {
    match state {
        State::Open => "open",
        State::Done => "done",
        State::Skipped => "skipped",
    }
}
