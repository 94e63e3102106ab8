//! The ways in: signing up and in, and the links that mails carry.

pub mod accept_invitation;
pub mod calls;
pub mod forgot_password;
pub mod reset_password;
pub mod sign_in;
pub mod sign_up;
pub mod verify_email;

use kit::prelude::*;
use leptos::prelude::*;

/// Leads whoever has come in already to where they work, when the page is asked of the server.
#[cfg(feature = "ssr")]
pub fn go_on(inside: identity::session::Realm, to: &'static str) {
    if kit::request::known::<identity::view::Me>().is_some_and(|me| me.realm == inside) {
        leptos_axum::redirect(to);
    }
}

/// A line under a form that leads to another way in.
#[component]
pub fn OtherWay(#[prop(into)] asks: String, #[prop(into)] href: String, #[prop(into)] label: String) -> impl IntoView {
    view! { <p class="muted text-center text-[0.8125rem]">{asks} " " <a class="prose-link" href=href>{label}</a></p> }
}

/// What a page shows in place of its form: how it ended and where to go on.
#[component]
pub fn Ending(icon: icondata_core::Icon, #[prop(into)] says: String, children: Children) -> impl IntoView {
    view! {
        <Card class="stack items-start">
            <p class="flex items-start gap-3"><span class="tone-good text-[var(--tone)]"><Icon icon=icon class="size-5"/></span><span>{says}</span></p>
            <div class="form-actions w-full">{children()}</div>
        </Card>
    }
}
