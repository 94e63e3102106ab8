//! What an address shows that leads nowhere.

use kit::{PageError, load::Trouble, shell::PublicShell};
use leptos::prelude::*;
use leptos_meta::Title;

#[component]
pub fn Missing() -> impl IntoView {
    #[cfg(feature = "ssr")]
    kit::request::status(http::StatusCode::NOT_FOUND);
    view! {
        <Title text="404 · Service Hub"/>
        <PublicShell narrow=true>
            <h1 class="page-title">"404"</h1>
            <Trouble error=PageError::NotFound/>
        </PublicShell>
    }
}
