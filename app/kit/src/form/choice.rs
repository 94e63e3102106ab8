//! Fields that are chosen from.

use super::{
    field::{Framed, Ties},
    known::Bounds,
    use_form_state,
};
use leptos::prelude::*;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    pub value: String,
    pub label: String,
    /// A line under the label, in `RadioCards`.
    pub says: String,
}

impl Choice {
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into(), says: String::new() }
    }

    pub fn says(self, says: impl Into<String>) -> Self {
        Self { says: says.into(), ..self }
    }
}

/// One of many, as the browser's own list.
#[component]
pub fn SelectField(
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    choices: Vec<Choice>,
    #[prop(optional, into)] value: String,
    #[prop(optional, into)] help: String,
    #[prop(optional)] required: bool,
    /// Shown while nothing is chosen; without it the first choice stands.
    #[prop(optional, into)] placeholder: Option<String>,
    #[prop(optional, into)] autocomplete: Option<String>,
    #[prop(optional, into)] on_change: Option<Callback<String>>,
) -> impl IntoView {
    let ties = Ties::of(&name, &help);
    let value = ties.typed.clone().unwrap_or(value);
    let empty = value.is_empty();
    view! {
        <Framed ties=ties.clone() label=label required=required>
            <select
                id=ties.id.clone()
                class="input select"
                name=name
                required=required
                autocomplete=autocomplete
                aria-invalid=ties.invalid()
                aria-describedby=ties.described_by()
                on:change=move |event| if let Some(act) = on_change { act.run(event_target_value(&event)) }
            >
                {placeholder.map(|text| view! { <option value="" selected=empty disabled=required>{text}</option> })}
                {choices.into_iter().map(|choice| {
                    let selected = choice.value == value;
                    view! { <option value=choice.value selected=selected>{choice.label}</option> }
                }).collect_view()}
            </select>
        </Framed>
    }
}

/// Yes or no. Sends `true` when on and nothing when off: give the server function's field `#[serde(default)]`.
#[component]
pub fn CheckField(
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    #[prop(optional)] checked: bool,
    #[prop(optional, into)] help: String,
    #[prop(optional)] required: bool,
) -> impl IntoView {
    let ties = Ties::of(&name, &help);
    ties.known_as(&label, Bounds::default());
    let checked = ties.typed.as_deref().map_or(checked, |typed| typed == "true");
    let (help_id, error_id, complaint) = (format!("{}-help", ties.id), format!("{}-error", ties.id), ties.complaint);
    view! {
        <div class="field">
            <label class="check" for=ties.id.clone()>
                <input
                    id=ties.id.clone()
                    type="checkbox"
                    class="checkbox"
                    name=name
                    value="true"
                    checked=checked
                    required=required
                    aria-invalid=ties.invalid()
                    aria-describedby=ties.described_by()
                />
                <span>{label}</span>
            </label>
            {ties.help.clone().map(|help| view! { <p class="field-help" id=help_id>{help}</p> })}
            {move || complaint.get().map(|text| view! { <p class="field-error" id=error_id.clone()>{text}</p> })}
        </div>
    }
}

/// One of a few, each a card with a line of its own: tiers, plans.
#[component]
pub fn RadioCards(
    #[prop(into)] name: String,
    #[prop(into)] legend: String,
    choices: Vec<Choice>,
    #[prop(optional, into)] value: String,
    #[prop(optional, into)] on_change: Option<Callback<String>>,
) -> impl IntoView {
    let ties = Ties::of(&name, "");
    ties.known_as(&legend, Bounds::default());
    let value = use_form_state().and_then(|state| state.typed(&name)).unwrap_or(value);
    let (error_id, complaint) = (format!("{}-error", ties.id), ties.complaint);
    view! {
        <fieldset id=ties.id.clone() class="field radio-cards" aria-describedby=ties.described_by()>
            <legend class="field-label">{legend}</legend>
            <div class="radio-grid">
                {choices.into_iter().map(|choice| {
                    let (checked, chosen) = (choice.value == value, choice.value.clone());
                    view! {
                        <label class="radio-card">
                            <input type="radio" class="radio" name=name.clone() value=choice.value checked=checked required=true
                                on:change=move |_| if let Some(act) = on_change { act.run(chosen.clone()) }/>
                            <span class="radio-text"><span class="radio-label">{choice.label}</span><span class="muted">{choice.says}</span></span>
                        </label>
                    }
                }).collect_view()}
            </div>
            {move || complaint.get().map(|text| view! { <p class="field-error" id=error_id.clone()>{text}</p> })}
        </fieldset>
    }
}
