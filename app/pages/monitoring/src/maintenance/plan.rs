//! The form that plans it: when, by the organisation's clocks, of which checks, and what is done.

use crate::{calls::PlanMaintenance, sheets::MaintenanceSheet};
use kit::prelude::*;
use leptos::prelude::*;
use monitoring::maintenance::MOST_LETTERS;

#[component]
pub fn Plan(sheet: MaintenanceSheet, action: ServerAction<PlanMaintenance>) -> impl IntoView {
    let MaintenanceSheet { checks, starts_at, ends_at, .. } = sheet;
    let value = action.value();
    // Complaints are seen also where the form came back without scripting.
    let refused = move || value.with(|answer| matches!(answer, Some(Err(_))));
    let zone = use_viewer().map(|viewer| viewer.time_zone().to_owned()).unwrap_or_default();
    let by_clocks = tr!(monitoring.maintenance.by_clocks, zone = zone).to_string();
    let most_letters = u32::try_from(MOST_LETTERS).unwrap_or(u32::MAX);
    view! {
        <details class="mt-4" open=refused>
            <summary class="btn btn-plain">{tr!(monitoring.maintenance.plan)}</summary>
            <Card class="mt-3">
                <Form action=action>
                    <div class="form-row">
                        <TextField name="form[starts_at]" label=tr!(monitoring.maintenance.starts) kind="datetime-local" value=starts_at required=true help=by_clocks/>
                        <TextField name="form[ends_at]" label=tr!(monitoring.maintenance.ends) kind="datetime-local" value=ends_at required=true help=tr!(monitoring.maintenance.ends_help)/>
                    </div>
                    <fieldset class="field">
                        <legend class="field-label mb-2">{tr!(monitoring.checks)}</legend>
                        <CheckField name="form[checks][all]" label=tr!(monitoring.maintenance.all) checked=checks.len() == 1 help=tr!(monitoring.maintenance.all_help)/>
                        <div class="grid gap-3 sm:grid-cols-2 [&_.field]:gap-0">
                            {checks.into_iter().map(|(id, name)| view! { <CheckField name=format!("form[checks][{id}]") label=name/> }).collect_view()}
                        </div>
                    </fieldset>
                    <TextField name="form[words]" label=tr!(monitoring.maintenance.words) max_length=most_letters help=tr!(monitoring.maintenance.words_help)/>
                    <div class="form-actions"><SubmitButton icon=icons::LuCalendarClock>{tr!(monitoring.maintenance.plan)}</SubmitButton></div>
                </Form>
            </Card>
        </details>
    }
}
