//! The frame around every page: navigation, who one is, where one can go, and how it looks.

mod account;
mod command;
mod nav;
mod palette;
mod public;
mod shortcuts;
mod switches;
mod tenant;

pub use account::{AccountMenu, OrganisationMenu, SIGN_OUT};
pub use nav::{NavItem, NavSection, provider_nav, tenant_nav};
pub use public::PublicShell;
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

/// Reading begins at the page's contents.
pub(crate) fn read_content() {
    let content = document().get_element_by_id(CONTENT).and_then(|content| content.dyn_into::<web_sys::HtmlElement>().ok());
    if let Some(content) = content {
        // An element with a tabindex takes the focus.
        let _ = content.focus();
    }
}

/// What the link past the navigation does. Followed as an address, the router would take it for a page.
pub(crate) fn skip(event: web_sys::MouseEvent) {
    event.prevent_default();
    read_content();
}

/// The frame is taken out of the document and put back while a page arrives, which takes the focus from its contents.
pub(crate) fn keep_reading() {
    Effect::new(|_| {
        let lost = window_event_listener(leptos::ev::focusout, |event| {
            let of_content = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok()).is_some_and(|target| target.id() == CONTENT);
            if of_content && event.related_target().is_none() {
                request_animation_frame(|| {
                    if document().active_element().is_none_or(|active| active.tag_name() == "BODY") {
                        read_content();
                    }
                });
            }
        });
        on_cleanup(move || lost.remove());
    });
}

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
