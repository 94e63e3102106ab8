//! The frame of signed-in pages: a sidebar that is a drawer on small screens, a bar on top, the page. The provider's
//! looks clearly different, so that nobody mistakes one for the other.

use super::{
    account::{AccountMenu, OrganisationMenu},
    CONTENT, close_menus_on_leaving,
    command::commands,
    nav::{NavSection, Sidebar, provider_nav, tenant_nav},
    palette::{Palette, PaletteButton},
    follow_navigation, skip,
    shortcuts::Shortcuts,
    switches::{LanguageSwitch, ThemeSwitch},
};
use crate::{Viewer, icon::Icon, live::LiveChip, toast::ToastRegion};
use i18n::tr;
use icondata_lu as icons;
use leptos::prelude::*;

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
