//! What is looked for, as a form that goes into the address: it works before scripting and can be sent on.

use super::words::areas;
use i18n::tr;
use kernel::FieldError;
use kit::{form::FormState, prelude::*};
use leptos::{context::Provider, prelude::*};
use leptos_router::components::Form as AddressForm;

/// Their names in the address.
const FILTERS: [&str; 7] = ["tenant", "actor", "action", "subject", "from", "to", "outcome"];

#[component]
pub fn Filters(path: &'static str, complaints: Vec<FieldError>, tenants: Vec<(String, String)>) -> impl IntoView {
    let query = use_list_query().get_untracked();
    let columns = query.columns.as_ref().map(|columns| columns.join(","));
    let narrowed = FILTERS.iter().any(|name| query.filter(name).is_some());
    let now = move |name: &str| query.filter(name).unwrap_or_default().to_owned();
    let wrong = !complaints.is_empty();
    // The fields find their complaints as in any other form.
    let error = wrong.then(|| PageError::Invalid { fields: complaints, typed: Vec::new() });
    let state = FormState::new(Signal::stored(error), Signal::stored(false));
    let any = || Choice::new("", tr!(common.all));
    let choices = move |known: Vec<(&'static str, &'static str)>| std::iter::once(any()).chain(known.into_iter().map(|(value, label)| Choice::new(value, label))).collect::<Vec<_>>();
    let tenant_choices: Vec<Choice> = std::iter::once(any()).chain(tenants.iter().map(|(id, name)| Choice::new(id.clone(), name.clone()))).collect();
    let actors = vec![
        ("person", tr!(compliance.actors.person)),
        ("key", tr!(compliance.actors.key)),
        ("staff", tr!(compliance.actors.staff)),
        ("system", tr!(compliance.actors.system)),
        ("nobody", tr!(compliance.actors.nobody)),
    ];
    let outcomes = vec![("done", tr!(compliance.outcomes.done)), ("refused", tr!(compliance.outcomes.refused))];
    view! {
        <details class="box" open=narrowed || wrong>
            <summary class="cluster cursor-pointer font-medium"><Icon icon=icons::LuListFilter/>{tr!(common.filter)}</summary>
            <AddressForm method="GET" action=path attr:class="mt-4 flex flex-col gap-4" attr:role="search">
                <Provider value=state>
                    <div class="grid gap-4 sm:grid-cols-2 xl:grid-cols-3 [&_.field-optional]:hidden">
                        {(!tenants.is_empty()).then(|| view! { <SelectField name="tenant" label=tr!(common.organisation) choices=tenant_choices value=now("tenant")/> })}
                        <SelectField name="action" label=tr!(compliance.filters.area) choices=choices(areas()) value=now("action")/>
                        <SelectField name="actor" label=tr!(compliance.filters.actor) choices=choices(actors) value=now("actor")/>
                        <SelectField name="outcome" label=tr!(compliance.filters.outcome) choices=choices(outcomes) value=now("outcome")/>
                        <TextField name="from" label=tr!(compliance.filters.from) kind="date" value=now("from")/>
                        <TextField name="to" label=tr!(compliance.filters.to) kind="date" value=now("to")/>
                        <TextField name="subject" label=tr!(compliance.filters.subject) value=now("subject") max_length=120 help=tr!(compliance.filters.subject_help)/>
                    </div>
                </Provider>
                {columns.map(|columns| view! { <input type="hidden" name="columns" value=columns/> })}
                <div class="form-actions">
                    <button class="btn btn-primary">{tr!(compliance.filters.apply)}</button>
                    {narrowed.then(|| view! { <a class="btn btn-plain" href=path>{tr!(kit.table.clear_filters)}</a> })}
                </div>
            </AddressForm>
        </details>
    }
}
