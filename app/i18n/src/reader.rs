//! Which language the page at hand is read in.

use crate::Locale;
use kernel::Language;
use leptos::prelude::{provide_context, use_context};

/// Called once where the page is made, on the server: everything below is in this language.
pub fn read_in(language: Language) {
    provide_context(language);
}

/// The reader's language. In the browser it is what the server wrote on `<html lang>`, known everywhere; on the server
/// it is known below `read_in`.
pub fn language() -> Language {
    if cfg!(target_arch = "wasm32") { of_document() } else { use_context().unwrap_or_default() }
}

/// The reader's language as the translations name it.
pub fn locale() -> Locale {
    match language() {
        Language::En => Locale::en,
        Language::Id => Locale::id,
    }
}

fn of_document() -> Language {
    use std::sync::OnceLock;
    static OF_DOCUMENT: OnceLock<Language> = OnceLock::new();
    *OF_DOCUMENT.get_or_init(|| {
        let lang = leptos::prelude::document().document_element().and_then(|html| html.get_attribute("lang"));
        lang.and_then(|lang| lang.parse().ok()).unwrap_or_default()
    })
}
