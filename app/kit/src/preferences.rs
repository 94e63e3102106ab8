//! Language and theme of a browser: cookies that forms set, so that they work before scripting.

use crate::PageError;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// Holds `en` or `id`.
pub const LANGUAGE_COOKIE: &str = "hub_lang";
/// Holds `light`, `dark` or `system`.
pub const THEME_COOKIE: &str = "hub_theme";

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    Light,
    Dark,
    /// As the device asks for.
    #[default]
    System,
}

impl Theme {
    pub const ALL: [Self; 3] = [Self::Light, Self::Dark, Self::System];

    pub const fn code(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
            Self::System => "system",
        }
    }

    /// `data-theme` on `<html>`; without it the style sheet follows the device.
    pub const fn attribute(self) -> Option<&'static str> {
        match self {
            Self::Light => Some("hub-light"),
            Self::Dark => Some("hub-dark"),
            Self::System => None,
        }
    }
}

/// The text names no theme.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("not one of light, dark, system")]
pub struct UnknownTheme;

impl FromStr for Theme {
    type Err = UnknownTheme;

    fn from_str(text: &str) -> Result<Self, UnknownTheme> {
        Self::ALL.into_iter().find(|theme| theme.code() == text).ok_or(UnknownTheme)
    }
}

#[server]
pub async fn set_language(language: String, back: String) -> Result<(), PageError> {
    use crate::request;
    let language: kernel::Language = language.parse().map_err(|_| PageError::field("language", "unknown", "choose en or id"))?;
    request::set_cookie(&format!("{LANGUAGE_COOKIE}={language}; Path=/; Max-Age=31536000; SameSite=Lax"));
    leptos_axum::redirect(request::local_path(&back));
    Ok(())
}

#[server]
pub async fn set_theme(theme: String, back: String) -> Result<(), PageError> {
    use crate::request;
    let theme: Theme = theme.parse().map_err(|_| PageError::field("theme", "unknown", "choose light, dark or system"))?;
    request::set_cookie(&format!("{THEME_COOKIE}={}; Path=/; Max-Age=31536000; SameSite=Lax", theme.code()));
    leptos_axum::redirect(request::local_path(&back));
    Ok(())
}

/// Changes the theme of the open page at once and for the pages to come.
pub fn apply_theme(theme: Theme) {
    let Some(html) = document().document_element() else { return };
    // Neither call fails for these constant names.
    let _ = match theme.attribute() {
        Some(name) => html.set_attribute("data-theme", name),
        None => html.remove_attribute("data-theme"),
    };
    write_cookie(THEME_COOKIE, theme.code());
    crate::shell::announce_theme_change();
}

/// Whether the page is shown dark now.
pub fn is_dark() -> bool {
    let chosen = document().document_element().and_then(|html| html.get_attribute("data-theme"));
    match chosen.as_deref() {
        Some(name) => name == "hub-dark",
        None => window().match_media("(prefers-color-scheme: dark)").ok().flatten().is_some_and(|query| query.matches()),
    }
}

pub(crate) fn write_cookie(name: &str, value: &str) {
    use wasm_bindgen::JsCast;
    if let Ok(document) = document().dyn_into::<web_sys::HtmlDocument>() {
        let _ = document.set_cookie(&format!("{name}={value}; Path=/; Max-Age=31536000; SameSite=Lax"));
    }
}
