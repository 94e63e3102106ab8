//! Dialogs on the browser's own `<dialog>`: focus stays inside, Escape closes, focus returns. The opening button works
//! before scripting, where the browser knows the `command` attribute.

use crate::{button::ButtonKind, icon::Icon};
use i18n::tr;
use icondata_lu as icons;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// Opens the dialog of that id; does nothing when it is open or not there.
pub fn open_dialog(id: &str) {
    if let Some(dialog) = dialog(id)
        && !dialog.open()
    {
        // Fails only for a dialog outside the document.
        let _ = dialog.show_modal();
    }
}

pub fn close_dialog(id: &str) {
    if let Some(dialog) = dialog(id) {
        dialog.close();
    }
}

fn dialog(id: &str) -> Option<web_sys::HtmlDialogElement> {
    document().get_element_by_id(id)?.dyn_into().ok()
}

/// Whether the browser follows a button's `command` by itself; what scripting did before it would be done twice.
fn browser_commands() -> bool {
    document().create_element("button").is_ok_and(|button| js_sys::Reflect::has(&button, &"command".into()).unwrap_or(false))
}

/// The button that opens a dialog.
#[component]
pub fn DialogButton(
    /// The dialog's id.
    #[prop(into)] opens: String,
    #[prop(optional)] kind: ButtonKind,
    #[prop(optional)] icon: Option<icondata_core::Icon>,
    #[prop(optional, into)] class: String,
    children: Children,
) -> impl IntoView {
    let id = opens.clone();
    view! {
        <button
            type="button"
            class=format!("{} {class}", kind.class())
            aria-haspopup="dialog"
            commandfor=opens
            command="show-modal"
            on:click=move |_| if !browser_commands() { open_dialog(&id) }
        >
            {icon.map(|icon| view! { <Icon icon=icon/> })}
            {children()}
        </button>
    }
}

/// Title, contents, and a cross to close it. Put the actions into the contents as a `<div class="dialog-actions">`.
#[component]
pub fn Dialog(#[prop(into)] id: String, #[prop(into)] title: String, #[prop(optional)] wide: bool, children: Children) -> impl IntoView {
    let heading = format!("{id}-title");
    view! {
        <dialog id=id class="dialog" class:dialog-wide=wide aria-labelledby=heading.clone()>
            <div class="dialog-head">
                <h2 id=heading.clone() class="dialog-title">{title}</h2>
                <form method="dialog"><button class="btn btn-ghost btn-sm btn-square" aria-label=tr!(common.close)><Icon icon=icons::LuX/></button></form>
            </div>
            <div class="dialog-body">{children()}</div>
        </dialog>
    }
}

/// The button that leaves all as it was.
#[component]
pub fn DialogCancel(
    #[prop(into)] closes: String,
    /// What it says in place of "Cancel".
    #[prop(optional, into)] label: String,
) -> impl IntoView {
    let id = closes.clone();
    let label = if label.is_empty() { tr!(common.cancel).to_owned() } else { label };
    view! {
        <button type="button" class="btn btn-plain" commandfor=closes command="close" on:click=move |_| if !browser_commands() { close_dialog(&id) }>
            {label}
        </button>
    }
}

/// A button that asks before it acts: opens a dialog that says what will happen; its contents are the form that does it.
#[component]
pub fn Confirm(
    #[prop(into)] id: String,
    /// On the button that asks.
    #[prop(into)] label: String,
    #[prop(into)] title: String,
    /// What will happen, and what is kept.
    #[prop(into)] says: String,
    #[prop(optional)] kind: ButtonKind,
    #[prop(optional)] icon: Option<icondata_core::Icon>,
    /// On the button that leaves all as it was, in place of "Cancel": for an action that is a cancelling itself.
    #[prop(optional, into)] leave: String,
    /// The form, with its `SubmitButton`.
    children: Children,
) -> impl IntoView {
    view! {
        {match icon {
            Some(icon) => view! { <DialogButton opens=id.clone() kind=kind icon=icon>{label}</DialogButton> }.into_any(),
            None => view! { <DialogButton opens=id.clone() kind=kind>{label}</DialogButton> }.into_any(),
        }}
        <Dialog id=id.clone() title=title>
            <p class="muted">{says}</p>
            <div class="dialog-actions"><DialogCancel closes=id label=leave/>{children()}</div>
        </Dialog>
    }
}
