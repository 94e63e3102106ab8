//! Where one can go, by area; the sidebar, the command palette and the shortcuts read the same list.

use crate::{Viewer, icon::Icon};
use i18n::tr;
use icondata_lu as icons;
use kernel::Need;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

#[derive(Clone)]
pub struct NavItem {
    pub label: String,
    pub href: &'static str,
    pub icon: icondata_core::Icon,
    /// The letter after `g`.
    pub key: char,
}

#[derive(Clone)]
pub struct NavSection {
    pub label: String,
    pub items: Vec<NavItem>,
}

fn item(label: &str, href: &'static str, icon: icondata_core::Icon, key: char) -> NavItem {
    NavItem { label: label.to_owned(), href, icon, key }
}

/// What the viewer's role reaches in their organisation.
pub fn tenant_nav(viewer: &Viewer) -> Vec<NavSection> {
    let mut work = Vec::new();
    if viewer.onboarding_open {
        work.push(item(tr!(kit.nav.onboarding), "/onboarding", icons::LuRocket, 'o'));
    }
    work.push(item(tr!(kit.nav.services), "/services", icons::LuBoxes, 's'));
    work.push(item(tr!(kit.nav.catalog), "/catalog", icons::LuStore, 'c'));
    work.push(item(tr!(kit.nav.monitoring), "/monitoring", icons::LuActivity, 'm'));
    let mut sections = vec![NavSection { label: tr!(kit.nav.work).to_owned(), items: work }];
    if viewer.may(Need::BILLING_READ) {
        sections.push(NavSection { label: tr!(kit.nav.money).to_owned(), items: vec![item(tr!(kit.nav.billing), "/billing", icons::LuReceiptText, 'b')] });
    }
    let mut people = Vec::new();
    if viewer.may(Need::TEAM_READ) {
        people.push(item(tr!(kit.nav.team), "/team", icons::LuUsers, 't'));
    }
    people.push(item(tr!(kit.nav.settings), "/settings", icons::LuSettings, 'e'));
    people.push(item(tr!(kit.nav.security), "/settings/security", icons::LuShieldCheck, 'y'));
    if viewer.may(Need::API_KEYS_WRITE) {
        people.push(item(tr!(kit.nav.api_keys), "/settings/api-keys", icons::LuKeyRound, 'k'));
    }
    if viewer.may(Need::AUDIT_READ) {
        people.push(item(tr!(kit.nav.activity), "/activity", icons::LuScrollText, 'a'));
    }
    sections.push(NavSection { label: tr!(kit.nav.people).to_owned(), items: people });
    sections
}

/// What the provider's staff reach.
pub fn provider_nav() -> Vec<NavSection> {
    vec![
        NavSection {
            label: tr!(kit.nav.customers).to_owned(),
            items: vec![
                item(tr!(kit.nav.overview), "/provider", icons::LuLayoutDashboard, 'h'),
                item(tr!(kit.nav.tenants), "/provider/tenants", icons::LuBuilding2, 't'),
                item(tr!(kit.nav.invoices), "/provider/invoices", icons::LuReceiptText, 'i'),
            ],
        },
        NavSection {
            label: tr!(kit.nav.operations).to_owned(),
            items: vec![
                item(tr!(kit.nav.orders), "/provider/orders", icons::LuServer, 'o'),
                item(tr!(kit.nav.catalog), "/provider/catalog", icons::LuStore, 'c'),
                item(tr!(kit.nav.audit), "/provider/audit", icons::LuScrollText, 'a'),
            ],
        },
    ]
}

/// The sidebar's list. The current page is the longest address that the path begins with.
#[component]
pub(super) fn Sidebar(sections: Vec<NavSection>) -> impl IntoView {
    let pathname = use_location().pathname;
    let hrefs: Vec<&'static str> = sections.iter().flat_map(|section| section.items.iter().map(|item| item.href)).collect();
    let current = Memo::new(move |_| {
        pathname.with(|path| hrefs.iter().copied().filter(|href| path == href || path.strip_prefix(href).is_some_and(|rest| rest.starts_with('/'))).max_by_key(|href| href.len()))
    });
    view! {
        <nav aria-label=tr!(kit.main_navigation)>
            {sections.into_iter().map(|section| view! {
                <div class="nav-section">
                    <p class="nav-heading">{section.label}</p>
                    <ul>
                        {section.items.into_iter().map(|item| view! {
                            <li><a class="nav-item" href=item.href aria-current=move || (current.get() == Some(item.href)).then_some("page")>
                                <Icon icon=item.icon/><span>{item.label}</span>
                            </a></li>
                        }).collect_view()}
                    </ul>
                </div>
            }).collect_view()}
        </nav>
    }
}
