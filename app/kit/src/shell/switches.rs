//! Language and theme: forms that work before scripting; with it the theme changes at once, and a change of the language
//! keeps what was typed.

use crate::{
    icon::Icon,
    preferences::{SetLanguage, SetTheme, Theme, apply_theme},
};
use i18n::tr;
use icondata_lu as icons;
use kernel::Language;
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_location;

/// The page's own address, to come back to.
fn here() -> impl Fn() -> String + Clone + Send + Sync + 'static {
    let location = use_location();
    move || {
        let query = location.search.get();
        let path = location.pathname.get();
        if query.is_empty() { path } else { format!("{path}?{}", query.trim_start_matches('?')) }
    }
}

#[component]
pub fn LanguageSwitch() -> impl IntoView {
    let now = i18n::language();
    let choice = |language: Language, label: &'static str| {
        let chosen = language == now;
        view! { <button class="menu-item" name="language" value=language.code() lang=language.code() aria-current=chosen.then_some("true")>{label}</button> }
    };
    view! {
        <details class="menu-fold" name="menus">
            <summary class="btn btn-ghost btn-sm" aria-label=tr!(kit.change_language)><Icon icon=icons::LuLanguages/><span class="uppercase">{now.code()}</span></summary>
            // The page is loaded anew; public/js/typed.js keeps what was typed into it.
            <form class="menu-sheet menu-sheet-right" method="post" action=SetLanguage::url() data-keeps-typed="true">
                <input type="hidden" name="back" value=here()/>
                {choice(Language::En, tr!(common.english))}
                {choice(Language::Id, tr!(common.indonesian))}
            </form>
        </details>
    }
}

#[component]
pub fn ThemeSwitch() -> impl IntoView {
    let choice = |theme: Theme, icon: icondata_core::Icon, label: &'static str| {
        let now = move |event: leptos::ev::MouseEvent| {
            event.prevent_default();
            apply_theme(theme);
            super::close_menus(None);
        };
        view! { <button class="menu-item" name="theme" value=theme.code() on:click=now><Icon icon=icon/>{label}</button> }
    };
    view! {
        <details class="menu-fold" name="menus">
            <summary class="btn btn-ghost btn-sm btn-square" aria-label=tr!(kit.theme)><Icon icon=icons::LuSunMoon/></summary>
            <form class="menu-sheet menu-sheet-right" method="post" action=SetTheme::url()>
                <input type="hidden" name="back" value=here()/>
                {choice(Theme::Light, icons::LuSun, tr!(kit.theme_light))}
                {choice(Theme::Dark, icons::LuMoon, tr!(kit.theme_dark))}
                {choice(Theme::System, icons::LuMonitor, tr!(kit.theme_system))}
            </form>
        </details>
    }
}
