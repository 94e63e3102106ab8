//! What a page is: data that is asked for at once, and a view that may still be on its way.

use leptos::prelude::AnyView;

/// A page of its own address. The app says in which module of wasm its view travels.
pub trait PageRoute: Send + Sync + 'static {
    /// Starts what the page fetches; runs while the view's own wasm is still being loaded.
    fn data() -> Self;

    fn view(this: Self) -> AnyView;
}
