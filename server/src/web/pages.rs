//! The pages: server-rendered, then hydrated, and the server functions that they call.

use super::WebState;
use app::{App, FORMS, shell};
use axum::{Router, body::Body, extract::{Request, State}, http::Uri, response::{IntoResponse, Response}, routing::{any, post}};
use leptos::{config::{LeptosOptions, get_config_from_str}, prelude::provide_context};
use leptos_axum::{LeptosRoutes, generate_route_list, handle_server_fns_with_context};
use platform::Config;
use std::path::Path;

/// Where server functions live; the same as SERVER_FN_PREFIX in .cargo/config.toml.
const CALLS: &str = "/call/{*function}";

/// `Leptos.toml` as it was at the build, with this installation's address and site.
pub fn leptos_options(config: &Config, site: &Path) -> Result<LeptosOptions, String> {
    let file = include_str!("../../../Leptos.toml");
    let mut options = get_config_from_str(file).map_err(|error| format!("Leptos.toml cannot be used: {error}"))?;
    options.site_addr = config.addr;
    options.site_root = site.display().to_string().into();
    // Beside the built client, wherever the program itself lies: joining an absolute path replaces the program's folder.
    let hashes = std::path::absolute(site.join("hash.txt")).map_err(|error| format!("HUB_SITE cannot be used: {error}"))?;
    options.hash_files = hashes.exists();
    options.hash_file = hashes.display().to_string().into();
    if !site.join("pkg").is_dir() {
        return Err(format!("there is no built client in {}: build it with `cargo xtask build`, or name its folder with HUB_SITE", site.display()));
    }
    Ok(options)
}

pub fn routes(state: &WebState) -> Router<WebState> {
    let routes = generate_route_list(App);
    let options = state.leptos.clone();
    FORMS
        .into_iter()
        .fold(Router::new(), |router, (address, function)| router.route(address, post(move |state, request| call_of_form(state, request, function))))
        .route(CALLS, any(call))
        .merge(super::downloads::routes())
        .leptos_routes_with_context(state, routes, provide_dev(state), move || shell(options.clone()))
        .fallback(leptos_axum::file_and_error_handler_with_context::<WebState, _>(provide_dev(state), shell))
}

/// What pages find in their context besides the request.
fn provide_dev(state: &WebState) -> impl Fn() + Clone + Send + Sync + 'static + use<> {
    let config = std::sync::Arc::new(state.platform.config.clone());
    move || provide_context(config.clone())
}

/// Forms that stand on every page post to addresses of their own, so that they read well without scripting.
async fn call_of_form(state: State<WebState>, mut request: Request<Body>, function: &'static str) -> Response {
    *request.uri_mut() = Uri::from_static(function);
    call(state, request).await
}

async fn call(State(state): State<WebState>, request: Request<Body>) -> Response {
    handle_server_fns_with_context(provide_dev(&state), request).await.into_response()
}
