//! The HTML document around the application.

use crate::App;
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderValue, VARY};
use kit::door::Inside;
use leptos::{nonce::use_nonce, prelude::*};
use leptos_axum::ResponseOptions;
use leptos_meta::{HashedStylesheet, MetaTags};

/// Language and theme are on `<html>` from the first byte, so that nothing flashes and nothing changes its words.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    let language = kit::request::language();
    i18n::read_in(language);
    say_what_may_run();
    say_whose_it_is();
    let charts = echarts(&options);
    view! {
        <!DOCTYPE html>
        <html lang=language.code() data-theme=kit::request::theme().attribute() data-inside=kit::door::inside().map(Inside::code) data-echarts=charts data-now=kit::time::now().micros().to_string()>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <meta name="theme-color" media="(prefers-color-scheme: light)" content="#ffffff"/>
                <meta name="theme-color" media="(prefers-color-scheme: dark)" content="#16181d"/>
                <link rel="icon" href="/icons/mark.svg" type="image/svg+xml"/>
                <link rel="manifest" href="/manifest.webmanifest"/>
                <link rel="preload" href="/fonts/inter-latin-wght-normal.woff2" r#as="font" r#type="font/woff2" crossorigin="anonymous"/>
                <HashedStylesheet id="styles" options=options.clone()/>
                <script type="module" src="/js/chart.js" nonce=use_nonce()></script>
                <script type="module" src="/js/typed.js" nonce=use_nonce()></script>
                <script type="module" src="/js/organisation.js" nonce=use_nonce()></script>
                <HydrationScripts options=options/>
                <MetaTags/>
            </head>
            <body>
                <App/>
            </body>
        </html>
    }
}

/// Scripts only from us: files of our own, and inline ones that carry this answer's nonce.
fn say_what_may_run() {
    let (Some(nonce), Some(response)) = (use_nonce(), use_context::<ResponseOptions>()) else { return };
    let policy = format!(
        "default-src 'self'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; \
         img-src 'self' data: blob:; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
    );
    if let Ok(value) = HeaderValue::from_str(&policy) {
        response.insert_header(CONTENT_SECURITY_POLICY, value);
    }
}

/// A page is as its reader asks for it: language, theme, whether they have come in. Nobody else's cache may show it.
fn say_whose_it_is() {
    let Some(response) = use_context::<ResponseOptions>() else { return };
    response.insert_header(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    response.insert_header(VARY, HeaderValue::from_static("cookie, accept-language"));
}

/// Where the built chart library lies; its name carries its version.
fn echarts(options: &LeptosOptions) -> Option<String> {
    use std::sync::OnceLock;
    static FOUND: OnceLock<Option<String>> = OnceLock::new();
    let find = || {
        let folder = std::path::Path::new(options.site_root.as_ref()).join(options.site_pkg_dir.as_ref());
        let names = std::fs::read_dir(folder).ok()?.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        let newest = names.filter(|name| name.starts_with("echarts-") && name.ends_with(".min.js")).max()?;
        Some(format!("/{}/{newest}", options.site_pkg_dir))
    };
    FOUND.get_or_init(find).clone()
}
