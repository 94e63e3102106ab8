//! Around one step: its title, what it is for, and the ways on from it.

use super::{
    Acts,
    way::{address, step_name},
};
use i18n::tr;
use kernel::Need;
use kit::prelude::*;
use leptos::prelude::*;
use onboarding::{Journey, State, Step};
use wasm_bindgen::JsCast;

/// Where reading begins after going to another step.
const TITLE: &str = "step-title";

#[component]
pub fn Frame(step: Step, journey: Journey, acts: Acts, children: Children) -> impl IntoView {
    let number = Step::ALL.iter().position(|one| *one == step).map_or(1, |index| index + 1);
    let count = tr!(onboarding.step_of, number = number, steps = Step::ALL.len()).to_string();
    view! {
        <section class="stack" aria-labelledby=TITLE>
            <div>
                <p class="muted text-[0.8125rem]">{count}</p>
                <h2 id=TITLE tabindex="-1" class="section-title text-lg!">{step_name(step)}</h2>
                <p class="muted">{says(step)}</p>
            </div>
            {children()}
            <WaysOn step=step journey=journey acts=acts/>
        </section>
    }
}

/// On to the next step, past this one, or back to one that was left out.
#[component]
fn WaysOn(step: Step, journey: Journey, acts: Acts) -> impl IntoView {
    let state = journey.state(step);
    let may = use_viewer().is_some_and(|viewer| viewer.may(Need::SETTINGS_WRITE));
    let on = journey.next.filter(|next| *next != step).map_or_else(|| "/onboarding".to_owned(), address);
    let code = step.code();
    match state {
        State::Done => view! { <div class="cluster"><LinkButton href=on kind=ButtonKind::Primary icon=icons::LuArrowRight>{tr!(common.continue_on)}</LinkButton></div> }.into_any(),
        State::Open if step.may_be_skipped() && may => view! {
            <div class="cluster">
                <Form action=acts.leave_out>
                    <input type="hidden" name="step" value=code/>
                    <SubmitButton kind=ButtonKind::Quiet>{tr!(common.skip)}</SubmitButton>
                </Form>
            </div>
        }
        .into_any(),
        State::Skipped if may => view! {
            <div class="cluster">
                <span class="muted">{tr!(onboarding.left_out)}</span>
                <Form action=acts.take_up>
                    <input type="hidden" name="step" value=code/>
                    <SubmitButton kind=ButtonKind::Plain>{tr!(onboarding.take_up)}</SubmitButton>
                </Form>
            </div>
        }
        .into_any(),
        State::Open | State::Skipped => ().into_any(),
    }
}

fn says(step: Step) -> &'static str {
    match step {
        Step::Profile => tr!(onboarding.profile.says),
        Step::Tier => tr!(onboarding.tier.says),
        Step::Service => tr!(onboarding.service.says),
        Step::Colleague => tr!(onboarding.colleague.says),
    }
}

/// Moves the keyboard to the step's title.
pub fn focus_title() {
    request_animation_frame(|| {
        let title = document().get_element_by_id(TITLE).and_then(|title| title.dyn_into::<web_sys::HtmlElement>().ok());
        if let Some(title) = title {
            // An element with a tabindex takes the focus.
            let _ = title.focus();
        }
    });
}
