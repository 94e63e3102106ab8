//! One organisation for the provider's staff: what it says of itself and who works in it.

use super::calls::{TenantFile, read_tenant_file};
use identity::view::{InvitationView, MemberView, Organisation};
use crate::words::role_name;
use kit::prelude::*;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

#[derive(Clone)]
pub struct TenantPage {
    file: Resource<Result<TenantFile, PageError>>,
}

impl PageRoute for TenantPage {
    fn data() -> Self {
        let params = use_params_map();
        let id = move || params.with(|params| params.get("id")).unwrap_or_default();
        Self { file: Resource::new(id, read_tenant_file) }
    }

    fn view(this: Self) -> AnyView {
        view! { <Load resource=this.file whole=true skeleton=SkeletonKind::Cards view=|file| view! { <File file=file/> }/> }.into_any()
    }
}

#[component]
fn File(file: TenantFile) -> impl IntoView {
    let TenantFile { organisation, team } = file;
    let aside = organisation.tier.map(|tier| view! { <Chip tone=Tone::Info>{tier.code()}</Chip> }.into_any()).unwrap_or_else(|| ().into_any());
    let (members, open) = (team.members.len(), team.invitations.len());
    let tier = organisation.tier.map_or_else(|| tr!(identity.tenants.no_tier), |tier| tier.code());
    let profile = if organisation.profile_is_complete() { tr!(identity.tenants.profile_complete) } else { tr!(identity.tenants.profile_open) };
    view! {
        <PageHeader title=organisation.name.clone() crumbs=vec![Crumb::new(tr!(kit.nav.tenants), "/provider/tenants")] aside=aside/>
        <StatTiles>
            <StatTile label=tr!(identity.tenants.members) value=members.to_string()/>
            <StatTile label=tr!(identity.tenants.invited) value=open.to_string()/>
            <StatTile label=tr!(identity.tenants.tier) value=tier.to_owned()/>
            <StatTile label=tr!(identity.tenants.profile) value=profile.to_owned()/>
        </StatTiles>
        <Section title=tr!(identity.tenants.profile)><Card><Profile organisation=organisation/></Card></Section>
        <Section title=tr!(identity.tenants.people)><People members=team.members/></Section>
        {(open > 0).then(|| view! { <Section title=tr!(identity.team.invitations)><Invitations invitations=team.invitations/></Section> })}
    }
}

#[component]
fn Profile(organisation: Organisation) -> impl IntoView {
    let language = match organisation.language {
        kernel::Language::En => tr!(common.english),
        kernel::Language::Id => tr!(common.indonesian),
    };
    let or_dash = |text: String| if text.is_empty() { "–".to_owned() } else { text };
    let address = or_dash(organisation.address_lines(i18n::language()).join(", "));
    let invoice_name = organisation.invoice_name().to_owned();
    let number = organisation.id.to_string();
    view! {
        <KeyValues>
            <KeyValue name=tr!(identity.profile.legal_name)>{invoice_name}</KeyValue>
            <KeyValue name=tr!(identity.profile.address)>{address}</KeyValue>
            <KeyValue name=tr!(identity.profile.tax_id)>{or_dash(organisation.tax_id)}</KeyValue>
            <KeyValue name=tr!(identity.profile.slug)><span class="mono">{organisation.slug}</span></KeyValue>
            <KeyValue name=tr!(kit.language)>{language}</KeyValue>
            <KeyValue name=tr!(identity.profile.currency)>{organisation.currency.code()}</KeyValue>
            <KeyValue name=tr!(identity.profile.time_zone)>{organisation.time_zone}</KeyValue>
            <KeyValue name=tr!(identity.tenants.since)><DateTime at=organisation.created_at/></KeyValue>
            <KeyValue name=tr!(identity.tenants.number)>
                <span class="cluster"><span class="mono">{number.clone()}</span><CopyButton text=number what=tr!(identity.tenants.number)/></span>
            </KeyValue>
        </KeyValues>
    }
}

#[component]
fn People(members: Vec<MemberView>) -> impl IntoView {
    let columns = vec![Column::new("person", tr!(common.name)), Column::new("email", tr!(common.email)), Column::new("role", tr!(common.role)), Column::new("since", tr!(identity.team.since))];
    let rows = members.into_iter().map(|member| {
        Row::new()
            .cell(member.name)
            .cell(view! { <span class="cluster">{member.email}{member.email_verified_at.is_none().then(|| view! { <Chip tone=Tone::Warn>{tr!(identity.not_confirmed)}</Chip> })}</span> })
            .cell(role_name(member.role))
            .cell(view! { <DateOnly date=member.since.date_utc()/> })
    }).collect();
    view! { <Table caption=tr!(identity.tenants.people) columns=columns rows=rows/> }
}

#[component]
fn Invitations(invitations: Vec<InvitationView>) -> impl IntoView {
    let columns = vec![Column::new("email", tr!(common.email)), Column::new("role", tr!(common.role)), Column::new("until", tr!(identity.team.until))];
    let rows = invitations.into_iter().map(|invitation| {
        Row::new().cell(invitation.email).cell(role_name(invitation.role)).cell(view! { <DateTime at=invitation.expires_at/> })
    }).collect();
    view! { <Table caption=tr!(identity.team.invitations) columns=columns rows=rows/> }
}
