//! Everything that a reader can do to a service, and what comes back of it.

use super::Sheet;
use crate::calls::{Configure, DeleteService, KeepPlan, RestoreService, ResumeService, RetryOperation, RevealCredentials, RotateCredentials, SuspendService, SwitchPlan};
use i18n::tr;
use kit::{
    PageError,
    callout::{Callout, Tone},
    dialog::close_dialog,
    load::words,
    toast::{ToastKind, use_toasts},
};
use leptos::{prelude::*, server_fn::ServerFn};
use provisioning::view::{InstanceView, Planned};

/// Ids of the dialogs that ask before something is done.
pub const SUSPEND: &str = "suspend";
pub const DELETE: &str = "delete";
pub const ROTATE: &str = "rotate";

#[derive(Clone, Copy)]
pub struct Acts {
    pub suspend: ServerAction<SuspendService>,
    pub resume: ServerAction<ResumeService>,
    pub delete: ServerAction<DeleteService>,
    pub restore: ServerAction<RestoreService>,
    pub retry: ServerAction<RetryOperation>,
    pub rotate: ServerAction<RotateCredentials>,
    pub reveal: ServerAction<RevealCredentials>,
    pub configure: ServerAction<Configure>,
    pub change_plan: ServerAction<SwitchPlan>,
    pub keep_plan: ServerAction<KeepPlan>,
}

impl Acts {
    pub fn new(shown: RwSignal<InstanceView>, sheet: Resource<Result<Sheet, PageError>>) -> Self {
        let acts = Self {
            suspend: ServerAction::new(),
            resume: ServerAction::new(),
            delete: ServerAction::new(),
            restore: ServerAction::new(),
            retry: ServerAction::new(),
            rotate: ServerAction::new(),
            reveal: ServerAction::new(),
            configure: ServerAction::new(),
            change_plan: ServerAction::new(),
            keep_plan: ServerAction::new(),
        };
        lands(acts.suspend, shown);
        lands(acts.resume, shown);
        lands(acts.delete, shown);
        lands(acts.restore, shown);
        lands(acts.rotate, shown);
        lands(acts.configure, shown);
        lands(acts.change_plan, shown);
        lands(acts.keep_plan, shown);
        // The form begins anew from what is in force now.
        Effect::new(move || {
            let plan = acts.change_plan.value().with(|answer| matches!(answer, Some(Ok(_))));
            let configuration = acts.configure.value().with(|answer| matches!(answer, Some(Ok(_))));
            let kept = acts.keep_plan.value().with(|answer| matches!(answer, Some(Ok(_))));
            if plan || configuration || kept {
                sheet.refetch();
            }
        });
        acts
    }

    /// What the last of those acts said that have no form of their own on the page.
    fn trouble(self) -> Option<PageError> {
        refusal(self.suspend)
            .or_else(|| refusal(self.resume))
            .or_else(|| refusal(self.delete))
            .or_else(|| refusal(self.restore))
            .or_else(|| refusal(self.rotate))
            .or_else(|| refusal(self.retry))
            .or_else(|| refusal(self.keep_plan))
    }
}

fn refusal<F>(action: ServerAction<F>) -> Option<PageError>
where
    F: ServerFn<Error = PageError> + Clone + Send + Sync + 'static,
    F::Output: Send + Sync + 'static,
{
    action.value().with(|answer| answer.as_ref().and_then(|answer| answer.as_ref().err().cloned()))
}

/// Shows the service as the answer has it, at once.
fn lands<F>(action: ServerAction<F>, shown: RwSignal<InstanceView>)
where
    F: ServerFn<Output = InstanceView, Error = PageError> + Clone + Send + Sync + 'static,
{
    let toasts = use_toasts();
    Effect::new(move || {
        let answer = action.value().get();
        if answer.is_some() {
            [SUSPEND, DELETE, ROTATE].into_iter().for_each(close_dialog);
        }
        if let Some(Ok(instance)) = answer {
            let before = shown.with_untracked(|service| service.planned.clone());
            let says = outcome(&instance, before.as_ref());
            shown.set(instance);
            toasts.show(ToastKind::Done, says);
        }
    });
}

/// What came of an act: something is under way, or waits, or waits no more, or nothing had to be done.
fn outcome(instance: &InstanceView, before: Option<&Planned>) -> String {
    if instance.operation.as_ref().is_some_and(|operation| !operation.state.is_over()) {
        return tr!(provisioning.actions.started).to_string();
    }
    match &instance.planned {
        Some(Planned::Plan { on, .. }) if instance.planned.as_ref() != before => tr!(provisioning.actions.planned, date = kit::time::date_text(*on)).to_string(),
        None if matches!(before, Some(Planned::Plan { .. })) => tr!(provisioning.actions.kept).to_string(),
        Some(_) | None => tr!(provisioning.actions.nothing).to_string(),
    }
}

/// Why the last act was not taken, above the page's contents: the dialog that asked is closed by then.
#[component]
pub fn Trouble(acts: Acts) -> impl IntoView {
    move || {
        acts.trouble().map(|error| {
            let (title, says) = words(&error);
            view! { <Callout tone=Tone::Bad title=title alert=true>{says}</Callout> }
        })
    }
}
