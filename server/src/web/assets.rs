//! The built client, fonts and icons: hashed names are kept by browsers for good, everything is sent compressed.

use super::WebState;
use axum::{Router, extract::Request, http::{HeaderValue, header}, middleware::{self, Next}, response::Response};
use std::path::Path;
use tower_http::services::ServeDir;

/// Names under /pkg carry a hash of their content.
const FOR_GOOD: &str = "public, max-age=31536000, immutable";
const FOR_A_DAY: &str = "public, max-age=86400";

pub fn routes(site: &Path) -> Router<WebState> {
    let folder = |name: &str| ServeDir::new(site.join(name)).precompressed_br().precompressed_gzip();
    let file = |name: &str| tower_http::services::ServeFile::new(site.join(name));
    Router::new()
        .nest_service("/pkg", folder("pkg"))
        .nest_service("/fonts", folder("fonts"))
        .nest_service("/icons", folder("icons"))
        .nest_service("/js", folder("js"))
        .route_service("/favicon.ico", file("favicon.ico"))
        .route_service("/favicon.svg", file("favicon.svg"))
        .route_service("/manifest.webmanifest", file("manifest.webmanifest"))
        .layer(middleware::from_fn(caching))
}

async fn caching(request: Request, next: Next) -> Response {
    let hashed = request.uri().path().starts_with("/pkg/") || request.uri().path().starts_with("/fonts/");
    let mut response = next.run(request).await;
    if response.status().is_success() {
        let value = if hashed { FOR_GOOD } else { FOR_A_DAY };
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(value));
        // Each lies there plain and compressed.
        response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    }
    response
}
