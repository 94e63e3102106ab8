//! The frame of pages for everyone: a bar with the way in, or on for those who have come in, a foot with where else to go.

use super::{
    CONTENT, close_menus_on_leaving, skip,
    switches::{LanguageSwitch, ThemeSwitch},
};
use crate::{door::inside, icon::Icon, toast::ToastRegion};
use i18n::tr;
use icondata_lu as icons;
use leptos::prelude::*;

#[component]
pub fn PublicShell(
    /// Only the form counts: signing in and up leave out what leads away.
    #[prop(optional)]
    narrow: bool,
    children: Children,
) -> impl IntoView {
    close_menus_on_leaving();
    let inside = inside();
    let stranger = inside.is_none();
    let ways = match inside {
        Some(inside) => view! { <a class="btn btn-primary btn-sm" href=inside.start()>{inside.go_there()}</a> }.into_any(),
        None => view! {
            <a class="btn btn-ghost btn-sm" href="/sign-in">{tr!(kit.sign_in)}</a>
            <a class="btn btn-primary btn-sm" href="/sign-up">{tr!(kit.sign_up)}</a>
        }
        .into_any(),
    };
    view! {
        <div class="public" data-realm="public">
            <a class="skip" href="#content" on:click=skip>{tr!(kit.skip_to_content)}</a>
            <header class="public-bar">
                <a class="brand" href="/"><span class="brand-mark" aria-hidden="true"></span>{tr!(common.product)}</a>
                <nav class="public-nav" aria-label=tr!(kit.main_navigation)>
                    <a href="/#how">{tr!(kit.nav.how)}</a>
                    <a href="/pricing">{tr!(kit.nav.pricing)}</a>
                    <a href="/api/docs" rel="external">{tr!(kit.nav.api_docs)}</a>
                </nav>
                <span class="grow"></span>
                <LanguageSwitch/>
                <ThemeSwitch/>
                {ways}
            </header>
            <main id=CONTENT class=if narrow { "public-narrow" } else { "public-content" } tabindex="-1">{children()}</main>
            <footer class="public-foot">
                <div class="public-foot-in">
                    <span class="muted">{tr!(common.product)}</span>
                    <nav aria-label=tr!(kit.nav.product)>
                        <a href="/pricing">{tr!(kit.nav.pricing)}</a>
                        <a href="/api/docs" rel="external">{tr!(kit.nav.api_docs)}</a>
                        {stranger.then(|| view! { <a href="/sign-in">{tr!(kit.sign_in)}</a> })}
                        <a href="/provider/sign-in"><Icon icon=icons::LuShieldCheck/>{tr!(kit.provider_area)}</a>
                    </nav>
                </div>
            </footer>
            <ToastRegion/>
        </div>
    }
}
