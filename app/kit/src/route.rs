//! What a page is: what it fetches, and how that looks.

use leptos::prelude::{AnyView, Owner};

/// A page of its own address. The app says in which module of wasm its view travels.
///
/// Everything that the page fetches is made in `data`, never in a view: the server walks through views that wait for
/// something several times, and a resource made there would be numbered otherwise than in the browser, which then finds
/// neither its data nor its place in the page. The handles that `data` makes are copied, hence `Clone`.
pub trait PageRoute: Clone + Send + Sync + 'static {
    /// Starts what the page fetches.
    fn data() -> Self;

    fn view(this: Self) -> AnyView;
}

/// The page, with what it fetches owned by `owner`: the view may be made again, and what was fetched stays.
pub fn page_within<P: PageRoute>(owner: &Owner) -> P {
    #[cfg(feature = "ssr")]
    return owner.with(once::data_once);
    #[cfg(not(feature = "ssr"))]
    owner.with(P::data)
}

/// After a page's module was fetched, or was not. Where it was not, the address is gone to as by a link without scripting;
/// where its page stands already, as the server sent it, links are left to the browser, as forms are. Then it does not
/// return: what would follow needs the module.
#[cfg(not(feature = "ssr"))]
pub async fn loaded_or_left<E>(outcome: Result<(), E>) {
    use std::sync::atomic::{AtomicBool, Ordering};
    /// The page that the server sent has come alive, or another has followed it.
    static ALIVE: AtomicBool = AtomicBool::new(false);
    if outcome.is_ok() {
        ALIVE.store(true, Ordering::Relaxed);
        return;
    }
    let (location, there) = (leptos::prelude::window().location(), asked_for());
    let is_here = location.href().is_ok_and(|here| here == there);
    // Refused only while the page is being left already.
    let _ = match (is_here, ALIVE.load(Ordering::Relaxed)) {
        (true, false) => leave_links(),
        // To assign the address that is there already may only scroll.
        (true, true) => location.reload(),
        (false, _) => location.assign(&there),
    };
    std::future::pending().await
}

/// The whole address of the page that is being made.
#[cfg(not(feature = "ssr"))]
fn asked_for() -> String {
    use leptos::prelude::GetUntracked;
    let url = leptos_router::hooks::use_url().get_untracked();
    let part = |sign: char, text: &str| match text.trim_start_matches(sign) {
        "" => String::new(),
        text => format!("{sign}{text}"),
    };
    format!("{}{}{}{}", url.origin(), url.path(), part('?', url.search()), part('#', url.hash()))
}

/// Keeps clicks from the router, which hears them at the window.
#[cfg(not(feature = "ssr"))]
fn leave_links() -> Result<(), wasm_bindgen::JsValue> {
    use wasm_bindgen::{JsCast, closure::Closure};
    let hear = Closure::<dyn Fn(web_sys::Event)>::new(|click: web_sys::Event| click.stop_propagation());
    let heard = leptos::prelude::document().add_event_listener_with_callback("click", hear.as_ref().unchecked_ref());
    hear.forget();
    heard
}

#[cfg(feature = "ssr")]
pub use once::OncePerRequest;

#[cfg(feature = "ssr")]
mod once {
    use super::PageRoute;
    use leptos::prelude::use_context;
    use std::{
        any::Any,
        sync::{Arc, Mutex, PoisonError},
    };

    /// The page's data of one request. The router asks for it each time it walks through the page, and only the first
    /// walk may fetch.
    #[derive(Clone, Default)]
    pub struct OncePerRequest(Arc<Mutex<Option<Box<dyn Any + Send>>>>);

    /// What `P::data` made when it was first asked in this request.
    pub fn data_once<P: PageRoute>() -> P {
        let Some(OncePerRequest(kept)) = use_context() else { return P::data() };
        let known = || kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(page) = known().as_ref().and_then(|page| page.downcast_ref::<P>()) {
            return page.clone();
        }
        let page = P::data();
        *known() = Some(Box::new(page.clone()));
        page
    }
}
