//! The wizard: one step a view, each bound to a fact, left and resumed on any device.

mod bill;
mod colleague;
mod frame;
mod outcome;
mod over;
mod profile;
mod service;
mod tier;
mod way;

use crate::{
    calls::{ChooseTier, InviteColleague, LeaveOut, SaveProfile, TakeUp, look, remember},
    sheet::{Part, Sheet},
};
use colleague::ColleagueStep;
use frame::Frame;
use kit::prelude::*;
use leptos::{prelude::*, task::spawn_local};
use leptos_router::hooks::use_query_map;
use onboarding::{State, Step};
use outcome::{DoneNote, leave_on_success};
use over::Over;
use profile::ProfileStep;
use service::ServiceStep;
use tier::TierStep;
use way::Way;

#[derive(Clone)]
pub struct OnboardingPage {
    sheet: LiveResource<Sheet>,
    acts: Acts,
}

/// What can be done in the wizard.
#[derive(Clone, Copy)]
pub struct Acts {
    profile: ServerAction<SaveProfile>,
    tier: ServerAction<ChooseTier>,
    invite: ServerAction<InviteColleague>,
    leave_out: ServerAction<LeaveOut>,
    take_up: ServerAction<TakeUp>,
}

impl PageRoute for OnboardingPage {
    fn data() -> Self {
        let query = use_query_map();
        let step = Memo::new(move |_| query.with(|query| query.get("step")).unwrap_or_default());
        let acts = Acts { profile: ServerAction::new(), tier: ServerAction::new(), invite: ServerAction::new(), leave_out: ServerAction::new(), take_up: ServerAction::new() };
        Self { sheet: LiveResource::new(move || step.get(), look), acts }
    }

    fn view(this: Self) -> AnyView {
        let OnboardingPage { sheet, acts } = this;
        leave_on_success(acts.profile);
        leave_on_success(acts.tier);
        leave_on_success(acts.invite);
        leave_on_success(acts.leave_out);
        leave_on_success(acts.take_up);
        kit::live::refetch_on(sheet, |live| matches!(live, kernel::live::Live::Instance { .. }));
        let before = StoredValue::new(None::<Step>);
        view! {
            <PageHeader title=tr!(onboarding.title) lead=tr!(onboarding.lead)/>
            <DoneNote/>
            <Load resource=sheet.resource skeleton=SkeletonKind::Form view=move |sheet| view! { <Wizard sheet=sheet acts=acts before=before/> }/>
        }
        .into_any()
    }
}

/// The way beside the step that is looked at.
#[component]
fn Wizard(sheet: Sheet, acts: Acts, before: StoredValue<Option<Step>>) -> impl IntoView {
    let Sheet { journey, part } = sheet;
    let here = part.step();
    if let Some(step) = here {
        arrive(step, journey.state(step), before);
    }
    let step = match part {
        Part::Profile { organisation, time_zones } => {
            view! { <Frame step=Step::Profile journey=journey.clone() acts=acts><ProfileStep organisation=*organisation time_zones=time_zones action=acts.profile/></Frame> }.into_any()
        }
        Part::Tier { organisation, tiers, wish } => {
            view! { <Frame step=Step::Tier journey=journey.clone() acts=acts><TierStep organisation=*organisation tiers=tiers wish=wish action=acts.tier/></Frame> }.into_any()
        }
        Part::Service { offerings, services } => {
            view! { <Frame step=Step::Service journey=journey.clone() acts=acts><ServiceStep offerings=offerings services=services/></Frame> }.into_any()
        }
        Part::Colleague { team } => {
            view! { <Frame step=Step::Colleague journey=journey.clone() acts=acts><ColleagueStep team=team action=acts.invite/></Frame> }.into_any()
        }
        Part::Over => view! { <Over journey=journey.clone()/> }.into_any(),
    };
    view! {
        <div class="grid grid-cols-1 items-start gap-6 lg:grid-cols-[15rem_minmax(0,1fr)]">
            <Way journey=journey here=here/>
            {step}
        </div>
    }
}

/// Remembers an open step for other devices, and begins reading at its title when one came from another step.
fn arrive(step: Step, state: State, before: StoredValue<Option<Step>>) {
    Effect::new(move || {
        if state == State::Open {
            spawn_local(async move {
                // What could not be remembered costs a click on the next device, no more.
                let _ = remember(step.code().to_owned()).await;
            });
        }
        if before.get_value().is_some_and(|before| before != step) {
            frame::focus_title();
        }
        before.set_value(Some(step));
    });
}
