//! Services and operations as files.

use crate::{calls, provider};
use kernel::PageSize;
use kit::table::{
    ListQuery,
    csv::{Making, Sheet, every, or_empty},
};
use platform::Cx;

pub fn services(cx: Cx, query: ListQuery) -> Making {
    Box::pin(async move {
        let language = cx.language();
        let cx = &cx;
        let rows = every(query, |query| async move { calls::sought(cx, &query, PageSize::new(PageSize::MAX)).await }).await?;
        let rows = rows.into_iter().map(|row| {
            let (offering, plan) = (row.offering_name.get(language).to_owned(), row.plan_name.get(language).to_owned());
            vec![row.id.to_string(), row.name, row.state.code().to_owned(), row.drifts.to_string(), offering, plan, row.created_at.to_string()]
        });
        Ok(Sheet::new("services", &["id", "name", "state", "drifts", "offering", "plan", "created_at"], rows.collect()))
    })
}

/// Of every organisation, for the staff.
pub fn operations(cx: Cx, query: ListQuery) -> Making {
    Box::pin(async move {
        let cx = &cx;
        let rows = every(query, |query| async move { provider::calls::sought(cx, &query, PageSize::new(PageSize::MAX)).await }).await?;
        let rows = rows.into_iter().map(|row| {
            let (kind, state) = (row.kind.code().to_owned(), row.state.code().to_owned());
            let (times, attempt) = ([Some(row.created_at), row.started_at, row.finished_at].map(or_empty), row.attempt.to_string());
            let [created, started, finished] = times;
            vec![row.id.to_string(), row.tenant.to_string(), row.instance.to_string(), row.instance_name, kind, state, row.percent.to_string(), attempt, created, started, finished]
        });
        let columns = &["id", "tenant", "instance", "instance_name", "kind", "state", "percent", "attempt", "created_at", "started_at", "finished_at"];
        Ok(Sheet::new("operations", columns, rows.collect()))
    })
}
