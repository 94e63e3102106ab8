//! The audit trail as a list: its filters, its entries in words, and its chain.

pub mod chain;
mod entry;
mod filters;
mod words;

use compliance::{EntryFilter, view::EntryView};
use entry::row;
use filters::Filters;
use kernel::{FieldError, Page};
use kit::prelude::*;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use serde::{Deserialize, Serialize};
#[cfg(feature = "ssr")]
use {kernel::ApiKeyId, std::collections::HashMap};

/// One page of entries, and what is mistyped in the filters.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TrailSheet {
    pub page: Page<EntryView>,
    pub complaints: Vec<FieldError>,
    /// Organisations to choose from; for the provider's staff only.
    pub tenants: Vec<(String, String)>,
}

impl TrailSheet {
    /// The filters that an address carries.
    pub fn filter(query: &ListQuery) -> EntryFilter {
        let text = |name: &str| query.filter(name).unwrap_or_default().to_owned();
        EntryFilter {
            tenant: query.filter("tenant").and_then(|id| id.parse().ok()),
            actor: text("actor"),
            action: text("action"),
            subject: text("subject"),
            from: text("from"),
            to: text("to"),
            outcome: text("outcome"),
        }
    }

    /// Mistyped filters are told beside their fields, with an empty list.
    #[cfg(feature = "ssr")]
    pub fn of(answer: Result<Page<EntryView>, compliance::server::AuditError>, tenants: Vec<(String, String)>) -> Result<Self, PageError> {
        match answer {
            Ok(page) => Ok(Self { page, complaints: Vec::new(), tenants }),
            Err(compliance::server::AuditError::Invalid(complaints)) => {
                kit::request::status(kit::request::StatusCode::UNPROCESSABLE_ENTITY);
                i18n::read_in(kit::request::language());
                Ok(Self { page: Page { rows: Vec::new(), next: None }, complaints: complaints.into_iter().map(words::complaint).collect(), tenants })
            }
            Err(refusal) => Err(kit::page_error!(refusal)),
        }
    }
}

/// Keys that acted.
#[cfg(feature = "ssr")]
pub fn keys_of(entries: &[EntryView]) -> Vec<ApiKeyId> {
    let mut keys: Vec<ApiKeyId> = entries.iter().filter_map(|entry| entry.actor_id.parse().ok()).collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// Keys that are not known, as those of another organisation, keep their ids.
#[cfg(feature = "ssr")]
pub fn name_keys(entries: &mut [EntryView], names: &HashMap<ApiKeyId, String>) {
    for entry in entries {
        if let Some(name) = entry.actor_id.parse().ok().and_then(|key: ApiKeyId| names.get(&key)) {
            entry.actor_name = Some(name.clone());
        }
    }
}

/// How often the reader has asked for the chain to be checked: `?check=1`. A question in the address works before scripting.
pub fn use_check() -> Memo<u32> {
    let query = use_query_map();
    Memo::new(move |_| query.with(|query| query.get("check")).and_then(|count| count.parse().ok()).unwrap_or(0))
}

#[component]
pub fn Trail(
    sheet: TrailSheet,
    path: &'static str,
    /// Whose entries they are is shown, and pages of the staff are led to.
    #[prop(optional)]
    staff: bool,
) -> impl IntoView {
    let TrailSheet { page, complaints, tenants } = sheet;
    let mut columns = vec![
        Column::new("when", tr!(compliance.trail.when)),
        Column::new("who", tr!(compliance.trail.who)),
        Column::new("what", tr!(compliance.trail.what)),
        Column::new("subject", tr!(compliance.trail.subject)),
        Column::new("details", tr!(common.details)),
        Column::new("number", tr!(compliance.trail.number)).right().hidden(),
    ];
    if staff {
        columns.insert(1, Column::new("organisation", tr!(common.organisation)));
    }
    let rows = page.rows.into_iter().map(|entry| row(entry, staff)).collect();
    let export = if staff { "/provider/audit.csv" } else { "/activity.csv" };
    let empty = view! { <EmptyState icon=icons::LuScrollText title=tr!(compliance.trail.empty) says=tr!(compliance.trail.empty_help)/> }.into_any();
    view! {
        <Filters path=path complaints=complaints tenants=tenants/>
        <Table caption=tr!(compliance.trail.caption) columns=columns rows=rows next=page.next export=export empty=empty/>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use kernel::{TenantId, Timestamp};

    fn entry(actor_kind: &str, actor_id: String, actor_name: Option<&str>) -> EntryView {
        EntryView {
            tenant: TenantId::from_uuid(Default::default()),
            tenant_name: None,
            seq: 1,
            at: Timestamp::from_seconds(0),
            actor_kind: actor_kind.into(),
            actor_id,
            actor_name: actor_name.map(str::to_owned),
            action: "a.b".into(),
            subject: String::new(),
            details: Default::default(),
            refused: false,
            trace_id: String::new(),
            hash: String::new(),
        }
    }

    #[test]
    fn keys_are_called_by_their_names_and_people_stay_who_they_are() {
        let [known, unknown]: [ApiKeyId; 2] = ["key_01kf0e44m0e6zaz0kjk6dasypm", "key_01kf0e44m0e6zaz0kjk6dasypn"].map(|id| id.parse().expect("an id"));
        let person = "per_01kf0e44m0e6zaz0kjk6dasypm".to_owned();
        let mut rows = vec![entry("key", known.to_string(), None), entry("key", unknown.to_string(), None), entry("key", known.to_string(), None), entry("person", person, Some("Sari"))];
        assert_eq!(keys_of(&rows), [known, unknown]);
        name_keys(&mut rows, &[(known, "Shop's robot".to_owned())].into());
        let names: Vec<Option<&str>> = rows.iter().map(|entry| entry.actor_name.as_deref()).collect();
        assert_eq!(names, [Some("Shop's robot"), None, Some("Shop's robot"), Some("Sari")]);
    }
}
