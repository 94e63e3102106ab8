//! The ways in: signing up and in, and the links that mails carry.

pub mod accept_invitation;
pub mod calls;
pub mod forgot_password;
pub mod reset_password;
pub mod sign_in;
pub mod sign_up;
pub mod verify_email;

use kit::{
    door::{Inside, inside, way_back},
    prelude::*,
    shell::SIGN_OUT,
    viewer::who_looks,
};
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use serde::{Deserialize, Serialize};

/// Leads whoever has come in already to where they wanted to go or else to where they work, when the page is asked of the
/// server.
#[cfg(feature = "ssr")]
pub fn go_on(realm: identity::session::Realm) {
    use identity::{session::Realm, view::Me};
    if kit::request::known::<Me>().is_none_or(|me| me.realm != realm) {
        return;
    }
    let next = next();
    let next = calls::local(&next);
    leptos_axum::redirect(match realm {
        Realm::Tenant => next.unwrap_or(Inside::Organisation.start()),
        Realm::Staff => next.filter(|path| path.starts_with(Inside::Provider.start())).unwrap_or(Inside::Provider.start()),
    });
}

/// Where whoever was asked to sign in wanted to go, as it stands in the address.
pub fn next() -> String {
    way_back(&use_location().search.read_untracked())
}

/// A person of an organisation at a way in that they need not take.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Guest {
    name: String,
    email: String,
}

/// Who they are, asked only where the page knows that there is one. Staff have doors of their own and are strangers here.
pub fn who_is_in() -> Resource<Option<Guest>> {
    Resource::new(inside_organisation, |known| async move {
        let viewer = if known { who_looks().await.ok() } else { None };
        viewer.map(|viewer| Guest { name: viewer.name, email: viewer.email })
    })
}

fn inside_organisation() -> bool {
    inside() == Some(Inside::Organisation)
}

/// Above a form for strangers: that one is in already, the way on, and the way out. `says` what the form is still for.
#[component]
pub fn AlreadyIn(guest: Resource<Option<Guest>>, says: &'static str) -> impl IntoView {
    view! {
        <Transition fallback=|| ()>
            {move || Suspend::new(async move { guest.await.map(|guest| view! { <GuestCard guest=guest says=says/> }) })}
        </Transition>
    }
}

#[component]
fn GuestCard(guest: Guest, says: &'static str) -> impl IntoView {
    let here = Inside::Organisation;
    view! {
        <section class="box stack" data-already-in="true">
            <div>
                <p class="muted">{tr!(kit.signed_in_as)}</p>
                <p class="break-words"><strong>{guest.name}</strong>" "<span class="muted">{guest.email}</span></p>
            </div>
            <div class="cluster">
                <LinkButton href=here.start()>{here.go_there()}</LinkButton>
                <form method="post" action=SIGN_OUT><button class="btn btn-ghost" data-sign-out="true">{tr!(kit.sign_out)}</button></form>
            </div>
            <p class="muted">{says}</p>
        </section>
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
