//! The pages: server-rendered, then hydrated, and the server functions that they call.

use super::WebState;
use app::{App, FORMS, shell};
use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    middleware::map_response,
    http::{StatusCode, Uri, header},
    response::{IntoResponse, Response},
    routing::{any, post},
};
use kit::{PageError, request::status_of};
use leptos::{
    config::{LeptosOptions, get_config_from_str},
    prelude::provide_context,
    server_fn::{
        axum::{get_server_fn_service, server_fn_paths},
        error::{FromServerFnError, SERVER_FN_ERROR_HEADER},
    },
};
use leptos_axum::{LeptosRoutes, generate_route_list, handle_server_fns_with_context};
use platform::{Config, config::ServerRole};
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
    if config.plays(ServerRole::Web) && !site.join("pkg").is_dir() {
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
        // Leptos adds a route for each function to those of the pages.
        .layer(map_response(settled))
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
    if get_server_fn_service(request.uri().path(), request.method().clone()).is_none() {
        return no_such_call(request.uri().path());
    }
    handle_server_fns_with_context(provide_dev(&state), request).await.into_response()
}

fn no_such_call(path: &str) -> Response {
    let methods: Vec<String> = server_fn_paths().filter(|(known, _)| *known == path).map(|(_, method)| method.to_string()).collect();
    if methods.is_empty() {
        return (StatusCode::NOT_FOUND, "There is nothing under this address.").into_response();
    }
    (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, methods.join(", "))], "This address is asked in another way.").into_response()
}

/// Leptos answers every error with 500. One that got no status where it was made is answered with that of its kind here,
/// whoever made it: what a caller did wrong is no trouble of ours.
async fn settled(response: Response) -> Response {
    if response.status() != StatusCode::INTERNAL_SERVER_ERROR || !response.headers().contains_key(SERVER_FN_ERROR_HEADER) {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    // In memory already, and short.
    let error = to_bytes(body, usize::MAX).await.unwrap_or_default();
    parts.status = status_of(&PageError::de(error.clone()));
    Response::from_parts(parts, Body::from(error))
}
