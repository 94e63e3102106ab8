//! Every offering with its versions, and the form for a new one.

use super::{
    calls::{CreateOffering, every_offering},
    offering_parts::{DescriptionFields, OfferingChip},
};
use crate::catalog_page::category_name;
use catalog::{StaffOffering, VersionState};
use kernel::Need;
use kit::prelude::*;
use leptos::prelude::*;

#[derive(Clone)]
pub struct ProviderCatalogPage {
    offerings: Resource<Result<Vec<StaffOffering>, PageError>>,
}

impl PageRoute for ProviderCatalogPage {
    fn data() -> Self {
        Self { offerings: Resource::new(|| (), |()| every_offering()) }
    }

    fn view(this: Self) -> AnyView {
        let may_write = use_viewer().is_some_and(|viewer| viewer.may(Need::CATALOG_WRITE));
        view! {
            <PageHeader title=tr!(catalog.provider.title) lead=tr!(catalog.provider.lead)/>
            <Load resource=this.offerings skeleton=SkeletonKind::Table view=|offerings| view! { <Offerings offerings=offerings/> }/>
            {may_write.then(|| view! { <NewOffering/> })}
        }
        .into_any()
    }
}

#[component]
fn Offerings(offerings: Vec<StaffOffering>) -> impl IntoView {
    let language = i18n::language();
    let number = |row: &StaffOffering, state: VersionState| {
        let found = row.versions.iter().find(|version| version.state == state);
        found.map_or_else(|| tr!(catalog.provider.no_version).to_string(), |version| tr!(catalog.provider.version, number = version.number).to_string())
    };
    let rows = offerings
        .into_iter()
        .map(|row| {
            let (published, draft) = (number(&row, VersionState::Published), number(&row, VersionState::Draft));
            Row::link(format!("/provider/catalog/{}", row.offering.slug))
                .cell(row.offering.name.get(language).to_owned())
                .cell(view! { <OfferingChip state=row.offering.state/> })
                .cell(category_name(&row.offering.category))
                .cell(row.offering.driver.unwrap_or_else(|| tr!(catalog.provider.no_version).to_owned()))
                .cell(published)
                .cell(draft)
        })
        .collect();
    view! {
        <Table
            caption=tr!(catalog.provider.caption)
            columns=vec![
                Column::new("name", tr!(common.name)),
                Column::new("state", tr!(common.state)),
                Column::new("category", tr!(catalog.provider.category)),
                Column::new("driver", tr!(catalog.provider.driver)),
                Column::new("published", tr!(catalog.provider.published)),
                Column::new("draft", tr!(catalog.provider.draft)),
            ]
            rows=rows
        />
    }
}

#[component]
fn NewOffering() -> impl IntoView {
    let action = ServerAction::<CreateOffering>::new();
    let failed = action.value().with_untracked(Option::is_some);
    view! {
        <details class="box" open=failed>
            <summary class="section-title">{tr!(catalog.provider.new)}</summary>
            <p class="muted">{tr!(catalog.provider.create_says)}</p>
            <Form action=action>
                <DescriptionFields offering=None/>
                <SubmitButton icon=icons::LuPlus>{tr!(catalog.provider.create)}</SubmitButton>
            </Form>
        </details>
    }
}
