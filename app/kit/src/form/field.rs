//! Fields that are typed into. Each is a label, the input, its help and its complaint, tied together for assistive
//! technology.

use super::{
    FormState,
    known::{Bounds, KnownField, id_of},
    use_form_state,
};
use crate::time::number_text;
use i18n::tr;
use leptos::prelude::*;

/// Most digits after the mark that a limit shows.
const LIMIT_DIGITS: usize = 6;

/// The parts that every field ties to its input.
#[derive(Clone)]
pub(super) struct Ties {
    name: String,
    state: Option<FormState>,
    pub id: String,
    pub help: Option<String>,
    pub complaint: Signal<Option<String>>,
    pub typed: Option<String>,
}

impl Ties {
    pub fn of(name: &str, help: &str) -> Self {
        let (owned, state) = (name.to_owned(), use_form_state());
        let complaint = Signal::derive(move || state.and_then(|state| state.complaint(&owned)));
        Self { name: name.to_owned(), state, id: id_of(name), help: (!help.is_empty()).then(|| help.to_owned()), complaint, typed: state.and_then(|state| state.typed(name)) }
    }

    /// Tells the form what the field is called, so that its summary of complaints can name it.
    pub fn known_as(&self, label: &str, bounds: Bounds) {
        if let Some(state) = self.state {
            state.knows(KnownField::new(&self.name, label, bounds));
        }
    }

    /// Ids of help and complaint for `aria-describedby`.
    pub fn described_by(&self) -> impl Fn() -> Option<String> + Send + Sync + 'static + use<> {
        let (id, help, complaint) = (self.id.clone(), self.help.is_some(), self.complaint);
        move || {
            let wrong = complaint.with(Option::is_some);
            let ids: Vec<String> = [help.then(|| format!("{id}-help")), wrong.then(|| format!("{id}-error"))].into_iter().flatten().collect();
            (!ids.is_empty()).then(|| ids.join(" "))
        }
    }

    pub fn invalid(&self) -> impl Fn() -> Option<&'static str> + Send + Sync + 'static + use<> {
        let complaint = self.complaint;
        move || complaint.with(Option::is_some).then_some("true")
    }
}

/// Label above, help and complaint below whatever is between.
#[component]
pub(super) fn Framed(ties: Ties, #[prop(into)] label: String, required: bool, #[prop(optional)] bounds: Bounds, children: Children) -> impl IntoView {
    ties.known_as(&label, bounds);
    let (help_id, error_id, complaint) = (format!("{}-help", ties.id), format!("{}-error", ties.id), ties.complaint);
    view! {
        <div class="field">
            <label class="field-label" for=ties.id.clone()>
                {label}
                {(!required).then(|| view! { " "<span class="field-optional">{tr!(common.optional)}</span> })}
            </label>
            {children()}
            {ties.help.clone().map(|help| view! { <p class="field-help" id=help_id>{help}</p> })}
            {move || complaint.get().map(|text| view! { <p class="field-error" id=error_id.clone()>{text}</p> })}
        </div>
    }
}

/// One line of text.
#[component]
pub fn TextField(
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    #[prop(optional, into)] value: String,
    #[prop(optional, into)] help: String,
    /// HTML's input type: `email`, `url`, `tel`, `search`, `date`.
    #[prop(default = "text")] kind: &'static str,
    #[prop(optional)] required: bool,
    #[prop(optional, into)] placeholder: String,
    /// HTML's autocomplete token: `email`, `organization`.
    #[prop(optional, into)] autocomplete: Option<String>,
    #[prop(optional)] max_length: Option<u32>,
    /// The first field of a page whose only purpose is the form.
    #[prop(optional)] autofocus: bool,
    #[prop(optional)] readonly: bool,
    #[prop(optional, into)] on_input: Option<Callback<String>>,
) -> impl IntoView {
    let ties = Ties::of(&name, &help);
    let value = ties.typed.clone().unwrap_or(value);
    let bounds = Bounds { longest: max_length, ..Bounds::default() };
    view! {
        <Framed ties=ties.clone() label=label required=required bounds=bounds>
            <input
                id=ties.id.clone()
                class="input"
                type=kind
                name=name
                value=value
                required=required
                placeholder=placeholder
                autocomplete=autocomplete
                maxlength=max_length
                autofocus=autofocus
                readonly=readonly
                aria-invalid=ties.invalid()
                aria-describedby=ties.described_by()
                on:input=move |event| if let Some(act) = on_input { act.run(event_target_value(&event)) }
            />
        </Framed>
    }
}

