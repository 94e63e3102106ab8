//! Buttons and links that look like buttons. One primary action a page.

use crate::icon::Icon;
use leptos::{ev::MouseEvent, prelude::*};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ButtonKind {
    /// The one thing to do next.
    Primary,
    #[default]
    Plain,
    /// Without a border, for toolbars.
    Quiet,
    /// Takes something away.
    Danger,
}

impl ButtonKind {
    pub const fn class(self) -> &'static str {
        match self {
            Self::Primary => "btn btn-primary",
            Self::Plain => "btn btn-plain",
            Self::Quiet => "btn btn-ghost",
            Self::Danger => "btn btn-danger",
        }
    }
}

/// A button that acts in the page. For sending a form use `SubmitButton`, for going elsewhere `LinkButton`.
#[component]
pub fn Button(
    #[prop(optional)] kind: ButtonKind,
    #[prop(optional)] icon: Option<icondata_core::Icon>,
    #[prop(optional, into)] class: String,
    #[prop(optional, into)] disabled: Signal<bool>,
    #[prop(optional, into)] on_click: Option<Callback<MouseEvent>>,
    children: Children,
) -> impl IntoView {
    view! {
        <button
            type="button"
            class=format!("{} {class}", kind.class())
            disabled=move || disabled.get()
            on:click=move |event| if let Some(act) = on_click { act.run(event) }
        >
            {icon.map(|icon| view! { <Icon icon=icon/> })}
            {children()}
        </button>
    }
}

/// A link to another page that looks like a button.
#[component]
pub fn LinkButton(
    #[prop(into)] href: String,
    #[prop(optional)] kind: ButtonKind,
    #[prop(optional)] icon: Option<icondata_core::Icon>,
    #[prop(optional, into)] class: String,
    /// Leaves the router to the browser: downloads, REST documents, other hosts.
    #[prop(optional)] external: bool,
    children: Children,
) -> impl IntoView {
    view! {
        <a href=href class=format!("{} {class}", kind.class()) rel=external.then_some("external")>
            {icon.map(|icon| view! { <Icon icon=icon/> })}
            {children()}
        </a>
    }
}

/// The inside of a button that sends something: its words, and a turning mark while it is under way.
#[component]
pub fn ActionButton(
    #[prop(optional)] kind: ButtonKind,
    #[prop(optional)] icon: Option<icondata_core::Icon>,
    #[prop(optional, into)] class: String,
    #[prop(into)] pending: Signal<bool>,
    /// What it does in whole words, where what it shows is short: one of several alike.
    #[prop(optional, into)] says: Option<String>,
    /// `name` and `value` go with the form when this button sends it.
    #[prop(optional_no_strip)] name: Option<String>,
    #[prop(optional_no_strip)] value: Option<String>,
    children: Children,
) -> impl IntoView {
    view! {
        <button
            type="submit"
            class=format!("{} {class}", kind.class())
            name=name
            value=value
            aria-label=says
            aria-busy=move || pending.get().then_some("true")
            disabled=move || pending.get()
        >
            {move || pending.get().then(|| view! { <span class="spin" aria-hidden="true"></span> })}
            {icon.map(|icon| view! { <Icon icon=icon/> })}
            {children()}
        </button>
    }
}
