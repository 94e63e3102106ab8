//! The audit trail, newest first.

use super::{cursor::{self, After}, store::entries::{self as store, Row}};
use crate::{filter::{EntryFilter, Filter}, view::EntryView};
use kernel::{Denied, Fault, FieldError, Need, Page, PageSize, PersonId, TenantId};
use platform::Cx;
use std::collections::HashMap;

#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    #[error("something is mistyped")]
    Invalid(Vec<FieldError>),
    #[error(transparent)]
    Denied(Denied),
    #[error(transparent)]
    Fault(Fault),
}

platform::refusals!(AuditError);

impl AuditError {
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Invalid(_) => "compliance.invalid",
            Self::Denied(Denied::SignedOut) => "access.signed_out",
            Self::Denied(Denied::TooLittle) => "access.denied",
            Self::Denied(Denied::NoTenant) => "access.no_tenant",
            Self::Fault(_) => "fault",
        }
    }

    pub fn fields(&self) -> &[FieldError] {
        match self {
            Self::Invalid(fields) => fields,
            Self::Denied(_) | Self::Fault(_) => &[],
        }
    }
}

/// The caller's own organisation's.
pub async fn entries(cx: &Cx, filter: &EntryFilter, after: Option<&str>, size: PageSize) -> Result<Page<EntryView>, AuditError> {
    let mut tx = cx.tenant_tx(Need::AUDIT_READ).await?;
    let list = tx.tenant().to_string();
    // Which organisation it is stands with the caller, not in the request.
    let filter = Filter { tenant: None, ..filter.check().map_err(AuditError::Invalid)? };
    let after = read_cursor(&list, &filter, after)?;
    let rows = store::list(&mut tx, &filter, after, size.rows() + 1).await?;
    let names = identity::server::names_of(&mut tx, &people(&rows)).await?;
    Ok(page(&list, &filter, rows, size, &names, &HashMap::new()))
}

/// Everybody's, for the provider's staff.
pub async fn entries_for_staff(cx: &Cx, filter: &EntryFilter, after: Option<&str>, size: PageSize) -> Result<Page<EntryView>, AuditError> {
    const LIST: &str = "everybody";
    let mut tx = cx.provider_tx(Need::PROVIDER_READ).await?;
    let filter = filter.check().map_err(AuditError::Invalid)?;
    let after = read_cursor(LIST, &filter, after)?;
    let rows = store::list(&mut tx, &filter, after, size.rows() + 1).await?;
    let names = identity::server::names_for_staff(&mut tx, &people(&rows)).await?;
    let tenants: Vec<TenantId> = rows.iter().map(|row| row.tenant_id).collect();
    let tenants = identity::server::organisation_names_for_staff(&mut tx, &tenants).await?;
    Ok(page(LIST, &filter, rows, size, &names, &tenants))
}

fn read_cursor(list: &str, filter: &Filter, text: Option<&str>) -> Result<Option<After>, AuditError> {
    let wrong = || AuditError::Invalid(vec![FieldError::new("cursor", "cursor", "This cursor belongs to another list. Start from the first page.")]);
    text.map(|text| cursor::read(list, filter, text).ok_or_else(wrong)).transpose()
}

fn people(rows: &[Row]) -> Vec<PersonId> {
    let mut people: Vec<PersonId> = rows.iter().filter_map(|row| row.actor_id.parse().ok()).collect();
    people.sort_unstable();
    people.dedup();
    people
}

fn page(list: &str, filter: &Filter, mut rows: Vec<Row>, size: PageSize, names: &HashMap<PersonId, String>, tenants: &HashMap<TenantId, String>) -> Page<EntryView> {
    let wanted = usize::try_from(size.rows()).expect("a page has at most 100 rows");
    let more = rows.len() > wanted;
    rows.truncate(wanted);
    let next = rows.last().filter(|_| more).map(|row| cursor::write(list, filter, After { at: row.at, tenant: row.tenant_id, seq: row.seq }));
    let rows = rows
        .into_iter()
        .map(|row| EntryView {
            tenant: row.tenant_id,
            tenant_name: tenants.get(&row.tenant_id).cloned(),
            seq: row.seq,
            at: row.at,
            actor_name: row.actor_id.parse().ok().and_then(|person: PersonId| names.get(&person).cloned()),
            actor_kind: row.actor_kind,
            actor_id: row.actor_id,
            action: row.action,
            subject: row.subject,
            details: row.details,
            refused: row.refused,
            trace_id: row.trace_id,
            hash: hex::encode(row.hash),
        })
        .collect();
    Page { rows, next }
}
