//! What happens to a service by itself when its running term ends, and how that is taken back.

use super::Acts;
use kernel::Need;
use kit::{prelude::*, time::date_text};
use leptos::prelude::*;
use provisioning::view::{InstanceView, Planned as What};

#[component]
pub fn Planned(shown: RwSignal<InstanceView>, acts: Acts) -> impl IntoView {
    let planned = Memo::new(move |_| shown.with(|service| service.planned.clone()));
    let may_change = use_viewer().is_some_and(|viewer| viewer.may(Need::SERVICES_WRITE));
    let id = shown.with_untracked(|service| service.id.to_string());
    move || {
        planned.get().map(|planned| match planned {
            What::Plan { plan_name, on, .. } => {
                let plan = plan_name.get(i18n::language()).to_owned();
                let id = id.clone();
                view! {
                    <Callout tone=Tone::Info title=tr!(provisioning.planned.plan_title, plan = plan.clone(), date = date_text(on)).to_string()>
                        <p>{tr!(provisioning.planned.plan_says, plan = plan)}</p>
                        {may_change.then(|| view! {
                            <Form action=acts.keep_plan quiet=true class="mt-3">
                                <input type="hidden" name="id" value=id/>
                                <SubmitButton kind=ButtonKind::Plain icon=icons::LuUndo2>{tr!(provisioning.planned.keep)}</SubmitButton>
                            </Form>
                        })}
                    </Callout>
                }
                .into_any()
            }
            What::End { on } => view! {
                <Callout tone=Tone::Warn title=tr!(provisioning.planned.end_title, date = date_text(on)).to_string()>
                    <p>{tr!(provisioning.planned.end_says)}</p>
                    <a class="link" href="/billing#subscriptions">{tr!(provisioning.planned.to_billing)}</a>
                </Callout>
            }
            .into_any(),
        })
    }
}
