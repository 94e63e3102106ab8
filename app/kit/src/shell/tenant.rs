//! The frame of signed-in pages: a sidebar that is a drawer on small screens, a bar on top, the page. The provider's
//! looks clearly different, so that nobody mistakes one for the other.

use super::{
    account::{AccountMenu, OrganisationMenu},
    CONTENT, close_menus, close_menus_on_leaving,
    command::commands,
    nav::{NavSection, Sidebar, provider_nav, tenant_nav},
    palette::{Palette, PaletteButton},
    keep_reading, read_content, skip,
    shortcuts::Shortcuts,
    switches::{LanguageSwitch, ThemeSwitch},
};
use crate::{Viewer, icon::Icon, live::LiveChip, toast::ToastRegion};
use i18n::tr;
use icondata_lu as icons;
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use wasm_bindgen::JsCast;

/// A tenant's pages.
#[component]
pub fn TenantShell(viewer: Viewer, children: Children) -> impl IntoView {
    let sections = tenant_nav(&viewer);
    let top = view! { <OrganisationMenu viewer=viewer.clone()/> }.into_any();
    let chip = view! { <LiveChip/> }.into_any();
    frame("tenant", viewer, sections, top, chip, children)
}

/// The provider's pages.
#[component]
pub fn ProviderShell(viewer: Viewer, children: Children) -> impl IntoView {
    let top = view! { <p class="realm-mark"><Icon icon=icons::LuShieldCheck/>{tr!(kit.provider_area)}</p> }.into_any();
    frame("provider", viewer, provider_nav(), top, ().into_any(), children)
}

fn frame(realm: &'static str, viewer: Viewer, sections: Vec<NavSection>, top: AnyView, chip: AnyView, children: Children) -> AnyView {
    let home = if realm == "provider" { "/provider" } else { "/services" };
    let commands = commands(&viewer, &sections);
    let drawn_for = viewer.drawn_for().map(|organisation| organisation.to_string());
    close_menus_on_leaving();
    follow_navigation();
    view! {
        <div class="shell" data-realm=realm data-organisation=drawn_for>
            <a class="skip" href="#content" on:click=skip>{tr!(kit.skip_to_content)}</a>
            <aside id="drawer" class="sidebar" popover="auto" aria-label=tr!(kit.menu)>
                <div class="sidebar-head">
                    <a class="brand" href=home><span class="brand-mark" aria-hidden="true"></span>{tr!(common.product)}</a>
                    <button type="button" class="btn btn-ghost btn-sm btn-square drawer-close" popovertarget="drawer" popovertargetaction="hide" aria-label=tr!(kit.close_menu)><Icon icon=icons::LuX/></button>
                </div>
                {top}
                <Sidebar sections=sections.clone()/>
            </aside>
            <div class="shell-main">
                <header class="topbar">
                    <button type="button" class="btn btn-ghost btn-sm btn-square drawer-open" popovertarget="drawer" aria-label=tr!(kit.menu)><Icon icon=icons::LuMenu/></button>
                    <PaletteButton/>
                    <span class="grow"></span>
                    {chip}
                    <LanguageSwitch/>
                    <ThemeSwitch/>
                    <AccountMenu viewer=viewer/>
                </header>
                <main id=CONTENT class="content" tabindex="-1">{children()}</main>
            </div>
            <ToastRegion/>
            <Palette commands=commands/>
            <Shortcuts sections=sections/>
        </div>
    }
    .into_any()
}

/// After going to another page: menus and drawer close, and reading begins at the page's contents.
fn follow_navigation() {
    let pathname = use_location().pathname;
    Effect::new(move |before: Option<String>| {
        let now = pathname.get();
        if before.is_some_and(|before| before != now) {
            close_menus(None);
            hide_drawer();
            read_content();
        }
        now
    });
    keep_reading();
}

fn hide_drawer() {
    let Some(drawer) = document().get_element_by_id("drawer") else { return };
    if drawer.matches(":popover-open").unwrap_or(false)
        && let Ok(hide) = js_sys::Reflect::get(&drawer, &"hidePopover".into())
        && let Ok(hide) = hide.dyn_into::<js_sys::Function>()
    {
        // It is open, so it can be hidden.
        let _ = hide.call0(&drawer);
    }
}
