//! Forms that ask: whose fields go into the address, and those that ask back before they are sent.

use crate::{
    button::{Button, ButtonKind},
    dialog::{Dialog, DialogCancel, close_dialog, open_dialog},
};
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use wasm_bindgen::JsCast;
use web_sys::{FormData, HtmlFormElement, SubmitEvent, UrlSearchParams};

/// A form whose fields go into the address, by which the page shows what was asked for; reading goes on there.
#[component]
pub fn AddressForm(
    /// The page's path.
    #[prop(into)]
    path: String,
    /// The id of the part that answers.
    answer: &'static str,
    #[prop(optional, into)] class: String,
    children: Children,
) -> impl IntoView {
    let navigate = use_navigate();
    let action = format!("{path}#{answer}");
    let ask = move |event: SubmitEvent| {
        let Some(fields) = form_of(&event).and_then(|form| FormData::new_with_form(&form).ok()) else { return };
        let Ok(query) = UrlSearchParams::new_with_str_sequence_sequence(&fields) else { return };
        event.prevent_default();
        navigate(&format!("{path}?{}#{answer}", String::from(query.to_string())), Default::default());
    };
    view! { <form method="get" action=action class=class on:submit=ask>{children()}</form> }
}

/// Around a form: asks back before it is sent while one of the named fields holds something else than it did. Without
/// scripting it is sent at once, so the fields' own help has to say what a change does.
#[component]
pub fn AskBeforeChange(
    /// Of the dialog.
    #[prop(into)]
    id: String,
    /// Names of fields, and what they held.
    fields: Vec<(String, String)>,
    #[prop(into)] title: String,
    /// What the change does.
    #[prop(into)]
    says: String,
    /// On the button that sends the form.
    #[prop(into)]
    confirm: String,
    children: Children,
) -> impl IntoView {
    let asked = StoredValue::new(false);
    let around = NodeRef::<leptos::html::Div>::new();
    let dialog = id.clone();
    let hold_back = move |event: SubmitEvent| {
        let Some(sent) = form_of(&event).and_then(|form| FormData::new_with_form(&form).ok()) else { return };
        let changed = fields.iter().any(|(name, was)| sent.get(name).as_string().is_some_and(|now| now != *was));
        if changed && !asked.get_value() {
            event.prevent_default();
            event.stop_propagation();
            open_dialog(&dialog);
        }
        asked.set_value(false);
    };
    let closes = id.clone();
    let send = move |_| {
        asked.set_value(true);
        close_dialog(&closes);
        let form = around.get_untracked().and_then(|around| around.query_selector("form").ok().flatten());
        if let Some(form) = form.and_then(|form| form.dyn_into::<HtmlFormElement>().ok()) {
            // A form that is not right says so by itself.
            let _ = form.request_submit();
            asked.set_value(false);
        }
    };
    view! {
        <div node_ref=around on:submit:capture=hold_back>{children()}</div>
        <Dialog id=id.clone() title=title>
            <p class="muted">{says}</p>
            <div class="dialog-actions">
                <DialogCancel closes=id/>
                <Button kind=ButtonKind::Primary on_click=send>{confirm}</Button>
            </div>
        </Dialog>
    }
}

fn form_of(event: &SubmitEvent) -> Option<HtmlFormElement> {
    event.target()?.dyn_into().ok()
}
