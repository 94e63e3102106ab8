//! Fields drawn from a JSON Schema: what a plan asks about the thing that is ordered.

use super::{
    CheckField, Choice, FormState, NumberField, SelectField, TextArea, TextField,
    field::shown,
    known::{Bounds, KnownField, KnownRow, id_of, place, row_title},
    pointer_of, schema, use_form_state,
};
use crate::{button::ButtonKind, icon::Icon};
use i18n::tr;
use icondata_lu as icons;
use leptos::prelude::*;
use serde_json::Value;

/// Rows of an array that are offered where no scripting can add more.
const ROWS_BEFORE_SCRIPTING: usize = 3;
/// Most rows that a form offers where the schema sets no limit.
const MOST_ROWS: usize = 50;
/// What may be longer than this many characters gets several lines.
const ONE_LINE: u32 = 500;

/// Whether fields that the schema asks for must be filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fields {
    AsAsked,
    /// A whole row that may stay blank.
    Spare,
}

/// The fields of an object schema, named below `name`: `configuration[storage_gb]`. Beyond JSON Schema's own words a
/// property may carry `x-title`, `x-help` and `x-unit` (`{"en": .., "id": ..}`, the unit also as one text) and `x-order` (a number), an enum `x-choices`
/// (`{"value": {"en": .., "id": ..}}`), and an array `x-row`, what one of its rows is called.
#[component]
pub fn SchemaForm(
    schema: Value,
    #[prop(into)] name: String,
    /// What the fields hold at first; where it says nothing, the schema's defaults.
    #[prop(optional)] values: Option<Value>,
    /// Told of every change in a field: for a price that follows.
    #[prop(optional, into)] on_input: Option<Callback<()>>,
) -> impl IntoView {
    view! {
        <div class="schema-form" on:input=move |_| if let Some(act) = on_input { act.run(()) } on:change=move |_| if let Some(act) = on_input { act.run(()) }>
            {object(&schema, &name, values.as_ref(), Fields::AsAsked)}
        </div>
    }
}

fn object(schema: &Value, name: &str, values: Option<&Value>, fields: Fields) -> AnyView {
    schema::properties(schema)
        .into_iter()
        .map(|(property, part)| {
            let required = fields == Fields::AsAsked && schema::is_required(schema, property);
            let value = values.and_then(|values| values.get(property)).or_else(|| part.get("default")).cloned();
            field(part, property, format!("{name}[{property}]"), value, required, fields)
        })
        .collect_view()
        .into_any()
}

fn field(schema: &Value, property: &str, name: String, value: Option<Value>, required: bool, fields: Fields) -> AnyView {
    let label = label_of(schema, property);
    let help = translated(schema, "x-help", "description").unwrap_or_default();
    if let Some(choices) = choices(schema) {
        let value = text_of(value.as_ref());
        return if required {
            view! { <SelectField name=name label=label help=help choices=choices value=value required=true/> }.into_any()
        } else {
            view! { <SelectField name=name label=label help=help choices=choices value=value placeholder=tr!(common.none)/> }.into_any()
        };
    }
    let limit = |key: &str| text_of(schema.get(key));
    match schema::kind(schema) {
        "boolean" => {
            let checked = value.as_ref().and_then(Value::as_bool).unwrap_or(false);
            view! { <CheckField name=name label=label help=help checked=checked/> }.into_any()
        }
        kind @ ("integer" | "number") => {
            let (min, max) = (limit("minimum"), limit("maximum"));
            let step = match limit("multipleOf") {
                step if !step.is_empty() => step,
                _ if kind == "integer" => "1".to_owned(),
                _ => "any".to_owned(),
            };
            let unit = translated(schema, "x-unit", "x-unit").unwrap_or_default();
            view! { <NumberField name=name label=label help=help value=text_of(value.as_ref()) min=min max=max step=step unit=unit required=required/> }.into_any()
        }
        "object" => view! {
            <fieldset class="schema-group"><legend class="field-label">{label}</legend>{object(schema, &name, value.as_ref(), fields)}</fieldset>
        }
        .into_any(),
        "array" if schema.get("items").is_some_and(|items| items.get("enum").is_some()) => several(schema, label, help, name, value),
        "array" => rows(schema, label, help, name, value),
        _ => {
            let most = schema.get("maxLength").and_then(Value::as_u64).and_then(|most| u32::try_from(most).ok());
            let value = text_of(value.as_ref());
            let kind = match schema.get("format").and_then(Value::as_str) {
                Some("email") => "email",
                Some("uri" | "url") => "url",
                Some("date") => "date",
                _ => "text",
            };
            if most.is_some_and(|most| most > ONE_LINE) {
                view! { <TextArea name=name label=label help=help value=value required=required max_length=most.unwrap_or_default()/> }.into_any()
            } else {
                let placeholder = schema.get("examples").and_then(|examples| examples.get(0)).map(|example| text_of(Some(example))).unwrap_or_default();
                let most = most.unwrap_or(300);
                view! { <TextField name=name label=label help=help value=value kind=kind required=required placeholder=placeholder max_length=most/> }.into_any()
            }
        }
    }
}

