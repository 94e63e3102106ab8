//! Making a key, and the only moment at which it is seen.

use super::{calls::CreateKey, scopes};
use crate::outcome::ShortForm;
use kit::{form::use_form_state, prelude::*};
use leptos::prelude::*;

/// The form is emptied by this id.
pub const PLACE: &str = "new-key";

#[component]
pub fn Create(action: ServerAction<CreateKey>) -> impl IntoView {
    view! {
        <Section title=tr!(identity.keys.new) says=tr!(identity.keys.new_help) id=PLACE>
            <Card>
                <ShortForm action=action>
                    <div class="form-row">
                        <TextField name="form[name]" label=tr!(identity.keys.name) required=true max_length=80 autocomplete="off" help=tr!(identity.keys.name_help)/>
                        <SelectField name="form[expires]" label=tr!(identity.keys.expires) choices=lifetimes() value="90" required=true/>
                    </div>
                    <Scopes/>
                    <div class="form-actions"><SubmitButton icon=icons::LuKeyRound>{tr!(identity.keys.create)}</SubmitButton></div>
                </ShortForm>
            </Card>
        </Section>
    }
}

fn lifetimes() -> Vec<Choice> {
    let days = |days: u32| Choice::new(days.to_string(), tr!(identity.keys.days, days = days).to_string());
    vec![days(30), days(90), Choice::new("365", tr!(identity.keys.year)), Choice::new("never", tr!(identity.keys.never))]
}

#[component]
fn Scopes() -> impl IntoView {
    const ERROR: &str = "scopes-error";
    let needs = use_viewer().map(|viewer| scopes::to_give(&viewer)).unwrap_or_default();
    let state = use_form_state();
    let complaint = move || state.and_then(|state| state.complaint("form[scopes]"));
    view! {
        <fieldset class="field" aria-describedby=move || complaint().map(|_| ERROR)>
            <legend class="field-label mb-2">{tr!(identity.keys.scopes)}</legend>
            <div class="grid gap-3 sm:grid-cols-2 [&_.field]:gap-0 [&_.field-help]:ps-[1.625rem]">
                {needs.into_iter().map(|need| view! {
                    <CheckField name=format!("form[scopes][{}]", need.name()) label=scopes::words(need.name()) help=need.name()/>
                }).collect_view()}
            </div>
            {move || complaint().map(|text| view! { <p class="field-error" id=ERROR>{text}</p> })}
        </fieldset>
    }
}

/// The secret, once.
#[component]
pub fn Made(secret: String) -> impl IntoView {
    view! {
        <Callout tone=Tone::Warn title=tr!(identity.keys.made_title) alert=true>
            <p>{tr!(identity.keys.made_says)}</p>
            <p class="cluster mt-2"><code class="mono break-all select-all" data-secret="true">{secret.clone()}</code><CopyButton text=secret what=tr!(identity.keys.secret)/></p>
        </Callout>
    }
}
