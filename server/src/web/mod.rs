//! Everything that speaks HTTP: pages and their server functions, REST, assets, health.

pub mod answers;
pub mod assets;
pub mod broken;
pub mod caller;
pub mod downloads;
pub mod guard;
pub mod health;
pub mod organisation;
pub mod pages;

use axum::{Router, extract::DefaultBodyLimit, middleware};
use platform::{Platform, config::ServerRole};
use std::{path::Path, sync::Arc};
use tower_http::{CompressionLevel, compression::CompressionLayer};

/// Bodies of pages' forms and server functions; REST has its own limit.
pub const BODY_LIMIT: usize = 1024 * 1024;
/// Of pages and answers, which are made anew each time: a tenth of their size for a millisecond's work.
const COMPRESSION: CompressionLevel = CompressionLevel::Precise(4);

#[derive(Clone)]
pub struct WebState {
    pub platform: Arc<Platform>,
    pub leptos: leptos::config::LeptosOptions,
    pub metrics: Option<Arc<health::Metrics>>,
}

impl axum::extract::FromRef<WebState> for leptos::config::LeptosOptions {
    fn from_ref(state: &WebState) -> Self {
        state.leptos.clone()
    }
}

/// The routes of this process's roles. The error is a sentence for the terminal.
pub fn router(platform: Arc<Platform>) -> Result<Router, String> {
    let site = platform.config.site.clone();
    router_with_site(platform, &site)
}

/// The same with the built client in another folder than the settings say: tests have none.
pub fn router_with_site(platform: Arc<Platform>, site: &Path) -> Result<Router, String> {
    app::prepare();
    let leptos = pages::leptos_options(&platform.config, site)?;
    let state = WebState { platform: platform.clone(), leptos, metrics: platform::telemetry::start_metrics().map(|handle| Arc::new(health::Metrics(handle))) };
    let mut router = Router::new().merge(health::routes());
    if platform.config.plays(ServerRole::Web) {
        let pages = pages::routes(&state)
            .layer(DefaultBodyLimit::max(BODY_LIMIT))
            .layer(middleware::from_fn(organisation::same_organisation))
            .layer(middleware::from_fn_with_state(state.clone(), caller::from_session))
            .layer(middleware::from_fn(guard::not_kept))
            .layer(middleware::from_fn_with_state(state.clone(), answers::sealed))
            .layer(middleware::from_fn(guard::no_nul))
            .layer(middleware::from_fn_with_state(state.clone(), guard::same_origin))
            .layer(middleware::from_fn_with_state(broken::REQUEST_TIMEOUT, broken::in_time))
            .layer(CompressionLayer::new().quality(COMPRESSION));
        router = router.merge(pages).merge(assets::routes(site));
    }
    let mut router: Router = router.with_state(state.clone());
    if platform.config.plays(ServerRole::Api) {
        router = router.merge(api::router(platform.clone()).layer(middleware::from_fn_with_state(broken::REQUEST_TIMEOUT, broken::in_time)));
    }
    Ok(broken::guarded(router, platform)
        .layer(middleware::from_fn_with_state(state, guard::security_headers))
        .layer(middleware::from_fn(health::measure)))
}
