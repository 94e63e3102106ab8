//! Checks as a file.

use crate::{board, refused::refused};
use kit::table::{
    ListQuery,
    csv::{Making, Sheet, or_empty},
};
use monitoring::server as watching;
use platform::Cx;

pub fn checks(cx: Cx, query: ListQuery) -> Making {
    Box::pin(async move {
        let overview = watching::overview(&cx).await.map_err(refused)?;
        let rows = board::sought(overview.checks, &query).into_iter().map(|check| {
            let (state, since, uptime) = (check.shown_state().to_owned(), check.since.to_string(), or_empty(check.last_30d.percent));
            let (last, response, expires) = (or_empty(check.last_at), or_empty(check.response_ms), or_empty(check.certificate_expires));
            let (id, service, interval) = (check.id.to_string(), check.instance.to_string(), check.interval_seconds.to_string());
            vec![id, service, check.name, check.kind, check.target, interval, state, since, last, response, or_empty(check.problem), expires, uptime]
        });
        let columns =
            &["id", "instance", "name", "kind", "target", "interval_seconds", "state", "since", "last_at", "response_ms", "problem", "certificate_expires", "uptime_30d"];
        Ok(Sheet::new("checks", columns, rows.collect()))
    })
}
