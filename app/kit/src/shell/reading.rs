//! Where reading goes on when the page changes under the reader: at the contents of another page; at the part that the
//! address names by its fragment, also where that part arrives later; and where what one stood on is taken away, at what
//! took its place, else at the nearest part around it that is still there.

use super::{CONTENT, close_menus, hide_drawer};
use leptos::prelude::*;
use leptos_router::{hooks::use_location, location::Location};
use std::cell::{Cell, RefCell};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Element, FocusOptions, HtmlElement, MutationObserver, MutationObserverInit};

/// Elements that take the focus by themselves, or not at all while they are disabled.
const CONTROLS: &str = "a, button, input, select, textarea, summary";
/// Those that are left on purpose by more ways than a script can see: a telephone's keyboard that is put away.
const TYPED_INTO: &str = "input, select, textarea";

thread_local! {
    /// Where the reader stood last; none after a click on what takes no focus.
    static STOOD: RefCell<Option<Stood>> = const { RefCell::new(None) };
    /// The part that reading goes on at as soon as it is there, until the reader does something else.
    static SOUGHT: RefCell<Option<String>> = const { RefCell::new(None) };
    /// A look is due with the next frame.
    static LOOKING: Cell<bool> = const { Cell::new(false) };
    /// Set up once for as long as the document lives.
    static WATCHING: Cell<bool> = const { Cell::new(false) };
}

#[derive(Clone)]
struct Stood {
    element: HtmlElement,
    /// The ids of the element and of those around it, innermost first.
    around: Vec<String>,
}

/// Reading begins at the page's contents.
pub(crate) fn read_content() {
    if let Some(content) = part(CONTENT) {
        // An element with a tabindex takes the focus.
        let _ = content.focus();
    }
}

/// What the link past the navigation does. Followed as an address, the router would take it for a page.
pub(crate) fn skip(event: web_sys::MouseEvent) {
    event.prevent_default();
    read_content();
}

/// After going to another page menus and drawer close, and reading begins at its contents, or at the part that is named.
pub(crate) fn follow_navigation() {
    let Location { pathname, search, hash, .. } = use_location();
    Effect::new(move |before: Option<[String; 3]>| {
        watch();
        let now = [pathname.get(), search.get(), hash.get()];
        if let Some(before) = before.filter(|before| *before != now) {
            if before[0] != now[0] {
                close_menus(None);
                hide_drawer();
                read_content();
            }
            let named = now[2].trim_start_matches('#');
            SOUGHT.set((!named.is_empty()).then(|| named.to_owned()));
            look_soon();
        }
        now
    });
}

/// Learns where the reader stands, and when the page changes.
fn watch() {
    let Some(body) = document().body() else { return };
    if WATCHING.replace(true) {
        return;
    }
    window_event_listener(leptos::ev::focusin, |event| {
        let element = event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok());
        STOOD.set(element.map(|element| Stood { around: ids_around(&element), element }));
    });
    window_event_listener(leptos::ev::mousedown, |_| {
        STOOD.set(None);
        SOUGHT.set(None);
    });
    window_event_listener(leptos::ev::keydown, |_| SOUGHT.set(None));
    let changed = Closure::<dyn FnMut()>::new(look_soon);
    if let Ok(observer) = MutationObserver::new(changed.as_ref().unchecked_ref()) {
        let whole = MutationObserverInit::new();
        whole.set_child_list(true);
        whole.set_subtree(true);
        // Fails only for options that contradict each other.
        let _ = observer.observe_with_options(&body, &whole);
    }
    changed.forget();
}

fn look_soon() {
    if !LOOKING.replace(true) {
        request_animation_frame(look);
    }
}

fn look() {
    LOOKING.set(false);
    if let Some(sought) = SOUGHT.with_borrow(Clone::clone).and_then(|id| part(&id)) {
        SOUGHT.set(None);
        sought.scroll_into_view();
        stand_on(&sought);
        return;
    }
    if document().active_element().is_some_and(|active| active.tag_name() != "BODY") {
        return;
    }
    let Some(stood) = STOOD.with_borrow(Clone::clone) else { return };
    if !stood.element.is_connected() {
        if let Some(part) = stood.around.iter().find_map(|id| part(id)) {
            stand_on(&part);
        }
    } else if !stood.element.matches(TYPED_INTO).unwrap_or(false) {
        // A button that was disabled while it worked; or the frame, which is taken out and put back while a page arrives.
        focus(&stood.element);
    }
}

/// Takes the focus without moving the page; what takes none by itself is made to.
fn stand_on(part: &HtmlElement) {
    if !part.has_attribute("tabindex") && !part.matches(CONTROLS).unwrap_or(false) {
        // Cannot fail for an attribute name that is a constant.
        let _ = part.set_attribute("tabindex", "-1");
    }
    focus(part);
}

fn focus(element: &HtmlElement) {
    let in_place = FocusOptions::new();
    in_place.set_prevent_scroll(true);
    // What is disabled or hidden takes no focus.
    let _ = element.focus_with_options(&in_place);
}

fn part(id: &str) -> Option<HtmlElement> {
    document().get_element_by_id(id).and_then(|part| part.dyn_into().ok())
}

fn ids_around(element: &HtmlElement) -> Vec<String> {
    let mut ids = Vec::new();
    let mut next: Option<Element> = Some(element.clone().into());
    while let Some(element) = next {
        // Not its property: that of a form is the field that is called so, where it has one.
        ids.extend(element.get_attribute("id").filter(|id| !id.is_empty()));
        next = element.parent_element();
    }
    ids
}