/// Several of a few: a box for each.
fn several(schema: &Value, label: String, help: String, name: String, value: Option<Value>) -> AnyView {
    let chosen: Vec<String> = value.as_ref().and_then(Value::as_array).into_iter().flatten().map(|value| text_of(Some(value))).collect();
    let choices = schema.get("items").and_then(choices).unwrap_or_default();
    if let Some(state) = use_form_state() {
        state.knows(KnownField::new(&name, &label, Bounds::default()));
    }
    view! {
        <fieldset class="schema-group" id=id_of(&name)>
            <legend class="field-label">{label}</legend>
            {(!help.is_empty()).then(|| view! { <p class="field-help">{help}</p> })}
            <div class="check-row">
                {choices.into_iter().enumerate().map(|(index, choice)| {
                    let checked = chosen.contains(&choice.value);
                    view! { <label class="check"><input type="checkbox" class="checkbox" name=format!("{name}[{index}]") value=choice.value checked=checked/><span>{choice.label}</span></label> }
                }).collect_view()}
            </div>
        </fieldset>
    }
    .into_any()
}

/// An array of things: a row each, at first as many as must be there. Without scripting a few empty rows are there and blank
/// ones are left out.
fn rows(schema: &Value, label: String, help: String, name: String, value: Option<Value>) -> AnyView {
    let items = schema.get("items").cloned().unwrap_or_default();
    let present = value.as_ref().and_then(Value::as_array).cloned().unwrap_or_default();
    let least = schema.get("minItems").and_then(Value::as_u64).map_or(0, |least| least as usize);
    let most = schema.get("maxItems").and_then(Value::as_u64).map_or(MOST_ROWS, |most| most as usize);
    let Drawn { numbers, fresh } = drawn_rows(&typed_rows(&name, &items), present.len(), least, most);
    let (count, first_spare) = (numbers.len(), numbers.last().map_or(0, |last| last + 1));
    // Row numbers, never reused: a removed row leaves a gap that the server closes.
    let (numbers, fresh) = (RwSignal::new(numbers), StoredValue::new(fresh));
    let scripted = RwSignal::new(false);
    Effect::new(move || scripted.set(true));
    let state = use_form_state();
    if let Some(state) = state {
        let limit = |key: &str| Some(shown(&text_of(schema.get(key)))).filter(|text| !text.is_empty());
        state.knows(KnownField::new(&name, &label, Bounds { low: limit("minItems"), high: limit("maxItems"), longest: None }));
    }
    let (row_name, id) = (name.clone(), id_of(&name));
    let title = translated(schema, "x-row", "x-row");
    let known = KnownRows { array: pointer_of(&name), numbers, title: title.clone() };
    // The rows themselves are drawn after the summary of complaints above the form, which is to name their fields.
    numbers.with_untracked(|numbers| numbers.iter().for_each(|number| known.tell(state, &items, &name, *number)));
    let drawn = move |number: usize, fields: Fields| {
        let (value, name) = (present.get(number).cloned(), format!("{row_name}[{number}]"));
        match schema::kind(&items) {
            "object" => object(&items, &name, value.as_ref(), fields),
            _ => field(&items, "", name, value, false, fields),
        }
    };
    let spare_title = title.clone();
    let spare_drawn = drawn.clone();
    let row = move |number: usize| {
        known.tell_row(state, number);
        let title = title.clone();
        let needed = move || numbers.with(|numbers| numbers.len() <= least);
        view! {
            <fieldset class="schema-row">
                <legend class="field-label">{move || row_title(title.as_deref(), numbers.with(|numbers| place(numbers, number)).unwrap_or(number))}</legend>
                {drawn(number, Fields::AsAsked)}
                <button type="button" class="btn btn-ghost btn-sm needs-script" hidden=needed on:click=move |_| numbers.update(|numbers| numbers.retain(|known| *known != number))>
                    <Icon icon=icons::LuTrash2/>{tr!(kit.form.remove_row)}
                </button>
            </fieldset>
        }
    };
    let spare = move |place: usize| view! {
        <fieldset class="schema-row no-script-spare">
            <legend class="field-label">{row_title(spare_title.as_deref(), place)}</legend>
            {spare_drawn(first_spare + place - count, Fields::Spare)}
        </fieldset>
    };
    view! {
        <fieldset class="schema-group" id=id>
            <legend class="field-label">{label}</legend>
            {(!help.is_empty()).then(|| view! { <p class="field-help">{help}</p> })}
            <For each=move || numbers.get() key=|number| *number children=row/>
            // Where no scripting adds rows these stand ready; blank ones are left out by the server.
            {move || (!scripted.get()).then(|| (count..most.min(count.max(ROWS_BEFORE_SCRIPTING))).map(spare.clone()).collect_view())}
            <button type="button" class=format!("{} btn-sm needs-script", ButtonKind::Plain.class()) disabled={move || numbers.with(Vec::len) >= most}
                on:click=move |_| {
                    numbers.update(|numbers| numbers.push(fresh.get_value()));
                    fresh.update_value(|number| *number += 1);
                }>
                <Icon icon=icons::LuPlus/>{tr!(kit.form.add_row)}
            </button>
        </fieldset>
    }
    .into_any()
}

