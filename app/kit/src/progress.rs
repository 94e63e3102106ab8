//! How far something is: steps in words, a percentage, and the time it has taken.

use crate::{icon::Icon, time::Elapsed};
use i18n::tr;
use icondata_lu as icons;
use kernel::Timestamp;
use leptos::prelude::*;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepState {
    Done,
    Running,
    Waiting,
    Failed,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    pub label: String,
    pub state: StepState,
    /// A line under it: what is being done, or why it failed.
    pub note: String,
}

impl Step {
    pub fn new(label: impl Into<String>, state: StepState) -> Self {
        Self { label: label.into(), state, note: String::new() }
    }

    pub fn note(self, note: impl Into<String>) -> Self {
        Self { note: note.into(), ..self }
    }
}

/// A bar with what is happening in words. `percent` 0 to 100.
#[component]
pub fn Progress(
    #[prop(into)] label: String,
    #[prop(into)] percent: Signal<u8>,
    #[prop(optional, into)] message: Signal<String>,
    #[prop(optional, into)] steps: Signal<Vec<Step>>,
    /// Since when; shows the time that has passed while `ended_at` is none.
    #[prop(optional, into)] started_at: Option<Timestamp>,
    #[prop(optional, into)] ended_at: Option<Timestamp>,
) -> impl IntoView {
    let name = label.clone();
    view! {
        <div class="progress-block">
            <div class="progress-head">
                <span class="progress-label">{label}</span>
                <span class="tabular">{move || format!("{} %", percent.get())}</span>
            </div>
            <progress class="bar" max="100" value=move || percent.get().to_string() aria-label=name></progress>
            <div class="progress-foot muted">
                <span aria-live="polite">{move || message.get()}</span>
                {started_at.map(|from| match ended_at {
                    Some(to) => view! { <Elapsed from=from to=to/> }.into_any(),
                    None => view! { <Elapsed from=from/> }.into_any(),
                })}
            </div>
            {move || {
                let steps = steps.get();
                (!steps.is_empty()).then(|| view! { <Steps steps=steps/> })
            }}
        </div>
    }
}

#[component]
pub fn Steps(steps: Vec<Step>) -> impl IntoView {
    view! {
        <ol class="steps-list">
            {steps.into_iter().map(|step| {
                let (class, icon, word) = match step.state {
                    StepState::Done => ("step step-done", icons::LuCheck, tr!(kit.progress.step_done)),
                    StepState::Running => ("step step-running", icons::LuLoaderCircle, tr!(kit.progress.step_running)),
                    StepState::Waiting => ("step step-waiting", icons::LuCircleDashed, tr!(kit.progress.step_waiting)),
                    StepState::Failed => ("step step-failed", icons::LuX, tr!(kit.progress.step_failed)),
                };
                view! {
                    <li class=class aria-current=(step.state == StepState::Running).then_some("step")>
                        <Icon icon=icon/>
                        <span>{step.label}<span class="sr-only">{format!(" ({word})")}</span>
                            {(!step.note.is_empty()).then(|| view! { <small class="muted">{step.note}</small> })}
                        </span>
                    </li>
                }
            }).collect_view()}
        </ol>
    }
}

/// How much of something is used: `used` of `limit` in words beside a bar that turns amber from 75 % and red from 90 %.
#[component]
pub fn Meter(#[prop(into)] label: String, #[prop(into)] text: String, used: f64, limit: f64) -> impl IntoView {
    let share = if limit > 0.0 { (used / limit).clamp(0.0, 1.0) } else { 0.0 };
    let class = if share >= 0.9 { "bar bar-bad" } else if share >= 0.75 { "bar bar-warn" } else { "bar" };
    view! {
        <div class="progress-block">
            <div class="progress-head"><span>{label.clone()}</span><span class="tabular muted">{text.clone()}</span></div>
            <meter class=class min="0" max="1" value=format!("{share:.4}") aria-label=format!("{label}: {text}")></meter>
        </div>
    }
}
