//! Every organisation that the provider looks after.

use super::calls::list_tenants;
use identity::{country::Country, view::TenantRow};
use kernel::Page;
use kit::prelude::*;
use leptos::prelude::*;

#[derive(Clone)]
pub struct TenantsPage {
    tenants: Resource<Result<Page<TenantRow>, PageError>>,
}

impl PageRoute for TenantsPage {
    fn data() -> Self {
        let query = use_list_query();
        Self { tenants: Resource::new(move || query.get(), list_tenants) }
    }

    fn view(this: Self) -> AnyView {
        view! {
            <PageHeader title=tr!(kit.nav.tenants) lead=tr!(identity.tenants.lead)/>
            <Load resource=this.tenants skeleton=SkeletonKind::Table view=|page| view! { <TenantTable page=page/> }/>
        }
        .into_any()
    }
}

#[component]
fn TenantTable(page: Page<TenantRow>) -> impl IntoView {
    let columns = vec![
        Column::new("name", tr!(common.organisation)),
        Column::new("tier", tr!(identity.tenants.tier)),
        Column::new("country", tr!(identity.profile.country)),
        Column::new("currency", tr!(identity.profile.currency)),
        Column::new("members", tr!(identity.tenants.members)).right(),
        Column::new("owner", tr!(common.roles.owner)),
        Column::new("slug", tr!(identity.profile.slug)).hidden(),
        Column::new("created", tr!(identity.tenants.since)),
    ];
    let empty = view! { <EmptyState icon=icons::LuBuilding2 title=tr!(identity.tenants.empty) says=tr!(identity.tenants.empty_help)/> }.into_any();
    let rows = page.rows.into_iter().map(row).collect();
    view! { <Table caption=tr!(kit.nav.tenants) columns=columns rows=rows next=page.next search=true export="/provider/tenants.csv" empty=empty/> }
}

fn row(tenant: TenantRow) -> Row {
    let country = tenant.country.as_deref().and_then(Country::find).map_or("–", |country| country.name(i18n::language()));
    Row::link(format!("/provider/tenants/{}", tenant.id))
        .cell(tenant.name)
        .cell(tenant.tier.map(|tier| view! { <Chip>{tier.code()}</Chip> }).map_or_else(|| view! { <span class="muted">{tr!(identity.tenants.no_tier)}</span> }.into_any(), IntoAny::into_any))
        .cell(country)
        .cell(tenant.currency.code())
        .cell(tenant.members)
        .cell(tenant.owner_email.unwrap_or_else(|| "–".to_owned()))
        .cell(view! { <span class="mono">{tenant.slug}</span> })
        .cell(view! { <DateOnly date=tenant.created_at.date_utc()/> })
}