/// What the form is told of the rows of one array.
#[derive(Clone)]
struct KnownRows {
    array: String,
    numbers: RwSignal<Vec<usize>>,
    title: Option<String>,
}

impl KnownRows {
    fn tell_row(&self, state: Option<FormState>, number: usize) {
        if let Some(state) = state {
            state.knows_row(KnownRow { array: self.array.clone(), number, numbers: self.numbers, title: self.title.clone() });
        }
    }

    fn tell(&self, state: Option<FormState>, items: &Value, name: &str, number: usize) {
        self.tell_row(state, number);
        let Some(state) = state else { return };
        for (property, part) in schema::properties(items) {
            let limit = |key: &str| Some(shown(&text_of(part.get(key)))).filter(|text| !text.is_empty());
            let longest = part.get("maxLength").and_then(Value::as_u64).and_then(|most| u32::try_from(most).ok());
            let bounds = Bounds { low: limit("minimum"), high: limit("maximum"), longest };
            state.knows(KnownField::new(&format!("{name}[{number}][{property}]"), &label_of(part, property), bounds));
        }
    }
}

/// Numbers of the rows that the form held when it came back without scripting, each with whether it was filled in.
fn typed_rows(name: &str, items: &Value) -> Vec<(usize, bool)> {
    let Some(state) = use_form_state() else { return Vec::new() };
    state.error.with_untracked(|error| match error {
        Some(crate::PageError::Invalid { typed, .. }) => schema::typed_rows(typed, &pointer_of(name), items),
        _ => Vec::new(),
    })
}