/// Several lines of text.
#[component]
pub fn TextArea(
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    #[prop(optional, into)] value: String,
    #[prop(optional, into)] help: String,
    #[prop(optional)] required: bool,
    #[prop(default = 4)] rows: u32,
    #[prop(optional)] max_length: Option<u32>,
    /// For code, JSON and keys.
    #[prop(optional)] mono: bool,
) -> impl IntoView {
    let ties = Ties::of(&name, &help);
    let value = ties.typed.clone().unwrap_or(value);
    let bounds = Bounds { longest: max_length, ..Bounds::default() };
    view! {
        <Framed ties=ties.clone() label=label required=required bounds=bounds>
            <textarea
                id=ties.id.clone()
                class="input textarea"
                class:mono=mono
                name=name
                rows=rows
                required=required
                maxlength=max_length
                aria-invalid=ties.invalid()
                aria-describedby=ties.described_by()
            >{value}</textarea>
        </Framed>
    }
}

/// A number with its limits and unit. `value`, `min`, `max` and `step` as text, so that decimals stay exact;
/// empty for none.
#[component]
pub fn NumberField(
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    #[prop(optional, into)] value: String,
    #[prop(optional, into)] help: String,
    #[prop(optional)] required: bool,
    #[prop(optional, into)] min: String,
    #[prop(optional, into)] max: String,
    #[prop(default = "1".to_owned(), into)] step: String,
    /// Stands behind the number: `GB`.
    #[prop(optional, into)] unit: String,
    #[prop(optional, into)] on_input: Option<Callback<String>>,
) -> impl IntoView {
    let limits = match (min.is_empty(), max.is_empty()) {
        (false, false) => tr!(kit.form.from_to, low = shown(&min), high = shown(&max)).to_string(),
        // That a number is not negative goes without saying.
        (false, true) if min == "0" => String::new(),
        (false, true) => tr!(kit.form.at_least, low = shown(&min)).to_string(),
        (true, false) => tr!(kit.form.at_most, high = shown(&max)).to_string(),
        (true, true) => String::new(),
    };
    let limit = |text: String| (!text.is_empty()).then_some(text);
    let bounds = Bounds { low: limit(shown(&min)), high: limit(shown(&max)), longest: None };
    let help = [help, limits].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ");
    let ties = Ties::of(&name, &help);
    let value = ties.typed.clone().unwrap_or(value);
    view! {
        <Framed ties=ties.clone() label=label required=required bounds=bounds>
            <span class="with-unit">
                <input
                    id=ties.id.clone()
                    class="input tabular"
                    type="number"
                    inputmode="decimal"
                    name=name
                    value=value
                    required=required
                    min=limit(min)
                    max=limit(max)
                    step=step
                    aria-invalid=ties.invalid()
                    aria-describedby=ties.described_by()
                    on:input=move |event| if let Some(act) = on_input { act.run(event_target_value(&event)) }
                />
                {(!unit.is_empty()).then(|| view! { <span class="unit">{unit}</span> })}
            </span>
        </Framed>
    }
}

/// A limit as the reader writes numbers; what is no number stays as it is.
pub(super) fn shown(limit: &str) -> String {
    limit.parse().map_or_else(|_| limit.to_owned(), |number| number_text(number, LIMIT_DIGITS))
}
