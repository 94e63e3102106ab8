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
