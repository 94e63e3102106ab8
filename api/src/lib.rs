//! REST version 1: the same use cases as the pages, for programs.
//!
//! A request passes, from the outside in: `answer` (trace id, the form of trouble), `caller` (key, rate limit, scope),
//! `body` (accepted forms, type, size), `idempotency` (once per key), and the endpoint in `v1/<area>/<verb>.rs`. What
//! the doors enforce is read from the OpenAPI document that the endpoints' annotations make (`contract`).

pub mod answer;
pub mod body;
pub mod caller;
pub mod contract;
pub mod cursor;
pub mod docs;
pub mod document;
pub mod etag;
pub mod idempotency;
pub mod json;
pub mod problem;
pub mod rate;
pub mod v1;

use axum::{Router, middleware, response::IntoResponse, routing::any};
use contract::Contract;
use platform::Platform;
use problem::Problem;
use rate::Failures;
use std::{ops::Deref, sync::Arc};
use tower_http::catch_panic::CatchPanicLayer;
use utoipa_axum::router::OpenApiRouter;

/// What endpoints and doors share; one per process.
#[derive(Clone)]
pub struct Api(Arc<Inner>);

pub struct Inner {
    pub platform: Arc<Platform>,
    pub contract: Contract,
    pub failures: Failures,
    /// The OpenAPI document as it is served.
    pub document: String,
    /// The readable reference as it is served.
    pub reference: String,
}

impl Deref for Api {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

/// Everything under `/api`, to be merged at the root.
pub fn router(platform: Arc<Platform>) -> Router {
    router_of(platform, v1::routes())
}

/// The same of other endpoints, behind the same doors.
pub fn router_of(platform: Arc<Platform>, endpoints: OpenApiRouter<Api>) -> Router {
    let (endpoints, document) = endpoints.split_for_parts();
    let document = document::whole(document, &platform.config.public_url);
    let api = Api(Arc::new(Inner {
        contract: Contract::of(&document),
        failures: Failures::default(),
        reference: docs::reference(&document),
        document: serde_json::to_string(&document).expect("JSON serialises"),
        platform,
    }));
    endpoints
        // A use case that panics is trouble like other trouble: its idempotency key is freed.
        .route_layer(CatchPanicLayer::custom(answer::broke))
        .route_layer(middleware::from_fn(idempotency::once))
        .route_layer(middleware::from_fn(body::admit))
        .route_layer(middleware::from_fn_with_state(api.clone(), caller::authorise))
        .merge(docs::routes())
        .route("/api", any(nowhere))
        .route("/api/", any(nowhere))
        .route("/api/{*rest}", any(nowhere))
        .layer(CatchPanicLayer::custom(answer::broke))
        .layer(middleware::from_fn_with_state(api.clone(), answer::finish))
        .with_state(api)
}

async fn nowhere() -> impl IntoResponse {
    Problem::new("route.not_found", "There is nothing at this address.")
}
