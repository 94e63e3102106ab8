//! The frame around every page: navigation, who one is, where one can go, and how it looks.

mod account;
mod command;
mod nav;
mod palette;
mod public;
mod reading;
mod shortcuts;
mod switches;
mod tenant;

pub use account::{AccountMenu, OrganisationMenu, SIGN_OUT};
pub use nav::{NavItem, NavSection, provider_nav, tenant_nav};
pub use public::PublicShell;
pub(crate) use reading::{follow_navigation, skip};
pub use switches::{LanguageSwitch, ThemeSwitch};
pub use tenant::{ProviderShell, TenantShell};

use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// Tells everything that draws its own colours, charts above all, that the theme changed.
pub fn announce_theme_change() {
    if let Ok(event) = web_sys::Event::new("hub-theme") {
        // Always true: nobody cancels it.
        let _ = window().dispatch_event(&event);
    }
}

/// Tells public/js/typed.js that the page is about to be loaded anew in another language.
pub(crate) fn announce_language_change() {
    if let Ok(event) = web_sys::Event::new("hub-language") {
        // Always true: nobody cancels it.
        let _ = window().dispatch_event(&event);
    }
}

/// Where the page's contents begin; takes the focus by its tabindex.
pub(crate) const CONTENT: &str = "content";

/// Closes menus that are open and were left by a click elsewhere or Escape.
pub(crate) fn close_menus_on_leaving() {
    Effect::new(|_| {
        let click = window_event_listener(leptos::ev::click, |event| close_menus(event.target()));
        let escape = window_event_listener(leptos::ev::keydown, |event| {
            if event.key() == "Escape" {
                close_menus(None);
            }
        });
        on_cleanup(move || {
            click.remove();
            escape.remove();
        });
    });
}

/// All folds that open as menus, except the one that holds `inside`.
pub(crate) fn close_menus(inside: Option<web_sys::EventTarget>) {
    let inside: Option<web_sys::Node> = inside.and_then(|target| target.dyn_into().ok());
    let Ok(menus) = document().query_selector_all("details.menu-fold[open]") else { return };
    for index in 0..menus.length() {
        let Some(menu) = menus.get(index).and_then(|menu| menu.dyn_into::<web_sys::Element>().ok()) else { continue };
        if !menu.contains(inside.as_ref()) {
            // Cannot fail for an attribute name that is a constant.
            let _ = menu.remove_attribute("open");
        }
    }
}

pub(crate) fn hide_drawer() {
    let Some(drawer) = document().get_element_by_id("drawer") else { return };
    if drawer.matches(":popover-open").unwrap_or(false)
        && let Ok(hide) = js_sys::Reflect::get(&drawer, &"hidePopover".into())
        && let Ok(hide) = hide.dyn_into::<js_sys::Function>()
    {
        // It is open, so it can be hidden.
        let _ = hide.call0(&drawer);
    }
}
