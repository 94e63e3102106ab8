//! What stands where a list has nothing yet: it teaches the next step.

use crate::icon::Icon;
use leptos::prelude::*;

#[component]
pub fn EmptyState(
    icon: icondata_core::Icon,
    #[prop(into)] title: String,
    /// What will be here, and how it comes to be.
    #[prop(into)] says: String,
    /// The next step: a `LinkButton`.
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty">
            <span class="empty-icon"><Icon icon=icon/></span>
            <p class="empty-title">{title}</p>
            <p class="muted">{says}</p>
            {children.map(|children| view! { <div class="empty-action">{children()}</div> })}
        </div>
    }
}
