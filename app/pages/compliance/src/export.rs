//! The audit trail as a file.

use crate::trail::{TrailSheet, keys_of, name_keys};
use compliance::{server as books, view::EntryView};
use kernel::PageSize;
use kit::{
    PageError,
    table::{
        ListQuery,
        csv::{Making, Sheet, every, or_empty},
    },
};
use platform::Cx;

const COLUMNS: &[&str] = &["organisation", "seq", "at", "actor_kind", "actor_id", "actor_name", "action", "subject", "outcome", "details", "trace_id", "hash"];

/// The organisation's own.
pub fn activity(cx: Cx, query: ListQuery) -> Making {
    Box::pin(async move {
        let (cx, filter) = (&cx, &TrailSheet::filter(&query));
        let page = |query: ListQuery| async move { books::entries(cx, filter, query.after.as_deref(), PageSize::new(PageSize::MAX)).await.map_err(mistyped) };
        let mut entries = every(query, page).await?;
        let names = integrations::server::key_names(cx, &keys_of(&entries)).await?;
        name_keys(&mut entries, &names);
        Ok(Sheet::new("activity", COLUMNS, entries.into_iter().map(row).collect()))
    })
}

/// Everybody's, for the staff.
pub fn everybodys_activity(cx: Cx, query: ListQuery) -> Making {
    Box::pin(async move {
        let (cx, filter) = (&cx, &TrailSheet::filter(&query));
        let page = |query: ListQuery| async move { books::entries_for_staff(cx, filter, query.after.as_deref(), PageSize::new(PageSize::MAX)).await.map_err(mistyped) };
        let mut entries = every(query, page).await?;
        let names = integrations::server::key_names_for_staff(cx, &keys_of(&entries)).await?;
        name_keys(&mut entries, &names);
        Ok(Sheet::new("audit-trail", COLUMNS, entries.into_iter().map(row).collect()))
    })
}

fn mistyped(refusal: books::AuditError) -> PageError {
    kit::page_error!(refusal)
}

fn row(entry: EntryView) -> Vec<String> {
    let (outcome, details) = (if entry.refused { "refused" } else { "done" }.to_owned(), entry.details.to_string());
    let (organisation, name) = (entry.tenant.to_string(), or_empty(entry.actor_name));
    vec![organisation, entry.seq.to_string(), entry.at.to_string(), entry.actor_kind, entry.actor_id, name, entry.action, entry.subject, outcome, details, entry.trace_id, entry.hash]
}
