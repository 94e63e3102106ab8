//! Organisations as a file, for the staff.

use crate::provider;
use kernel::PageSize;
use kit::table::{
    ListQuery,
    csv::{Making, Sheet, every, or_empty},
};
use platform::Cx;

pub fn tenants(cx: Cx, query: ListQuery) -> Making {
    Box::pin(async move {
        let cx = &cx;
        let rows = every(query, |query| async move { provider::calls::sought(cx, &query, PageSize::new(PageSize::MAX)).await }).await?;
        let rows = rows.into_iter().map(|row| {
            let (tier, country, currency) = (or_empty(row.tier), or_empty(row.country), row.currency.code().to_owned());
            vec![row.id.to_string(), row.slug, row.name, tier, country, currency, row.members.to_string(), or_empty(row.owner_email), row.created_at.to_string()]
        });
        Ok(Sheet::new("organisations", &["id", "slug", "name", "tier", "country", "currency", "members", "owner_email", "created_at"], rows.collect()))
    })
}
