//! What those who run the installation ask: does it live, is it ready, how is it doing.

use super::WebState;
use axum::{
    Json, Router,
    extract::{MatchedPath, Request, State},
    http::{Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
    routing::get,
};
use metrics_exporter_prometheus::PrometheusHandle;
use platform::{
    Cx, Opened, fault, migrate,
    telemetry::{HTTP_REQUESTS, HTTP_SECONDS},
};
use serde_json::json;
use std::{collections::BTreeSet, time::{Duration, Instant}};
use uuid::Uuid;

pub struct Metrics(pub PrometheusHandle);

/// Processes that were not heard of for this long are taken as gone.
const GONE_AFTER_SECONDS: f64 = 30.0;
/// A database that takes longer to say how it is does not answer.
const READY_WITHIN: Duration = Duration::from_secs(5);

pub fn routes() -> Router<WebState> {
    Router::new().route("/healthz", get(alive)).route("/readyz", get(ready)).route("/metrics", get(prometheus))
}

async fn alive() -> Json<serde_json::Value> {
    Json(json!({ "status": "alive" }))
}

/// Ready when the database answers, no migration is missing, and every role is played by some process.
async fn ready(State(state): State<WebState>) -> Response {
    let cx = Cx::system(state.platform.clone(), "readyz", None);
    let (database, migrations, missing) = match tokio::time::timeout(READY_WITHIN, look(&cx)).await {
        Ok(Ok((steps, roles))) => {
            let missing: Vec<&str> = platform::config::ServerRole::ALL.iter().map(|role| role.name()).filter(|name| !roles.contains(*name)).collect();
            (true, migrate::known_steps().iter().all(|step| steps.contains(step)), missing)
        }
        Ok(Err(_)) | Err(_) => (false, false, Vec::new()),
    };
    let ready = database && migrations && missing.is_empty();
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let body = json!({ "ready": ready, "database": database, "migrations": migrations, "roles_missing": missing });
    (status, Json(body)).into_response()
}

async fn look(cx: &Cx) -> Result<(Vec<i64>, BTreeSet<String>), Opened> {
    let mut tx = cx.system_tx().await?;
    let steps = sqlx::query_scalar("SELECT version FROM hub.migration_steps ORDER BY version LIMIT 1000").fetch_all(&mut *tx).await.map_err(fault)?;
    let roles: Vec<String> = sqlx::query_scalar("SELECT DISTINCT unnest(roles) FROM hub.processes WHERE seen_at > now() - make_interval(secs => $1)")
        .bind(GONE_AFTER_SECONDS)
        .fetch_all(&mut *tx)
        .await
        .map_err(fault)?;
    Ok((steps, roles.into_iter().collect()))
}

/// Real time throughout: whether a process lives has nothing to do with the business clock.
pub async fn say_alive(cx: &Cx, process: Uuid) -> Result<(), Opened> {
    let roles: Vec<&str> = cx.config().roles.iter().map(|role| role.name()).collect();
    let mut tx = cx.system_tx().await?;
    sqlx::query("DELETE FROM hub.processes WHERE seen_at < now() - make_interval(secs => $1)")
        .bind(GONE_AFTER_SECONDS * 10.0)
        .execute(&mut *tx)
        .await
        .map_err(fault)?;
    sqlx::query(
        "INSERT INTO hub.processes (id, roles, address, version, started_at, seen_at)
         VALUES ($1, $2, $3, $4, now(), now())
         ON CONFLICT (id) DO UPDATE SET seen_at = now()",
    )
    .bind(process)
    .bind(&roles)
    .bind(cx.config().addr.to_string())
    .bind(env!("CARGO_PKG_VERSION"))
    .execute(&mut *tx)
    .await
    .map_err(fault)?;
    tx.commit().await?;
    Ok(())
}

pub async fn say_gone(cx: &Cx, process: Uuid) -> Result<(), Opened> {
    let mut tx = cx.system_tx().await?;
    sqlx::query("DELETE FROM hub.processes WHERE id = $1").bind(process).execute(&mut *tx).await.map_err(fault)?;
    tx.commit().await?;
    Ok(())
}

async fn prometheus(State(state): State<WebState>) -> Response {
    let text = state.metrics.as_ref().map(|metrics| metrics.0.render()).unwrap_or_default();
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text).into_response()
}

/// A method as the metrics name it: callers may invent methods without end.
fn counted(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

/// Counts and times every request by its route, never by its path, which would grow without end.
pub async fn measure(request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map_or("unmatched", MatchedPath::as_str).to_owned();
    let method = counted(request.method());
    let started = Instant::now();
    let response = next.run(request).await;
    let status = response.status().as_u16().to_string();
    metrics::histogram!(HTTP_SECONDS, "route" => route.clone(), "method" => method).record(started.elapsed().as_secs_f64());
    metrics::counter!(HTTP_REQUESTS, "route" => route, "method" => method, "status" => status).increment(1);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invented_methods_are_counted_as_one() {
        let invented = Method::from_bytes(b"BREW").expect("a token");
        assert_eq!((counted(&Method::PATCH), counted(&invented), counted(&Method::TRACE)), ("PATCH", "other", "other"));
    }
}