/// The rows of an array that a form begins with.
#[derive(Debug, PartialEq, Eq)]
struct Drawn {
    numbers: Vec<usize>,
    /// Neither this number nor a higher one has said anything yet.
    fresh: usize,
}

/// Those that were typed, as far as the server took them for rows, else those that are `present`; and as many as must be
/// there. Their complaints go by their places, so that those that the server left out must not stand between them.
fn drawn_rows(typed: &[(usize, bool)], present: usize, least: usize, most: usize) -> Drawn {
    let mut numbers: Vec<usize> = match typed {
        [] => (0..present).collect(),
        typed => typed.iter().filter(|(_, filled)| *filled).map(|(number, _)| *number).collect(),
    };
    while numbers.len() < least {
        numbers.push(numbers.last().map_or(0, |last| last + 1));
    }
    numbers.truncate(most);
    let said = [present, numbers.last().map_or(0, |last| last + 1), typed.last().map_or(0, |(last, _)| last + 1)];
    Drawn { numbers, fresh: said.into_iter().max().unwrap_or_default() }
}

fn choices(schema: &Value) -> Option<Vec<Choice>> {
    let values = schema.get("enum")?.as_array()?;
    let choice = |value: &Value| {
        let value = text_of(Some(value));
        let label = schema.get("x-choices").and_then(|choices| choices.get(&value)?.get(i18n::language().code())?.as_str()).unwrap_or(&value).to_owned();
        Choice::new(value, label)
    };
    Some(values.iter().map(choice).collect())
}

/// The text in the reader's language, else the schema's own word for it.
fn translated(schema: &Value, translations: &str, plain: &str) -> Option<String> {
    let own = schema.get(translations).and_then(|texts| texts.get(i18n::language().code()));
    own.or_else(|| schema.get(plain)).and_then(Value::as_str).map(str::to_owned)
}

/// What the field of a property is called.
fn label_of(schema: &Value, property: &str) -> String {
    translated(schema, "x-title", "title").unwrap_or_else(|| humanised(property))
}

fn humanised(property: &str) -> String {
    let words = property.replace('_', " ");
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn text_of(value: Option<&Value>) -> String {
    match value {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        Some(Value::Bool(on)) => on.to_string(),
        Some(Value::Null | Value::Array(_) | Value::Object(_)) | None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(typed: &[(usize, bool)], present: usize, least: usize) -> (Vec<usize>, usize) {
        let Drawn { numbers, fresh } = drawn_rows(typed, present, least, 4);
        (numbers, fresh)
    }

    #[test]
    fn a_form_begins_with_what_is_there_and_what_must_be() {
        assert_eq!(drawn(&[], 0, 0), (vec![], 0));
        assert_eq!(drawn(&[], 0, 1), (vec![0], 1));
        assert_eq!(drawn(&[], 3, 1), (vec![0, 1, 2], 3));
        assert_eq!(drawn(&[], 9, 1), (vec![0, 1, 2, 3], 9), "no more than there may be");
    }

    #[test]
    fn what_came_back_leaves_out_the_rows_that_were_not_filled_in() {
        assert_eq!(drawn(&[(0, true), (1, false), (2, false)], 0, 1), (vec![0], 3));
        assert_eq!(drawn(&[(0, true), (1, false), (2, true)], 0, 1), (vec![0, 2], 3));
        assert_eq!(drawn(&[(0, true), (1, false), (2, true)], 3, 1), (vec![0, 2], 3), "one that was there was emptied");
        assert_eq!(drawn(&[(0, false), (1, false)], 0, 1), (vec![0], 2));
        assert_eq!(drawn(&[(0, false), (1, false)], 2, 0), (vec![], 2));
    }
}
