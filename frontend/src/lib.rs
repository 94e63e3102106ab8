//! What the browser starts: takes over the page that the server rendered.

use wasm_bindgen::prelude::wasm_bindgen;

/// Called by the script that Leptos puts into the page, once this module is loaded. Lazy, because a page's own module
/// must have arrived before its markup can be taken over.
#[wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_lazy(app::App);
}
