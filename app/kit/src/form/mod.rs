//! Forms: each field knows its own complaint, keeps what was typed, and works before scripting.
//!
//! `Form` sends a server function's input and tells the fields below it what came back. A field finds its complaints
//! by its name: `form[configuration][storage_gb]` is `/form/configuration/storage_gb`, and a complaint about
//! `/configuration/storage_gb` or plain `storage_gb` belongs to it.

mod choice;
mod field;
mod known;
mod password;
pub mod schema;
mod schema_form;
mod state;

pub use choice::{CheckField, Choice, RadioCards, SelectField};
pub use field::{NumberField, TextArea, TextField};
pub use password::PasswordField;
pub use schema_form::SchemaForm;
pub use state::{FormState, pointer_of, use_form_state};

use crate::{
    PageError,
    button::{ActionButton, ButtonKind},
    callout::{Callout, Tone},
    load::words,
    organisation::{DrawnFor, LoadAgain, OTHER},
};
use i18n::tr;
use kernel::FieldError;
use leptos::{
    context::Provider,
    form::ActionForm,
    prelude::*,
    server_fn::{Http, ServerFn, client::Client, codec::PostUrl, request::ClientReq},
};
use serde::de::DeserializeOwned;

/// A form that calls a server function. Without scripting the browser posts it and comes back with what was wrong.
#[component]
pub fn Form<F, O>(
    action: ServerAction<F>,
    #[prop(optional, into)] class: String,
    /// Leaves out the summary of complaints above the fields.
    #[prop(optional)] quiet: bool,
    children: Children,
) -> impl IntoView
where
    F: DeserializeOwned + ServerFn<Protocol = Http<PostUrl, O>, Error = PageError> + Clone + Send + Sync + 'static,
    <<F::Client as Client<PageError>>::Request as ClientReq<PageError>>::FormData: From<web_sys::FormData>,
    F::Output: Clone + Send + Sync + 'static,
    F::Client: Client<PageError>,
{
    let value = action.value();
    let error = Signal::derive(move || value.with(|value| value.as_ref().and_then(|answer| answer.as_ref().err().cloned())));
    let state = FormState::new(error, action.pending().into());
    Effect::new(move || {
        if error.with(Option::is_some) {
            state.focus_first_complaint();
        }
    });
    // For what stands in this form and nothing beside it: a component has no context of its own.
    view! {
        <Provider value=state>
            <div class=format!("form {class}")>
                {move || (!quiet).then(|| error.get()).flatten().map(|error| view! { <FormTrouble error=error state=state/> })}
                <ActionForm action=action><DrawnFor/>{children()}</ActionForm>
            </div>
        </Provider>
    }
}

/// What went wrong with the whole form, above its fields; each complaint leads to the field that it is about.
#[component]
fn FormTrouble(error: PageError, state: FormState) -> impl IntoView {
    let (title, says) = words(&error);
    let fields = error.fields().to_vec();
    if error.code() == Some(OTHER) {
        return view! { <Callout tone=Tone::Bad title=title alert=true><p>{says}</p><LoadAgain/></Callout> }.into_any();
    }
    if fields.is_empty() {
        return view! { <Callout tone=Tone::Bad title=title alert=true>{says}</Callout> }.into_any();
    }
    view! {
        <Callout tone=Tone::Bad title=tr!(kit.form.errors_title) alert=true>
            <ul class="complaints">
                {fields.into_iter().map(|complaint| view! { <li><Line complaint=complaint state=state/></li> }).collect_view()}
            </ul>
            <p>{tr!(kit.form.kept)}</p>
        </Callout>
    }
    .into_any()
}

/// One complaint: the name of its field, which leads there, and what is wrong. Alone where the form does not know the field.
#[component]
fn Line(complaint: FieldError, state: FormState) -> impl IntoView {
    let (field, text) = state.about(&complaint);
    match field {
        None => text.into_any(),
        Some((name, id)) => {
            let href = format!("#{id}");
            let go = move |event: leptos::ev::MouseEvent| {
                event.prevent_default();
                known::focus(&id);
            };
            view! { <a class="prose-link" href=href on:click=go>{name}</a>": "{text} }.into_any()
        }
    }
}

/// Sends the form it stands in; says so while it is under way.
#[component]
pub fn SubmitButton(
    #[prop(default = ButtonKind::Primary)] kind: ButtonKind,
    #[prop(optional)] icon: Option<icondata_core::Icon>,
    #[prop(optional, into)] class: String,
    #[prop(optional, into)] name: Option<String>,
    #[prop(optional, into)] value: Option<String>,
    children: Children,
) -> impl IntoView {
    let pending = use_form_state().map_or_else(|| Signal::derive(|| false), |state| state.pending);
    match icon {
        Some(icon) => view! { <ActionButton kind=kind icon=icon class=class pending=pending name=name value=value>{children()}</ActionButton> }.into_any(),
        None => view! { <ActionButton kind=kind class=class pending=pending name=name value=value>{children()}</ActionButton> }.into_any(),
    }
}

/// A line among the fields that explains something.
#[component]
pub fn FormNote(children: Children) -> impl IntoView {
    view! { <p class="field-help">{children()}</p> }
}
